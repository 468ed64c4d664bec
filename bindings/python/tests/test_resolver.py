"""Tests the resolver against a DNS server of this process: questions, scoring with them, and its life."""

import gc
import ipaddress
import os
import pickle
import signal
import socket
import threading
import time
import unittest
import unittest.mock

import assay
from assay import Action, Answer, Iprev, Outcome, Why
from assay._enums import Status
from assay._ffi import lib
from fake_dns import FakeDns, Held
from support import ADDRESS, python

V4, V6 = ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("2001:db8::1")
REVERSE, REVERSE_6 = "1.2.0.192.in-addr.arpa", "1" + ".0" * 23 + ".8.b.d.0.1.0.0.2.ip6.arpa"
LONG_TEXT = bytes(range(256)) * 2

ROWS = {
    ("A", "mx.test"): ["192.0.2.9", "192.0.2.1", "192.0.2.9"], ("AAAA", "mx.test"): ["2001:db8::1"],
    ("MX", "mx.test"): [(20, "a.test"), (10, "c.test"), (10, "b.test")], ("MX", "none.test"): [(0, "")],
    ("NS", "mx.test"): ["ns2.test", "ns1.test"], ("TXT", "mx.test"): [LONG_TEXT],
    ("PTR", REVERSE): ["mx.test", "a.test"], ("PTR", REVERSE_6): ["six.test"],
    ("A", "bare.test"): "nodata", ("AAAA", "bare.test"): "nodata", ("A", "fail.test"): "servfail",
    ("A", "closed.test"): "refused", ("A", "form.test"): "formerr", ("A", "noise.test"): "garbage",
    ("A", "silent.test"): "silent", ("AAAA", "silent.test"): "silent",
}

ASKED = [
    ("A", "mx.test", Outcome.FOUND, (V4, ipaddress.ip_address("192.0.2.9"))),
    ("AAAA", "mx.test", Outcome.FOUND, (V6,)),
    ("PTR", "192.0.2.1", Outcome.FOUND, ("a.test", "mx.test")),
    ("PTR", "2001:db8::1", Outcome.FOUND, ("six.test",)),
    ("MX", "mx.test", Outcome.FOUND, ("b.test", "c.test", "a.test")),
    ("MX", "none.test", Outcome.FOUND, ("",)),
    ("TXT", "mx.test", Outcome.FOUND, (LONG_TEXT,)),
    ("NS", "mx.test", Outcome.FOUND, ("ns1.test", "ns2.test")),
    ("A", "bare.test", Outcome.NODATA, ()),
    ("A", "gone.test", Outcome.NXDOMAIN, ()),
    ("PTR", "192.0.2.77", Outcome.NXDOMAIN, ()),
    ("A", "fail.test", Outcome.SERVFAIL, ()),
    ("A", "closed.test", Outcome.REFUSED, ()),
    ("A", "form.test", Outcome.MALFORMED, ()),
    ("A", "noise.test", Outcome.MALFORMED, ()),
]

BAD_NAMES = ["", ".", "a..b", ".test", "x" * 64, ".".join(["abcdefg"] * 32), "a b", "a\0b", b"a\xff", "\xe4.test",
             "a\\b"]

