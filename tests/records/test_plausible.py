"""Where a debtor may be: each source of a zone, and what has none."""

from __future__ import annotations

from typing import Any

import pytest

from dunlint.records.columns import table
from dunlint.records.plausible import told_zones, widened, zones_of
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS

EAST, WEST = "America/New_York", "America/Los_Angeles"
REGIONS = {"US-CA": [WEST], "US-TX": ["America/Chicago", "America/Denver"]}
CALL: dict[str, Any] = {"case_id": "a", "party": "debtor", "direction": "outbound", "channel": "call"}


def seen(contact: dict[str, Any], account: dict[str, Any], country: str | None = "US") -> tuple[str | None, Any]:
    contacts = table([CALL | contact], CONTACT_COLUMNS)
    accounts = table([{"case_id": "a"} | account], ACCOUNT_COLUMNS)
    row = widened(contacts, told_zones(contacts, accounts, ["a"], REGIONS, country)).row(0, named=True)
    return row["zone"], row["zones"]


@pytest.mark.parametrize(
    ("contact", "account", "zone", "zones"),
    [
        ({}, {}, None, None),
        ({"zone": WEST}, {}, WEST, None),
        ({}, {"region": "US-CA"}, WEST, None),
        ({}, {"region": "US-TX"}, None, ["America/Chicago", "America/Denver"]),
        ({}, {"region": "US-TX", "zone": "America/Denver"}, "America/Denver", None),
        ({"to_number": "(212) 555-0142"}, {"zone": WEST}, None, [WEST, EAST]),
        ({"to_number": "+1 212 555 0142"}, {}, EAST, None),
        ({"to_number": "12125550142", "zone": WEST}, {}, WEST, [WEST, EAST]),
        ({"to_number": "8005550142", "zone": WEST}, {}, WEST, None),
        ({"direction": "inbound", "from_number": "2125550142", "to_number": "2135550100"}, {}, EAST, None),
        ({"party": "employer", "to_number": "2125550142"}, {}, None, None),
        ({"to_number": "123"}, {}, None, None),
    ],
)
def test_what_is_stated_the_number_and_the_state_each_add_their_zones(
    contact: dict[str, Any], account: dict[str, Any], zone: str | None, zones: list[str] | None
) -> None:
    assert seen(contact, account) == (zone, zones)


def test_numbers_tell_nothing_where_the_pack_does_not_ask_them() -> None:
    assert seen({"to_number": "2125550142"}, {}, None) == (None, None)


def test_a_number_counts_for_every_contact_of_its_case_and_no_other() -> None:
    rows = [CALL | {"to_number": "2125550142"}, CALL | {"zone": WEST}, CALL | {"case_id": "b", "zone": WEST}]
    contacts = table(rows, CONTACT_COLUMNS)
    accounts = table([], ACCOUNT_COLUMNS)
    told = widened(contacts, told_zones(contacts, accounts, ["a", "b"], {}, "US"))
    assert told["zones"].to_list() == [None, [WEST, EAST], None]
    assert told["zone"].to_list() == [EAST, WEST, WEST]
    other = widened(contacts, told_zones(contacts, accounts, ["b"], {}, "US"))
    assert other["zones"].null_count() == 3


def test_an_area_in_two_zones_gives_both_and_an_area_that_is_none_gives_none() -> None:
    assert set(zones_of("208555", "US")) == {"America/Boise", WEST}
    assert zones_of("555015", "US") == []
