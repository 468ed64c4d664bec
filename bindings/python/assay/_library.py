"""Owns finding and opening the shared library, and the refusal of one that does not fit.

Must never know: what is called in it.
"""

import ctypes
import os
import pathlib
from typing import Any, Tuple

MAJOR = 0
SONAME = f"libassay.so.{MAJOR}"
VARIABLE = "ASSAY_LIBRARY"


def _candidates() -> Tuple[str, ...]:
    """Where to look, in this order. Who names a library wants that one or none."""
    named = os.environ.get(VARIABLE)
    if named:
        return (named,)
    return (SONAME, str(pathlib.Path(__file__).resolve().parent / SONAME))


def _check_version(library: ctypes.CDLL, path: str) -> None:
    try:
        function = library.assay_version
    except AttributeError:
        raise ImportError(f"{path} is no library of Assay: it has no assay_version") from None
    function.restype, function.argtypes = ctypes.c_char_p, ()
    answer: Any = function()
    version = answer.decode("ascii", "backslashreplace") if answer else "?"
    if version.split(".")[0] != str(MAJOR):
        raise ImportError(f"{path} is Assay {version}, and this binding needs {MAJOR}.x ({SONAME})")


def open_library() -> Tuple[ctypes.CDLL, ctypes.PyDLL, str]:
    """The library twice, for calls that let other threads run meanwhile and for calls that are too short for that;
    and the path it came by. ImportError says what was tried."""
    tried = []
    for path in _candidates():
        try:
            library = ctypes.CDLL(path)
        except OSError as error:
            tried.append(f"  {path}: {error}")
            continue
        _check_version(library, path)
        return library, ctypes.PyDLL(path, handle=library._handle), path
    raise ImportError("the shared library of Assay cannot be loaded:\n" + "\n".join(tried) +
                      f"\nInstall it where the system looks ({SONAME}), or name the file by {VARIABLE}.")