BAD_OPTIONS = [
    ({"servers": "localhost"}, assay.BadValueError, "servers: 'localhost' is no list of at most 8 addresses such as"),
    ({"servers": ""}, assay.BadValueError, "servers: '' is no list"),
    ({"servers": "127.0.0.1:0"}, assay.BadValueError, "is no list"),
    ({"servers": "127.0.0.1 " * 9}, assay.BadValueError, "at most 8"),
    ({"servers": "127.0.0.1\0"}, assay.BadValueError, "servers: a NUL byte"),
    ({"servers": ["127.0.0.1"]}, assay.BadTypeError, "servers: a text or an address is needed, not list"),
    ({"timeout": 0}, assay.BadValueError, "timeout: 0.001 to 3600 seconds, not 0"),
    ({"timeout": 3601.0}, assay.BadValueError, "timeout: 0.001 to 3600 seconds, not 3601.0"),
    ({"timeout": float("nan")}, assay.BadValueError, "not nan"),
    ({"timeout": "5"}, assay.BadTypeError, "timeout: seconds are needed, not '5'"),
    ({"timeout": None}, assay.BadTypeError, "not None"),
    ({"timeout": True}, assay.BadTypeError, "not True"),
    ({"questions": -1}, assay.BadValueError, "questions: 0 to 64, not -1"),
    ({"questions": 65}, assay.BadValueError, "questions: 0 to 64, not 65"),
    ({"questions": 2 ** 32}, assay.BadValueError, "questions: 0 to 64, not 4294967296"),
    ({"questions": 1.5}, assay.BadTypeError, "questions: a whole number is needed, not 1.5"),
    ({"questions": True}, assay.BadTypeError, "not True"),
    ({"cache_bytes": -1}, assay.BadValueError, "cache_bytes: 0 to"),
    ({"cache_bytes": "1M"}, assay.BadTypeError, "cache_bytes: a whole number is needed, not '1M'"),
    ({"stale": 2 ** 32}, assay.BadValueError, "stale: 0 to 4294967295, not 4294967296"),
    ({"stale": None}, assay.BadTypeError, "stale: a whole number is needed, not None"),
]


class Served(unittest.TestCase):
    """A test with a server of its own, and resolvers that ask it."""

    def serve(self, rows=ROWS, **options):
        self.server = FakeDns(rows, **options)
        self.addCleanup(self.server.close)
        return self.server

    def resolver(self, **options):
        resolver = assay.Resolver(self.server.address, **options)
        self.addCleanup(resolver.close)
        return resolver

    def setUp(self):
        self.serve()


class Making(unittest.TestCase):
    def test_bad_options(self):
        for options, kind, text in BAD_OPTIONS:
            with self.subTest(options=options), self.assertRaises(kind) as caught:
                assay.Resolver(**{"servers": "127.0.0.1", **options})
            self.assertIn(text, str(caught.exception))
            self.assertIsInstance(caught.exception, assay.Error)

    def test_servers(self):
        for text, names, warned in (
                ("127.0.0.1", ("127.0.0.1:53",), None),
                ("[::1]:5353,127.0.0.1:54", ("[::1]:5353", "127.0.0.1:54"), None),
                ("127.0.0.1 192.0.2.1", ("127.0.0.1:53", "192.0.2.1:53"), "192.0.2.1:53 is not on this machine")):
            with self.subTest(text), assay.Resolver(text) as resolver:
                self.assertEqual(resolver.servers, names)
                if warned is None:
                    self.assertIsNone(resolver.warning)
                else:
                    self.assertIn(warned, resolver.warning)

    def test_those_of_the_system(self):
        try:
            with assay.Resolver() as resolver:
                self.assertTrue(all(name.endswith(":53") for name in resolver.servers), resolver.servers)
                self.assertTrue(resolver.servers)
        except assay.Error as error:
            self.assertIn("there is no DNS server", str(error))

    def test_no_server(self):
        with unittest.mock.patch.object(lib, "assay_resolver_new", lambda *_: Status.NOT_FOUND):
            with self.assertRaises(assay.Error) as caught:
                assay.Resolver()
        self.assertEqual(str(caught.exception),
                         "there is no DNS server: none on this machine, and /etc/resolv.conf names none")
        self.assertIs(type(caught.exception), assay.Error)


