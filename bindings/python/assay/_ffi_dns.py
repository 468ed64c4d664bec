"""Owns the C declarations of questions to DNS: the structs, callbacks and functions of answer.h and resolver.h.

Must never know: what they are used for. It is a part of _ffi, which has the rest, and binds them all.
"""

from ctypes import CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any, Tuple

# --- structs ---


class Record(Structure):
    _fields_ = [("bytes", c_void_p), ("len", c_size_t)]


class Answer(Structure):
    _fields_ = [("outcome", c_int), ("records", POINTER(Record)), ("count", c_size_t)]


class ResolverOptions(Structure):
    _fields_ = [("size", c_size_t), ("alloc", c_void_p), ("servers", c_char_p), ("attempt_ms", c_uint32),
                ("attempts", c_uint32), ("in_flight", c_uint32), ("zone_in_flight", c_uint32),
                ("zone_timeouts", c_uint32), ("zone_down_ms", c_uint32), ("cache_bytes", c_size_t),
                ("ttl_floor", c_uint32), ("ttl_ceiling", c_uint32), ("negative_ceiling", c_uint32),
                ("stale", c_uint32), ("questions", c_uint32), ("deadline_ms", c_uint32)]


class DnsUsage(Structure):
    _fields_ = [("questions", c_uint32), ("cached", c_uint32), ("failed", c_uint32), ("late", c_bool),
                ("microseconds", c_uint64), ("iprev", c_int)]


class ResolverStats(Structure):
    _fields_ = [("asked", c_uint64), ("cached", c_uint64), ("stale", c_uint64), ("coalesced", c_uint64),
                ("sent", c_uint64), ("answered", c_uint64), ("timeouts", c_uint64), ("failures", c_uint64),
                ("zones_down", c_uint64), ("evicted", c_uint64), ("in_flight", c_size_t), ("waiting", c_size_t),
                ("overdue", c_size_t), ("cache_entries", c_size_t), ("cache_bytes", c_size_t)]


# --- callbacks ---

AnswerFn = CFUNCTYPE(None, c_void_p, POINTER(Answer))
AnswersFn = CFUNCTYPE(c_bool, c_void_p, c_int, c_void_p, c_size_t, POINTER(Answer))
ScoredFn = CFUNCTYPE(None, c_void_p, c_int, POINTER(DnsUsage))
WatchFn = CFUNCTYPE(None, c_void_p, c_int, c_bool, c_bool)

# --- functions ---

_P, _OUT, _TEXT = c_void_p, POINTER(c_void_p), c_char_p

#: As in _ffi: calls that may take long, and calls that are short.
LONG: Tuple[Tuple[str, Any, Tuple[Any, ...]], ...] = (
    ("assay_resolver_new", c_int, (_OUT, POINTER(ResolverOptions))),
    ("assay_resolver_process", None, (_P, c_int, c_bool, c_bool)),
    ("assay_resolver_score", c_int, (_P, _P, _P, _P, _P, POINTER(DnsUsage))),
    ("assay_resolver_score_start", c_int, (_P, _P, _P, _P, _P, ScoredFn, _P, _OUT)),
    ("assay_resolver_wait", c_int, (_P, c_int)),
)

SHORT: Tuple[Tuple[str, Any, Tuple[Any, ...]], ...] = (
    ("assay_facts_answers_from", None, (_P, AnswersFn, _P)),
    ("assay_facts_iprev", c_int, (_P,)),
    ("assay_facts_take_answer", c_int, (_P, c_int, _TEXT, c_size_t, POINTER(Answer))),
    ("assay_iprev_text", _TEXT, (c_int,)),
    ("assay_lookup_cancel", None, (_P,)),
    ("assay_outcome_text", _TEXT, (c_int,)),
    ("assay_question_type_text", _TEXT, (c_int,)),
    ("assay_resolver_ask", c_int, (_P, c_int, _TEXT, c_size_t, AnswerFn, _P, _OUT)),
    ("assay_resolver_free", None, (_P,)),
    ("assay_resolver_pending", c_size_t, (_P,)),
    ("assay_resolver_server_at", _TEXT, (_P, c_size_t)),
    ("assay_resolver_statistics", None, (_P, POINTER(ResolverStats))),
    ("assay_resolver_timeout", c_int, (_P,)),
    ("assay_resolver_warning", _TEXT, (_P,)),
    ("assay_resolver_watch", None, (_P, WatchFn, _P)),
    ("assay_scoring_cancel", None, (_P,)),
)
