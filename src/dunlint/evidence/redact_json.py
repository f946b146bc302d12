"""JSON of others, value by value: what a format's reader uses is masked by its key, everything else is taken out.

The text is gone through token by token, not parsed and written anew: white space, order and lines stay as they were,
and a damaged file stays damaged at the same place. What a key means is told by a table a format: the key alone, or
"parent.key" where it means something else below another one.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.redact_page import markup
from dunlint.evidence.values import GONE, account, kept
from dunlint.records.reader import Known
from dunlint.records.readers import funasr, tencent_asr
from dunlint.records.readers.conversation import MASKED
from dunlint.records.readers.json_text import DECODER, ESCAPE
from dunlint.records.readers.meta_json import unescaped

BROKEN = "?"  # stands for what is no JSON, and is none itself
TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")|(?P<open>"(?:[^"\\]|\\.)*\Z)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)'
    r"|(?P<word>true|false|null)|(?P<mark>[\[\]{}:,])|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
HALF_PAIR = re.compile("[\ud800-\udfff]")
ADDRESS = re.compile(r"(tel:|sip:|whatsapp:|messenger:|rcs:|user|channel)?(.*)", re.DOTALL)

KEEP, NAME, NUMBER, SERIAL, SPEAKER = "keep", "name", "number", "serial", "speaker"
TEXT, SPARE, WORD, LINES, NESTED, PAGE = "text", "spare", "word", "lines", "nested", "page"
SPARED_BY = {"lexical": "display", "text": "decoratedtext"}  # the same words without figures: numbers are spelt out
Meanings = Mapping[str, str]


@dataclass
class Leaf:
    """One value of a JSON text: where it stands (keys and positions), its token, and what takes its place."""

    path: tuple[str | int, ...]
    token: str
    kind: str | None
    told: str = ""

    @property
    def value(self) -> str:
        """A string's value; a number as it is written."""
        return _string(self.token) if self.token.startswith('"') else self.token

    def tell(self, value: str) -> None:
        """Put a string in its place: escaped where it was, its line ends raw where they were."""
        ascii_only, raw = self.token.isascii(), "\n" in self.token
        pieces = value.split("\n") if raw else [value]
        self.told = '"' + "\n".join(_quoted(piece, ascii_only=ascii_only)[1:-1] for piece in pieces) + '"'


@dataclass
class Nested:
    """A string that holds JSON itself."""

    token: str
    parts: list[str | Leaf | Nested] = field(default_factory=list)


Part = str | Leaf | Nested


def masked(text: str, who: Pseudonyms, meanings: Meanings) -> str:
    """The JSON text with every value masked by what its key means."""
    parts = list(_parts(text, (), meanings, who))
    leaves = list(_leaves(parts))
    _settle_spare(leaves)
    for kind, between in ((TEXT, " "), (WORD, "")):
        chosen = [leaf for leaf in leaves if leaf.kind == kind]
        read = [_read(leaf.value) for leaf in chosen]
        for leaf, (_, back), told in zip(chosen, read, who.texts([plain for plain, _ in read], between), strict=True):
            leaf.tell(back(told))
    for leaf in leaves:
        if leaf.kind not in (TEXT, WORD):
            _tell(leaf, who)
    return "".join(_written(parts))


def _parts(text: str, path: tuple[str | int, ...], meanings: Meanings, who: Pseudonyms) -> Iterator[Part]:
    """The text in pieces: values as leaves, everything else as it is to be written."""
    inside: list[str | int | None] = []  # a position in a list, a key in an object, None before its first
    key, expected = False, True  # whether a key, whether a value may stand here
    for token in TOKEN.finditer(text):
        found, kind = token[0], token.lastgroup
        if kind == "space":
            yield found
        elif kind == "mark":
            yield found
            if found in "[{":
                inside.append(0 if found == "[" else None)
                key, expected = found == "{", found == "["
            elif found in "]}":
                del inside[-1:]
                key, expected = False, False
            elif found == ",":
                last = inside[-1] if inside else 0
                key = not isinstance(last, int)
                if isinstance(last, int) and inside:
                    inside[-1] = last + 1
                expected = not key
            else:
                expected = True
        elif kind == "string" and key:
            name = _string(found)
            inside[-1] = name
            key = False
            known = name.casefold() in _names(meanings)
            yield found if known else _quoted(who.text(name), ascii_only=found.isascii())
        elif kind in ("string", "number", "word") and expected:
            expected = False
            here = (*path, *(step for step in inside if step is not None))
            yield from _value(found, here, meanings, who)
        elif kind == "open":
            yield f'"{GONE}' + "\n" * found.count("\n")
        else:
            expected = False
            yield BROKEN + "\n" * found.count("\n")


