"""Owns verdicts as plain objects, and their reading from the library's.

Must never know: how a verdict was found.
"""

from ctypes import byref, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from . import _ffi
from ._diagnostics import optional, person
from ._dns import DnsUsage
from ._enums import Action, Outcome, QuestionType, Why
from ._errors import check
from ._ffi import lib


@dataclass(frozen=True)
class Hit:
    """A rule that is true, with its own score (before the bounds of its group)."""

    rule: str
    score_thousandths: int
    group: Optional[str]
    describe: str

    @property
    def score(self) -> float:
        return self.score_thousandths / 1000


@dataclass(frozen=True)
class Unknown:
    """A rule or an exemption that is unknown."""

    rule: str
    why: Why
    waits: Tuple[str, ...]  #: facts and questions as the rule writes them: "helo", "dns.address(helo)"
    outcomes: Tuple[Outcome, ...]  #: what became of each of them so far


@dataclass(frozen=True)
class Question:
    """A DNS question whose answer could still change the action. ``answers[question.key]`` is where it goes."""

    type: str  #: "A", "AAAA", "PTR", "MX", "TXT", "NS"
    name: str  #: as it is to be asked; of an address its reverse name
    pending: bool  #: it was answered with None or Why.NOT_YET: it has been asked

    @property
    def key(self) -> Tuple[str, str]:
        """What answers have it under."""
        return self.type, self.name


@dataclass(frozen=True)
class Verdict:
    """What came out for one connection. It holds on to nothing of the library.

    Scores are whole thousandths, as rules have them, so they add up exactly. ``score``, ``low`` and ``high`` are the
    nearest floats: equal, and in the same order, where the thousandths are, and printed with at most three decimals.
    """

    score_thousandths: int  #: what the true rules add up to
    low_thousandths: int  #: what the score can still become, at least
    high_thousandths: int  #: and at most
    action: Action
    settled: bool  #: nothing that is still to come can change the action
    reply: Optional[str]  #: printable ASCII; None where the action has none
    exempt: Optional[str]  #: the exemption that held; then there are no hits and the score is 0
    exempt_describe: Optional[str]
    hits: Tuple[Hit, ...]
    unknown: Tuple[Unknown, ...]
    questions: Tuple[Question, ...]  #: worth asking now; an answer may settle the verdict, or bring new ones
    dns: Optional[DnsUsage] = None  #: what it took of DNS; None without a resolver

    @property
    def score(self) -> float:
        return self.score_thousandths / 1000

    @property
    def low(self) -> float:
        return self.low_thousandths / 1000

    @property
    def high(self) -> float:
        return self.high_thousandths / 1000


_score, _low, _high = lib.assay_verdict_score, lib.assay_verdict_low, lib.assay_verdict_high
_action, _settled, _reply = lib.assay_verdict_action, lib.assay_verdict_settled, lib.assay_verdict_reply
_exempt, _exempt_describe = lib.assay_verdict_exempt, lib.assay_verdict_exempt_describe
_hit_count, _hit_at = lib.assay_verdict_hit_count, lib.assay_verdict_hit_at
_unknown_count, _unknown_at = lib.assay_verdict_unknown_count, lib.assay_verdict_unknown_at
_wait_at, _wait_outcome = lib.assay_verdict_wait_at, lib.assay_verdict_wait_outcome
_question_count, _question_at = lib.assay_verdict_question_count, lib.assay_verdict_question_at
_QUESTIONS = tuple(question.name for question in QuestionType)
_ACTIONS = tuple(Action)
_WHYS = tuple(Why)
_OUTCOMES = tuple(Outcome)


class Reader:
    """Reads verdicts of one rule set; one thread at a time, but for the rows of hits, which all readers share: a rule's
    row is the same in every verdict, so it is made once."""

    def __init__(self, hits: Dict[bytes, Hit]) -> None:
        self._hits = hits
        self._hit, self._unknown, self._question = _ffi.Hit(), _ffi.Unknown(), _ffi.Question()
        self._hit_out, self._unknown_out, self._question_out = map(byref, (self._hit, self._unknown, self._question))

    def _hit_row(self, verdict: c_void_p, index: int) -> Hit:
        raw = self._hit
        check(_hit_at(verdict, index, self._hit_out))
        rule = raw.rule
        row = self._hits.get(rule)
        if row is None:
            row = self._hits[rule] = Hit(person(rule), raw.score, optional(raw.group or None), person(raw.describe))
        return row

    def _unknown_row(self, verdict: c_void_p, index: int) -> Unknown:
        raw = self._unknown
        check(_unknown_at(verdict, index, self._unknown_out))
        waits = tuple([person(_wait_at(verdict, index, wait)) for wait in range(raw.wait_count)])
        outcomes = tuple([_OUTCOMES[_wait_outcome(verdict, index, wait)] for wait in range(raw.wait_count)])
        return Unknown(person(raw.rule), _WHYS[raw.why], waits, outcomes)

    def _question_row(self, verdict: c_void_p, index: int) -> Question:
        raw = self._question
        check(_question_at(verdict, index, self._question_out))
        return Question(_QUESTIONS[raw.type], raw.name.decode("utf-8", "surrogateescape"), raw.pending)

    def read(self, verdict: c_void_p, dns: Optional[DnsUsage] = None) -> Verdict:
        """A copy of what the library's verdict holds."""
        fields: Dict[str, Any] = {
            "score_thousandths": _score(verdict),
            "low_thousandths": _low(verdict),
            "high_thousandths": _high(verdict),
            "action": _ACTIONS[_action(verdict)],
            "settled": _settled(verdict),
            "reply": optional(_reply(verdict)),
            "exempt": optional(_exempt(verdict)),
            "exempt_describe": optional(_exempt_describe(verdict)),
            "hits": tuple([self._hit_row(verdict, index) for index in range(_hit_count(verdict))]),
            "unknown": tuple([self._unknown_row(verdict, index) for index in range(_unknown_count(verdict))]),
            "questions": tuple([self._question_row(verdict, index) for index in range(_question_count(verdict))]),
            "dns": dns,
        }
        answer = Verdict.__new__(Verdict)
        answer.__dict__.update(fields)  # the constructor of a frozen class sets field by field, and slowly
        return answer