class Asking(Served):
    def test_answers(self):
        resolver = self.resolver()
        for kind, name, outcome, records in ASKED:
            with self.subTest(kind, name=name):
                self.assertEqual(resolver.ask(kind, name), Answer(outcome, records))

    def test_a_closed_port(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            address = "%s:%d" % taken.getsockname()
        with assay.Resolver(address) as resolver:
            self.assertEqual(resolver.ask("A", "mx.test"), Answer(Outcome.REFUSED, ()))

    def test_the_next_server(self):
        other = FakeDns({("A", "fail.test"): ["192.0.2.1"]})
        self.addCleanup(other.close)
        with assay.Resolver(f"{self.server.address}, {other.address}") as resolver:
            self.assertEqual(resolver.servers, (self.server.address, other.address))
            self.assertEqual(resolver.ask("A", "fail.test"), Answer(Outcome.FOUND, (V4,)))
        self.assertEqual((self.server.seen, other.seen), ([("A", "fail.test")],) * 2)

    def test_silence(self):
        resolver, start = self.resolver(timeout=0.1), time.monotonic()
        self.assertEqual(resolver.ask("A", "silent.test"), Answer(Outcome.TIMEOUT, ()))
        took = time.monotonic() - start
        self.assertGreaterEqual(took, 0.1)
        self.assertLess(took, 3)  # where the question itself is given up after 4.9
        self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)

    def test_what_comes_late_is_remembered(self):
        self.serve({("A", "slow.test"): Held(["192.0.2.1"])})
        resolver, answer = self.resolver(timeout=0.1), Answer(Outcome.TIMEOUT, ())
        self.assertEqual(resolver.ask("A", "slow.test"), answer)
        self.server.release()
        while answer.outcome == Outcome.TIMEOUT and resolver.statistics.timeouts == 0:
            answer = resolver.ask("A", "slow.test")
        self.assertEqual(answer, Answer(Outcome.FOUND, (V4,)))
        self.assertEqual(resolver.statistics.sent, 1)

    def test_forms_of_a_name(self):
        resolver = self.resolver()
        for kind, names in (("A", ("mx.test", "MX.Test", "mx.test.", b"mx.test")),
                            ("PTR", ("192.0.2.1", V4, REVERSE, b"192.0.2.1", "::ffff:192.0.2.1")),
                            ("PTR", (V6, "2001:DB8:0::1", REVERSE_6))):
            before = len(self.server.seen)
            answers = {resolver.ask(kind, name) for name in names}
            self.assertEqual((len(answers), len(self.server.seen) - before), (1, 1), names)
            self.assertEqual(answers.pop().outcome, Outcome.FOUND)

    def test_names_that_cannot_be_asked_for(self):
        resolver = self.resolver()
        for name in BAD_NAMES:
            with self.subTest(name=name), self.assertRaises(assay.BadValueError) as caught:
                resolver.ask("A", name)
            self.assertEqual(str(caught.exception), f"{name!r} is no name that DNS can be asked for")
        for name in (None, 42, ["mx.test"]):
            with self.subTest(name=name), self.assertRaises(assay.BadTypeError) as caught:
                resolver.ask("A", name)
            self.assertIn("name: a text or an address is needed", str(caught.exception))
        self.assertEqual(self.server.seen, [])
        self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)

    def test_types_that_there_are_not(self):
        resolver = self.resolver()
        for kind, text in (("AAA", "'AAA'; did you mean 'AAAA'?"), ("a", "'a'"), (1, "1"), (None, "None")):
            with self.subTest(kind), self.assertRaises(assay.UnknownNameError) as caught:
                resolver.ask(kind, "mx.test")
            self.assertIn(f"there is no DNS question of type {text}", str(caught.exception))

    def test_it_remembers(self):
        resolver = self.resolver()
        for kind, name, outcome, _ in ASKED:
            first, sent = resolver.ask(kind, name), len(self.server.seen)
            self.assertEqual(resolver.ask(kind, name), first)
            known = outcome <= Outcome.NXDOMAIN
            more = 0 if known else 2 if name == "form.test" else 1  # who does not understand is asked without EDNS
            self.assertEqual(len(self.server.seen) - sent, more, (kind, name))

    def test_it_remembers_nothing(self):
        resolver = self.resolver(cache_bytes=0)
        for _ in range(3):
            self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)
        self.assertEqual(len(self.server.seen), 3)
        self.assertEqual((resolver.statistics.cached, resolver.statistics.cache_entries), (0, 0))

    def test_stale_answers(self):
        self.serve(ttl=1)
        fresh, stale = self.resolver(), self.resolver(stale=60)
        for resolver in (fresh, stale):
            resolver.ask("A", "mx.test")
        time.sleep(1.2)
        for resolver in (fresh, stale):
            self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)
        self.assertEqual((fresh.statistics.stale, fresh.statistics.sent), (0, 2))
        self.assertEqual((stale.statistics.stale, stale.statistics.sent), (1, 2))

    def test_statistics(self):
        resolver = self.resolver()
        self.assertEqual(resolver.statistics, assay.ResolverStatistics(*[0] * 14, resolver.statistics.cache_bytes))
        for name in ("mx.test", "mx.test", "bare.test", "gone.test", "fail.test", "closed.test", "noise.test"):
            resolver.ask("A", name)
        counts = resolver.statistics
        self.assertGreater(counts.cache_bytes, 0)
        self.assertEqual(counts, assay.ResolverStatistics(
            asked=7, cached=1, stale=0, coalesced=0, sent=6, answered=3, timeouts=0, failures=3, zones_down=0,
            evicted=0, in_flight=0, waiting=0, overdue=0, cache_entries=3, cache_bytes=counts.cache_bytes))

    def test_answers_are_plain(self):
        answer = self.resolver().ask("PTR", V4)
        self.assertEqual(pickle.loads(pickle.dumps(answer)), answer)
        self.assertEqual({answer: 1}[Answer(Outcome.FOUND, ("a.test", "mx.test"))], 1)
        self.assertEqual((str(answer.outcome), f"{Outcome.OVER_BUDGET}"), ("found", "over_budget"))


