"""Owns facts as an object: what is known about one connection, filled step by step.

Must never know: rules.
"""

import threading
from typing import Any, Dict, Optional

from . import _values
from ._enums import Type, Why
from ._errors import BadTypeError, ClosedError, UsageError
from ._ffi import lib
from ._handles import Handle, new
from ._tables import SLOTS, Slot
from ._values import AnswerValue, FactValue, Text
from ._vocabulary import Vocabulary


def new_facts(vocabulary: Optional[Vocabulary]) -> Handle:
    """Facts of the library; they hold the vocabulary, and close it."""
    words = vocabulary._close() if vocabulary else None
    return new(lib.assay_facts_new_with, lib.assay_facts_free, words.pointer if words else None, None, keep=words)


def slots_of(vocabulary: Optional[Vocabulary]) -> Dict[str, Slot]:
    return {**SLOTS, **vocabulary._slots} if vocabulary else SLOTS


class Facts:
    """What is known about one connection. Every fact begins unknown, and so does every question.

    It is for one that becomes known in steps: set what is there, ``ruleset.evaluate(facts)``, set more. One thread
    changes it at a time, and nobody while it is being evaluated: then every method raises UsageError.
    """

    def __init__(self, values: Optional[_values.Facts] = None, *, answers: Optional[_values.Answers] = None,
                 partial: bool = True, vocabulary: Optional[Vocabulary] = None) -> None:
        """``partial``: what is not set may still come (*not yet*); else it will not (*never*)."""
        self._handle: Optional[Handle] = new_facts(vocabulary)
        self._slots = slots_of(vocabulary)
        self._unset = Why.NOT_YET if partial else Why.NEVER
        self._lock = threading.Lock()
        self._readers = 0
        lib.assay_facts_default_why(self._handle.pointer, self._unset, self._unset)
        self.update(values or {})
        for key, records in (answers or {}).items():
            self.answer(*_values.question_key(key), records)

    def set(self, name: str, value: FactValue) -> None:
        """Sets a fact. A later value replaces the earlier; after an error the old one stands."""
        slot = _values.slot_of(self._slots, name)
        self._change(_values.put, slot, value, self._unset)

    def update(self, values: _values.Facts) -> None:
        """Sets many facts."""
        for name, value in values.items():
            self.set(name, value)

    def append(self, name: str, value: Text) -> None:
        """Appends to a list; the first value makes it known."""
        slot = _values.slot_of(self._slots, name)
        if slot.type != Type.MAILBOX_LIST:
            raise BadTypeError(f"{name}: a fact of type {slot.type} has no elements")
        self._change(_values.append, slot, value)

    def set_unknown(self, name: str, why: Why = Why.FAILED) -> None:
        """Makes a fact unknown, for a reason."""
        self._change(_values.put, _values.slot_of(self._slots, name), _values.why_of(why), self._unset)

    def answer(self, question: str, name: Text, records: AnswerValue) -> None:
        """Answers a DNS question ("A", "AAAA", "PTR", "MX", "TXT", "NS"). No records: there is no such name, or it has
        no such data. MX records are names in the order of preference; a PTR question names an address."""
        self._change(_values.answer, question, name, records, self._unset)

    def answer_unknown(self, question: str, name: Text, why: Why = Why.FAILED) -> None:
        """Says that a question has no answer, for a reason."""
        self._change(_values.answer, question, name, _values.why_of(why), self._unset)

    def clear(self) -> None:
        """Forgets all values and answers, and keeps the memory for the next connection."""
        self._change(lib.assay_facts_clear)

    def close(self) -> None:
        """Frees the memory. Closing twice is allowed."""
        with self._lock:
            self._handle = None

    def _change(self, change: Any, *arguments: Any) -> None:
        with self._lock:
            if self._readers:
                raise UsageError("these facts are being evaluated")
            change(self._open().pointer, *arguments)

    def _open(self) -> Handle:
        if self._handle is None:
            raise ClosedError("these facts are closed")
        return self._handle

    def _borrow(self) -> Handle:
        """For reading, by any number of threads; each gives them back."""
        with self._lock:
            handle = self._open()
            self._readers += 1
            return handle

    def _give_back(self) -> None:
        with self._lock:
            self._readers -= 1

    def __enter__(self) -> "Facts":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
