"""Owns rule sets: looking into them, running the tests written in them, and scoring connections with them.

Must never know: how rules are compiled, or where facts come from.
"""

import ctypes
import os
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

from . import _ffi, _values
from ._compile import Options, Path
from ._diagnostics import Diagnostic, Writer, optional, person
from ._enums import Status, Why
from ._errors import BadTypeError, ClosedError, UnknownNameError, UsageError, check
from ._evaluation import Core
from ._facts import Facts
from ._ffi import lib
from ._handles import Handle
from ._loader import Loader, Read
from ._resolver import Resolver
from ._values import c_text
from ._verdict import Verdict
from ._vocabulary import Vocabulary, raise_kept

#: A connection of score_many: its facts, or these and answers to DNS questions.
Connection = Union[_values.Facts, Tuple[_values.Facts, _values.Answers]]


@dataclass(frozen=True)
class Rule:
    """A rule of a set."""

    name: str
    describe: str
    group: Optional[str]
    score_thousandths: int
    disabled: bool
    file: str
    line: int

    @property
    def score(self) -> float:
        return self.score_thousandths / 1000


@dataclass(frozen=True)
class Statistics:
    """How much of each a rule set has."""

    files: int
    rules: int
    exemptions: int
    lists: int
    tests: int
    features: int
    instructions: int


@dataclass(frozen=True)
class TestResult:
    """What one test found."""

    file: str
    line: int
    rule: Optional[str]  #: the rule it stands in; None for a test of a whole connection
    title: str
    passed: bool
    expected: str  #: when it failed: "hit"; "score >= 3"
    got: str  #: "unknown"; "score 2.5"
    trace: str  #: lines that show why


def _resolver(resolver: Optional[Resolver]) -> Optional[Resolver]:
    if resolver is not None and not isinstance(resolver, Resolver):
        raise BadTypeError(f"resolver: a Resolver is needed, not {type(resolver).__name__}")
    return resolver


def _unset(partial: bool) -> Why:
    return Why.NOT_YET if partial else Why.NEVER


