"""Owns what the compiler says about rules, as plain objects: diagnostics, their places, and their text.

Must never know: how rules are compiled.
"""

import ctypes
import os
from dataclasses import dataclass
from typing import List, Optional, Tuple

from . import _ffi
from ._enums import Severity
from ._errors import check
from ._ffi import lib


@dataclass(frozen=True)
class Place:
    """A place in a source file. Lines and columns count from 1, columns in bytes; the end is one behind the last."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    label: Optional[str]  #: what the caret's line says

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Diagnostic:
    """One message of the compiler."""

    code: str  #: stable: "E203"
    severity: Severity
    message: str  #: one line
    help: Optional[str]  #: what to do about it
    place: Optional[Place]  #: None where none is known
    second: Optional[Place]  #: "first defined here"
    rendered: str  #: as ``assay check`` shows it, with the lines and carets

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.severity}[{self.code}]: {self.message}"


def person(text: Optional[bytes]) -> str:
    """A text for a person: a byte that is not UTF-8 shows as its escape, so it can be printed anywhere."""
    return (text or b"").decode("utf-8", "backslashreplace")


def optional(text: Optional[bytes]) -> Optional[str]:
    """The same, where "there is none" is another thing than "it is empty"."""
    return None if text is None else person(text)


class Writer:
    """Gathers what the library prints."""

    def __init__(self) -> None:
        self._parts: List[bytes] = []
        self.callback = _ffi.WriteFn(self._write)

    def _write(self, _user: Optional[int], run: Optional[int], length: int) -> None:
        if run:
            self._parts.append(ctypes.string_at(run, length))

    def text(self) -> str:
        return person(b"".join(self._parts))


def _place(raw: _ffi.Place) -> Optional[Place]:
    if not raw.line:
        return None
    return Place(os.fsdecode(raw.file), raw.line, raw.column, raw.end_line, raw.end_column, optional(raw.label))


def _diagnostic(diags: ctypes.c_void_p, index: int) -> Diagnostic:
    raw, writer = _ffi.Diag(), Writer()
    check(lib.assay_diags_at(diags, index, ctypes.byref(raw)))
    check(lib.assay_diags_render(diags, index, False, writer.callback, None))
    return Diagnostic(person(raw.code), Severity(raw.severity), person(raw.message), optional(raw.help),
                      _place(raw.place), _place(raw.second), writer.text())


def read_diagnostics(diags: ctypes.c_void_p) -> Tuple[List[Diagnostic], int]:
    """The list in the order found (the first thousand), and how many errors there are in all."""
    errors: int = lib.assay_diags_errors(diags)
    return [_diagnostic(diags, index) for index in range(lib.assay_diags_count(diags))], errors
