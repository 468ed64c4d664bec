"""Owns what DNS said, as plain objects: answers, what a verdict took, the counts of a resolver.

Must never know: who asked, or how.
"""

import ctypes
import ipaddress
from dataclasses import dataclass
from typing import Callable, Dict, Tuple, Union

from . import _ffi_dns
from ._enums import Iprev, Outcome, QuestionType

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
    """Counts since the resolver was made, but for the last five, which are of now."""

    asked: int  #: questions put to it
    cached: int  #: of them answered from memory
    stale: int  #: of those, by an answer that had expired
    coalesced: int  #: of them joined to the same question under way
    sent: int  #: questions sent to a server; not how often
    answered: int  #: of them answered: found, nodata, nxdomain
    timeouts: int  #: of them without an answer, for silence
    failures: int  #: and for all other reasons
    zones_down: int  #: how often a zone was found to be down
    evicted: int  #: what had to go from memory before its time
    in_flight: int  #: questions at the server
    waiting: int  #: and waiting to be sent
    overdue: int  #: at a server, too, but for long: others have their places
    cache_entries: int
    cache_bytes: int


def _address(data: bytes) -> RecordValue:
    return ipaddress.ip_address(data)


def _name(data: bytes) -> RecordValue:
    return data.decode("ascii")


_RECORD: Dict[int, Callable[[bytes], RecordValue]] = {
    QuestionType.A: _address, QuestionType.AAAA: _address, QuestionType.TXT: bytes,
}


def answer_of(number: int, raw: _ffi_dns.Answer) -> Answer:
    make = _RECORD.get(number, _name)
    rows = (raw.records[index] for index in range(raw.count))
    return Answer(Outcome(raw.outcome), tuple([make(ctypes.string_at(row.bytes, row.len)) for row in rows]))


def usage_of(raw: _ffi_dns.DnsUsage) -> DnsUsage:
    return DnsUsage(raw.questions, raw.cached, raw.failed, raw.late, raw.microseconds, Iprev(raw.iprev))


def statistics_of(raw: _ffi_dns.ResolverStats) -> ResolverStatistics:
    return ResolverStatistics(*(getattr(raw, name) for name, *_ in _ffi_dns.ResolverStats._fields_))