def _value(token: str, path: tuple[str | int, ...], meanings: Meanings, who: Pseudonyms) -> Iterator[Part]:
    kind = _meaning(path, meanings)
    if kind == NESTED and token.startswith('"'):
        inner = _string(token)
        if inner.lstrip().startswith(("{", "[")):
            yield Nested(token, list(_parts(inner, path, meanings, who)))
            return
        kind = TEXT
    if token in ("true", "false", "null", '""'):
        yield token
    else:
        yield Leaf(path, token, kind)


def _string(token: str) -> str:
    """The value of a string token; lone backslashes are kept as they are."""
    try:
        return str(DECODER.decode(token))
    except ValueError:
        return str(DECODER.decode(ESCAPE.sub(lambda match: match[0] if match[1] else r"\\", token)))


def _quoted(value: str, *, ascii_only: bool) -> str:
    """A string as JSON; half a pair of surrogates, which no encoding takes, stays escaped."""
    return json.dumps(value, ensure_ascii=ascii_only or bool(HALF_PAIR.search(value)))


def _names(meanings: Meanings) -> set[str]:
    return {name.rpartition(".")[2] for name in meanings} | STRUCTURE


def _meaning(path: tuple[str | int, ...], meanings: Meanings) -> str | None:
    keys = [step.casefold() for step in path if isinstance(step, str)]
    kind = meanings.get(".".join(keys[-2:])) or meanings.get(keys[-1] if keys else "")
    again = len(path) > 1 and isinstance(path[-2], int) and path[-2] > 0
    return None if kind == WORD and again else kind  # the first of several readings of a word is the one that is read


def _leaves(parts: list[Part]) -> Iterator[Leaf]:
    for part in parts:
        if isinstance(part, Leaf):
            yield part
        elif isinstance(part, Nested):
            yield from _leaves(part.parts)


def _settle_spare(leaves: list[Leaf]) -> None:
    """A spare text is taken out where the reader has the better one beside it."""
    read = {(*leaf.path[:-1], str(leaf.path[-1]).casefold()) for leaf in leaves
            if leaf.kind == TEXT and not MASKED.search(leaf.value)}  # fmt: skip
    for leaf in leaves:
        if leaf.kind == SPARE:
            better = SPARED_BY[str(leaf.path[-1]).casefold()]
            leaf.kind = None if (*leaf.path[:-1], better) in read else TEXT


