"""Tests scoring: what a value may be, what it becomes, and what a verdict says."""

import dataclasses
import ipaddress
import json
import pickle
import unittest

import assay
from assay import Action, Outcome, Why
from support import ADDRESS, LOCALHOST, PROFILE, SOURCE

# One rule a fact type, each true when the value arrived as it should.
KINDS = r"""
rule ADDRESS { describe "a" score 0.001 when client.ip == 192.0.2.1 }
rule SIX     { describe "6" score 0.01 when client.ip == 2001:db8::25 }
rule INT     { describe "i" score 0.1 when mail.size == 42 }
rule BIG     { describe "b" score 0.25 when mail.size > 9000000000 }
rule BOOL    { describe "t" score 1 when tls.verified }
rule NAME    { describe "n" score 2 when helo == "mx.example.org" }
rule BYTES   { describe "o" score 4 when helo.raw == "a\xffb" }
rule NUL     { describe "0" score 5 when helo.raw == "a\x00b" }
rule STRING  { describe "s" score 8 when auth.user == "bücher" }
rule MAILBOX { describe "m" score 16 when mail.from == "a@example.org" }
rule LIST    { describe "l" score 32 when any(rcpt) == "b@example.org" }
rule EMPTY   { describe "e" score 64 when client.rdns.is_empty }
rule NOBODY  { describe "r" score 128 when not rcpt }
"""

VALUES = [
    ({"client.ip": "192.0.2.1"}, {"ADDRESS"}),
    ({"client.ip": b"192.0.2.1"}, {"ADDRESS"}),
    ({"client.ip": ipaddress.ip_address("192.0.2.1")}, {"ADDRESS"}),
    ({"client.ip": ipaddress.ip_address("::ffff:192.0.2.1")}, {"ADDRESS"}),
    ({"client.ip": ipaddress.ip_address("2001:db8::25")}, {"SIX"}),
    ({"mail.size": 42}, {"INT"}),
    ({"mail.size": "42"}, {"INT"}),
    ({"mail.size": 2 ** 63 - 1}, {"BIG"}),
    ({"mail.size": 0}, set()),
    ({"tls.verified": True}, {"BOOL"}),
    ({"tls.verified": "true"}, {"BOOL"}),
    ({"tls.verified": False}, set()),
    ({"helo": "MX.example.org."}, {"NAME"}),
    ({"helo": b"mx.example.org"}, {"NAME"}),
    ({"helo": b"a\xffb"}, {"BYTES"}),
    ({"helo": "a\udcffb"}, {"BYTES"}),
    ({"helo": "a\0b"}, {"NUL"}),
    ({"auth.user": "bücher"}, {"STRING"}),
    ({"auth.user": "bücher".encode()}, {"STRING"}),
    ({"mail.from": "<A@example.org>"}, {"MAILBOX"}),
    ({"rcpt": ["a@example.org", b"b@example.org"]}, {"LIST"}),
    ({"rcpt": ("b@example.org",)}, {"LIST"}),
    ({"rcpt": "b@example.org"}, {"LIST"}),
    ({"rcpt": []}, {"NOBODY"}),
    ({"rcpt": ""}, {"NOBODY"}),
    ({"client.rdns": ""}, {"EMPTY"}),
    ({"client.rdns": None}, set()),
    ({"client.rdns": Why.FAILED}, set()),
    ({}, set()),
    ({"client.ip": "192.0.2.1", "mail.size": 42, "helo": "mx.example.org"}, {"ADDRESS", "INT", "NAME"}),
]