NAMES = ADDRESS + "action defer at 1"
CONFIRMED = 'rule CONFIRMED { describe "c" score 1 when client.rdns_confirmed } action defer at 1'


class Scoring(Served):
    def setUp(self):
        super().setUp()
        self.rules = assay.Ruleset.from_text(NAMES)

    def test_hit_miss_unknown(self):
        failed = (Outcome.SERVFAIL,)
        rows = {("A", "half.test"): "servfail", ("AAAA", "half.test"): "nodata"}
        self.serve({**ROWS, **rows})
        resolver = self.resolver()
        for helo, hits, unknown, failures in (("gone.test", 1, (), 0), ("bare.test", 1, (), 0), ("mx.test", 0, (), 0),
                                              ("half.test", 0, failed, 1), ("localhost", 0, (), 0)):
            with self.subTest(helo):
                verdict = self.rules.score({"helo": helo}, resolver=resolver)
                self.assertEqual(len(verdict.hits), hits)
                self.assertEqual([(row.rule, row.why, row.waits, row.outcomes) for row in verdict.unknown],
                                 [("NO_ADDRESS", Why.FAILED, ("dns.address(helo)",), unknown)] if unknown else [])
                self.assertEqual(verdict.action, Action.DEFER if hits else Action.ACCEPT)
                self.assertEqual((verdict.dns.failed, verdict.dns.late, verdict.dns.cached), (failures, False, 0))
                self.assertEqual(verdict.questions, ())
        self.assertNotIn("localhost", {name for _, name in self.server.seen})

    def test_what_it_took(self):
        resolver = self.resolver()
        start = time.monotonic()
        first = self.rules.score({"helo": "gone.test"}, resolver=resolver).dns
        took = (time.monotonic() - start) * 1e6
        self.assertEqual(first, assay.DnsUsage(questions=2, cached=0, failed=0, late=False,
                                               microseconds=first.microseconds, iprev=Iprev.NONE))
        self.assertTrue(0 < first.microseconds <= took)
        again = self.rules.score({"helo": "Gone.test."}, resolver=resolver).dns
        self.assertEqual((again.questions, again.cached), (2, 2))
        self.assertEqual(sorted(self.server.seen), [("A", "gone.test"), ("AAAA", "gone.test")])
        nothing = self.rules.score({"helo": "localhost"}, resolver=resolver).dns
        self.assertEqual((nothing.questions, nothing.cached), (0, 0))

    def test_without_one(self):
        verdict = self.rules.score({"helo": "gone.test"})
        self.assertIsNone(verdict.dns)
        self.assertEqual((verdict.unknown[0].why, verdict.unknown[0].outcomes), (Why.NEVER, (Outcome.NEVER,)))
        for bad in (self.server.address, 1, True, assay.Resolver):
            for score in (self.rules.score, self.rules.score_many):
                with self.assertRaises(assay.BadTypeError) as caught:
                    score({}, resolver=bad)
                self.assertIn("resolver: a Resolver is needed, not ", str(caught.exception))
        # and nothing of one stays behind
        self.rules.score({"helo": "gone.test"}, resolver=self.resolver())
        self.assertEqual(self.rules.score({"helo": "gone.test"}), verdict)

    def test_silence(self):
        start = time.monotonic()
        verdict = self.rules.score({"helo": "silent.test"}, resolver=self.resolver(timeout=0.1))
        self.assertLess(time.monotonic() - start, 3)
        self.assertEqual((verdict.dns.late, verdict.dns.questions, verdict.dns.failed), (True, 2, 2))
        self.assertGreaterEqual(verdict.dns.microseconds, 99_000)  # deadlines are of whole milliseconds
        row, = verdict.unknown
        self.assertEqual((row.why, row.outcomes), (Why.FAILED, (Outcome.TIMEOUT,)))
        self.assertEqual((verdict.action, verdict.settled), (Action.ACCEPT, True))

    def test_only_so_many_questions(self):
        for most, outcomes, seen in ((0, (Outcome.OVER_BUDGET,), 0), (1, (Outcome.OVER_BUDGET,), 1), (2, None, 2)):
            with self.subTest(most):
                before = len(self.server.seen)
                verdict = self.rules.score({"helo": "gone.test"}, resolver=self.resolver(questions=most))
                self.assertEqual([row.outcomes for row in verdict.unknown], [outcomes] if outcomes else [])
                self.assertEqual(len(self.server.seen) - before, seen)

    def test_what_is_answered_is_not_asked(self):
        answers = {("A", "gone.test"): ["192.0.2.1"]}
        self.assertEqual(self.rules.score({"helo": "gone.test"}, answers, resolver=self.resolver()).hits, ())
        self.assertEqual(self.server.seen, [])
        answers = {("A", "mx.test"): Why.FAILED, ("AAAA", "mx.test"): []}
        verdict = self.rules.score({"helo": "mx.test"}, answers, resolver=self.resolver())
        self.assertEqual((verdict.unknown[0].outcomes, self.server.seen), ((Outcome.FAILED,), []))

    def test_partial(self):
        rules = assay.Ruleset.from_text(NAMES + ' rule LATER { describe "l" score 1 when auth.user }')
        verdict = rules.score({"helo": "gone.test"}, partial=True, resolver=self.resolver())
        self.assertEqual([hit.rule for hit in verdict.hits], ["NO_ADDRESS"])
        self.assertEqual([(row.rule, row.why) for row in verdict.unknown], [("LATER", Why.NOT_YET)])

    def test_many(self):
        rows = [{"helo": "gone.test"}, {"helo": "mx.test"}, {"hello": ""}, {"helo": "gone.test"}]
        resolver = self.resolver()
        verdicts = self.rules.score_many(rows, resolver=resolver)
        self.assertEqual([len(next(verdicts).hits) for _ in range(2)], [1, 0])
        self.assertRaises(assay.UnknownNameError, next, verdicts)
        self.assertEqual(next(verdicts).dns.cached, 2)
        self.assertRaises(StopIteration, next, verdicts)

    def test_iprev(self):
        rules = assay.Ruleset.from_text(CONFIRMED)
        other = "7.2.0.192.in-addr.arpa"
        for rows, address, iprev, hits in (
                (ROWS, "192.0.2.1", Iprev.PASS, 1),
                ({("PTR", other): ["mx.test"], ("A", "mx.test"): ["192.0.2.1"]}, "192.0.2.7", Iprev.FAIL, 0),
                ({("PTR", other): "servfail"}, "192.0.2.7", Iprev.TEMPERROR, 0),
                ({}, "192.0.2.7", Iprev.PERMERROR, 0)):
            with self.subTest(iprev):
                self.serve(rows)
                verdict = rules.score({"client.ip": address}, resolver=self.resolver())
                self.assertEqual((verdict.dns.iprev, len(verdict.hits)), (iprev, hits))

    def test_verdicts_are_plain(self):
        verdict = self.rules.score({"helo": "gone.test"}, resolver=self.resolver())
        self.assertEqual(pickle.loads(pickle.dumps(verdict)), verdict)
        self.assertEqual(hash(verdict), hash(pickle.loads(pickle.dumps(verdict))))


