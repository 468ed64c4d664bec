"""Owns the words that a host adds to the language: facts, and functions that are Python callables.

Must never know: a rule set, or a connection.
"""

import ctypes
import logging
import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, TypeVar, Union

from . import _ffi
from ._arguments import from_c, to_c
from ._enums import Status, Type
from ._errors import BadTypeError, BadValueError, UnknownNameError, check
from ._ffi import lib
from ._handles import Handle, new
from ._tables import Slot
from ._values import c_text

#: Is told of an exception in a function: its name, its arguments, and the exception.
OnError = Callable[[str, Tuple[Any, ...], Exception], None]
_F = TypeVar("_F", bound=Callable[..., Any])

_TYPES: Dict[str, Type] = {str(type): type for type in Type}
_ARGUMENTS_MOST = 8
_log = logging.getLogger("assay")


class _Kept(threading.local):
    """An exception that shall end an evaluation: it cannot pass through C, so it waits here for the way out."""

    error: Optional[BaseException] = None


_kept = _Kept()


def raise_kept() -> None:
    """Behind every call in which functions ran."""
    error, _kept.error = _kept.error, None
    if error is not None:
        raise error


def _type_of(word: Union[Type, str]) -> Type:
    if isinstance(word, Type):
        return word
    if word not in _TYPES:
        raise UnknownNameError("type", word, _TYPES)
    return _TYPES[word]


def _log_error(name: str, _arguments: Tuple[Any, ...], error: Exception) -> None:
    _log.error("the function %s raised an exception; its value is unknown", name, exc_info=error)


class _Call:
    """One function, as C calls it. None is no answer, an exception too; on_error hears of the latter, and what that
    raises, as whatever is no mere Exception, ends the evaluation."""

    def __init__(self, name: str, function: Callable[..., Any], count: int, on_error: OnError) -> None:
        self._name, self._function, self._count, self._on_error = name, function, count, on_error

    def __call__(self, _user: Optional[int], arguments: Any, result: Any, call: int) -> int:
        if _kept.error is not None:
            return Status.NO_MEMORY
        try:
            return self._answer([from_c(arguments[i]) for i in range(self._count)], result.contents, call)
        except BaseException as error:  # whatever it is: raise_kept raises it again
            _kept.error = error
            return Status.NO_MEMORY

    def _answer(self, arguments: List[Any], result: _ffi.Value, call: int) -> int:
        try:
            answer = self._function(*arguments)
            if answer is None:
                return Status.NOT_FOUND
            to_c(result, answer, call)
        except MemoryError:
            raise
        except Exception as error:
            self._on_error(self._name, tuple(arguments), error)
            return Status.BAD_VALUE
        return Status.OK


class Vocabulary:
    """Words that rules may use beside those of the language.

    Fill it, then hand it to rule sets and facts; the first of them closes it, and from then on threads may share it.
    ``on_error(name, arguments, error)`` hears of exceptions in functions, on the thread that evaluates; without it they
    are logged, with their traceback, by the logger "assay". What on_error raises comes out of the evaluation.
    """

    def __init__(self, on_error: Optional[OnError] = None) -> None:
        self._calls: List[Any] = []  # C holds their addresses for as long as the handle lives
        self._handle: Handle = new(lib.assay_vocabulary_new, lib.assay_vocabulary_unref, None, keep=self._calls)
        self._slots: Dict[str, Slot] = {}
        self._on_error = on_error or _log_error
        self._closed = False

    def add_fact(self, name: str, type: Union[Type, str], doc: str = "") -> None:
        """Adds a fact: small letters, digits and _ with dots between, of any type but REAL. In rules, and in
        mappings of facts, it is one like any other."""
        kind, number = _type_of(type), ctypes.c_int()
        status = lib.assay_vocabulary_add_fact(self._handle.pointer, c_text(name, "name"), kind, c_text(doc, "doc"),
                                               ctypes.byref(number))
        self._check(status, f"{name!r} cannot be a fact of type {kind}")
        self._slots[name] = Slot(name, number, kind)

    def add_function(self, name: str, function: Callable[..., Any], *, arguments: Sequence[Union[Type, str]],
                     result: Union[Type, str], doc: str = "") -> None:
        """Adds a function: 1 to 8 arguments of any type but a bool and a list; a result of any type but a list.

        It must be pure, for it runs in the midst of an evaluation, on any thread. It is called when all its arguments
        are known. None means that it has no answer: the value is unknown, *failed*; so it is after an exception.
        """
        if not callable(function):
            raise BadTypeError(f"{name}: {function!r} cannot be called")
        kinds = [_type_of(word) for word in arguments]
        if not 1 <= len(kinds) <= _ARGUMENTS_MOST:
            raise BadValueError(f"{name}: a function has 1 to {_ARGUMENTS_MOST} arguments")
        call = _ffi.FunctionFn(_Call(name, function, len(kinds), self._on_error))
        row = _ffi.Function(ctypes.sizeof(_ffi.Function), c_text(name, "name"), _type_of(result),
                            (ctypes.c_int * len(kinds))(*kinds), len(kinds), c_text(doc, "doc"), call, None)
        self._calls.append(call)
        status = lib.assay_vocabulary_add_function(self._handle.pointer, ctypes.byref(row))
        self._check(status, f"{name!r} cannot be a function of these types")

    def function(self, *, arguments: Sequence[Union[Type, str]], result: Union[Type, str],
                 name: Optional[str] = None) -> Callable[[_F], _F]:
        """A decorator that adds a function by its own name, with the first line of its docstring."""
        def add(function: _F) -> _F:
            doc = (function.__doc__ or "").strip().partition("\n")[0]
            self.add_function(name or function.__name__, function, arguments=arguments, result=result, doc=doc)
            return function
        return add

    def _check(self, status: int, refused: str) -> None:
        if status == Status.BAD_ARGUMENT and self._closed:
            check(status, "the vocabulary is closed: rules or facts have been made with it")
        reason = "the name has not the form of a word or is taken, or there are none of such a type"
        check(status, f"{refused}: {reason}" if status == Status.BAD_VALUE else "")

    def _close(self) -> Handle:
        self._closed = True
        return self._handle
