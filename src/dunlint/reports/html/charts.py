"""Charts as SVG, compiled from Vega-Lite by vl-convert: no browser, no network, colours left to the page's style.

Each function takes rows and gives the chart in one language; the numbers stand in a table beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from dunlint.reports.html.words import Both, label, seen, words

WIDTH = 440
VERDICT_TONES = {
    "violation": "var(--critical)",
    "presumed_violation": "var(--high)",
    "warning": "var(--medium)",
    "review": "var(--series-4)",
}
CONFIG: dict[str, Any] = {
    "background": None,
    "font": "sans-serif",
    "padding": {"left": 20, "right": 14, "top": 6, "bottom": 6},  # the reader's font may be wider than the one measured
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--soft)", "titleColor": "var(--soft)", "gridColor": "var(--line-soft)",
        "domainColor": "var(--line)", "tickColor": "var(--line)", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal", "labelLimit": 190,
    },
    "legend": {
        "labelColor": "var(--soft)", "title": None, "orient": "bottom", "labelFontSize": 12, "columnPadding": 26,
    },
}  # fmt: skip

Rows = Sequence[dict[str, Any]]


def trend_rate(rows: Rows, lang: str) -> Markup:
    """rows: week, rate, low, high (fractions; None in a week without contacts)."""
    low_high = {"y": _share("low"), "y2": {"field": "high"}}
    line = {"type": "line", "color": "var(--series)", "point": {"color": "var(--series)", "size": 36}}
    spec = {
        "height": 210,
        "data": {"values": list(rows)},
        "encoding": {"x": _weeks(lang)},
        "layer": [
            {"mark": {"type": "area", "color": "var(--series)", "opacity": 0.18}, "encoding": low_high},
            {"mark": line, "encoding": {"y": _share("rate")}},
        ],
    }
    return svg(spec, words("trend_rate"), words("trend_rate"), lang)


def trend_findings(rows: Rows, lang: str) -> Markup:
    """rows: week, verdict, count; the verdicts in order of gravity."""
    names = {verdict: label("verdict", verdict).in_(lang) for verdict in VERDICT_TONES}
    values = [{**row, "name": names[row["verdict"]], "order": list(names).index(row["verdict"])} for row in rows]
    tones = {"domain": list(names.values()), "range": list(VERDICT_TONES.values())}
    spec = {
        "height": 210,
        "data": {"values": values},
        "mark": {"type": "bar", "stroke": "var(--sheet)", "strokeWidth": 0.5},
        "encoding": {
            "x": {**_weeks(lang), "scale": {"padding": 0.2}},
            "y": {"field": "count", "type": "quantitative", "title": None, "axis": COUNTS},
            "color": {"field": "name", "type": "nominal", "scale": tones},
            "order": {"field": "order"},
        },
    }
    return svg(spec, words("trend_findings"), words("trend_findings"), lang)


COUNTS = {"format": "d", "tickMinStep": 1, "tickCount": 5}


def ranking(rows: Rows, title: Both, lang: str) -> Markup:
    """rows: name, rate, low, high, in the order they shall stand in."""
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"grid": True, "ticks": False}}
    dot = {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": "var(--series-2)"}
    interval = {"x": _share("low"), "x2": {"field": "high"}}
    spec = {
        "width": WIDTH - 140,
        "height": {"step": 24},
        "data": {"values": [{**row, "name": seen(row["name"])} for row in rows]},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2, "color": "var(--series)"}, "encoding": interval},
            {"mark": dot, "encoding": {"x": _share("rate")}},
        ],
    }
    return svg(spec, title, words("ranking_text"), lang)


def heat(rows: Rows, lang: str) -> Markup:
    """rows: hour (0–23), weekday (1–7), count, level (0–5)."""
    days = [label("html.weekday", number).in_(lang) for number in range(1, 8)]
    values = [{**row, "day": days[row["weekday"] - 1]} for row in rows]
    tones = {"domain": list(range(6)), "range": [f"var(--heat-{level})" for level in range(6)]}
    ink = {"condition": {"test": "datum.level > 3", "value": "var(--heat-ink-high)"}, "value": "var(--ink)"}
    spec = {
        "width": {"step": 40},
        "height": {"step": 26},
        "data": {"values": values},
        "encoding": {
            "x": {"field": "hour", "type": "ordinal", "title": words("unit.hour").in_(lang),
                  "scale": {"domain": list(range(24))}, "axis": {"labelAngle": 0, "ticks": False}},
            "y": {"field": "day", "type": "ordinal", "sort": days, "scale": {"domain": days}, "title": None,
                  "axis": {"ticks": False}},
        },
        "layer": [
            {"mark": {"type": "rect", "stroke": "var(--line-soft)"},
             "encoding": {"color": {"field": "level", "type": "ordinal", "scale": tones, "legend": None}}},
            {"transform": [{"filter": "datum.count > 0"}], "mark": {"type": "text", "fontSize": 11},
             "encoding": {"text": {"field": "count"}, "color": ink}},
        ],
    }  # fmt: skip
    return svg(spec, words("heat"), words("heat_text"), lang)


def _weeks(lang: str) -> dict[str, Any]:
    """Weeks as names, not as times: no zone of the machine can move them."""
    short = "slice(datum.label, 5)"
    year_begins = "datum.index == 0 || (slice(datum.label, 5, 7) == '01' && toNumber(slice(datum.label, 8)) < 8)"
    axis = {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 12, "grid": False,
            "labelExpr": f"{year_begins} ? datum.label : {short}"}  # fmt: skip
    return {"field": "week", "type": "ordinal", "title": words("unit.week").in_(lang), "axis": axis}


def _share(field: str) -> dict[str, Any]:
    axis = {"format": ".0%", "tickCount": 5}
    return {"field": field, "type": "quantitative", "title": None, "axis": axis, "scale": {"zero": True, "nice": True}}


def svg(spec: dict[str, Any], title: Both, text: Both, lang: str) -> Markup:
    """The chart as an image with title and description, its marks silent: the table beside it speaks."""
    import vl_convert

    whole = {"width": WIDTH, **spec, "config": CONFIG, "$schema": "https://vega.github.io/schema/vega-lite/v5.json"}
    drawn = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    drawn = re.sub(r"^<svg ", '<svg role="img" ', drawn.strip(), count=1)
    told = Markup("<title>{}</title><desc>{}</desc>").format(escape(title.in_(lang)), escape(text.in_(lang)))
    start = drawn.index(">") + 1
    return Markup(drawn[:start]) + told + Markup(drawn[start:])
