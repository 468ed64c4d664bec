"""Owns the tables of the language: facts, functions, properties, codes of messages.

Must never know: a rule set, or a connection.
"""

from ctypes import c_int
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Tuple

from ._diagnostics import person
from ._enums import Severity, Type
from ._ffi import lib


@dataclass(frozen=True)
class Fact:
    """A row of the table of facts; what supplies it in each front end is "" where nothing does."""

    name: str
    type: Type
    type_name: str  #: "address", "list of mailbox"
    stage: str  #: CONNECT HELO MAIL RCPT DATA
    doc: str
    json: str
    postfix: str
    milter: str
    header: str
    range: str  #: the values of an int, "0 to 65535"; "" for every other type


@dataclass(frozen=True)
class Function:
    """A function of the language."""

    name: str
    signature: str
    doc: str


@dataclass(frozen=True)
class Property:
    """A property of the values of a type."""

    type: str
    name: str
    result: str
    doc: str


@dataclass(frozen=True)
class Code:
    """What a code of a diagnostic means."""

    code: str
    name: str
    severity: Severity
    doc: str


def _rows(at: Callable[[int], Any]) -> Iterator[Any]:
    index, row = 0, at(0)
    while row:
        yield row.contents
        index += 1
        row = at(index)


def _texts(row: Any, *names: str) -> Iterator[str]:
    return (person(getattr(row, name)) for name in names)


def facts() -> Tuple[Fact, ...]:
    """The facts that rules may use, in the order of their numbers."""
    return tuple(Fact(person(row.name), Type(row.type),
                      *_texts(row, "type_name", "stage", "doc", "json", "postfix", "milter", "header", "range"))
                 for row in _rows(lib.assay_fact_at))


def functions() -> Tuple[Function, ...]:
    """The functions of the language."""
    return tuple(Function(*_texts(row, "name", "signature", "doc")) for row in _rows(lib.assay_function_at))


def properties() -> Tuple[Property, ...]:
    """The properties of values."""
    return tuple(Property(*_texts(row, "type", "name", "result", "doc")) for row in _rows(lib.assay_property_at))


def codes() -> Tuple[Code, ...]:
    """The codes of all diagnostics."""
    return tuple(Code(person(row.code), person(row.name), Severity(row.severity), person(row.doc))
                 for row in _rows(lib.assay_diag_code_at))


def version() -> str:
    """The version of the library that is running."""
    return person(lib.assay_version())


@dataclass(frozen=True)
class Slot:
    """How a fact is given to the library: by its number, in the form of its type."""

    name: str
    number: c_int
    type: Type
    range: str = ""

    def form(self) -> str:
        """What a value must be: "int of 0 to 65535"."""
        return f"{self.type} of {self.range}" if self.range else str(self.type)


#: The facts of the language by name.
SLOTS: Dict[str, Slot] = {fact.name: Slot(fact.name, c_int(number), fact.type, fact.range)
                          for number, fact in enumerate(facts())}
