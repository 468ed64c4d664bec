"""Owns how a Python value becomes a fact or an answer: types, encoding, and what is refused.

Must never know: who holds the facts, or what rules make of them.
"""

import ipaddress
from ctypes import c_char_p, c_size_t, c_void_p
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple, Union

from ._enums import QuestionType, Status, Type, Why
from ._errors import BadTypeError, BadValueError, UnknownNameError, check
from ._ffi import lib
from ._tables import Slot

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Text = Union[str, bytes]
#: What a fact may be set to; None and a Why make it unknown.
FactValue = Union[Text, int, Address, Sequence[Text], Why, None]
#: The records that answer a DNS question; None and a Why: it has no answer.
AnswerValue = Union[Sequence[Union[Text, Address]], Why, None]
Facts = Mapping[str, FactValue]
#: By type and name: {("A", "mx.example.org"): ["192.0.2.1"]}
Answers = Mapping[Tuple[str, str], AnswerValue]

_INT_MOST = 2 ** 63
_QUESTIONS: Dict[str, int] = {question.name: question.value for question in QuestionType}

# The library's calls that every connection makes many of.
_set = lib.assay_facts_set
_append = lib.assay_facts_append
_set_unknown = lib.assay_facts_set_unknown
_bad_value = int(Status.BAD_VALUE)


