"""`dunlint rules lint`: every check has an example that fails it and a near one that passes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from dunlint import i18n
from dunlint.commands import cli
from dunlint.errors import BadArgument
from dunlint.facts import conditions
from dunlint.resources import rules_root
from dunlint.rulebook import models
from dunlint.rulebook.lint import checks, lint
from dunlint.rulebook.lint.fix import fixed
from dunlint.rulebook.lint.problem import Problem
from dunlint.yaml_places import parse

Files = dict[str, str]

PACK = "jurisdiction: my\ntitle: {zh: 示例, en: Example}\nzone: Asia/Shanghai\nregions: [CN]\nlanguages: [zh]\n"
PARAMETERS = "rate:\n  title: {zh: 利率, en: Rate}\n  values:\n    2024-01-01: {value: 0.03, source: gazette}\n"
RULE = {
    "id": "my-rule",
    "title": "{zh: 题, en: title}",
    "topic": "hours",
    "severity": "high",
    "verdict": "violation",
    "authority": "[{source: s}]",
    "when": "{contact: {direction: outbound}, claim: {kind: rate, more_than: {parameter: rate}}}",
    "message": "{zh: 文, en: text}",
    "tests": "[{name: one, given: {contact: {}}, expect: violation}, {name: two, given: {}, expect: none}]",
}
SOURCE = {
    "id": "s",
    "title": "{zh: 某法, en: Some law}",
    "from": "2020-01-01",
    "binds": "{zh: 所有人, en: everyone}",
    "weight": "law",
    "evidence": "A",
}


def item(base: dict[str, str], changes: dict[str, str | None]) -> str:
    """A list item in YAML: the base with keys changed, added or (None) left out."""
    pairs = {key.rstrip("_"): value for key, value in {**base, **changes}.items() if value is not None}
    return "- " + "\n  ".join(f"{key}: {value}" for key, value in pairs.items()) + "\n"


def rule(**changes: str | None) -> Files:
    return {"rules.yaml": item(RULE, changes)}


def rules(*each: dict[str, str | None]) -> Files:
    return {"rules.yaml": "".join(item(RULE, changes) for changes in each)}


def source(**changes: str | None) -> Files:
    return {"sources.yaml": item(SOURCE, {key.replace("from_", "from"): value for key, value in changes.items()})}


def when(text: str) -> Files:
    return rule(when=text)


def parameter(text: str) -> Files:
    return {"parameters.yaml": f"rate:\n  title: {{zh: 利率, en: Rate}}\n  values: {text}\n"}


def given(given: str, expect: str = "none") -> Files:
    return rule(
        tests=f"[{{name: one, given: {given}, expect: violation}}, {{name: two, given: {{}}, expect: {expect}}}]"
    )


def folder(path: Path, *changes: Files) -> Path:
    """A folder of rules without any problem, but for the changes."""
    files = {"pack.yaml": PACK, "parameters.yaml": PARAMETERS, **source(), **rule()}
    for change in changes:
        files |= change
    for name, text in files.items():
        (path / name).write_bytes(text.encode("utf-8"))
    return path


def found(path: Path, *changes: Files) -> tuple[Problem, ...]:
    return lint([str(folder(path, *changes))]).problems


def codes(path: Path, *changes: Files) -> set[str]:
    return {problem.check.code for problem in found(path, *changes)}


SEVEN = "within: {days: 7}"
OBLIGED = "- {id: '%s', key: k, title: {zh: 题, en: title}, state: rule, rules: [my-rule]}\n"
CASES: list[tuple[str, list[Files], list[Files]]] = [
    ("DL001", [rule(topic="[hours")], [rule(topic="hours")]),
    ("DL002", [rule(notes="{zh: 甲, en: a}\n  severity: low")], [rule(notes="{zh: 甲, en: a}")]),
    ("DL003", [rule(title="&t {zh: 题, en: title}", notes="*t")], [rule(title="&t {zh: 题, en: title}")]),
    ("DL004", [{"rules.yaml": "rules: []\n"}], [{"rules.yaml": "[]\n"}]),
    ("DL005", [when("{contact: {directoin: outbound}}")], [when("{contact: {direction: outbound}}")]),
    ("DL006", [rule(severity=None)], [rule(once=None)]),
    ("DL007", [rule(severity="dreadful")], [rule(severity="low")]),
    (
        "DL007",
        [when("{sequence: [{when: {contact: {channel: sms}}}, {event: {kind: dispute}}]}")],
        [when("{sequence: [{event: {kind: dispute}}, {when: {contact: {channel: sms}}}]}")],
    ),
    ("DL008", [rules({}, {})], [rules({}, {"id": "my-other"})]),
    ("DL009", [{"sources.yaml": item(SOURCE, {}) * 2}], [source()]),
    ("DL010", [rule(id="your-rule")], [rule(id="my-second-rule")]),
    ("DL011", [when("{contact: {channel: [call, cal]}}")], [when("{contact: {channel: [call, sms], role: unknown}}")]),
    ("DL012", [{"pack.yaml": PACK.replace("Asia/Shanghai", "Asia/Atlantis")}], [{"pack.yaml": PACK}]),
    ("DL013", [{"pack.yaml": PACK.replace("regions: [CN]\n", "")}], [{"pack.yaml": PACK}]),
    ("DL020", [rule(authority="[{source: t}]")], [rule(authority="[{source: s}]")]),
    ("DL021", [when("{claim: {kind: rate, more_than: {parameter: rat}}}")], [rule()]),
    ("DL022", [when("{finding: my-rul}")], [rules({}, {"id": "my-other", "when": "{finding: my-rule}"})]),
    ("DL023", [when("{says: {tag: insul}}")], [when("{says: {tag: insult}}")]),
    ("DL023", [given("{contact: {tags: [insul]}}")], [given("{contact: {tags: [insult]}}")]),
    ("DL024", [when("{event: {kind: dispot}}")], [when("{event: {kind: dispute}}")]),
    ("DL024", [when("{event: {kind: consent, not_after: opt}}")], [when("{event: {kind: promise}}")]),
    ("DL024", [given("{events: [{kind: dispot}]}")], [given("{events: [{kind: dispute}], keeps: [dispute]}")]),
    (
        "DL025",
        [rules({"when": "{finding: my-other}"}, {"id": "my-other", "when": "{finding: [my-rule]}"})],
        [rules({}, {"id": "my-other", "when": "{finding: [my-rule]}"})],
    ),
    (
        "DL026",
        [rules({"enabled": "false", "reason": "{zh: 无, en: none}"}, {"id": "my-b", "when": "{finding: my-rule}"})],
        [rules({}, {"id": "my-b", "when": "{finding: my-rule}"})],
    ),
    ("DL027", [when("{contact: {holiday: {calendar: XX}}}")], [when("{contact: {holiday: {calendar: US-MA}}}")]),
    (
        "DL028",
        [when("{claim: {kind: amount, more_than: {account: currency}}}")],
        [when("{claim: {kind: amount, more_than: {account: balance}}}")],
    ),
    (
        "DL029",
        [rule(obligations='["002"]'), {"obligations.yaml": OBLIGED % "001"}],
        [rule(obligations='["001"]'), {"obligations.yaml": OBLIGED % "001"}],
    ),
    (
        "DL030",
        [when("{contact: {talk_seconds: {more_than: 5, at_most: 5}}}")],
        [when("{contact: {talk_seconds: {at_least: 5, at_most: 5}}}")],
    ),
    (
        "DL030",
        [when("{says: {tag: insult, turns: {from: 4, to: 3}}}")],
        [when("{says: {tag: insult, turns: {from: 4, to: 4}}}")],
    ),
    (
        "DL031",
        [when('{contact: {local_time: {from: "08:00", until: "08:00"}}}')],
        [when('{contact: {local_time: {from: "22:00", until: "08:00"}}}')],
    ),
    (
        "DL032",
        [when("{contact: {channel: call}, none: [{contact: {channel: [call, sms]}}]}")],
        [when("{contact: {channel: [call, sms]}, none: [{contact: {channel: call}}]}")],
    ),
    (
        "DL032",
        [when("{contact: {channel: call}, all: [{contact: {channel: {not: [call]}}}]}")],
        [when("{contact: {channel: [call, sms]}, all: [{contact: {channel: {not: [call]}}}]}")],
    ),
    (
        "DL032",
        [when("{event: [{kind: dispute}, {kind: [dispute, consent], absent: true}]}")],
        [when("{event: [{kind: [dispute, attorney]}, {kind: dispute, absent: true}]}")],
    ),
    (
        "DL032",
        [when("{says: [{tag: insult}, {tag: insult, absent: true}]}")],
        [when("{says: [{tag: insult}, {tag: insult, speaker: debtor, absent: true}]}")],
    ),
    (
        "DL032",
        [when("{contact: {agent: {known: false}}, all: [{contact: {agent: a}}]}")],
        [when("{contact: {agent: {known: true}}, all: [{contact: {agent: a}}]}")],
    ),
    (
        "DL033",
        [when(f"{{contact: {{channel: [call, sms]}}, count: {{{SEVEN}, distinct: channel, at_least: 3}}}}")],
        [when(f"{{contact: {{channel: [call, sms]}}, count: {{{SEVEN}, distinct: channel, at_least: 2}}}}")],
    ),
    (
        "DL033",
        [when(f"{{contact: {{channel: call}}, count: {{per: [agent], {SEVEN}, distinct: agent, more_than: 1}}}}")],
        [when(f"{{contact: {{channel: call}}, count: {{per: [debt], {SEVEN}, distinct: agent, more_than: 1}}}}")],
    ),
    (
        "DL033",
        [when("{at_least: {n: 2, of: [{says: {tag: insult}}]}}")],
        [when("{at_least: {n: 1, of: [{says: {tag: insult}}]}}")],
    ),
    (
        "DL034",
        [rule(when="{contact: {channel: call}}", unless="{contact: {channel: [call, sms]}}")],
        [rule(when="{contact: {channel: [call, sms]}}", unless="{contact: {channel: call}}")],
    ),
    (
        "DL034",
        [rule(when="{event: {kind: dispute}}", unless="[{event: {kind: [dispute, consent]}}]")],
        [rule(when="{event: {kind: [dispute, consent]}}", unless="[{event: {kind: dispute}}]")],
    ),
    ("DL035", [source(until="2019-12-31")], [source(until="2020-01-01")]),
    (
        "DL035",
        [rule(authority="[{source: s, from: 2022-01-01, until: 2021-01-01}]")],
        [rule(authority="[{source: s, from: 2021-01-01, until: 2021-01-01}]")],
    ),
    ("DL036", [when("{contact: {channel: []}}")], [when("{contact: {channel: [call]}}")]),
    (
        "DL037",
        [when("{event: {kind: dispute, later: {days: 8}, within: {weeks: 1}}}")],
        [when("{event: {kind: dispute, later: {days: 6}, within: {weeks: 1}}}")],
    ),
    (
        "DL038",
        [rule(applies_to="{lender: [bank]}"), source(applies_to="{lender: [agency]}")],
        [rule(applies_to="{lender: [bank]}"), source(applies_to="{lender: [bank, agency]}")],
    ),
    (
        "DL039",
        [when("{contact: {local_date: {less_than: 2020-01-01}}}")],
        [when("{contact: {local_date: {at_most: 2020-01-01}}}")],
    ),
    ("DL040", [rule(tests="[{name: a, given: {}, expect: none}]")], [rule()]),
    ("DL041", [rule(tests="[{name: a, given: {}, expect: violation}]")], [rule()]),
    ("DL042", [rule(tests="[{name: a, given: {}, expect: none}, {name: a, given: {}, expect: violation}]")], [rule()]),
    ("DL043", [given("{}", expect="warning")], [given("{}", expect="review")]),
    (
        "DL044",
        [rule(tests="[{name: a, given: {contact: {repeat: 2}}, expect: violation, at: [2]}]")],
        [rule(tests="[{name: a, given: {contact: {repeat: 2}}, expect: violation, at: [0, 1]}]")],
    ),
    ("DL045", [given("{contcat: {}}")], [given("{contacts: [{}]}")]),
    ("DL050", [rule(title='{zh: "", en: title}')], [rule(title="{zh: 题, en: title}")]),
    ("DL051", [rule(title="{zh: 题 title, en: 题 title}")], [rule(title="{zh: 题 title, en: title}")]),
    ("DL052", [source(title="{zh: Act, en: Some act}")], [source(title="{zh: Act 法, en: Some act}")]),
    ("DL053", [rule(title="{zh: 题, en: title 题}")], [rule(title="{zh: 题, en: title}")]),
    ("DL054", [rule(message='{zh: "{chanel}文", en: text}')], [rule(message='{zh: "{channel}文", en: "{channel}"}')]),
    ("DL054", [rule(message='{zh: "{文", en: text}')], [rule(message='{zh: "{{文", en: text}')]),
    ("DL055", [rule(message='{zh: "{party}文", en: text}')], [rule(message='{zh: "{party}文", en: "{party}"}')]),
    (
        "DL056",
        [rule(message='{zh: "第{count}次", en: "no {count}"}')],
        [
            rule(
                when=f"{{any: [{{count: {{of: {{contact: {{}}}}, {SEVEN}, more_than: 1}}}}]}}",
                message='{zh: "第{count}次", en: "no {count}"}',
            )
        ],
    ),
    (
        "DL057",
        [rule(when="{says: {tag: insult, absent: true}}", message='{zh: "话{quote}", en: "{quote}"}')],
        [rule(when="{says: {tag: insult}}", message='{zh: "话{quote}", en: "{quote}"}')],
    ),
    (
        "DL058",
        [rule(when="{event: {kind: dispute, absent: true}}", message='{zh: "事{event}", en: "{event}"}')],
        [rule(when="{event: {kind: dispute}}", message='{zh: "事{event}", en: "{event}"}')],
    ),
    ("DL060", [source(evidence=None)], [source(evidence="C")]),
    ("DL061", [source(evidence="D")], [source(evidence="C")]),
    ("DL061", [rule(authority="[{source: s, evidence: NOT_SEEN}]")], [rule(authority="[{source: s, evidence: M}]")]),
    ("DL062", [rule(enabled="false")], [rule(enabled="false", reason="{zh: 无, en: none}")]),
    (
        "DL063",
        [rule(authority="[{source: s, clause: '5', evidence: NOT_SEEN}]")],
        [rule(authority="[{source: s, evidence: NOT_SEEN}]")],
    ),
    ("DL064", [source(weight="advisory")], [source(weight="advisory"), rule(authority="[{source: s, weight: law}]")]),
    ("DL065", [rule(severity="info")], [rule(severity="low")]),
    ("DL070", [{"sources.yaml": item(SOURCE, {}) + item(SOURCE, {"id": "t"})}], [source()]),
    ("DL071", [source(from_=None)], [source(from_=None), rule(authority="[{source: s, from: 2021-01-01}]")]),
    (
        "DL072",
        [rule(authority="[{source: s, from: 2019-12-31}]")],
        [rule(authority="[{source: s, from: 2020-01-01}]")],
    ),
    (
        "DL073",
        [rule(authority="[{source: s, clause: '5'}, {source: s, clause: '5'}]")],
        [rule(authority="[{source: s, clause: '5'}, {source: s, clause: '6'}]")],
    ),
    ("DL074", [when("{contact: {channel: sms}}")], [rule()]),
    ("DL080", [rules({}, {"id": "my-other"})], [rules({}, {"id": "my-other", "applies_to": "{lender: [bank]}"})]),
    (
        "DL080",
        [
            rules(
                {"authority": "[{source: s, until: 2022-01-01}]"},
                {"id": "my-other", "authority": "[{source: s, from: 2022-01-01}]"},
            )
        ],
        [
            rules(
                {"authority": "[{source: s, until: 2021-12-31}]"},
                {"id": "my-other", "authority": "[{source: s, from: 2022-01-01}]"},
            )
        ],
    ),
    (
        "DL081",
        [when("{event: {kind: consent, absent: true}}")],
        [rule(when="{event: {kind: consent, absent: true}}", if_unknown="[event]")],
    ),
    (
        "DL083",
        [when(f"{{sequence: [{{event: {{kind: dispute}}, {SEVEN}}}, {{when: {{contact: {{}}}}}}]}}")],
        [when(f"{{sequence: [{{event: {{kind: dispute}}}}, {{when: {{contact: {{}}}}, {SEVEN}}}]}}")],
    ),
    (
        "DL084",
        [when(f"{{count: {{{SEVEN}, more_than: 3}}}}")],
        [when(f"{{contact: {{channel: call}}, count: {{{SEVEN}, more_than: 3}}}}")],
    ),
    ("DL085", [when("{account: {number: balance}}")], [when("{account: {number: balance, more_than: {value: 1}}}")]),
    (
        "DL090",
        [parameter("{2024-01-01: {value: 1, source: x}, 2023-01-01: {value: 2, source: x}}")],
        [parameter("{2023-01-01: {value: 1, source: x}, 2024-01-01: {value: 2, source: x}}")],
    ),
    ("DL091", [parameter("{2024-01-01: {value: 1}}")], [parameter("{2024-01-01: {value: 1, source: x}}")]),
    (
        "DL092",
        [parameter("{2024-01-01: {value: null, source: x}}")],
        [parameter("{2024-01-01: {value: 1, source: x}, 2025-01-01: {value: null, source: x}}")],
    ),
    ("DL100", [rule(topic="hours ")], [rule(notes="{zh: 甲, en: a}")]),
    ("DL101", [rule(topic="hours\t# 注")], [rule(title='{zh: "题\t", en: title}')]),
    ("DL102", [rule(severity=None, once="day\n  severity: high")], [rule(severity="low\n  x: y")]),
    (
        "DL103",
        [when("{contact: {local_time: {from: 22:00, until: 08:00}}}")],
        [when('{contact: {local_time: {from: "22:00", until: "08:00"}}}')],
    ),
    ("DL104", [{"pack.yaml": PACK.rstrip("\n")}], [{"pack.yaml": PACK}]),
]


def test_the_folder_that_the_examples_change_has_no_problem(tmp_path: Path) -> None:
    assert [f"{one.where} {one.message()}" for one in found(tmp_path)] == []


@pytest.mark.parametrize(("code", "bad", "good"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_each_check_finds_its_mistake_and_leaves_the_near_thing_alone(
    tmp_path: Path, code: str, bad: list[Files], good: list[Files]
) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "good").mkdir()
    assert code in codes(tmp_path / "bad", *bad)
    assert code not in codes(tmp_path / "good", *good)


def test_every_check_has_its_examples_and_its_sentence_in_both_languages() -> None:
    assert {check.code for check in checks()} == {code for code, _, _ in CASES}
    assert len(checks()) >= 28
    for check in checks():
        assert all(f"lint.{check.code}" in i18n.catalogue(lang) for lang in i18n.LANGUAGES)
        assert check.find.__doc__


@pytest.mark.parametrize(("code", "bad", "_good"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_message_can_be_said_in_both_languages(
    tmp_path: Path, code: str, bad: list[Files], _good: list[Files]
) -> None:
    for problem in found(tmp_path, *bad):
        for lang in i18n.LANGUAGES:
            message = problem.message(lang)
            assert message
            assert "{_" not in message


def test_a_problem_has_code_place_and_line(tmp_path: Path) -> None:
    problem = next(
        one for one in found(tmp_path, when("{contact: {directoin: outbound}}")) if one.check.code == "DL005"
    )
    assert problem.where == f"{tmp_path}/rules.yaml:7:20"
    assert problem.mistake.excerpt == "when: {contact: {directoin: outbound}}"
    assert "Did you mean direction?" in problem.message("en")
    assert "是不是 direction？" in problem.message("zh")


def test_one_broken_rule_hides_no_other(tmp_path: Path) -> None:
    broken = item(RULE, {"id": "my-broken", "topic": "[hours"})
    wrong = item(RULE, {"id": "my-wrong", "severity": "dreadful", "verdict": "guilty", "colour": "red"})
    uses = item(RULE, {"id": "my-uses", "when": "{finding: [my-broken, my-wrong, my-missing]}"})
    problems = found(tmp_path, {"rules.yaml": "# rules\n\n" + broken + wrong + "# more\n" + uses})
    told = [(one.check.code, one.mistake.line) for one in problems if one.mistake.path.endswith("rules.yaml")]
    assert told == [("DL001", 6), ("DL007", 15), ("DL007", 16), ("DL005", 21), ("DL022", 29)]


def test_several_mistakes_of_one_file_are_all_told(tmp_path: Path) -> None:
    text = item(RULE, {"notes": "&n {zh: 甲, en: a}", "reason": "*n", "title": "{zh: 题, zh: 题, en: title}"})
    assert {"DL002", "DL003"} <= codes(tmp_path, {"rules.yaml": text})


def test_of_the_branches_of_a_union_only_the_one_meant_is_told(tmp_path: Path) -> None:
    (told,) = [p for p in found(tmp_path, when("{contact: {talk_seconds: {mor_than: 5}}}")) if p.check.code != "DL074"]
    assert told.check.code == "DL005"
    assert "more_than" in told.message("en")
    (told,) = [p for p in found(tmp_path, when("{event: {kind: dispute, same: [phone]}}")) if p.check.code != "DL074"]
    assert told.check.code == "DL007"
    assert "'number', 'party', 'agency', 'debt', 'place' or 'channel'" in told.message("en")


def test_a_file_that_is_no_text_is_told_and_not_mended(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "more.yaml").write_bytes(b"\xff\xfe- id: x ")
    assert [one.check.code for one in lint([str(tmp_path)], fix=True).problems] == ["DL001"]


def test_a_folder_of_ones_own_may_name_what_ships(tmp_path: Path) -> None:
    folder(tmp_path, rule(authority="[{source: gbt-45251-2025}]", when="{finding: cn-quiet-hours}"))
    for name in ("pack.yaml", "sources.yaml", "parameters.yaml"):
        (tmp_path / name).unlink()
    (tmp_path / "overrides.yaml").write_text("- {rule: cn-quiet-hour, enabled: false, reason: agreed}\n", "utf-8")
    problems = lint([str(tmp_path)]).problems
    assert [(one.check.code, Path(one.mistake.path).name) for one in problems] == [("DL022", "overrides.yaml")]


def test_a_file_that_holds_no_rules_is_neither_linted_nor_mended(tmp_path: Path) -> None:
    text = "- {finding: abc} \n"
    (folder(tmp_path) / "suppressions.yaml").write_text(text, "utf-8")
    assert lint([str(tmp_path)], fix=True).problems == ()
    assert (tmp_path / "suppressions.yaml").read_text("utf-8") == text


def test_packs_files_and_folders_of_folders_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    folder(tmp_path / "a", rule(severity="dreadful"))
    folder(tmp_path / "b", rule(topic="hours "))
    assert lint([str(tmp_path)]).files == 8
    assert lint([str(tmp_path / "b" / "sources.yaml")]).problems == ()
    rule_files = [path for path in (rules_root() / "cn").glob("*.yaml") if path.name != "complaints.yaml"]
    assert lint(["cn"]).files == len(rule_files)  # the channels of complaints have a test of their own
    with pytest.raises(BadArgument):
        lint([str(tmp_path / "nothing")])


MESSY = """# head comment  
- topic: hours 	
  # about the name
  id: my-rule   # kept
  title:	{zh: 题, en: title}
  severity: high
  notes:
    zh: |
      甲  
      # not a comment
    en: a
  verdict: violation
  authority: [{source: s}]
  when: {contact: {direction: outbound, local_time: {from: 22:00, until: 08:00}}}
  message: {zh: 文, en: text}