class Functions(Served):
    """Functions of the host run while the resolver is at work."""

    RULES = 'rule F { describe "f" score 1 when dns.address(helo) and f(helo) } action defer at 1'

    def rules(self, function, on_error=None):
        words = assay.Vocabulary(on_error)
        words.add_function("f", function, arguments=["name"], result="bool")
        return assay.Ruleset.from_text(self.RULES, vocabulary=words)

    def test_they_are_called(self):
        rules = self.rules(lambda name: name == "mx.test")
        self.assertEqual(rules.score({"helo": "mx.test"}, resolver=self.resolver()).score, 1)

    def test_what_they_raise_comes_out(self):
        def end(name):
            raise SystemExit(name)
        resolver = self.resolver()
        with self.assertRaises(SystemExit) as caught:
            self.rules(end).score({"helo": "mx.test"}, resolver=resolver)
        self.assertEqual(caught.exception.code, "mx.test")
        self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)

    def test_they_cannot_use_the_same(self):
        resolver, said = self.resolver(), []
        uses = (lambda: resolver.ask("A", "mx.test"), lambda: resolver.statistics,
                lambda: assay.Ruleset.from_text(NAMES).score({"helo": "mx.test"}, resolver=resolver))
        for use in uses:
            rules = self.rules(lambda name: bool(use()), lambda _name, _arguments, error: said.append(error))
            verdict = rules.score({"helo": "mx.test"}, resolver=resolver)
            self.assertEqual(verdict.unknown[0].why, Why.FAILED)
        self.assertGreaterEqual(len(said), len(uses))
        for error in said:
            self.assertIsInstance(error, assay.UsageError)
            self.assertIn("this resolver is at work on this thread", str(error))

    def test_they_can_close_it(self):
        resolver = self.resolver()
        verdict = self.rules(lambda name: resolver.close() is None).score({"helo": "mx.test"}, resolver=resolver)
        self.assertEqual(verdict.score, 1)
        self.assertRaises(assay.ClosedError, resolver.ask, "A", "mx.test")