REFUSED = [
    ({"client.ip": "300.1.1.1"}, assay.BadValueError, "client.ip: '300.1.1.1' is no address"),
    ({"mail.size": "many"}, assay.BadValueError, "mail.size: 'many' is no int of 0 or more"),
    ({"mail.size": 2 ** 63}, assay.BadValueError, "mail.size: 9223372036854775808 is no int"),
    ({"mail.size": -1}, assay.BadValueError, "mail.size: -1 is no int of 0 or more"),
    ({"client.port": "70000"}, assay.BadValueError, "client.port: '70000' is no int of 0 to 65535"),
    ({"mail.size": True}, assay.BadTypeError, "mail.size: a fact of type int cannot be of Python's type bool"),
    ({"mail.size": 4.2}, assay.BadTypeError, "type float"),
    ({"tls.verified": 1}, assay.BadTypeError, "type int"),
    ({"tls.verified": ""}, assay.BadValueError, "is no bool"),
    ({"helo": 42}, assay.BadTypeError, "a fact of type name"),
    ({"helo": ["a"]}, assay.BadTypeError, "type list"),
    ({"helo": ipaddress.ip_address("192.0.2.1")}, assay.BadTypeError, "IPv4Address"),
    ({"helo": {"base64": "YQ=="}}, assay.BadTypeError, "type dict"),
    ({"helo": "\ud800"}, assay.BadValueError, "no bytes can be made"),
    ({"rcpt": [1]}, assay.BadTypeError, "rcpt: a text or an address is needed, not int"),
    ({"helo.vreb": "EHLO"}, assay.UnknownNameError, "there is no fact 'helo.vreb'; did you mean 'helo.verb'?"),
    ({"qqqqqq": "EHLO"}, assay.UnknownNameError, "there is no fact 'qqqqqq'"),
    ({42: "EHLO"}, assay.UnknownNameError, "there is no fact 42"),
    ([("helo", "a")], assay.BadTypeError, "facts are a mapping"),
]


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rules = assay.Ruleset.from_text(KINDS)

    def test_values(self):
        for values, hits in VALUES:
            with self.subTest(values=values):
                self.assertEqual({hit.rule for hit in self.rules.score(values).hits}, hits)
                with assay.Facts(values) as facts:
                    self.assertEqual({hit.rule for hit in self.rules.evaluate(facts).hits}, hits)

    def test_refused(self):
        for values, kind, text in REFUSED:
            with self.subTest(values=values), self.assertRaises(kind) as caught:
                self.rules.score(values)
            self.assertIn(text, str(caught.exception))
            self.assertIsInstance(caught.exception, assay.Error)
        self.assertEqual(self.rules.score({}).score, 0)  # and nothing of it stays behind

    def test_subclasses_of_values(self):
        class Text(str):
            pass
        self.assertEqual(self.rules.score({Text("helo"): Text("mx.example.org")}).score, 2)

    def test_nothing_stays_from_one_connection_to_the_next(self):
        self.rules.score({"client.ip": "192.0.2.1", "helo": "mx.example.org", "rcpt": ["b@example.org"]})
        verdict = self.rules.score({"tls.verified": True}, partial=True)
        self.assertEqual([hit.rule for hit in verdict.hits], ["BOOL"])
        self.assertIn("NAME", [row.rule for row in verdict.unknown])

    def test_errors_are_builtin_too(self):
        for kind, builtin in ((KeyError, {"hello": ""}), (TypeError, {"helo": 1}), (ValueError, {"client.ip": "x"})):
            with self.assertRaises(kind):
                self.rules.score(builtin)

    def test_errors_travel(self):
        with self.assertRaises(assay.UnknownNameError) as caught:
            self.rules.score({"hello": ""})
        copy = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((copy.name, copy.suggestion, str(copy)), ("hello", "helo", str(caught.exception)))