def _written(parts: list[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Leaf):
            yield part.told
        elif isinstance(part, Nested):
            yield _quoted("".join(_written(part.parts)), ascii_only=part.token.isascii())
        else:
            yield part


def _read(value: str) -> tuple[str, Callable[[str], str]]:
    """A text as it is meant (UTF-8 bytes written as Latin-1 characters undone), and how to write it the same way."""
    plain = unescaped(value)
    if plain is None or plain == value:
        return value, str
    return plain, lambda told: told.encode("utf-8").decode("latin-1")


def _tell(leaf: Leaf, who: Pseudonyms) -> None:
    """What takes the place of a value that is not running text."""
    value, back = _read(leaf.value)
    is_text = leaf.token.startswith('"')
    if leaf.kind == KEEP and kept(value, who) == value:
        leaf.told = leaf.token
    elif leaf.kind == NAME:
        leaf.tell(back(account(value, who)))
    elif leaf.kind == NUMBER:
        scheme, number = _split(value)
        leaf.tell(scheme + who.number(number))
    elif leaf.kind == SERIAL:
        scheme, number = _split(value)
        told = scheme + (who.serial(number) if number.isdecimal() else who.named("PERSON", number))
        leaf.told = told if told.isdecimal() and not is_text else json.dumps(told)
    elif leaf.kind == SPEAKER:
        told = who.speaker(value)
        leaf.told = leaf.token if told == value else json.dumps(told)
    elif leaf.kind == LINES:
        leaf.tell(_lines(value, who))
    elif leaf.kind == PAGE:
        leaf.tell(markup(value, who))
    elif is_text:
        leaf.tell(GONE + "\n" * leaf.token.count("\n"))
    else:
        leaf.told = "0"


def _split(value: str) -> tuple[str, str]:
    found = ADDRESS.fullmatch(value)
    return (found[1] or "", found[2]) if found else ("", value)


def _lines(value: str, who: Pseudonyms) -> str:
    """腾讯云's lines "[0:0.020,0:2.380,0]  words"."""
    lines = value.split("\n")
    found = [tencent_asr.LINE.fullmatch(line.strip()) for line in lines]
    said = who.texts([match[6] if match else line for match, line in zip(found, lines, strict=True)])
    return "\n".join(
        match[0][: match.start(6)] + told if match else told for match, told in zip(found, said, strict=True)
    )


def printed(text: str, who: Pseudonyms, meanings: Meanings) -> str:
    """A result that Python printed, by way of JSON; None stays None. Nothing of one that cannot be read."""
    try:
        values = ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return GONE + "\n" * text.count("\n")
    return repr(json.loads(masked(json.dumps(values), who, meanings))) + "\n" * text.count("\n")


def _funasr(text: str, who: Pseudonyms, meanings: Meanings) -> str:
    return (printed if funasr.PRINTED.match(text) else masked)(text, who, meanings)


def _all(kind: str, *keys: str) -> dict[str, str]:
    return dict.fromkeys(keys, kind)


STRUCTURE = {"personal_information", "chats", "list", "messages", "items", "session", "segments", "participants",
             "transcript", "transcripts", "phrases", "entries", "conversation_info", "sentences", "result", "response",
             "data", "resultdetail", "content", "customermetadata", "lattice", "lattice2", "st", "rt", "ws", "cw",
             "recognizedphrases", "combinedrecognizedphrases", "audiofileresults", "segmentresults", "nbest", "words",
             "sentence_info", "key", "taskid", "conversationid", "communicationid", "categories", "utterance",
             "postcontactsummary", "weflow", "localid", "seq"}  # fmt: skip
"""Keys without a value of their own, or by which a reader knows its format."""

MEANINGS: dict[str, Meanings] = {
    "whisper": _all(KEEP, "start", "end", "language", "score") | {"segments.text": TEXT} | _all(SPEAKER, "speaker"),
    "aliyun_asr": _all(KEEP, "begintime", "endtime") | _all(SPEAKER, "channelid", "speakerid") | {"text": TEXT},
    "azure": _all(KEEP, "recognitionstatus", "offset", "duration", "offsetinticks", "durationinticks", "confidence")
    | _all(SPEAKER, "speaker", "speakerid", "channel", "channelnumber") | {"display": TEXT, "lexical": SPARE},
    "contact_lens": _all(KEEP, "channel", "type", "languagecode", "absolutetime", "contenttype", "beginoffsetmillis",
                         "endoffsetmillis")
    | _all(SPEAKER, "participantid", "participantrole") | {"content": TEXT},
    "funasr": _all(KEEP, "start", "end", "timestamp") | {"spk": SPEAKER} | _all(TEXT, "text", "sentence"),
    "genesys": _all(KEEP, "starttimems", "milliseconds", "starttime", "conversationstarttime", "participantpurpose",
                    "initialdirection", "language", "mediatype")
    | _all(NUMBER, "ani", "dnis") | {"decoratedtext": TEXT, "text": SPARE},
    "google_ccai": _all(KEEP, "start_timestamp_usec") | _all(SPEAKER, "role", "user_id") | {"text": TEXT},
    "tencent_asr": _all(KEEP, "startms", "endms", "status", "audioduration")
    | _all(TEXT, "finalsentence", "slicesentence") | {"result": LINES, "speakerid": SPEAKER},
    "twilio_transcript": _all(KEEP, "start_time", "end_time", "sentence_index", "confidence")
    | {"media_channel": SPEAKER, "transcript": TEXT},
    "xfyun_asr": _all(KEEP, "bg", "ed", "wb", "we", "wp", "ok", "err_no") | _all(SPEAKER, "rl", "speaker")
    | _all(NESTED, "orderresult", "json_1best", "data") | {"w": WORD, "onebest": TEXT},
    "telegram": _all(KEEP, "type", "date", "date_unixtime", "duration_seconds", "discard_reason", "action")
    | _all(NAME, "name", "from", "actor", "members", "first_name", "last_name", "forwarded_from", "saved_from")
    | _all(SERIAL, "id", "from_id", "actor_id", "user_id") | {"text": TEXT, "phone_number": NUMBER},
    "wechat_json": _all(KEEP, "time", "createtime", "formattedtime", "isself", "issend", "ischatroom", "type",
                        "subtype", "localtype")
    | _all(NAME, "talker", "talkername", "sender", "sendername", "senderusername", "senderdisplayname", "wxid",
           "nickname", "remark", "displayname")
    | {"content": TEXT},
    "meta_json": _all(KEEP, "timestamp_ms", "call_duration", "is_unsent")
    | _all(NAME, "sender_name", "name", "title") | {"messages.content": TEXT},
}  # fmt: skip


def rewrite(format_name: str) -> Callable[[str, Pseudonyms, Known], str]:
    """How a file of a format is rewritten."""
    how = _funasr if format_name == "funasr" else masked
    return lambda text, who, _known: how(text, who, MEANINGS[format_name])
