"""Owns the C declarations: every struct, callback and function of the public headers, as one table each.

Must never know: what they are used for. Those of DNS are in _ffi_dns. A test compares all with include/assay/*.h.
"""

import ctypes
from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint,
                    c_void_p)
from typing import Any, Tuple

from . import _ffi_dns
from ._library import open_library

# --- structs: named as in C, without the prefix. Bytes that may hold NUL are void pointers; the rest are texts. ---


class Place(Structure):
    _fields_ = [("file", c_char_p), ("line", c_uint), ("column", c_uint), ("end_line", c_uint),
                ("end_column", c_uint), ("label", c_char_p)]


class Diag(Structure):
    _fields_ = [("severity", c_int), ("code", c_char_p), ("message", c_char_p), ("help", c_char_p), ("place", Place),
                ("second", Place)]


class DiagCode(Structure):
    _fields_ = [("code", c_char_p), ("name", c_char_p), ("severity", c_int), ("doc", c_char_p)]


class FactInfo(Structure):
    _fields_ = [("name", c_char_p), ("type", c_int), ("type_name", c_char_p), ("stage", c_char_p), ("doc", c_char_p),
                ("json", c_char_p), ("postfix", c_char_p), ("milter", c_char_p), ("header", c_char_p),
                ("range", c_char_p)]


class FunctionInfo(Structure):
    _fields_ = [("name", c_char_p), ("signature", c_char_p), ("doc", c_char_p)]


class PropertyInfo(Structure):
    _fields_ = [("type", c_char_p), ("name", c_char_p), ("result", c_char_p), ("doc", c_char_p)]


class RuleInfo(Structure):
    _fields_ = [("name", c_char_p), ("describe", c_char_p), ("group", c_char_p), ("score", c_int64),
                ("disabled", c_bool), ("file", c_char_p), ("line", c_uint)]


class RulesetStats(Structure):
    _fields_ = [("files", c_size_t), ("rules", c_size_t), ("exemptions", c_size_t), ("lists", c_size_t),
                ("tests", c_size_t), ("features", c_size_t), ("instructions", c_size_t)]


class TestResult(Structure):
    _fields_ = [("file", c_char_p), ("line", c_uint), ("rule", c_char_p), ("title", c_char_p), ("passed", c_bool),
                ("expected", c_char_p), ("got", c_char_p), ("trace", c_char_p)]


class Hit(Structure):
    _fields_ = [("rule", c_char_p), ("group", c_char_p), ("describe", c_char_p), ("score", c_int64)]


class Unknown(Structure):
    _fields_ = [("rule", c_char_p), ("why", c_int), ("wait_count", c_size_t)]


class Question(Structure):
    _fields_ = [("type", c_int), ("name", c_char_p), ("pending", c_bool)]


class Value(Structure):
    _fields_ = [("type", c_int), ("number", c_int64), ("real", c_double), ("bytes", c_void_p), ("len", c_size_t)]


# --- callbacks ---

WriteFn = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
FunctionFn = CFUNCTYPE(c_int, c_void_p, POINTER(Value), POINTER(Value), c_void_p)
LoadFn = CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p)
ReportFn = CFUNCTYPE(c_bool, c_void_p, POINTER(TestResult))


class Loader(Structure):
    _fields_ = [("size", c_size_t), ("user", c_void_p), ("read", LoadFn), ("expand", LoadFn)]


class Function(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("result", c_int), ("arguments", POINTER(c_int)),
                ("argument_count", c_size_t), ("doc", c_char_p), ("call", FunctionFn), ("user", c_void_p)]


class CompileOptions(Structure):
    _fields_ = [("size", c_size_t), ("alloc", c_void_p), ("tests", c_bool), ("lint", c_bool),
                ("loader", POINTER(Loader)), ("roots", POINTER(c_char_p)), ("root_count", c_size_t),
                ("vocabulary", c_void_p)]


# --- functions: name, result, arguments. An object is a void pointer, and where one comes out, a pointer to that. ---

