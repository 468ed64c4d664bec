"""Owns the way of files that a Python program supplies, from its functions to the compiler.

Must never know: what is written in the files.
"""

import ctypes
import os
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Union

from . import _ffi
from ._enums import Status
from ._errors import BadTypeError
from ._ffi import lib
from ._values import c_text, text_bytes

#: Answers the whole file, or None when there is no such one.
Read = Callable[[str], Union[bytes, str, None]]
#: Answers the files that a folder or a glob stands for; none when the path is neither.
Expand = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Loader:
    """Where rules come from instead of the file system.

    An OSError means that the file cannot be had: its text becomes that of the diagnostic. Any other exception comes out
    of the compilation.
    """

    read: Read
    expand: Optional[Expand] = None  #: without it there are neither folders nor globs
    identity: Optional[Callable[[str], str]] = None  #: what makes two paths one file; without it, the path


class LoaderCalls:
    """A loader as C calls it, for the length of one compilation; ``error`` is what shall come out of that."""

    def __init__(self, loader: Union[Loader, Read]) -> None:
        if not isinstance(loader, Loader):
            if not callable(loader):
                raise BadTypeError(f"a loader is a Loader or a function, not {loader!r}")
            loader = Loader(loader)
        self._loader = loader
        self.error: Optional[BaseException] = None
        self.row = _ffi.Loader(ctypes.sizeof(_ffi.Loader), None, _ffi.LoadFn(self._read))
        if loader.expand:
            self.row.expand = _ffi.LoadFn(self._expand)

    def _read(self, _user: Optional[int], path: bytes, load: int) -> int:
        return self._guard(self._read_file, os.fsdecode(path), load)

    def _expand(self, _user: Optional[int], path: bytes, load: int) -> int:
        return self._guard(self._expand_path, os.fsdecode(path), load)

    def _guard(self, step: Callable[[str, int], int], path: str, load: int) -> int:
        if self.error is not None:
            return Status.IO_ERROR
        try:
            return step(path, load)
        except OSError as error:
            reason = (error.strerror or str(error)).encode("utf-8", "backslashreplace").replace(b"\0", b"?")
            lib.assay_load_error(load, reason)
            return Status.NOT_FOUND if isinstance(error, FileNotFoundError) else Status.IO_ERROR
        except BaseException as error:  # cannot pass through C; whoever compiles raises it again
            self.error = error
            return Status.IO_ERROR

    def _read_file(self, path: str, load: int) -> int:
        data = self._loader.read(path)
        if data is None:
            return Status.NOT_FOUND
        content = text_bytes(data, f"what the loader read of {path!r}")
        if self._loader.identity:
            identity = c_text(self._loader.identity(path), f"the identity of {path!r}")
            lib.assay_load_identity(load, identity)
        status: int = lib.assay_load_bytes(load, content, len(content))
        return status

    def _expand_path(self, path: str, load: int) -> int:
        assert self._loader.expand is not None
        paths: List[bytes] = [c_text(os.fsencode(found), f"a path that {path!r} stands for")
                              for found in self._loader.expand(path)]
        for found in paths:
            lib.assay_load_path(load, found)
        return Status.OK
