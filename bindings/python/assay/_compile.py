"""Owns compiling: from the arguments of a user to the library's options, and from its answer to a rule set or an error.

Must never know: what a rule set can do.
"""

import ctypes
import os
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

from . import _ffi
from ._diagnostics import Diagnostic, read_diagnostics
from ._enums import Severity
from ._errors import BadTypeError, BadValueError, Error, RulesError, RulesReadError, error_of, status_text
from ._ffi import lib
from ._handles import Handle
from ._loader import Loader, LoaderCalls, Read
from ._values import text_bytes
from ._vocabulary import Vocabulary

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


def path_bytes(path: object, what: str) -> bytes:
    """A path as the system has it."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise BadTypeError(f"{what}: a path is needed, not {type(path).__name__}")
    data = os.fsencode(path)
    if b"\0" in data:
        raise BadValueError(f"{what}: a NUL byte in {path!r}")
    return data


def _texts(items: Sequence[bytes]) -> Any:
    return (ctypes.c_char_p * len(items))(*items)


def _error(status: int, diagnostics: List[Diagnostic], errors: int) -> Error:
    """Its text is the first error as it is drawn, and how many more there are."""
    first = next((d for d in diagnostics if d.severity == Severity.ERROR), None)
    text = first.rendered.rstrip("\n") if first else status_text(status)
    error = error_of(status, text + (f"\nand {errors - 1} more" if errors > 1 else ""))
    if isinstance(error, (RulesError, RulesReadError)):
        error.diagnostics = diagnostics
    return error


class Options:
    """The options of one compilation, and all that they point to."""

    def __init__(self, *, roots: Sequence[Path], lint: bool, tests: bool, loader: Union[Loader, Read, None],
                 vocabulary: Optional[Vocabulary]) -> None:
        if isinstance(roots, (str, bytes, os.PathLike)):
            raise BadTypeError("roots are a list of folders")
        if roots and loader:
            raise BadValueError("roots are of the file system, and a loader takes its place")
        self._roots = [path_bytes(root, "roots") for root in roots]
        self._loader = LoaderCalls(loader) if loader is not None else None
        self._words = vocabulary._close() if vocabulary else None
        self._row = _ffi.CompileOptions(
            ctypes.sizeof(_ffi.CompileOptions), None, tests, lint,
            ctypes.pointer(self._loader.row) if self._loader else None, _texts(self._roots), len(self._roots),
            self._words.pointer if self._words else None)

    def compile_files(self, paths: Sequence[Path]) -> Tuple[Handle, List[Diagnostic]]:
        if not paths:
            raise BadValueError("no path of rules is named")
        names = [path_bytes(path, "path") for path in paths]
        return self._run(lib.assay_ruleset_compile_files, _texts(names), len(names))

    def compile_text(self, text: Union[str, bytes], name: Path) -> Tuple[Handle, List[Diagnostic]]:
        data = text_bytes(text, "text")
        return self._run(lib.assay_ruleset_compile_text, path_bytes(name, "name"), data, len(data))

    def _run(self, run: Callable[..., int], *source: Any) -> Tuple[Handle, List[Diagnostic]]:
        out, diags = ctypes.c_void_p(), ctypes.c_void_p()
        status = run(ctypes.byref(out), *source, ctypes.byref(self._row), ctypes.byref(diags))
        ruleset = Handle(out, lib.assay_ruleset_unref, self._words) if out.value else None
        said = Handle(diags, lib.assay_diags_free) if diags.value else None
        if self._loader and self._loader.error is not None:
            raise self._loader.error
        diagnostics, errors = read_diagnostics(said.pointer) if said else ([], 0)
        if ruleset is None:
            raise _error(status, diagnostics, errors)
        return ruleset, diagnostics
