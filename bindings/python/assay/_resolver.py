"""Owns the resolver as an object: its options, one question, its life, and whose turn it is.

Must never know: how rules are compiled, or what a fact is.
"""

import contextlib
import ctypes
import itertools
import math
import os
import sys
import threading
import time
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

from . import _ffi_dns
from ._diagnostics import optional, person
from ._dns import Answer, DnsUsage, ResolverStatistics, answer_of, statistics_of, usage_of
from ._enums import Outcome, QuestionType, Status
from ._errors import BadTypeError, BadValueError, ClosedError, Error, UnknownNameError, UsageError, check
from ._ffi import lib
from ._handles import Handle
from ._values import Address, Text, c_text, text_bytes

#: ASSAY_RESOLVER_OPTIONS_INIT; a test holds them to the header.
_DEFAULTS: Dict[str, Any] = {
    "attempt_ms": 700, "attempts": 3, "in_flight": 64, "zone_in_flight": 16, "zone_timeouts": 5, "zone_down_ms": 30000,
    "cache_bytes": 32 << 20, "ttl_floor": 0, "ttl_ceiling": 86400, "negative_ceiling": 3600, "stale": 0,
    "questions": 32, "deadline_ms": 5000,
}
#: The least and the most of the options that are whole numbers.
_WHOLE: Dict[str, Tuple[int, int]] = {"questions": (0, 64), "cache_bytes": (0, sys.maxsize), "stale": (0, 2 ** 32 - 1)}


