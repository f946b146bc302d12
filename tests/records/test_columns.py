"""Contacts gathered as columns: of very many tiny tables few frames stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.records.columns import MOST_SMALL, ContactTable, contact_table
from dunlint.records.schema import Contact


@pytest.mark.parametrize("spilling", [True, False])
def test_of_very_many_tiny_tables_few_frames_stay_and_nothing_is_lost(tmp_path: Path, spilling: bool) -> None:
    table = ContactTable(tmp_path if spilling else None)
    for number in range(3 * MOST_SMALL):
        table.add(Contact(text=f"one {number}"))
        table.add_frame(contact_table([Contact(text=f"frame {number}")]))
        assert len(table) == 2 * number + 2
    assert len(table._pieces) < 2 * MOST_SMALL
    expected = [text for number in range(3 * MOST_SMALL) for text in (f"one {number}", f"frame {number}")]
    assert table.lazy().collect()["text"].to_list() == expected