# —— next ——
- id: my-other
  title: {zh: "题	", en: title}"""


def test_fix_mends_the_layout_and_nothing_else() -> None:
    mended = fixed(MESSY)
    assert mended == (
        "# head comment\n"
        "  # about the name\n"
        "- id: my-rule   # kept\n"
        "  title:  {zh: 题, en: title}\n"
        "  topic: hours\n"
        "  severity: high\n"
        "  verdict: violation\n"
        "  authority: [{source: s}]\n"
        '  when: {contact: {direction: outbound, local_time: {from: "22:00", until: "08:00"}}}\n'
        "  message: {zh: 文, en: text}\n"
        "  notes:\n"
        "    zh: |\n"
        "      甲  \n"
        "      # not a comment\n"
        "    en: a\n"
        "\n"
        "# —— next ——\n"
        "- id: my-other\n"
        '  title: {zh: "题\t", en: title}\n'
    )
    assert parse(mended, "").data == parse(MESSY, "").data
    assert fixed(mended) == mended


@pytest.mark.parametrize(
    "text",
    [
        "- {topic: hours, id: a}\n",
        "- topic: [hours\n  id: a \n",
        "- topic: hours\n  id: &a a\n  x: *a \n",
        "",
        "a \nb: c",
    ],
)
def test_fix_leaves_alone_what_it_cannot_mend_safely(text: str) -> None:
    assert fixed(text) == text


def test_fix_keeps_windows_line_ends_and_the_byte_order_mark(tmp_path: Path) -> None:
    folder(tmp_path)
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (path.read_bytes().replace(b"hours\n", b"hours \n").replace(b"\n", b"\r\n")))
    assert lint([str(tmp_path)], fix=True).problems == ()
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf- id")
    assert b"hours\r\n" in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_shipped_rules_made_untidy_come_back_as_they_were() -> None:
    for path in sorted(rules_root().glob("cn/*.yaml")):
        neat = fixed(path.read_text(encoding="utf-8"))
        untidy = neat.replace("\n  severity:", " \n  severity:").replace("]}\n", "]}\t\n").rstrip("\n")
        assert fixed(untidy) == neat, path
        assert parse(neat, "").data == parse(path.read_text(encoding="utf-8"), "").data


def test_the_pages_of_quoted_clocks_say_the_same_to_other_programs() -> None:
    assert yaml.safe_load(fixed("- from: 22:00\n"))[0]["from"] == "22:00"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["rules", *arguments], standalone_mode=False)
    assert result.exception is None, result.output
    return result.return_value, result.output


def test_the_exit_code_is_two_for_errors_and_zero_for_warnings(tmp_path: Path) -> None:
    assert run("lint", str(folder(tmp_path)))[0] == 0
    assert run("lint", str(folder(tmp_path, rule(topic="hours "))))[0] == 0
    assert run("lint", str(folder(tmp_path, rule(severity="dreadful"))))[0] == 2


def test_the_text_output_tells_code_place_sentence_and_line(tmp_path: Path) -> None:
    code, out = run("--lang", "en", "lint", str(folder(tmp_path, rule(severity="dreadful"))))
    assert code == 2
    first, second, last = out.splitlines()
    assert first.startswith(f"{tmp_path}/rules.yaml:4:13: error DL007 wrong-value: severity: choose one of ")
    assert second == "    | severity: dreadful"
    assert last == "1 errors, 0 warnings in 4 files."
    assert "错误 DL007" in run("--lang", "zh", "lint", str(tmp_path))[1]


def test_the_json_output_is_data(tmp_path: Path) -> None:
    out = json.loads(run("--lang", "en", "lint", "--output", "json", str(folder(tmp_path, rule(topic="hours "))))[1])
    assert {key: out[key] for key in ("errors", "warnings", "files")} == {"errors": 0, "warnings": 1, "files": 4}
    (problem,) = out["problems"]
    assert (problem["code"], problem["line"], problem["column"], problem["fixable"]) == ("DL100", 3, 15, True)


def test_fix_on_the_command_line_mends_and_says_so(tmp_path: Path) -> None:
    code, out = run("--lang", "en", "lint", "--fix", str(folder(tmp_path, rule(topic="hours "))))
    assert code == 0
    assert out.startswith(f"{tmp_path}/rules.yaml: layout mended")
    assert "layout mended" not in run("--lang", "en", "lint", "--fix", str(tmp_path))[1]


def test_rules_chosen_for_the_group_are_the_ones_linted(tmp_path: Path) -> None:
    assert "in 4 files" in run("--lang", "en", "--rules", str(folder(tmp_path)), "lint")[1]


def test_a_copy_of_a_shipped_pack_is_as_clean_as_the_pack(tmp_path: Path) -> None:
    shutil.copytree(rules_root() / "cn", tmp_path / "cn")
    copied, shipped = lint([str(tmp_path / "cn")]).problems, lint(["cn"]).problems
    assert [one.check.code for one in copied] == [one.check.code for one in shipped]
    assert [one.mistake.line for one in copied] == [one.mistake.line for one in shipped]


def test_the_blanks_of_messages_are_those_that_findings_fill() -> None:
    from dunlint.engines.explain import blanks
    from dunlint.rulebook.lint.wording import BLANKS

    row = dict.fromkeys(("local", "channel", "party", "agency"))
    assert tuple(blanks(row, {}, (), "en")) == BLANKS


def test_what_the_models_say_of_combinations_exists_in_both_languages(tmp_path: Path) -> None:
    for module in (conditions, models):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for sentence in re.findall(r'raise ValueError\("([^"]+)"\)', source):
            off = sentence == "a rule that is off needs a reason"  # said by DL062
            assert off or f"lint.said.{sentence}" in i18n.catalogue("zh"), sentence
    problems = found(tmp_path, when("{count: {within: {days: 1, by: iso_week}, more_than: 1}}"))
    assert any("只能写一个单位" in one.message("zh") for one in problems)