def _whole(name: str, value: object) -> int:
    least, most = _WHOLE[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadTypeError(f"{name}: a whole number is needed, not {value!r}")
    if not least <= value <= most:
        raise BadValueError(f"{name}: {least} to {most}, not {value!r}")
    return value


def _milliseconds(seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise BadTypeError(f"timeout: seconds are needed, not {seconds!r}")
    if not 0.001 <= seconds <= 3600:
        raise BadValueError(f"timeout: 0.001 to 3600 seconds, not {seconds!r}")
    return round(seconds * 1000)


def _check_wait(status: int) -> None:
    if status == Status.IO_ERROR:  # of rules it would be a file
        raise Error("the system cannot wait for answers from DNS")


def _type_of(question: object) -> QuestionType:
    number = QuestionType.__members__.get(question) if isinstance(question, str) else None
    if number is None:
        raise UnknownNameError("DNS question of type", question, QuestionType.__members__)
    return number


class Resolver:
    """Asks DNS, and remembers what it learnt: ``rules.score(facts, resolver=resolver)``.

    servers: "127.0.0.1", "[::1]:5353, 192.0.2.1:53", asked in this order; None: a resolver on this machine, or those of
    /etc/resolv.conf. timeout: seconds that a verdict or a question waits at most. Threads may share it, but one waits
    for the other: many threads are better served with one each. After a fork, the child makes its own.
    """

    def __init__(self, servers: Optional[str] = None, *, timeout: float = 5.0, questions: int = 32,
                 cache_bytes: int = 32 << 20, stale: int = 0) -> None:
        """questions: that a verdict may ask. cache_bytes: for what it remembers; 0: nothing. stale: seconds for which
        an answer that has expired may still be given while it is asked for anew."""
        self._timeout = _milliseconds(timeout)
        options = _ffi_dns.ResolverOptions(**{
            **_DEFAULTS, "size": ctypes.sizeof(_ffi_dns.ResolverOptions), "deadline_ms": self._timeout,
            "servers": None if servers is None else c_text(servers, "servers"), "stale": _whole("stale", stale),
            "questions": _whole("questions", questions), "cache_bytes": _whole("cache_bytes", cache_bytes)})
        self._handle: Optional[Handle] = self._make(options, servers)
        self._servers = tuple(self._names(self._handle))
        self._warning = optional(lib.assay_resolver_warning(self._handle.pointer))
        self._lock, self._process = threading.Lock(), os.getpid()
        self._holder: Optional[int] = None  #: the thread that has the lock

    @staticmethod
    def _make(options: _ffi_dns.ResolverOptions, servers: Optional[str]) -> Handle:
        out = ctypes.c_void_p()
        status = lib.assay_resolver_new(ctypes.byref(out), ctypes.byref(options))
        if status == Status.NOT_FOUND:
            raise Error("there is no DNS server: none on this machine, and /etc/resolv.conf names none")
        check(status, f"servers: {servers!r} is no list of at most 8 addresses such as '127.0.0.1, [::1]:5353'"
              if status == Status.BAD_VALUE else "")
        return Handle(out, lib.assay_resolver_free)

    @staticmethod
    def _names(handle: Handle) -> Iterator[str]:
        for index in itertools.count():
            name = lib.assay_resolver_server_at(handle.pointer, index)
            if name is None:
                return
            yield person(name)

    @property
    def servers(self) -> Tuple[str, ...]:
        """The servers, each with its port, in the order in which they are asked."""
        self._open()
        return self._servers

    @property
    def warning(self) -> Optional[str]:
        """What is unwise about the servers: one that is not on this machine. None when there is nothing."""
        self._open()
        return self._warning

    @property
    def statistics(self) -> ResolverStatistics:
        """What it has done so far, and how much it remembers. It waits for a thread that asks or scores."""
        raw = _ffi_dns.ResolverStats()
        with self._turn() as pointer:
            lib.assay_resolver_statistics(pointer, ctypes.byref(raw))
        return statistics_of(raw)

    def ask(self, question: str, name: Union[Text, Address]) -> Answer:
        """Asks one question ("A", "AAAA", "PTR", "MX", "TXT", "NS") and waits for what becomes of it. A PTR question
        names an address. There is no exception for a question that fails: the outcome says how."""
        number, asked, out = _type_of(question), text_bytes(name, "name"), ctypes.c_void_p()
        answers: List[Answer] = []
        errors: List[BaseException] = []

        def answered(_user: Optional[int], raw: Any) -> None:
            try:
                answers.append(answer_of(number, raw.contents))
            except BaseException as error:  # whatever it is: it cannot pass through C
                errors.append(error)
        callback = _ffi_dns.AnswerFn(answered)
        with self._turn() as pointer:
            try:
                status = lib.assay_resolver_ask(pointer, number, asked, len(asked), callback, None, ctypes.byref(out))
                check(status, f"{name!r} is no name that DNS can be asked for" if status == Status.BAD_VALUE else "")
                self._wait(pointer)
            finally:
                if lib.assay_resolver_pending(pointer):  # it is the only one; once it has been answered it is gone
                    lib.assay_lookup_cancel(out)
        if errors:
            raise errors[0]
        return answers[0] if answers else Answer(Outcome.TIMEOUT, ())

    def _wait(self, pointer: ctypes.c_void_p) -> None:
        end = time.monotonic() + self._timeout / 1000
        while lib.assay_resolver_pending(pointer):
            left = math.ceil((end - time.monotonic()) * 1000)
            if left <= 0:
                return
            status = lib.assay_resolver_wait(pointer, left)
            _check_wait(status)
            check(status)

    def _score(self, ruleset: Any, facts: Any, workspace: Any, verdict: Any) -> Tuple[int, DnsUsage]:
        """For evaluation: the status, and what it took."""
        raw = _ffi_dns.DnsUsage()
        with self._turn() as pointer:
            status = lib.assay_resolver_score(pointer, ruleset, facts, workspace, verdict, ctypes.byref(raw))
        _check_wait(status)
        return status, usage_of(raw)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[ctypes.c_void_p]:
        """The library's resolver, for this thread alone."""
        self._open()
        if self._process != os.getpid():
            raise UsageError("this resolver is of the process before the fork, and shares its sockets: make another")
        if self._holder == threading.get_ident():
            raise UsageError("this resolver is at work on this thread: what runs meanwhile cannot use it")
        with self._lock:
            handle, self._holder = self._open(), threading.get_ident()  # the handle is held, should somebody close it
            try:
                yield handle.pointer
            finally:
                self._holder = None

    def close(self) -> None:
        """Frees the memory, at once or when the call that is going on is over. Closing twice is allowed."""
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
