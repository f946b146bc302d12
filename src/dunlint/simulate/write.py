"""`simulate`: made-up records of any number of cases, written in pieces so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dunlint.records.schema import CONTACT_COLUMNS
from dunlint.simulate.draw import Drawn, draw
from dunlint.simulate.portfolio import Portfolio, portfolios

PIECE = 20_000  # cases drawn together
TABLES = ("contacts", "accounts", "events", "truth")
LEFT_OUT = ("zone", "zone_from", "party_name", "turns", "source_file", "source_line", "source_sha256")


@dataclass(frozen=True)
class Written:
    """How much was written, in rows."""

    cases: int
    contacts: int
    planted: int


def simulate(
    cases: int,
    seed: int,
    out: Path,
    *,
    texts: float = 1.0,
    breach: float = 0.01,
    jurisdictions: tuple[str, ...] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Write contacts.parquet, accounts.parquet, events.parquet and truth.parquet into `out`.

    texts: share of the messages that show their words; breach: share of the contacts that break a rule;
    jurisdictions: which portfolios, by default all that ship. The same arguments give the same rows.
    truth.parquet (case_id, contact_id, rule, plant) lists every violation, presumed violation and warning of the
    packs of those jurisdictions; findings to review are not in it. Raises OSError where `out` cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    rest: list[Drawn] = []
    written = [0, 0]

    def pieces() -> Iterator[pl.DataFrame]:
        for start in range(0, cases, PIECE):
            for drawn in _piece(start, min(start + PIECE, cases), seed, texts, breach, jurisdictions):
                written[0] += len(drawn.contacts)
                written[1] += len(drawn.truth)
                rest.append(Drawn(drawn.contacts.clear(), drawn.accounts, drawn.events, drawn.truth))
                yield empty(_contact_columns(texts), drawn.contacts)
            if progress:
                progress(min(start + PIECE, cases), cases)

    _sink(pieces(), _contact_columns(texts), out / "contacts.parquet")
    for name in TABLES[1:]:
        table = pl.concat([getattr(drawn, name) for drawn in rest], how="diagonal")
        table.write_parquet(out / f"{name}.parquet", row_group_size=200_000)
    return Written(cases, written[0], written[1])


def _contact_columns(texts: float) -> dict[str, pl.DataType]:
    left_out = LEFT_OUT if texts else (*LEFT_OUT, "text")
    return {name: dtype for name, dtype in CONTACT_COLUMNS.items() if name not in left_out}


def _sink(pieces: Iterator[pl.DataFrame], columns: dict[str, pl.DataType], path: Path) -> None:
    from polars.io.plugins import register_io_source

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        for frame in pieces:
            yield frame.select(with_columns) if with_columns else frame

    register_io_source(source, schema=columns).sink_parquet(path, row_group_size=200_000, maintain_order=True)


def _piece(
    start: int, end: int, seed: int, texts: float, breach: float, names: tuple[str, ...] | None
) -> Iterator[Drawn]:
    """Cases start..end, each of a portfolio drawn by share; what is drawn depends on seed and place alone."""
    chosen = chosen_portfolios(names)
    generator = np.random.default_rng([seed, start // PIECE])
    shares = np.cumsum([portfolio.share for portfolio in chosen])
    which = np.searchsorted(shares / shares[-1], generator.random(end - start), side="right")
    for number, portfolio in enumerate(chosen):
        numbers = start + 1 + np.flatnonzero(which == number)
        if len(numbers):
            yield draw(portfolio, numbers.astype(np.int64), generator, breach=breach, texts=texts)


def chosen_portfolios(names: tuple[str, ...] | None) -> list[Portfolio]:
    """The portfolios of these jurisdictions, or all. Raises BadArgument for one that there is not."""
    from dunlint.errors import BadArgument

    known = {portfolio.jurisdiction: portfolio for portfolio in portfolios()}
    for name in names or ():
        if name not in known:
            raise BadArgument("unknown_portfolio", name=name, known=", ".join(known))
    return [known[name] for name in names] if names else list(known.values())


def empty(columns: Mapping[str, Any], frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every column of the schema, those it lacks as null."""
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
    )
