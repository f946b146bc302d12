"""`dunlint rules lint`: everything that is wrong with rules, said at once, each with its place.

A check is a small function in one of the modules here, found through `registry.CHECKS`; its sentence stands in the
catalogue under `lint.CODE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from dunlint.errors import BadArgument
from dunlint.resources import rules_root
from dunlint.rulebook.lint.files import is_ours
from dunlint.rulebook.lint.fix import fix_file
from dunlint.rulebook.lint.folder import Folder, read_folder
from dunlint.rulebook.lint.problem import Problem
from dunlint.rulebook.lint.registry import CHECKS, Check
from dunlint.rulebook.load import NOT_JURISDICTIONS, PACK_FILE, shipped
from dunlint.yaml_places import read

MODULES = ("shape", "references", "reach", "examples", "wording", "evidence", "sources", "structure", "parameters",
           "layout")  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What linting found: problems by place, how many files were looked at, and which were mended."""

    problems: tuple[Problem, ...]
    files: int
    mended: tuple[str, ...] = ()

    def count(self, severity: str) -> int:
        return sum(problem.check.severity == severity for problem in self.problems)


@cache
def checks() -> tuple[Check, ...]:
    """Every check, in order of code."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
    return tuple(CHECKS[code] for code in sorted(CHECKS))


def lint(paths: Sequence[str] = (), *, fix: bool = False) -> Report:
    """Look at packs by name, folders and files (default: all shipped packs); `fix` mends their layout first.

    Raises BadArgument for a path that is none of these.
    """
    targets = [target for path in paths or shipped() for target in _targets(path)]
    chosen = {path for folder, name in targets for path in folder.glob(name) if is_ours(path)}
    mended = tuple(_shown(path) for path in sorted(chosen) if fix_file(path)) if fix else ()
    library = Library()
    folders = [library.folder(folder) for folder in dict.fromkeys(folder for folder, _ in targets)]
    if any(folder.path.parent == rules_root().resolve() for folder in folders):
        library.read_users()
    shown = {_shown(path) for path in chosen}
    found = {problem.order: problem for folder in folders for problem in problems(folder)}
    kept = tuple(found[key] for key in sorted(found) if found[key].mistake.path in shown)
    return Report(kept, len(chosen), mended)


def problems(folder: Folder) -> Iterator[Problem]:
    """Everything that every check finds in a folder."""
    for check in checks():
        for mistake in check.find(folder):
            yield Problem(check, mistake)


class Library:
    """Folders, each read once, with those that it builds on."""

    def __init__(self) -> None:
        self._read: dict[Path, Folder] = {}

    def folder(self, path: Path) -> Folder:
        """A folder with its base: the packs its own pack names; without a pack file, all shipped packs."""
        path = path.resolve()
        if path not in self._read:
            bases = tuple(self.folder(base) for base in _bases(path) if base.resolve() != path)
            shipped_one = path.parent == rules_root().resolve()
            self._read[path] = (
                _unchanged(path, _state(path), bases) if shipped_one else read_folder(path, _shown(path), bases)
            )
        return self._read[path]

    def read_users(self) -> None:
        """Read all shipped packs, so that what they use of each other is known."""
        for name in shipped():
            self.folder(rules_root() / name)


_SHIPPED: dict[tuple[Path, tuple[object, ...]], Folder] = {}


def _state(path: Path) -> tuple[object, ...]:
    """Changes when a file of the folder does."""
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in sorted(path.glob("*.yaml")))


def _unchanged(path: Path, state: tuple[object, ...], bases: tuple[Folder, ...]) -> Folder:
    """A shipped pack, read again only when its files have changed: every folder of one's own looks them all up."""
    key = (path, (*state, *(id(base) for base in bases)))
    if key not in _SHIPPED:
        _SHIPPED[key] = read_folder(path, _shown(path), bases)
    return _SHIPPED[key]


def _bases(folder: Path) -> list[Path]:
    if not (folder / PACK_FILE).is_file():
        return [rules_root() / name for name in shipped()]
    try:
        data = read(folder / PACK_FILE).data
    except Exception:  # noqa: BLE001  # a broken pack file is told by its checks
        return []
    names = data.get("base") if isinstance(data, dict) else None
    return [rules_root() / name for name in names or () if isinstance(name, str) and name in shipped()]


def _targets(path: str) -> list[tuple[Path, str]]:
    """(folder, pattern of file names) for a pack's name, a file, a folder, or a folder of folders."""
    if path in shipped():
        return [(rules_root() / path, "*.yaml")]
    place = Path(path)
    if place.is_file():
        return [(place.parent, place.name)]
    folders = [place, *sorted(one for one in place.glob("*") if one.name not in NOT_JURISDICTIONS)]
    found = [(one, "*.yaml") for one in folders if one.is_dir() and any(one.glob("*.yaml"))]
    if not found:
        raise BadArgument("unknown_rules", name=path, known=", ".join(shipped()))
    return found


def _shown(path: Path) -> str:
    """The path as people use it: relative if it lies below the working directory."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
