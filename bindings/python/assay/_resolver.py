"""Owns the resolver as an object: its options, one question, what a verdict took of DNS.

Must never know: how rules are compiled, or what a fact is.
"""

import ctypes
import ipaddress
import threading
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

from . import _ffi_dns
from ._diagnostics import optional, person
from ._enums import Iprev, Outcome, QuestionType, Status
from ._errors import BadTypeError, BadValueError, ClosedError, Error, UnknownNameError, check
from ._ffi import lib
from ._handles import Handle
from ._values import Text, c_text, text_bytes

#: A record: an address; a name; of TXT the bytes.
RecordValue = Union[ipaddress.IPv4Address, ipaddress.IPv6Address, str, bytes]


@dataclass(frozen=True)
class Answer:
    """What became of a question."""

    outcome: Outcome
    records: Tuple[RecordValue, ...]  #: addresses; names of PTR, MX (by preference) and NS; bytes of TXT


@dataclass(frozen=True)
class DnsUsage:
    """What a verdict took of DNS."""

    questions: int  #: that it needed, each once
    cached: int  #: of them answered from memory
    failed: int  #: of them without an answer
    late: bool  #: the timeout came before the verdict was settled
    microseconds: int
    iprev: Iprev  #: as far as its look-ups were needed


@dataclass(frozen=True)
class ResolverStatistics:
    """Counts since the resolver was made, but for the last four, which are of now."""

    asked: int
    cached: int
    stale: int
    coalesced: int
    sent: int
    answered: int
    timeouts: int
    failures: int
    zones_down: int
    evicted: int
    in_flight: int
    waiting: int
    cache_entries: int
    cache_bytes: int


def _address(data: bytes) -> RecordValue:
    return ipaddress.ip_address(data)


def _name(data: bytes) -> RecordValue:
    return data.decode("ascii")


_RECORD: Dict[int, Callable[[bytes], RecordValue]] = {
    QuestionType.A: _address, QuestionType.AAAA: _address, QuestionType.TXT: bytes,
}


def _answer(number: int, raw: _ffi_dns.Answer) -> Answer:
    make = _RECORD.get(number, _name)
    rows = (raw.records[index] for index in range(raw.count))
    return Answer(Outcome(raw.outcome), tuple([make(ctypes.string_at(row.bytes, row.len)) for row in rows]))


def _milliseconds(seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise BadTypeError(f"timeout: seconds are needed, not {seconds!r}")
    if not 0.001 <= seconds <= 3600:
        raise BadValueError(f"timeout: 0.001 to 3600 seconds, not {seconds!r}")
    return round(seconds * 1000)


def usage_of(raw: _ffi_dns.DnsUsage) -> DnsUsage:
    return DnsUsage(raw.questions, raw.cached, raw.failed, raw.late, raw.microseconds, Iprev(raw.iprev))


class Resolver:
    """Asks DNS, and remembers what it learnt: ``rules.score(facts, resolver=resolver)``.

    servers: "127.0.0.1", "[::1]:5353, 192.0.2.1:53", asked in this order; None: a resolver on this machine, or those of
    /etc/resolv.conf. timeout: seconds that a verdict waits at most. Threads may share it, but one waits for the other:
    many threads are better served with one each.
    """

    def __init__(self, servers: Optional[str] = None, *, timeout: float = 5.0, questions: int = 32,
                 cache_bytes: int = 32 << 20, stale: int = 0) -> None:
        """questions: that a verdict may ask. stale: seconds for which an answer that has expired may still be given
        while it is asked for anew."""
        options = _ffi_dns.ResolverOptions(
            size=ctypes.sizeof(_ffi_dns.ResolverOptions),
            servers=None if servers is None else c_text(servers, "servers"),
            attempt_ms=700, attempts=3, in_flight=64, zone_in_flight=16, zone_timeouts=5, zone_down_ms=30000,
            cache_bytes=cache_bytes, ttl_floor=0, ttl_ceiling=86400, negative_ceiling=3600, stale=stale,
            questions=questions, deadline_ms=_milliseconds(timeout))
        self._handle: Optional[Handle] = self._make(options, servers)
        self._lock = threading.Lock()

    @staticmethod
    def _make(options: _ffi_dns.ResolverOptions, servers: Optional[str]) -> Handle:
        out = ctypes.c_void_p()
        status = lib.assay_resolver_new(ctypes.byref(out), ctypes.byref(options))
        if status == Status.NOT_FOUND:
            raise Error("there is no DNS server: none on this machine, and /etc/resolv.conf names none")
        check(status, f"servers: {servers!r} is no list of addresses" if status == Status.BAD_VALUE else "")
        return Handle(out, lib.assay_resolver_free)

    @property
    def servers(self) -> Tuple[str, ...]:
        """The servers, each with its port, in the order in which they are asked."""
        names: List[str] = []
        while True:
            name = lib.assay_resolver_server_at(self._open().pointer, len(names))
            if name is None:
                return tuple(names)
            names.append(person(name))

    @property
    def warning(self) -> Optional[str]:
        """What is unwise about the servers: one that is not on this machine. None when there is nothing."""
        return optional(lib.assay_resolver_warning(self._open().pointer))

    @property
    def statistics(self) -> ResolverStatistics:
        """What it has done so far, and how much it remembers."""
        raw = _ffi_dns.ResolverStats()
        lib.assay_resolver_statistics(self._open().pointer, ctypes.byref(raw))
        return ResolverStatistics(*(getattr(raw, name) for name, *_ in _ffi_dns.ResolverStats._fields_))

    def ask(self, question: str, name: Text) -> Answer:
        """Asks one question ("A", "AAAA", "PTR", "MX", "TXT", "NS") and waits for what becomes of it. A PTR question
        names an address. There is no exception for a question that fails: the outcome says how."""
        number = QuestionType.__members__.get(question) if isinstance(question, str) else None
        if number is None:
            raise UnknownNameError("DNS question of type", question, QuestionType.__members__)
        asked, answers, out = text_bytes(name, "name"), [], ctypes.c_void_p()

        def answered(_user: Optional[int], raw: Any) -> None:
            answers.append(_answer(number, raw.contents))
        callback = _ffi_dns.AnswerFn(answered)
        with self._lock:
            pointer = self._open().pointer
            status = lib.assay_resolver_ask(pointer, number, asked, len(asked), callback, None, ctypes.byref(out))
            check(status, f"{name!r} is no name that DNS can be asked for" if status == Status.BAD_VALUE else "")
            try:
                while not answers:
                    check(lib.assay_resolver_wait(pointer, -1))
            finally:
                if not answers:
                    lib.assay_lookup_cancel(out)
        return answers[0]

    def _score(self, ruleset: Any, facts: Any, workspace: Any, verdict: Any) -> Tuple[int, DnsUsage]:
        """For evaluation: the status, and what it took."""
        raw = _ffi_dns.DnsUsage()
        with self._lock:
            status = lib.assay_resolver_score(self._open().pointer, ruleset, facts, workspace, verdict,
                                              ctypes.byref(raw))
        return status, usage_of(raw)

    def close(self) -> None:
        """Frees the memory. Closing twice is allowed."""
        with self._lock:
            self._handle = None

    def _open(self) -> Handle:
        handle = self._handle
        if handle is None:
            raise ClosedError("this resolver is closed")
        return handle

    def __enter__(self) -> "Resolver":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
