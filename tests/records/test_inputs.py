"""What stands behind a path, and in which order."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunlint.records.inputs import files_below

NAMES = st.sampled_from(["a", "b", "a.b", "a b", "a-b", "A", "é", "债", "0", "~", "a.jsonl"])
PLACES = st.lists(st.lists(NAMES, min_size=1, max_size=3), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=PLACES)
def test_files_come_in_the_order_of_their_paths(places: list[list[str]], tmp_path_factory: object) -> None:
    folder: Path = tmp_path_factory.mktemp("logs")  # type: ignore[attr-defined]
    for place in places:
        path = folder.joinpath(*place)
        if path.is_dir() or any(parent.is_file() for parent in path.parents):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert list(files_below(folder)) == sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_folder_that_is_a_link_is_not_gone_into_and_a_deep_one_is(tmp_path: Path) -> None:
    deep = tmp_path.joinpath("case", *["d"] * 500)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("x")
    (tmp_path / "case" / "e").symlink_to(tmp_path)
    assert list(files_below(tmp_path / "case")) == [deep / "a.txt", tmp_path / "case" / "e"]