class Verdicts(unittest.TestCase):
    def test_all_of_it(self):
        rules = assay.Ruleset.from_text(LOCALHOST + ADDRESS + """
            exempt OURS { describe "our own" when auth.user }
            action tag at 1 action defer at 1.5 "Not now: {top}" """)
        verdict = rules.score({"helo": "localhost"}, partial=True)
        self.assertEqual(verdict, assay.Verdict(
            score_thousandths=1500, low_thousandths=1500, high_thousandths=1500, action=Action.DEFER, settled=False,
            reply="Not now: LOCALHOST", exempt=None, exempt_describe=None,
            hits=(assay.Hit("LOCALHOST", 1500, "names", "HELO is localhost"),),
            unknown=(assay.Unknown("OURS", Why.NOT_YET, ("auth.user",), (Outcome.PENDING,)),), questions=()))
        self.assertEqual((verdict.score, verdict.low, verdict.high, verdict.hits[0].score), (1.5, 1.5, 1.5, 1.5))
        verdict = rules.score({"helo": "localhost", "auth.user": "a"})
        self.assertEqual((verdict.exempt, verdict.exempt_describe, verdict.score), ("OURS", "our own", 0))
        self.assertEqual((verdict.action, verdict.settled), (Action.ACCEPT, True))
        self.assertEqual((verdict.reply, verdict.hits), (None, ()))

    def test_interval(self):
        rules = assay.Ruleset.from_text(LOCALHOST + ADDRESS)
        for partial, why, high in ((True, Why.NOT_YET, 2500), (False, Why.NEVER, 0)):
            verdict = rules.score({}, partial=partial)
            self.assertEqual((verdict.low_thousandths, verdict.high_thousandths), (0, high))
            self.assertEqual([row.why for row in verdict.unknown], [why, why])
        verdict = rules.score({"helo": Why.FAILED})
        self.assertEqual([str(row.why) for row in verdict.unknown], ["failed", "failed"])

    def test_partial_is_of_one_call(self):
        rules = assay.Ruleset.from_text(LOCALHOST)
        whys = [rules.score({}, partial=partial).unknown[0].why for partial in (False, True, True, False)]
        self.assertEqual(whys, [Why.NEVER, Why.NOT_YET, Why.NOT_YET, Why.NEVER])
        self.assertEqual(rules.score({"helo": None}, partial=True).unknown[0].why, Why.NOT_YET)

    def test_thousandths_are_exact(self):
        rows = "".join(f'rule R{i} {{ describe "r" score 0.1 when helo }}\n' for i in range(3))
        verdict = assay.Ruleset.from_text(rows).score({"helo": "a"})
        self.assertEqual((verdict.score_thousandths, verdict.score), (300, 0.3))
        self.assertNotEqual(sum(hit.score for hit in verdict.hits), 0.3)  # which is why
        self.assertEqual(sum(hit.score_thousandths for hit in verdict.hits), 300)

    def test_immutable(self):
        rules = assay.Ruleset.from_text(LOCALHOST)
        verdict = rules.score({"helo": "localhost"})
        with self.assertRaises(dataclasses.FrozenInstanceError):
            verdict.action = Action.REJECT
        self.assertIsInstance(verdict.hits, tuple)
        self.assertEqual(pickle.loads(pickle.dumps(verdict)), verdict)
        self.assertEqual(hash(verdict), hash(rules.score({"helo": "localhost"})))
        self.assertEqual(dataclasses.asdict(verdict)["hits"][0]["rule"], "LOCALHOST")
        fields = {field.name for field in dataclasses.fields(verdict)}
        self.assertEqual(set(vars(verdict)), fields)

    def test_outlives_its_rules(self):
        with assay.Ruleset.from_text(LOCALHOST) as rules:
            verdict = rules.score({"helo": "localhost"})
        self.assertEqual(verdict.hits[0].describe, "HELO is localhost")

    def test_actions_compare_and_print(self):
        self.assertLess(Action.ACCEPT, Action.TAG)
        self.assertEqual(f"{Action.DEFER} {Action.REJECT:>8} {Why.NOT_YET}", "defer   reject not yet")

    def test_odd_bytes_in_texts_can_be_printed(self):
        rules = assay.Ruleset.from_text(b'rule A { describe "a\xffb" score 1 when helo }')
        self.assertEqual(rules.score({"helo": "x"}).hits[0].describe, "a\\xffb")


