"""Owns how values go to a Python function that rules call, and how its answer comes back.

Must never know: which function it is, or what becomes of an exception.
"""

import ctypes
import ipaddress
from typing import Any, Callable, Dict

from . import _ffi
from ._enums import Type
from ._errors import BadTypeError, BadValueError, OutOfMemoryError
from ._ffi import lib
from ._values import encode

_INT_MOST = 2 ** 63


def _bytes_of(value: _ffi.Value) -> bytes:
    return ctypes.string_at(value.bytes, value.len) if value.len else b""


def _text_from(value: _ffi.Value) -> str:
    return _bytes_of(value).decode("utf-8", "surrogateescape")


def _address_from(value: _ffi.Value) -> Any:
    packed = _bytes_of(value)
    return ipaddress.ip_address(packed) if packed else None


_FROM_C: Dict[int, Callable[[_ffi.Value], Any]] = {
    Type.INT: lambda value: value.number,
    Type.REAL: lambda value: value.real,
    Type.STRING: _text_from,
    Type.NAME: _text_from,
    Type.MAILBOX: _text_from,
    Type.ADDRESS: _address_from,
}


def from_c(value: _ffi.Value) -> Any:
    """What a function is handed: an int, a float, a str (odd bytes escaped as "surrogateescape" does), an address
    object, or None for the empty address."""
    return _FROM_C[value.type](value)


def _wrong(answer: object, kind: str) -> BadTypeError:
    return BadTypeError(f"the function answered {answer!r}, which is no {kind}")


def _set_bytes(result: _ffi.Value, data: bytes, call: int) -> None:
    if not data:
        return
    memory = lib.assay_call_memory(call, len(data))
    if not memory:
        raise OutOfMemoryError("no memory for what a function answered")
    ctypes.memmove(memory, data, len(data))
    result.bytes, result.len = memory, len(data)


def _bool_to(result: _ffi.Value, answer: object, _call: int) -> None:
    if not isinstance(answer, bool):
        raise _wrong(answer, "bool")
    result.number = answer


def _int_to(result: _ffi.Value, answer: object, _call: int) -> None:
    if not isinstance(answer, int) or isinstance(answer, bool):
        raise _wrong(answer, "int")
    if not -_INT_MOST <= answer < _INT_MOST:
        raise BadValueError(f"the function answered {answer}, which 64 bits do not hold")
    result.number = answer


def _real_to(result: _ffi.Value, answer: object, _call: int) -> None:
    if not isinstance(answer, (int, float)) or isinstance(answer, bool):
        raise _wrong(answer, "real")
    result.real = answer


def _text_to(result: _ffi.Value, answer: object, call: int) -> None:
    if not isinstance(answer, (str, bytes)):
        raise _wrong(answer, "text")
    _set_bytes(result, encode(answer) if isinstance(answer, str) else answer, call)


def _address_to(result: _ffi.Value, answer: object, call: int) -> None:
    if not isinstance(answer, (str, ipaddress.IPv4Address, ipaddress.IPv6Address)):
        raise _wrong(answer, "address")
    _set_bytes(result, ipaddress.ip_address(answer).packed if answer else b"", call)


_TO_C: Dict[int, Callable[[_ffi.Value, object, int], None]] = {
    Type.BOOL: _bool_to,
    Type.INT: _int_to,
    Type.REAL: _real_to,
    Type.STRING: _text_to,
    Type.NAME: _text_to,
    Type.MAILBOX: _text_to,
    Type.ADDRESS: _address_to,
}


def to_c(result: _ffi.Value, answer: object, call: int) -> None:
    """Puts the answer into the result, whose type is set. Text may be str or bytes, an address also a str; "" is the
    empty one. Anything else raises."""
    _TO_C[result.type](result, answer, call)
