"""Which shipped packs hold in a region: those whose own regions are it or contain it, with the packs they build on."""

from __future__ import annotations

from collections.abc import Iterable

from dunlint.rulebook.load import pack, shipped
from dunlint.rulebook.models import Pack


def inside(region: str, of: Iterable[str]) -> bool:
    """Whether a region (ISO 3166, US-MA) is one of these or a part of one (US), and of none marked `!`."""
    matching = [one for one in of if f"{region}-".startswith(f"{one.removeprefix('!')}-")]
    return bool(matching) and not any(one.startswith("!") for one in matching)


def fitting(region: str) -> tuple[str, ...]:
    """Names of the shipped packs for a region, wider ones first; none if Dunlint has no rules there."""
    own = [name for name in shipped() if inside(region, pack(name).regions)]
    return tuple(dict.fromkeys(one for name in own for one in (*pack(name).base, name)))


def holds(one: Pack, regions: Iterable[str]) -> bool:
    """Whether a pack holds in all of these regions; one that names no regions holds everywhere."""
    return not one.regions or all(inside(region, one.regions) for region in regions)
