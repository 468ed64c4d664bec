"""Owns the lifetime of the library's objects: each is freed once, when nobody refers to it any more.

Must never know: what the objects are.
"""

from ctypes import byref, c_void_p
from typing import Any, Callable

from ._errors import check


class Handle:
    """One object of the library. Whoever makes a call with ``pointer`` holds the handle meanwhile, so no object goes
    away in the midst of a call, and ``keep`` holds what this one needs: the order of freeing is that of references."""

    __slots__ = ("pointer", "_free", "_keep")

    def __init__(self, pointer: c_void_p, free: Callable[[c_void_p], None], *keep: object) -> None:
        self.pointer, self._free, self._keep = pointer, free, keep

    def __del__(self) -> None:
        self._free(self.pointer)


def new(make: Callable[..., int], free: Callable[[c_void_p], None], *arguments: Any, keep: object = None) -> Handle:
    """Calls a function that makes an object, with its out-argument before the others."""
    out = c_void_p()
    check(make(byref(out), *arguments))
    return Handle(out, free, keep)