_P, _OUT, _TEXT, _TEXTS = c_void_p, POINTER(c_void_p), c_char_p, POINTER(c_char_p)
_COMPILED = (POINTER(CompileOptions), _OUT)

#: Calls that may take long: other threads run meanwhile. Those of DNS come from their own tables.
LONG: Tuple[Tuple[str, Any, Tuple[Any, ...]], ...] = (
    ("assay_evaluate", c_int, (_P, _P, _P, _P)),
    ("assay_ruleset_compile_files", c_int, (_OUT, _TEXTS, c_size_t, *_COMPILED)),
    ("assay_ruleset_compile_text", c_int, (_OUT, _TEXT, _TEXT, c_size_t, *_COMPILED)),
    ("assay_ruleset_disassemble", c_int, (_P, _TEXT, WriteFn, _P)),
    ("assay_ruleset_test", c_int, (_P, ReportFn, _P)),
    ("assay_ruleset_unref", None, (_P,)),
    ("assay_settings_read_file", c_int, (_OUT, _TEXT, _P, c_size_t, _P, _OUT)),
    ("assay_settings_read_text", c_int, (_OUT, _TEXT, _TEXT, c_size_t, _P, c_size_t, _P, _OUT)),
    *_ffi_dns.LONG,
)

#: Calls that are over before a lock could be given away and had back.
SHORT: Tuple[Tuple[str, Any, Tuple[Any, ...]], ...] = (
    ("assay_action_text", _TEXT, (c_int,)),
    ("assay_call_memory", _P, (_P, c_size_t)),
    ("assay_diag_code_at", POINTER(DiagCode), (c_size_t,)),
    ("assay_diag_code_count", c_size_t, ()),
    ("assay_diags_at", c_int, (_P, c_size_t, POINTER(Diag))),
    ("assay_diags_count", c_size_t, (_P,)),
    ("assay_diags_errors", c_size_t, (_P,)),
    ("assay_diags_free", None, (_P,)),
    ("assay_diags_path_at", _TEXT, (_P, c_size_t)),
    ("assay_diags_path_count", c_size_t, (_P,)),
    ("assay_diags_render", c_int, (_P, c_size_t, c_bool, WriteFn, _P)),
    ("assay_diags_warnings", c_size_t, (_P,)),
    ("assay_fact_at", POINTER(FactInfo), (c_size_t,)),
    ("assay_fact_find", c_int, (POINTER(c_int), _TEXT, c_size_t)),
    ("assay_facts_answer", c_int, (_P, c_int, _TEXT, c_size_t, _TEXTS, POINTER(c_size_t), c_size_t)),
    ("assay_facts_answer_unknown", c_int, (_P, c_int, _TEXT, c_size_t, c_int)),
    ("assay_facts_append", c_int, (_P, c_int, _TEXT, c_size_t)),
    ("assay_facts_clear", None, (_P,)),
    ("assay_facts_default_why", None, (_P, c_int, c_int)),
    ("assay_facts_free", None, (_P,)),
    ("assay_facts_new", c_int, (_OUT, _P)),
    ("assay_facts_new_with", c_int, (_OUT, _P, _P)),
    ("assay_facts_set", c_int, (_P, c_int, _TEXT, c_size_t)),
    ("assay_facts_set_bool", c_int, (_P, c_int, c_bool)),
    ("assay_facts_set_int", c_int, (_P, c_int, c_int64)),
    ("assay_facts_set_unknown", c_int, (_P, c_int, c_int)),
    ("assay_function_at", POINTER(FunctionInfo), (c_size_t,)),
    ("assay_load_bytes", c_int, (_P, _P, c_size_t)),
    ("assay_load_error", c_int, (_P, _TEXT)),
    ("assay_load_identity", c_int, (_P, _TEXT)),
    ("assay_load_path", c_int, (_P, _TEXT)),
    ("assay_property_at", POINTER(PropertyInfo), (c_size_t,)),
    ("assay_ruleset_reads", c_bool, (_P, c_int)),
    ("assay_ruleset_threshold", c_bool, (_P, c_int, POINTER(c_int64))),
    ("assay_facts_get", c_bool, (_P, c_int, c_char_p, c_size_t, POINTER(c_size_t))),
    ("assay_ruleset_id", _TEXT, (_P,)),
    ("assay_ruleset_ref", _P, (_P,)),
    ("assay_ruleset_rule_at", c_int, (_P, c_size_t, POINTER(RuleInfo))),
    ("assay_ruleset_rule_count", c_size_t, (_P,)),
    ("assay_ruleset_statistics", None, (_P, POINTER(RulesetStats))),
    ("assay_settings_at", c_int, (_P, c_size_t, _P)),
    ("assay_settings_complain", c_int, (_P, c_size_t, c_size_t, _TEXT, _TEXT, _P)),
    ("assay_settings_count", c_size_t, (_P,)),
    ("assay_settings_free", None, (_P,)),
    ("assay_settings_part", c_int, (_P, c_size_t, _TEXT, c_size_t, _P)),
    ("assay_settings_value", c_int, (_P, c_size_t, c_size_t, _P)),
    ("assay_status_text", _TEXT, (c_int,)),
    ("assay_verdict_action", c_int, (_P,)),
    ("assay_verdict_exempt", _TEXT, (_P,)),
    ("assay_verdict_exempt_describe", _TEXT, (_P,)),
    ("assay_verdict_free", None, (_P,)),
    ("assay_verdict_high", c_int64, (_P,)),
    ("assay_verdict_hit_at", c_int, (_P, c_size_t, POINTER(Hit))),
    ("assay_verdict_hit_count", c_size_t, (_P,)),
    ("assay_verdict_keep_waits", None, (_P, c_bool)),
    ("assay_verdict_low", c_int64, (_P,)),
    ("assay_verdict_new", c_int, (_OUT, _P)),
    ("assay_verdict_question_at", c_int, (_P, c_size_t, POINTER(Question))),
    ("assay_verdict_question_count", c_size_t, (_P,)),
    ("assay_verdict_reply", _TEXT, (_P,)),
    ("assay_verdict_score", c_int64, (_P,)),
    ("assay_verdict_settled", c_bool, (_P,)),
    ("assay_verdict_unknown_at", c_int, (_P, c_size_t, POINTER(Unknown))),
    ("assay_verdict_unknown_count", c_size_t, (_P,)),
    ("assay_verdict_wait_at", _TEXT, (_P, c_size_t, c_size_t)),
    ("assay_verdict_wait_outcome", c_int, (_P, c_size_t, c_size_t)),
    ("assay_version", _TEXT, ()),
    ("assay_vocabulary_add_fact", c_int, (_P, _TEXT, c_int, _TEXT, POINTER(c_int))),
    ("assay_vocabulary_add_function", c_int, (_P, POINTER(Function))),
    ("assay_vocabulary_new", c_int, (_OUT, _P)),
    ("assay_vocabulary_ref", _P, (_P,)),
    ("assay_vocabulary_unref", None, (_P,)),
    ("assay_why_text", _TEXT, (c_int,)),
    ("assay_workspace_free", None, (_P,)),
    ("assay_workspace_new", c_int, (_OUT, _P)),
    *_ffi_dns.SHORT,
)


class _Calls:
    """The functions of the library, each with its types."""

    def __init__(self) -> None:
        long, short, self.path = open_library()
        for table, library in ((LONG, long), (SHORT, short)):
            for row in table:
                self._bind(library, *row)

    def _bind(self, library: ctypes.CDLL, name: str, result: Any, arguments: Tuple[Any, ...]) -> None:
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{self.path} is older than this binding: it has no {name}") from None
        function.restype, function.argtypes = result, arguments
        setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:  # for type checkers; what exists is found before
        raise AttributeError(name)


lib = _Calls()