class Life(Served):
    def test_closed(self):
        rules = assay.Ruleset.from_text(NAMES)
        with self.resolver() as resolver:
            self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)
        resolver.close()
        for use in (lambda: resolver.servers, lambda: resolver.warning, lambda: resolver.statistics,
                    lambda: resolver.ask("A", "mx.test"), lambda: rules.score({"helo": "a.test"}, resolver=resolver),
                    lambda: next(rules.score_many([{"helo": "a.test"}], resolver=resolver))):
            with self.assertRaises(assay.ClosedError) as caught:
                use()
            self.assertEqual(str(caught.exception), "this resolver is closed")
        resolver.close()
        self.assertEqual(rules.score({"helo": "a.test"}, {("A", "a.test"): ["192.0.2.1"]}).score, 0)

    def test_closed_while_a_thread_asks(self):
        resolver, got = self.resolver(timeout=0.3), []
        thread = threading.Thread(target=lambda: got.append(resolver.ask("A", "silent.test")))
        thread.start()
        while not self.server.seen:
            time.sleep(0.01)
        resolver.close()
        self.assertRaises(assay.ClosedError, resolver.ask, "A", "mx.test")
        thread.join()
        self.assertEqual(got, [Answer(Outcome.TIMEOUT, ())])

    def test_threads_share_one(self):
        rules, resolver, got = assay.Ruleset.from_text(NAMES), self.resolver(), []
        rows = [("gone.test", 1), ("mx.test", 0), ("bare.test", 1)]

        def work(number):
            for turn in range(50):
                helo, score = rows[(number + turn) % 3]
                got.append(rules.score({"helo": helo}, resolver=resolver).score == score)
                got.append(resolver.ask("PTR", V4).records == ("a.test", "mx.test"))
                got.append(resolver.statistics.waiting == 0)  # in flight may be what no longer matters
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(got, [True] * 6 * 50 * 3)
        self.assertEqual(len(self.server.seen), len(set(self.server.seen)))  # each was asked once

    def test_an_exception_ends_the_waiting(self):
        class Alarm(Exception):
            pass

        def alarm(*_):
            raise Alarm
        resolver, old = self.resolver(timeout=20), signal.signal(signal.SIGALRM, alarm)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        self.assertRaises(Alarm, resolver.ask, "A", "silent.test")
        self.assertLess(time.monotonic() - start, 3)
        self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)

    def test_an_exception_in_the_midst_of_an_answer(self):
        class Odd(Exception):
            pass
        resolver, told = self.resolver(timeout=20), []
        with unittest.mock.patch("assay._resolver.answer_of", side_effect=Odd), \
                unittest.mock.patch("sys.unraisablehook", told.append):
            self.assertRaises(Odd, resolver.ask, "A", "mx.test")
        self.assertEqual(told, [])
        self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)

    def test_when_the_system_cannot_wait(self):
        resolver, rules = self.resolver(), assay.Ruleset.from_text(NAMES)
        for call, use in (("assay_resolver_wait", lambda: resolver.ask("A", "mx.test")),
                          ("assay_resolver_score", lambda: rules.score({"helo": "a.test"}, resolver=resolver))):
            with unittest.mock.patch.object(lib, call, lambda *_: Status.IO_ERROR):
                with self.assertRaises(assay.Error) as caught:
                    use()
            self.assertIs(type(caught.exception), assay.Error)
            self.assertEqual(str(caught.exception), "the system cannot wait for answers from DNS")
        self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)

    @unittest.skipUnless(hasattr(os, "fork"), "this system does not fork")
    def test_after_a_fork(self):
        done = python("""
import os, sys, assay
resolver = assay.Resolver(sys.argv[1])
first = resolver.ask("A", "mx.test")
child = os.fork()
if child == 0:
    try:
        resolver.ask("A", "mx.test")
    except assay.UsageError as error:
        assert "before the fork" in str(error)
        resolver.close()
        os._exit(0 if assay.Resolver(sys.argv[1]).ask("A", "mx.test") == first else 1)
    os._exit(2)
assert os.waitpid(child, 0)[1] == 0
assert resolver.ask("MX", "mx.test").outcome == assay.Outcome.FOUND
print("done")
""", self.server.address)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", "done\n"))

    def test_the_end_of_the_interpreter(self):
        done = python("""
import sys, threading, time, assay
rules = assay.Ruleset.from_text(sys.argv[2])
shared, own = assay.Resolver(sys.argv[1], timeout=0.05), assay.Resolver(sys.argv[1])
assert rules.score({"helo": "silent.test"}, resolver=shared).dns.late  # and it is still under way
circle = [rules, shared]
circle.append(circle)
sys.modules["keep"] = circle
threading.Thread(target=own.ask, args=("A", "silent.test"), daemon=True).start()
time.sleep(0.1)
print("done", flush=True)
""", self.server.address, NAMES)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", "done\n"))

    def test_nothing_is_left_open(self):
        def count():
            gc.collect()
            return len(os.listdir("/proc/self/fd"))
        if not os.path.isdir("/proc/self/fd"):
            self.skipTest("this system does not say what is open")
        before = count()
        for _ in range(50):
            resolver = assay.Resolver(self.server.address)
            self.assertEqual(resolver.ask("A", "mx.test").outcome, Outcome.FOUND)
        del resolver
        self.assertEqual(count(), before)


if __name__ == "__main__":
    unittest.main()