class Ruleset:
    """Compiled rules. Immutable, and shared by any number of threads; evaluation lets other threads run.

    ``close()`` or a ``with`` block frees the memory at once, or as soon as the last evaluation that is going on is
    over; without them it is freed with the object.
    """

    def __init__(self, handle: Handle, diagnostics: Sequence[Diagnostic], tests: bool,
                 vocabulary: Optional[Vocabulary]) -> None:
        """For from_files and from_text."""
        self._core: Optional[Core] = Core(handle, vocabulary)
        self._tests = tests
        self.warnings: Tuple[Diagnostic, ...] = tuple(diagnostics)

    @classmethod
    def from_files(cls, *paths: Path, roots: Sequence[Path] = (), lint: bool = False, tests: bool = False,
                   loader: Union[Loader, Read, None] = None, vocabulary: Optional[Vocabulary] = None) -> "Ruleset":
        """Compiles files and folders, with what they include.

        roots: a file that lies, with all links followed, in none of these folders is refused; without them a file may
        lie anywhere. lint: warn about style too. tests: keep the tests for ``test()``. loader: where files come from
        instead of the file system, a Loader or a function from a path to the file's content or None. vocabulary: words
        beside those of the language.
        """
        options = Options(roots=roots, lint=lint, tests=tests, loader=loader, vocabulary=vocabulary)
        return cls(*options.compile_files(paths), tests, vocabulary)

    @classmethod
    def from_text(cls, text: Union[str, bytes], name: Path = "<text>", *, roots: Sequence[Path] = (),
                  lint: bool = False, tests: bool = False, loader: Union[Loader, Read, None] = None,
                  vocabulary: Optional[Vocabulary] = None) -> "Ruleset":
        """Compiles one text. ``name`` stands for the file in diagnostics, and includes are relative to its folder. The
        rest is as in from_files."""
        options = Options(roots=roots, lint=lint, tests=tests, loader=loader, vocabulary=vocabulary)
        return cls(*options.compile_text(text, name), tests, vocabulary)

    # --- scoring ---

    def score(self, facts: _values.Facts, answers: Optional[_values.Answers] = None, *,
              partial: bool = False, resolver: Optional[Resolver] = None) -> Verdict:
        """Scores one connection.

        facts: values by name. A str or bytes for any type; also an int, a bool, an object of ipaddress, a list of texts
        for a list. "" is known and empty. None, like a name that is missing, is unknown and will not come, or with
        ``partial`` may still come; a Why is unknown for that reason.
        answers: records by type and name of a DNS question: ``{("A", "mx.example.org"): ["192.0.2.1"]}``. An empty
        list: there are none. None or a Why: no answer.
        resolver: asks DNS what is not among the answers and could still change the action, and waits for it.
        """
        return self._open().score(facts, answers, _unset(partial), _resolver(resolver))

    def score_many(self, connections: Iterable[Connection], *, partial: bool = False,
                   resolver: Optional[Resolver] = None) -> Iterator[Verdict]:
        """Scores connections as they come, and in their order; an endless iterable is fine. Each is a mapping of
        facts, or a pair of it and answers. An error is raised for the connection that has it; ``next()`` then goes on
        with the one after it."""
        unset, asks = _unset(partial), _resolver(resolver)
        self._open()

        def score(connection: Connection) -> Verdict:
            if not isinstance(connection, tuple):
                return self._open().score(connection, None, unset, asks)
            if len(connection) != 2:
                raise BadTypeError(f"a connection is a mapping, or a pair of it and answers, not {connection!r}")
            return self._open().score(*connection, unset, asks)
        return map(score, connections)

    def evaluate(self, facts: Facts) -> Verdict:
        """Scores facts that were filled step by step."""
        if not isinstance(facts, Facts):
            raise BadTypeError(f"evaluate takes a Facts object, not {type(facts).__name__}; score takes a mapping")
        return self._open().evaluate(facts)

    # --- looking into it ---

    @property
    def rules(self) -> Tuple[Rule, ...]:
        """The rules, in the order they stand."""
        core, raw = self._open(), _ffi.RuleInfo()
        rows: List[Rule] = []
        for index in range(lib.assay_ruleset_rule_count(core.handle.pointer)):
            check(lib.assay_ruleset_rule_at(core.handle.pointer, index, ctypes.byref(raw)))
            rows.append(Rule(person(raw.name), person(raw.describe), optional(raw.group or None), raw.score,
                             raw.disabled, os.fsdecode(raw.file), raw.line))
        return tuple(rows)

    @property
    def statistics(self) -> Statistics:
        """Counts, for a summary line."""
        core, raw = self._open(), _ffi.RulesetStats()
        lib.assay_ruleset_statistics(core.handle.pointer, ctypes.byref(raw))
        return Statistics(*(getattr(raw, name) for name, *_ in _ffi.RulesetStats._fields_))

    def disassemble(self, rule: Optional[str] = None) -> str:
        """The bytecode as a listing: all of it, or what one rule needs."""
        core, writer = self._open(), Writer()
        name = None if rule is None else c_text(rule, "rule")
        status = lib.assay_ruleset_disassemble(core.handle.pointer, name, writer.callback, None)
        if status == Status.NOT_FOUND:
            raise UnknownNameError("rule", rule, [row.name for row in self.rules])
        check(status)
        return writer.text()

    def test(self) -> List[TestResult]:
        """Runs the tests written in the rules, in the order of the files. The rules must have been compiled with
        ``tests=True``. No test ever asks the network."""
        core, results = self._open(), []
        if not self._tests:
            raise UsageError("the tests were not kept: compile with tests=True")

        def report(_user: Optional[int], result: Any) -> bool:
            results.append(_test_result(result.contents))
            return True
        status = lib.assay_ruleset_test(core.handle.pointer, _ffi.ReportFn(report), None)
        raise_kept()
        check(status)
        return results

    # --- its life ---

    def close(self) -> None:
        """Frees the memory. Closing twice is allowed."""
        self._core = None

    def _open(self) -> Core:
        core = self._core
        if core is None:
            raise ClosedError("this rule set is closed")
        return core

    def __enter__(self) -> "Ruleset":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _test_result(raw: _ffi.TestResult) -> TestResult:
    return TestResult(os.fsdecode(raw.file), raw.line, optional(raw.rule), person(raw.title), raw.passed,
                      person(raw.expected), person(raw.got), person(raw.trace))