class AnswersTest(unittest.TestCase):
    RULES = ADDRESS + r"""
        rule NS { describe "n" score 2 when any(dns.ns(helo)) == "ns.example.org" }
        rule MX { describe "m" score 4 when any(dns.mx(helo)) == "mx.example.org" }
        rule TXT { describe "t" score 8 when contains(any(dns.txt(helo)), "\xff") }
        rule PTR { describe "p" score 16 when any(dns.ptr(client.ip)) == "mx.example.org" }
    """
    NONE = {("A", "mx.example.org"): [], ("AAAA", "mx.example.org"): []}
    CASES = [
        (NONE, {"NO_ADDRESS"}),
        ({**NONE, ("A", "MX.example.org."): ["192.0.2.1"]}, set()),
        ({**NONE, ("AAAA", "mx.example.org"): [ipaddress.ip_address("2001:db8::1")]}, set()),
        ({**NONE, ("A", "mx.example.org"): Why.FAILED}, set()),
        ({**NONE, ("A", "mx.example.org"): None}, set()),
        ({("NS", "mx.example.org"): ["other.test", b"ns.example.org"]}, {"NS"}),
        ({("MX", b"mx.example.org"): ("mx.example.org",)}, {"MX"}),
        ({("TXT", "mx.example.org"): [b"\xff"]}, {"TXT"}),
        ({("PTR", "192.0.2.1"): ["mx.example.org"]}, {"PTR"}),
        ({("PTR", ipaddress.ip_address("192.0.2.1")): ["mx.example.org"]}, {"PTR"}),
    ]
    REFUSED = [
        ({("A", "a.test"): ["x"]}, assay.BadValueError, "A a.test: ['x'] are no such records"),
        ({("A", "a.test"): "192.0.2.1"}, assay.BadTypeError, "A a.test: the records are a list, not str"),
        ({("A", "a.test"): [1]}, assay.BadTypeError, "not int"),
        ({("AAA", "a.test"): []}, assay.UnknownNameError, "did you mean 'AAAA'?"),
        ({"A a.test": []}, assay.BadTypeError, "a pair of type and name"),
        ([], None, ""),
        ([1], assay.BadTypeError, "answers are a mapping"),
    ]

    @classmethod
    def setUpClass(cls):
        cls.rules = assay.Ruleset.from_text(cls.RULES)

    def test_answers(self):
        values = {"helo": "mx.example.org", "client.ip": "192.0.2.1"}
        for answers, hits in self.CASES:
            with self.subTest(answers=answers):
                self.assertEqual({hit.rule for hit in self.rules.score(values, answers).hits}, hits)
                with assay.Facts(values, answers=answers) as facts:
                    self.assertEqual({hit.rule for hit in self.rules.evaluate(facts).hits}, hits)

    def test_reasons(self):
        values = {"helo": "mx.example.org"}
        for answer, partial, why in ((Why.FAILED, True, Why.FAILED), (None, True, Why.NOT_YET),
                                     (None, False, Why.NEVER)):
            answers = {("A", "mx.example.org"): answer, ("AAAA", "mx.example.org"): []}
            unknown = {row.rule: row for row in self.rules.score(values, answers, partial=partial).unknown}
            self.assertEqual(unknown["NO_ADDRESS"].why, why)
            self.assertIn("dns.address(helo)", unknown["NO_ADDRESS"].waits)

    def test_questions(self):
        values, answers = {"helo": "MX.example.org.", "client.ip": "192.0.2.1"}, {}
        verdict = assay.Ruleset.from_text(ADDRESS + "action defer at 1").score(values, partial=True)
        self.assertEqual(verdict.questions, (assay.Question("A", "mx.example.org", False),
                                             assay.Question("AAAA", "mx.example.org", False)))
        rules = assay.Ruleset.from_text(self.RULES + "action defer at 1")
        while not verdict.settled:
            verdict = rules.score(values, answers, partial=True)
            self.assertFalse({question.key for question in verdict.questions} & set(answers))
            answers.update({question.key: [] for question in verdict.questions})
        self.assertEqual(verdict.action, Action.DEFER)
        self.assertEqual(verdict.questions, ())

    def test_a_question_on_its_way(self):
        rules = assay.Ruleset.from_text(ADDRESS + "action defer at 1")
        values, key = {"helo": "mx.example.org"}, ("A", "mx.example.org")
        for answer, pending in ((None, [True, False]), (Why.NOT_YET, [True, False]), ([], [False])):
            verdict = rules.score(values, {key: answer}, partial=True)
            self.assertEqual([question.pending for question in verdict.questions], pending)
        self.assertEqual(rules.score(values).questions, ())  # never answered: none

    def test_questions_come_back_as_they_are(self):
        rules = assay.Ruleset.from_text(r"""
            rule A { describe "a" score 1 when not dns.address(helo) }
            rule P { describe "p" score 1 when any(dns.ptr(client.ip)) == "a.test" }
            action defer at 2""")
        for helo in ("b\udcffx.test", b"\xc3\xa4.test", "a b.test", "x" * 300, "a\0b.test", "a..b"):
            answers = {}
            for _ in range(3):
                verdict = rules.score({"helo": helo, "client.ip": "192.0.2.1"}, answers, partial=True)
                answers.update({question.key: [] for question in verdict.questions})
            self.assertEqual((verdict.questions, verdict.settled), ((), True), helo)
        self.assertIn(("PTR", "1.2.0.192.in-addr.arpa"), answers)

    def test_refused(self):
        for answers, kind, text in self.REFUSED:
            if kind is None:
                self.rules.score({}, answers)
                continue
            with self.subTest(answers=answers), self.assertRaises(kind) as caught:
                self.rules.score({"helo": "a.test"}, answers)
            self.assertIn(text, str(caught.exception))


