"""The JSON Schema of rule files, from the very models that check them, each key with its meaning."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from dunlint import i18n
from dunlint.rulebook.models import Pack, Parameter, Rule, Source

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHAPES: dict[str, Any] = {
    "rules": list[Rule],
    "sources": list[Source],
    "parameters": dict[str, Parameter],
    "pack": Pack,
}


class _Untitled(GenerateJsonSchema):
    """No titles made of key names: they say nothing and hide the descriptions."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema(kind: str, lang: str | None = None) -> dict[str, Any]:
    """The schema of a file of `rules`, `sources`, `parameters` or `pack`, its descriptions in `lang`."""
    made = TypeAdapter(SHAPES[kind]).json_schema(by_alias=True, schema_generator=_Untitled)
    for name, definition in (*made.get("$defs", {}).items(), (made.get("title", ""), made)):
        _describe(name, definition, lang)
    return {"$schema": DIALECT, **made, "title": i18n.text(f"schema.title.{kind}", lang)}


def _describe(model: str, definition: dict[str, Any], lang: str | None) -> None:
    known = i18n.catalogue(lang or i18n.default_language())
    if f"key.{model}.about" in known:
        definition["description"] = known[f"key.{model}.about"]
    for name, field in definition.get("properties", {}).items():
        if f"key.{model}.{name}" in known:
            field["description"] = known[f"key.{model}.{name}"]
