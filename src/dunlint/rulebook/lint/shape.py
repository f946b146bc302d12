"""DL001–DL013: what a file must be before anything else can be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dunlint.errors import BadArgument
from dunlint.facts.conditions import ContactCondition
from dunlint.records.zones import zone_named
from dunlint.rulebook.lint.allowed import CLOSED, attributes_of, values
from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake, nearest
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.models import Rule


@check("DL001", "yaml-syntax")
def yaml_syntax(folder: Folder) -> Iterable[Mistake]:
    """The file, or an item of it, is no YAML."""
    yield from folder.faults("yaml")
    yield from folder.faults("rule_file")


@check("DL002", "duplicate-key")
def duplicate_key(folder: Folder) -> Iterable[Mistake]:
    """A key stands twice in one mapping."""
    return folder.faults("duplicate_key")


@check("DL003", "alias")
def alias(folder: Folder) -> Iterable[Mistake]:
    """An anchor and its alias, or nesting too deep to be meant."""
    return folder.faults("yaml_alias")


@check("DL004", "wrong-shape")
def wrong_shape(folder: Folder) -> Iterable[Mistake]:
    """A list where a mapping belongs, or the other way round."""
    return folder.faults("not_a_list")


@check("DL005", "unknown-key")
def unknown_key(folder: Folder) -> Iterable[Mistake]:
    """A key that the language does not have."""
    return folder.faults("unknown_key")


@check("DL006", "missing-key")
def missing_key(folder: Folder) -> Iterable[Mistake]:
    """A key that must be there is not."""
    return folder.faults("missing_key")


@check("DL007", "wrong-value")
def wrong_value(folder: Folder) -> Iterable[Mistake]:
    """A value of the wrong type or outside its choices."""
    return folder.faults("wrong_value")


@check("DL008", "duplicate-rule-id")
def duplicate_rule_id(folder: Folder) -> Iterator[Mistake]:
    """Two rules of one name, here or in a pack that this folder builds on."""
    seen = {one.model.id: one for base in folder.base for one in base.rules}
    for one in folder.rules:
        if one.model.id in seen:
            yield one.mistake("id", id=one.model.id, other=_where(seen[one.model.id]))
        seen.setdefault(one.model.id, one)


@check("DL009", "duplicate-source-id")
def duplicate_source_id(folder: Folder) -> Iterator[Mistake]:
    """Two sources of one name."""
    seen: dict[str, object] = {}
    for one in folder.sources:
        if one.model.id in seen:
            yield one.mistake("id", id=one.model.id)
        seen[one.model.id] = one


@check("DL010", "id-without-prefix", "warning")
@each_rule
def id_without_prefix(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A rule of a pack whose id does not begin with the pack's name."""
    prefix = f"{folder.pack.model.jurisdiction}-" if folder.pack else ""
    if not rule.model.id.startswith(prefix):
        yield rule.mistake("id", id=rule.model.id, prefix=prefix)


@check("DL011", "unknown-word")
@each_rule
def unknown_word(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A channel, direction, outcome, party or role that no record can have."""
    for path, condition in rule.conditions(ContactCondition):
        for key, wanted in attributes_of("contact", condition).items():
            given = values(getattr(wanted, "not_", wanted)) if key in CLOSED else ()
            words = [word for word in given if isinstance(word, str)]
            for word in sorted(set(words) - {*CLOSED.get(key, ()), "unknown"}):
                name = key.partition(".")[2]
                yield rule.mistake(*path, name, key=True, word=word, name=name, nearest=nearest(word, CLOSED[key]))


@check("DL012", "unknown-zone")
def unknown_zone(folder: Folder) -> Iterator[Mistake]:
    """The pack's time zone is not in the IANA list."""
    if folder.pack is None:
        return
    try:
        zone_named(folder.pack.model.zone)
    except BadArgument:
        yield folder.pack.mistake("zone", zone=folder.pack.model.zone)


@check("DL013", "pack-without-regions", "warning")
def pack_without_regions(folder: Folder) -> Iterator[Mistake]:
    """A pack that does not say in which regions it holds judges contacts of every country."""
    if folder.pack is not None and not folder.pack.model.regions:
        yield folder.pack.mistake()


def _where(one: Written[Rule]) -> str:
    found = one.mistake("id")
    return f"{found.path}:{found.line}"
