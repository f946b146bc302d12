"""JSON that is cut off, or wrong from some place on: as much of it as can be read."""

from __future__ import annotations

import json
import re
from typing import Any

CONTROLS = re.compile(r"[\x00-\x1f]")


def as_far_as_it_goes(text: str) -> Any:
    """The value of the first document in a text, without what comes after its end or its first mistake.

    A string that is cut off is kept as far as it goes. None if there is no value, or it is nested too deeply.
    """
    from pydantic_core import from_json

    text = CONTROLS.sub(" ", text.lstrip("\ufeff").lstrip())
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except json.JSONDecodeError as mistake:
        cut_off = mistake.pos >= len(text) or mistake.msg.startswith("Unterminated string")
        text = text if cut_off else text[: mistake.pos]
    except (ValueError, RecursionError):
        return None
    try:
        return from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return None