class Many(unittest.TestCase):
    def setUp(self):
        self.rules = assay.Ruleset.from_text(LOCALHOST + ADDRESS)

    def test_in_order_and_lazily(self):
        asked = []

        def endless():
            while True:
                asked.append(len(asked))
                yield {"helo": "localhost" if len(asked) % 2 else "mx.example.org"}
        verdicts = self.rules.score_many(endless())
        self.assertEqual(asked, [])
        self.assertEqual([next(verdicts).score for _ in range(4)], [1.5, 0, 1.5, 0])
        self.assertEqual(len(asked), 4)

    def test_with_answers(self):
        rows = [({"helo": "mx.example.org"}, AnswersTest.NONE), {"helo": "mx.example.org"}]
        self.assertEqual([len(verdict.hits) for verdict in self.rules.score_many(rows)], [1, 0])
        verdicts = list(self.rules.score_many(rows, partial=True))
        self.assertEqual(verdicts[1].unknown[0].why, Why.NOT_YET)

    def test_goes_on_behind_an_error(self):
        verdicts = self.rules.score_many([{"helo": "localhost"}, {"hello": ""}, (1, 2, 3), {"helo": "localhost"}])
        self.assertEqual(next(verdicts).score, 1.5)
        self.assertRaises(assay.UnknownNameError, next, verdicts)
        self.assertRaises(assay.BadTypeError, next, verdicts)
        self.assertEqual(next(verdicts).score, 1.5)
        self.assertRaises(StopIteration, next, verdicts)

    def test_same_as_score_on_the_examples(self):
        rules = assay.Ruleset.from_files(PROFILE)
        lines = (SOURCE / "examples/connections.jsonl").read_text().splitlines()
        rows = [{key: value for key, value in json.loads(line).items() if key != "id" and not isinstance(value, dict)}
                for line in lines]
        self.assertEqual(list(rules.score_many(rows)), [rules.score(row) for row in rows])
        self.assertGreater(len({verdict.action for verdict in rules.score_many(rows)}), 2)


if __name__ == "__main__":
    unittest.main()
