"""Contacts stand at their day and hour, quiet hours are those given."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest

from dunlint.reports.html.timeline import HOUR, TOP, clock, timeline


def contact(local: str | None, channel: str = "sms") -> SimpleNamespace:
    return SimpleNamespace(local=local, channel=channel, cards=())


def test_a_contact_stands_at_its_local_hour() -> None:
    drawn = timeline([contact("2026-03-02T06:30:00", "call"), contact("2026-03-03T00:00:00")], [], None)
    assert drawn is not None
    assert [round((dot.y - TOP) / HOUR, 2) for dot in drawn.dots] == [6.5, 0.0]
    assert drawn.dots[0].x < drawn.dots[1].x
    assert [dot.shape for dot in drawn.dots] == ["round", "square"]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("22:00", "08:00", [0.0, 8.0, 22.0, 2.0]), ("12:00", "14:30", [12.0, 2.5]), ("21:00", "24:00", [21.0, 3.0])],
)
def test_quiet_hours_are_shaded_also_over_midnight(start: str, end: str, hours: list[float]) -> None:
    drawn = timeline([contact("2026-03-02T06:30:00")], [], {"from": start, "until": end})
    assert drawn is not None
    assert [part for y, height in drawn.bands for part in ((y - TOP) / HOUR, height / HOUR)] == pytest.approx(hours)


def test_no_quiet_hours_no_shade_and_no_time_no_drawing() -> None:
    drawn = timeline([contact("2026-03-02T06:30:00"), contact(None)], [], None)
    assert drawn is not None
    assert drawn.bands == ()
    assert len(drawn.dots) == 1
    assert timeline([contact(None)], [], None) is None


def test_labels_of_days_never_stand_closer_than_they_are_wide() -> None:
    for last in ("2026-03-02", "2026-06-30", "2029-12-31"):
        drawn = timeline([contact("2026-03-02T06:30:00"), contact(f"{last}T10:00:00")], [], None)
        assert drawn is not None
        places = [x for x, _ in drawn.days]
        assert all(after - before >= 45 for before, after in pairwise(places))
        assert drawn.days[0][1] == "2026-03-02"


def test_a_clock_with_seconds_is_read() -> None:
    assert clock("21:00:36") == pytest.approx(21.01)
