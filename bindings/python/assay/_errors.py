"""Owns the exceptions, and which status of the library becomes which.

Must never know: what was called. Each is a built-in exception too, so that who expects one of those catches it.
"""

import difflib
import errno
from typing import TYPE_CHECKING, Any, Dict, Iterable, Sequence, Tuple, Type

from ._enums import Status
from ._ffi import lib

if TYPE_CHECKING:
    from ._diagnostics import Diagnostic


class Error(Exception):
    """The base of all exceptions of this package."""


class RulesError(Error, ValueError):
    """The rules have errors; ``diagnostics`` says which."""

    def __init__(self, message: str, diagnostics: Sequence["Diagnostic"] = ()) -> None:
        super().__init__(message)
        self.diagnostics = list(diagnostics)


class RulesReadError(Error, OSError):
    """The system could not read rules that were named. str() is the message alone, for it names the file."""

    _errno = errno.EIO

    def __init__(self, message: str, diagnostics: Sequence["Diagnostic"] = ()) -> None:
        super().__init__(self._errno, message)
        self.diagnostics = list(diagnostics)

    def __str__(self) -> str:
        return str(self.strerror)


class RulesNotFoundError(RulesReadError, FileNotFoundError):
    """Rules that were named, or a root, are not there."""

    _errno = errno.ENOENT


class OutOfMemoryError(Error, MemoryError):
    """The library had no memory, or reached a limit on it."""


class LimitError(Error, ValueError):
    """A documented limit was reached: the size of a file, how many words a vocabulary holds."""


class BadValueError(Error, ValueError):
    """A value does not have the form that its type needs: an address, a number, a word."""


class BadTypeError(Error, TypeError):
    """A value of a Python type that cannot be had there."""


class UnknownNameError(Error, KeyError):
    """A name that does not exist: of a fact, a rule, a type. ``suggestion`` is the nearest that does, or None."""

    def __init__(self, what: str, name: object, known: Iterable[str] = ()) -> None:
        near = difflib.get_close_matches(name, known, n=1) if isinstance(name, str) else []
        self.name = name
        self.suggestion = near[0] if near else None
        hint = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(f"there is no {what} {name!r}{hint}")

    def __str__(self) -> str:  # a KeyError shows its argument in quotes
        return str(self.args[0])

    def __reduce__(self) -> Tuple[Any, ...]:
        return _restore, (type(self), self.args, dict(self.__dict__))


class ClosedError(Error, ValueError):
    """The object was closed before."""


class UsageError(Error, RuntimeError):
    """A call that does not fit the state of things: facts that another thread uses, a closed vocabulary."""


def _restore(kind: Type[UnknownNameError], arguments: Tuple[Any, ...], state: Dict[str, Any]) -> UnknownNameError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


_BY_STATUS: Dict[int, Type[Error]] = {
    Status.NO_MEMORY: OutOfMemoryError,
    Status.BAD_ARGUMENT: UsageError,
    Status.BAD_VALUE: BadValueError,
    Status.BAD_RULES: RulesError,
    Status.NOT_FOUND: RulesNotFoundError,
    Status.IO_ERROR: RulesReadError,
    Status.OVER_LIMIT: LimitError,
}


def status_text(status: int) -> str:
    text: bytes = lib.assay_status_text(status)
    return text.decode("ascii")


def error_of(status: int, message: str = "") -> Error:
    """The exception for a status that is not OK."""
    return _BY_STATUS.get(status, Error)(message or status_text(status))


def check(status: int, message: str = "") -> None:
    """Raises unless the status is OK; the message is what a status of its own cannot say."""
    if status:
        raise error_of(status, message)