def encode(text: str) -> bytes:
    """UTF-8; a byte that came as a lone surrogate ("surrogateescape") goes out as it was."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise BadValueError(f"no bytes can be made of {text!r}: {error.reason}") from None


def text_bytes(value: object, what: str) -> bytes:
    """The bytes of a text or an address."""
    if isinstance(value, str):
        return encode(value)
    if isinstance(value, bytes):
        return value
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return str(value).encode("ascii")
    raise BadTypeError(f"{what}: a text or an address is needed, not {type(value).__name__}")


def c_text(value: object, what: str) -> bytes:
    """The bytes of a text that the library takes up to its first NUL, so it must hold none."""
    data = text_bytes(value, what)
    if b"\0" in data:
        raise BadValueError(f"{what}: a NUL byte in {value!r}")
    return data


def _refuse(slot: Slot, value: object) -> BadTypeError:
    return BadTypeError(f"{slot.name}: a fact of type {slot.type} cannot be of Python's type {type(value).__name__}")


def _put_text(facts: c_void_p, slot: Slot, value: Any) -> int:
    data = text_bytes(value, slot.name)
    status: int = _set(facts, slot.number, data, len(data))
    return status


def _put_address(facts: c_void_p, slot: Slot, value: Any) -> int:
    if slot.type != Type.ADDRESS:
        raise _refuse(slot, value)
    return _put_text(facts, slot, value)


def _put_bool(facts: c_void_p, slot: Slot, value: Any) -> int:
    if slot.type != Type.BOOL:
        raise _refuse(slot, value)
    status: int = lib.assay_facts_set_bool(facts, slot.number, value)
    return status


def _put_int(facts: c_void_p, slot: Slot, value: Any) -> int:
    if slot.type != Type.INT:
        raise _refuse(slot, value)
    if not -_INT_MOST <= value < _INT_MOST:
        return _bad_value
    status: int = lib.assay_facts_set_int(facts, slot.number, value)
    return status


def _put_list(facts: c_void_p, slot: Slot, value: Any) -> int:
    if slot.type != Type.MAILBOX_LIST:
        raise _refuse(slot, value)
    items = [text_bytes(item, slot.name) for item in value]
    status: int = _set(facts, slot.number, b"", 0)
    for item in items:
        status = status or _append(facts, slot.number, item, len(item))
    return status


def _put_why(facts: c_void_p, slot: Slot, value: Any) -> int:
    status: int = _set_unknown(facts, slot.number, int(value))
    return status


#: By Python type; the first that a value is an instance of. A Why and a bool are ints too.
_PUT: Dict[type, Callable[[c_void_p, Slot, Any], int]] = {
    str: _put_text,
    bytes: _put_text,
    Why: _put_why,
    bool: _put_bool,
    int: _put_int,
    ipaddress.IPv4Address: _put_address,
    ipaddress.IPv6Address: _put_address,
    list: _put_list,
    tuple: _put_list,
}


def _put_for(slot: Slot, value: object) -> Callable[[c_void_p, Slot, Any], int]:
    for kind, put in _PUT.items():
        if isinstance(value, kind):
            return put
    raise _refuse(slot, value)


def put(facts: c_void_p, slot: Slot, value: object, unset: Why) -> None:
    """Sets one fact; None makes it unknown as one that was never set."""
    if value is None:
        value = unset
    status = (_PUT.get(type(value)) or _put_for(slot, value))(facts, slot, value)
    if status:
        check(status, f"{slot.name}: {value!r} is no {slot.form()}" if status == _bad_value else "")


def append(facts: c_void_p, slot: Slot, value: object) -> None:
    """Appends one element to a list."""
    data = text_bytes(value, slot.name)
    check(_append(facts, slot.number, data, len(data)), f"{slot.name}: {value!r} is no mailbox")


def slot_of(slots: Mapping[str, Slot], name: object) -> Slot:
    slot = slots.get(name) if isinstance(name, str) else None
    if slot is None:
        raise UnknownNameError("fact", name, slots)
    return slot


def put_all(facts: c_void_p, slots: Mapping[str, Slot], values: Facts, unset: Why) -> None:
    """Sets many facts; the texts, which nearly all are, in the fewest steps."""
    if not isinstance(values, Mapping):
        raise BadTypeError(f"facts are a mapping from names to values, not {type(values).__name__}")
    for name, value in values.items():
        slot = slots.get(name)
        if slot is None:
            raise UnknownNameError("fact", name, slots)
        if type(value) is str:
            data = encode(value)
            if not _set(facts, slot.number, data, len(data)):
                continue  # else the way of all others finds the words for what is wrong
        put(facts, slot, value, unset)


# --- answers ---


def _records(value: Any, what: str) -> List[bytes]:
    if not isinstance(value, (list, tuple)):
        raise BadTypeError(f"{what}: the records are a list, not {type(value).__name__}")
    return [text_bytes(record, what) for record in value]


def answer(facts: c_void_p, question: object, name: object, value: AnswerValue, unset: Why) -> None:
    """Answers one question."""
    number = _QUESTIONS.get(question) if isinstance(question, str) else None
    if number is None:
        raise UnknownNameError("DNS question of type", question, _QUESTIONS)
    what = f"{question} {name}"
    asked = text_bytes(name, what)
    if value is None or isinstance(value, Why):
        why = unset if value is None else value
        check(lib.assay_facts_answer_unknown(facts, number, asked, len(asked), int(why)), what)
        return
    records = _records(value, what)
    texts = (c_char_p * len(records))(*records)
    lengths = (c_size_t * len(records))(*map(len, records))
    status = lib.assay_facts_answer(facts, number, asked, len(asked), texts, lengths, len(records))
    if status:
        check(status, f"{what}: {value!r} are no such records" if status == _bad_value else "")


def why_of(why: object) -> Why:
    if not isinstance(why, Why):
        raise BadTypeError(f"a reason is a Why, not {why!r}")
    return why


def question_key(key: object) -> Tuple[Any, Any]:
    """The type and the name of a question, as one key."""
    if not isinstance(key, tuple) or len(key) != 2:
        raise BadTypeError(f"the key of an answer is a pair of type and name, not {key!r}")
    return key[0], key[1]


def answer_all(facts: c_void_p, answers: Answers, unset: Why) -> None:
    """Answers many questions."""
    if not isinstance(answers, Mapping):
        raise BadTypeError(f"answers are a mapping from questions to records, not {type(answers).__name__}")
    for key, value in answers.items():
        answer(facts, *question_key(key), value, unset)
