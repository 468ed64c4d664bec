"""Owns evaluation: the scratch objects, their reuse from one connection to the next, and the call itself.

Must never know: how rules are compiled, or what else can be asked of them.
"""

import ctypes
from collections import deque
from typing import Deque, Dict, Optional, Tuple

from . import _values
from ._dns import DnsUsage
from ._enums import Status, Why
from ._errors import check
from ._facts import Facts, new_facts, slots_of
from ._ffi import lib
from ._handles import Handle, new
from ._resolver import Resolver
from ._verdict import Hit, Reader, Verdict
from ._vocabulary import Vocabulary, raise_kept


class _Scratch:
    """What an evaluation needs beside the rule set: facts, a workspace and a verdict. One evaluation at a time."""

    def __init__(self, hits: Dict[bytes, Hit], vocabulary: Optional[Vocabulary]) -> None:
        self._facts = new_facts(vocabulary)
        self._workspace = new(lib.assay_workspace_new, lib.assay_workspace_free, None)
        self._verdict = new(lib.assay_verdict_new, lib.assay_verdict_free, None)
        self.facts, self.workspace, self.verdict = (self._facts.pointer, self._workspace.pointer,
                                                    self._verdict.pointer)
        self.read = Reader(hits).read
        self.unset: Optional[Tuple[Why, Why]] = None


_clear, _evaluate = lib.assay_facts_clear, lib.assay_evaluate


class Core:
    """The rule set of the library and its scratch objects. Whoever works with it refers to it, so closing a Ruleset in
    the meantime takes nothing away. An evaluation takes a scratch out of the pool, so threads, and functions that
    score in the midst of an evaluation, each have their own, and there are as many as were ever needed at once."""

    def __init__(self, handle: Handle, vocabulary: Optional[Vocabulary]) -> None:
        self.handle = handle
        self._vocabulary = vocabulary
        self._slots = slots_of(vocabulary)
        self._hits: Dict[bytes, Hit] = {}
        self._pool: Deque[_Scratch] = deque()

    def _take(self) -> _Scratch:
        try:
            return self._pool.pop()
        except IndexError:
            return _Scratch(self._hits, self._vocabulary)

    def _run(self, facts: ctypes.c_void_p, scratch: _Scratch, resolver: Optional[Resolver] = None) -> Verdict:
        usage: Optional[DnsUsage] = None
        if resolver is None:
            status = _evaluate(self.handle.pointer, facts, scratch.workspace, scratch.verdict)
        else:
            status, usage = resolver._score(self.handle.pointer, facts, scratch.workspace, scratch.verdict)
        if self._vocabulary:
            raise_kept()
        if status:
            check(status, "the rules use facts of a vocabulary that these facts were not made with"
                  if status == Status.BAD_ARGUMENT else "")
        return scratch.read(scratch.verdict, usage)

    def score(self, values: _values.Facts, answers: Optional[_values.Answers], unset: Why,
              resolver: Optional[Resolver] = None) -> Verdict:
        scratch = self._take()
        defaults = (unset, Why.NOT_YET if resolver else unset)
        try:
            facts = scratch.facts
            _clear(facts)
            if scratch.unset != defaults:
                lib.assay_facts_default_why(facts, *defaults)
                scratch.unset = defaults
            _values.put_all(facts, self._slots, values, unset)
            if answers:
                _values.answer_all(facts, answers, unset)
            return self._run(facts, scratch, resolver)
        finally:
            self._pool.append(scratch)

    def evaluate(self, facts: Facts) -> Verdict:
        handle, scratch = facts._borrow(), self._take()
        try:
            return self._run(handle.pointer, scratch)
        finally:
            self._pool.append(scratch)
            facts._give_back()
