"""Assay scores SMTP connections by rules: a binding of the C library, of which an installed one is needed.

    >>> import assay
    >>> rules = assay.Ruleset.from_files("rules/profiles/default.rule")
    >>> verdict = rules.score({"client.ip": "192.0.2.1", "helo": "localhost"})

Owns nothing but the list of what is public. Must never know: how any of it works.
"""

from ._diagnostics import Diagnostic, Place
from ._dns import Answer, DnsUsage, ResolverStatistics
from ._enums import Action, Iprev, Outcome, Severity, Type, Why
from ._errors import (BadTypeError, BadValueError, ClosedError, Error, LimitError, OutOfMemoryError, RulesError,
                      RulesNotFoundError, RulesReadError, UnknownNameError, UsageError)
from ._facts import Facts
from ._loader import Loader
from ._resolver import Resolver
from ._ruleset import Rule, Ruleset, Statistics, TestResult
from ._tables import Code, Fact, Function, Property, codes, facts, functions, properties, version
from ._verdict import Hit, Question, Unknown, Verdict
from ._vocabulary import Vocabulary

__all__ = [
    "Action", "Answer", "BadTypeError", "BadValueError", "ClosedError", "Code", "Diagnostic", "DnsUsage",
    "Error", "Fact", "Facts", "Function", "Hit", "Iprev", "LimitError", "Loader", "OutOfMemoryError",
    "Outcome", "Place", "Property", "Question", "Resolver", "ResolverStatistics", "Rule", "RulesError",
    "RulesNotFoundError", "RulesReadError", "Ruleset", "Severity", "Statistics", "TestResult", "Type",
    "Unknown", "UnknownNameError", "UsageError", "Verdict", "Vocabulary", "Why", "codes", "facts",
    "functions", "properties", "version",
]
__version__ = "0.1.0"
