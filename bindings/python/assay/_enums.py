"""Owns the enumerations of the library: their values, and their words.

Must never know: how a call is made. A test holds the values to the headers.
"""

import enum


class _Worded(enum.IntEnum):
    """An enumeration that prints as the library's word for it: "not yet", "defer"."""

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class Action(_Worded):
    """What a score leads to, from mild to harsh; they compare: ``verdict.action >= Action.DEFER``."""

    ACCEPT = 0
    TAG = 1
    GREYLIST = 2
    DEFER = 3
    REJECT = 4
    DISCARD = 5


class Why(_Worded):
    """Why a value is unknown. As the value of a fact, or as an answer, it makes that unknown for this reason."""

    NOT_YET = 0  #: it may come: before HELO, a look-up on its way
    FAILED = 1  #: failed for now: a time-out, SERVFAIL, refused
    NEVER = 2  #: it cannot come: this front end does not have it, DNS is off


class Severity(_Worded):
    """Whether a diagnostic keeps the rules from being used."""

    ERROR = 0
    WARNING = 1


class Type(_Worded):
    """The type of a fact, of an argument of a function, of its result."""

    BOOL = 0
    INT = 1
    STRING = 2
    NAME = 3
    ADDRESS = 4
    MAILBOX = 5
    MAILBOX_LIST = 6  #: of facts only
    REAL = 7  #: of functions only

    def __str__(self) -> str:
        return "list of mailbox" if self is Type.MAILBOX_LIST else super().__str__()


class Status(enum.IntEnum):
    """What a call of the library answers. Users see exceptions instead."""

    OK = 0
    NO_MEMORY = 1
    BAD_ARGUMENT = 2
    BAD_VALUE = 3
    BAD_RULES = 4
    NOT_FOUND = 5
    IO_ERROR = 6
    OVER_LIMIT = 7
    UNVERIFIED = 8
    BAD_SETTINGS = 9


class QuestionType(enum.IntEnum):
    """The types of DNS questions. Users write them as words: "A", "MX"."""

    A = 0
    AAAA = 1
    PTR = 2
    MX = 3
    TXT = 4
    NS = 5


class Outcome(_Worded):
    """What became of a DNS question. The first three are answers; of those behind PENDING nothing may be concluded."""

    FOUND = 0
    NODATA = 1
    NXDOMAIN = 2
    PENDING = 3
    SERVFAIL = 4
    REFUSED = 5
    TIMEOUT = 6
    MALFORMED = 7
    OVER_BUDGET = 8
    ZONE_DOWN = 9
    FAILED = 10
    NEVER = 11

    def __str__(self) -> str:
        return self.name.lower()


class Iprev(_Worded):
    """The result of the check `iprev` (RFC 8601): whether the client's reverse name leads back to it."""

    NONE = 0
    PASS = 1
    FAIL = 2
    TEMPERROR = 3
    PERMERROR = 4
