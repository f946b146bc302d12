"""A plain-Python reading of the rule language: too slow and too simple to be wrong. It shares no code with `src/`.

Values are True, False or None (unknown). A case is plain data:
    contacts: dicts in order of time (untimed ones last) with the columns of the contact table, `collection`, and
              `said`: [(turn, start, speaker, tag, attribution)], `words`: is anything on record
    account:  dict; events: dicts; keeps: kinds whose absence means something; zone: IANA name
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Answer = bool | None
Case = dict[str, Any]

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def both(left: Answer, right: Answer) -> Answer:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def every(answers: list[Answer]) -> Answer:
    result: Answer = True
    for answer in answers:
        result = both(result, answer)
    return result


def negation(answer: Answer) -> Answer:
    return None if answer is None else not answer


def some(answers: list[Answer]) -> Answer:
    return negation(every([negation(answer) for answer in answers]))


def holds(block: dict[str, Any], case: Case, i: int) -> Answer:
    """Does the block hold for contact i?"""
    answers: list[Answer] = []
    for name, condition in block.items():
        many = condition if name in ("says", "event", "count") and isinstance(condition, list) else [condition]
        if name == "all":
            answers.append(every([holds(one, case, i) for one in condition]))
        elif name == "any":
            answers.append(some([holds(one, case, i) for one in condition]))
        elif name == "none":
            answers.append(negation(some([holds(one, case, i) for one in condition])))
        elif name == "at_least":
            answers.append(n_of(condition["n"], [holds(one, case, i) for one in condition["of"]]))
        else:
            decide = {"contact": contact, "account": account, "says": says, "event": event, "sequence": sequence}
            for one in many:
                answers.append(count(one, block, case, i) if name == "count" else decide[name](one, case, i))
    return every(answers)


def n_of(n: int, answers: list[Answer]) -> Answer:
    if sum(answer is True for answer in answers) >= n:
        return True
    return None if sum(answer is not False for answer in answers) >= n else False


def match(value: Any, wanted: Any) -> Answer:
    if isinstance(wanted, dict) and "known" in wanted:
        return (value not in (None, "unknown")) == wanted["known"]
    if isinstance(wanted, dict) and "not" in wanted:
        return negation(match(value, wanted["not"]))
    if isinstance(wanted, dict):
        if value is None:
            return None
        tests = {
            "at_least": value.__ge__,
            "at_most": value.__le__,
            "more_than": value.__gt__,
            "less_than": value.__lt__,
        }
        return all(tests[name](bound) for name, bound in wanted.items())
    values = wanted if isinstance(wanted, list) else [wanted]
    if value is None and "unknown" in values:
        return True
    if value is None or (value == "unknown" and "unknown" not in values):
        return None
    return value in values


def local(case: Case, i: int) -> datetime | None:
    at = case["contacts"][i]["at"]
    return at.astimezone(ZoneInfo(case["zone"])).replace(tzinfo=None) if at and case["zone"] else None


def in_hours(moment: datetime | None, window: dict[str, str]) -> Answer:
    if moment is None:
        return None
    start, end = ((int(t[:2]) * 60 + int(t[3:5])) * 60 for t in (window["from"], window["until"]))
    second = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return start <= second < end if start < end else second >= start or second < end


def contact(condition: dict[str, Any], case: Case, i: int) -> Answer:
    row, moment = case["contacts"][i], local(case, i)
    answers: list[Answer] = [row["collection"]] if condition.get("collection", True) else [True]
    for name, wanted in condition.items():
        if name == "local_time":
            answers.append(in_hours(moment, wanted))
        elif name == "weekday":
            days = wanted if isinstance(wanted, list) else [wanted]
            answers.append(None if moment is None else WEEKDAYS[moment.weekday()] in days)
        elif name != "collection":
            answers.append(match(row.get(name), wanted))
    return every(answers)


def account(condition: dict[str, Any], case: Case, i: int) -> Answer:
    return every([match(case["account"].get(name), wanted) for name, wanted in condition.items()])


def says(condition: dict[str, Any], case: Case, i: int) -> Answer:
    row = case["contacts"][i]
    if not row["words"]:
        return None
    speaker, least = condition.get("speaker", "collector"), condition.get("at_least", 1)
    sure = len(spoken(condition, row, speaker))
    most = sure + (len(spoken(condition, row, "unknown")) if speaker not in ("any", "unknown") else 0)
    answer = True if sure >= least else None if most >= least else False
    return negation(answer) if condition.get("absent") else answer


def spoken(condition: dict[str, Any], row: dict[str, Any], speaker: str) -> list[tuple[int, int]]:
    found = uttered(condition, row, speaker)
    turns = condition.get("turns", {})
    last = row["last_turn"]
    found = [
        (turn, start)
        for turn, start in found
        if turn + 1 <= turns.get("first", 10**9) and turn > last - turns.get("last", 10**9)
    ]
    for side in ("before", "after", "around"):
        if side in condition:
            anchors = uttered(
                {"attribution": ["performed"], **condition[side]}, row, condition[side].get("speaker", "any")
            )
            found = [one for one in found if any(placed(one, other, side, condition[side]) for other in anchors)]
    return found


def uttered(condition: dict[str, Any], row: dict[str, Any], speaker: str) -> list[tuple[int, int]]:
    tags = condition["tag"] if isinstance(condition["tag"], list) else [condition["tag"]]
    meant = condition.get("attribution", ["performed"])
    return [
        (turn, start)
        for turn, start, who, tag, attribution in row["said"]
        if tag in tags and attribution in meant and speaker in ("any", who)
    ]


def placed(one: tuple[int, int], other: tuple[int, int], side: str, anchor: dict[str, Any]) -> bool:
    near = abs(one[0] - other[0]) <= anchor.get("within_turns", 10**9)
    return near and {"before": one < other, "after": one > other, "around": one != other}[side]


def debts(row: dict[str, Any], case: Case) -> list[str]:
    """The accounts that a contact or an event names; the only one that the case knows where it names none."""
    named = [one.get("account_id") for one in (*case["contacts"], *case["events"])]
    known = {one for one in named if one is not None}
    only = known.pop() if len(known) == 1 else ""
    return [part.strip() for part in (only if row["account_id"] is None else row["account_id"]).split(";")]


def keys(row: dict[str, Any], names: list[str], case: Case) -> set[tuple[Any, ...]]:
    """Where the debt is a key, one for each debt that the contact names."""
    each = debts(row, case) if "debt" in names else [""]
    return {key({**row, "account_id": debt}, names) for debt in each}


def key(row: dict[str, Any], names: list[str]) -> tuple[Any, ...]:
    outbound = row.get("direction") != "inbound"
    owner = f"({row.get('party') or 'unknown'})"
    reached = row.get("to_number") if outbound else row.get("from_number")
    derived = {
        "case": 0,
        "debt": row.get("account_id") or "",
        "person": owner,
        "reached_number": reached or owner,
        "their_number": row.get("from_number") if outbound else row.get("to_number"),
    }
    return tuple(derived[name] if name in derived else row.get(name) for name in names)


def clock(case: Case, i: int, within: dict[str, Any]) -> int | timedelta | None:
    by = within.get("by", "sliding")
    if by == "sliding":
        at = case["contacts"][i]["at"]
        return None if at is None else at - datetime(1970, 1, 1, tzinfo=at.tzinfo)
    return local_clock(local(case, i), by)


def local_clock(moment: datetime | None, by: str) -> int | None:
    if moment is None:
        return None
    day = moment.toordinal()
    return {"calendar_day": day, "iso_week": (day - 1) // 7, "calendar_month": moment.year * 12 + moment.month}[by]


def span(within: dict[str, Any]) -> int | timedelta:
    by = within.get("by", "sliding")
    if by == "sliding":
        return timedelta(**{name: within[name] for name in ("days", "hours", "minutes", "weeks") if name in within})
    if by == "calendar_day":
        return within.get("days", 0) + 7 * within.get("weeks", 0) + (within.get("day_one") == "next")
    return within.get("weeks") or within["months"]


def count(condition: dict[str, Any], block: dict[str, Any], case: Case, i: int) -> Answer:
    of = condition.get("of") or {name: block[name] for name in ("contact", "account", "says") if name in block}
    names = condition.get("per", ["case"])
    one_by_one = [count_of(condition, of, names, mine, case, i) for mine in keys(case["contacts"][i], names, case)]
    return both(some(one_by_one), holds(of, case, i))


def count_of(
    condition: dict[str, Any], of: dict[str, Any], names: list[str], mine: tuple[Any, ...], case: Case, i: int
) -> Answer:
    """Does the count for one key pass its limit?"""
    limit = condition["more_than"] if "more_than" in condition else condition["at_least"] - 1
    now = clock(case, i, condition["within"])
    least, most = [], []
    for j, row in enumerate(case["contacts"]):
        then = clock(case, j, condition["within"])
        if now is None or then is None or mine not in keys(row, names, case):
            continue
        if not (now - span(condition["within"]) < then <= now) or (then == now and j > i):
            continue
        answer = both(holds(of, case, j), not_begun_anew(condition, names, mine, case, j, i))
        worth = key(row, [condition["distinct"]]) if "distinct" in condition else j
        least += [worth] if answer is True else []
        most += [worth] if answer is not False else []
    passes: Answer = True if len(set(least)) > limit else None if len(set(most)) > limit else False
    return None if now is None else passes


def not_begun_anew(
    condition: dict[str, Any], names: list[str], mine: tuple[Any, ...], case: Case, j: int, i: int
) -> Answer:
    if "since" not in condition:
        return True
    between = [k for k in range(j + 1, i + 1) if mine in keys(case["contacts"][k], names, case)]
    return negation(some([holds(condition["since"], case, k) for k in between]))


def event(condition: dict[str, Any], case: Case, i: int) -> Answer:
    if "hours" in condition:
        return in_named_hours(condition, case, i)
    happened = follows(condition, case, i) if condition.get("order") == "after" else stands(condition, case, i)
    if not condition.get("absent"):
        return happened
    kinds = condition["kind"] if isinstance(condition["kind"], list) else [condition["kind"]]
    return False if happened else True if any(kind in case["keeps"] for kind in kinds) else None


def stands(condition: dict[str, Any], case: Case, i: int) -> bool:
    return bool(standing(condition, case, i))


def follows(condition: dict[str, Any], case: Case, i: int) -> bool:
    """Does such an event come after contact i, no further off than `within`?"""
    at = case["contacts"][i]["at"]
    later = [one["at"] for one in case["events"] if at is not None and at < one["at"] and fits(one, condition, case, i)]
    return any(not_further(at, then, condition.get("within"), case) for then in later)


def fits(one: dict[str, Any], condition: dict[str, Any], case: Case, i: int) -> bool:
    """Kind, what it must share with contact i, and what it must come after."""
    names = condition["kind"] if isinstance(condition["kind"], list) else [condition["kind"]]
    same = condition.get("same", [])
    shared = "debt" not in same or about(one, case["contacts"][i], case)
    channel = "channel" not in same or one["value"] == case["contacts"][i]["channel"]
    return bool(one["kind"] in names and shared and channel and came_after(one, condition, case))


def about(event: dict[str, Any], other: dict[str, Any], case: Case) -> bool:
    """Is the event about the debt of the other? One that names none is about all."""
    return debts(event, case) == [""] or bool(set(debts(event, case)) & set(debts(other, case)))


def came_after(one: dict[str, Any], condition: dict[str, Any], case: Case) -> bool:
    if "following" not in condition:
        return True
    other = condition["following"]
    return any(
        first["kind"] == other["kind"]
        and first["at"] < one["at"]
        and ("debt" not in condition.get("same", []) or about(first, one, case))
        and not_further(first["at"], one["at"], other.get("within"), case)
        and ("later" not in other or not not_further(first["at"], one["at"], other["later"], case, unknown=True))
        for first in case["events"]
    )


def not_further(
    first: datetime, second: datetime, window: dict[str, Any] | None, case: Case, *, unknown: bool = False
) -> bool:
    """Does the second lie inside a window that begins with the first?"""
    if window is None:
        return True
    by = window.get("by", "sliding")
    if by == "sliding":
        return bool(second - first < span(window))
    if not case["zone"]:
        return unknown
    ticks = [local_clock(at.astimezone(ZoneInfo(case["zone"])).replace(tzinfo=None), by) for at in (first, second)]
    if window.get("after_working_days"):
        ticks[0] = moved_on(ticks[0], window["after_working_days"])
    return bool(ticks[1] - ticks[0] < span(window))  # type: ignore[operator]


def moved_on(day: int | None, working_days: int) -> int:
    """The day of so many working days after; no holiday falls into the days that the tests draw."""
    assert day is not None
    while working_days:
        day += 1
        working_days -= (day - 1) % 7 < 5
    return day


def standing(condition: dict[str, Any], case: Case, i: int) -> list[dict[str, Any]]:
    """The events of the kind before contact i, inside its windows, with nothing at or after them that undoes them."""
    at = case["contacts"][i]["at"]
    undone = [
        one
        for one in happened_before(condition.get("not_after", []), case, at)
        if "debt" not in condition.get("same", []) or about(one, case["contacts"][i], case)
    ]
    return [
        one
        for one in happened_before(condition["kind"], case, at)
        if near(one["at"], case, i, condition)
        and fits(one, condition, case, i)
        and not any(other["at"] >= one["at"] for other in undone)
    ]


def in_named_hours(condition: dict[str, Any], case: Case, i: int) -> Answer:
    events = standing(condition, case, i)
    if not events:
        return False
    inside = some([in_one(one["value"], local(case, i)) for one in events])
    return inside if condition["hours"] == "inside" else negation(inside)


def in_one(value: str | None, moment: datetime | None) -> Answer:
    """Hours such as "09:00-18:00" or "mon/fri 09:00-18:00"; any other words name none."""
    *days, hours = (value or "?").split(" ")
    if "-" not in hours or moment is None:
        return None
    start, end = hours.split("-")
    on_day = not days or WEEKDAYS[moment.weekday()] in days[0].split("/")
    return both(in_hours(moment, {"from": start, "until": end}), on_day)


def happened_before(kinds: str | list[str], case: Case, at: datetime | None) -> list[dict[str, Any]]:
    names = [kinds] if isinstance(kinds, str) else kinds
    events = [one for one in case["events"] if one["kind"] in names]
    stands = (one for one in events if at is not None and one["at"] <= at <= (one.get("until") or at))
    return sorted(stands, key=lambda one: one["at"])


def near(then: datetime, case: Case, i: int, condition: dict[str, Any]) -> bool:
    for name, closer in (("within", True), ("later", False)):
        window = condition.get(name)
        if window is None:
            continue
        by = window.get("by", "sliding")
        now: Any = case["contacts"][i]["at"] if by == "sliding" else clock(case, i, window)
        was: Any = then
        if by != "sliding":
            was = (
                local_clock(then.astimezone(ZoneInfo(case["zone"])).replace(tzinfo=None), by) if case["zone"] else None
            )
            if was is not None and window.get("after_working_days"):
                was = moved_on(was, window["after_working_days"])
        if now is None or was is None:
            return False
        if closer and not now - was < span(window):
            return False
        if not closer and not now - was >= span(window):
            return False
    return True


def sequence(steps: list[dict[str, Any]], case: Case, i: int) -> Answer:
    *earlier, last = steps
    return both(holds(last["when"], case, i), happened_in_order(earlier, last, case, i))


def happened_in_order(earlier: list[dict[str, Any]], following: dict[str, Any], case: Case, i: int) -> Answer:
    """Some time of the step before, near enough, with nothing between that must not be there."""
    step, same, rows = earlier[-1], following.get("same", []), case["contacts"]
    if rows[i]["at"] is None:
        return False
    return some(
        [in_order(earlier, following, mine, case, i) for mine in keys(rows[i], same, case)] if "event" not in step
        else [in_order(earlier, following, key(rows[i], same), case, i)]
    )  # fmt: skip


def in_order(
    earlier: list[dict[str, Any]], following: dict[str, Any], mine: tuple[Any, ...], case: Case, i: int
) -> Answer:
    step, same, rows = earlier[-1], following.get("same", []), case["contacts"]
    before = [j for j in range(i) if rows[j]["at"] is not None and mine in keys(rows[j], same, case)]
    if "event" in step:
        times = [one["at"] for one in happened_before(step["event"]["kind"], case, rows[i]["at"])]
        begun = [(at, [k for k in before if rows[k]["at"] > at]) for at in times]
    else:
        begun = [
            (rows[j]["at"], [k for k in before if k > j])
            for j in before
            if holds(step["when"], case, j) is True
            and (len(earlier) == 1 or happened_in_order(earlier[:-1], step, case, j) is True)
        ]
    return some([
        negation(some([holds(following["without"], case, k) for k in between])) if "without" in following else True
        for at, between in begun
        if near(at, case, i, following)
    ])  # fmt: skip


def decide(rule: dict[str, Any], case: Case) -> dict[int, bool]:
    """{contact: sure} for every contact that breaks the rule (sure) or is to be reviewed (not sure)."""
    found: dict[int, bool] = {}
    soft = rule.get("if_unknown", "not_checkable")
    for i in range(len(case["contacts"])):
        parts = [(name, part_holds(name, rule["when"], case, i)) for name in rule["when"]]
        scope = account({"lender_type": rule["lender"]}, case, i) if rule.get("lender") else True
        bars = [holds(block, case, i) for block in rule.get("unless", [])]
        if all(answer is True for _, answer in parts) and scope is True and all(bar is False for bar in bars):
            found[i] = True
            continue
        open_parts = all(
            answer is True or (answer is None and (soft == "review" or name in soft)) for name, answer in parts
        )
        if open_parts and scope is not False and not any(bar is True for bar in bars):
            found[i] = False
    return found


def part_holds(name: str, when: dict[str, Any], case: Case, i: int) -> Answer:
    """One part of `when`; a count keeps the neighbours it counts."""
    if name == "count":
        kept = {other: when[other] for other in ("contact", "account", "says") if other in when}
        return holds({**kept, "count": when["count"]}, case, i)
    return holds({name: when[name]}, case, i)
