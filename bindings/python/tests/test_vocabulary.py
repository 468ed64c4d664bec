"""Tests the words of a host: facts, functions that are Python callables, and what becomes of their exceptions."""

import ipaddress
import logging
import unittest

import assay
from assay import Type, Why

# (type, value of a fact of it, what the function is handed)
HANDED = [
    ("int", 42, 42),
    ("int", -2 ** 63, -2 ** 63),
    ("string", "Bücher", "Bücher"),
    ("string", b"a\xff\0b", "a\udcff\0b"),
    ("string", "", ""),
    ("name", "MX.Example.org.", "MX.Example.org."),
    ("mailbox", "<A@Example.org>", "a@example.org"),
    ("address", "192.0.2.1", ipaddress.ip_address("192.0.2.1")),
    ("address", "2001:db8::1", ipaddress.ip_address("2001:db8::1")),
    ("address", "", None),
]

# (type of the result, condition, answers that make it true)
ANSWERED = [
    ("bool", "f(helo)", [True]),
    ("bool", "not f(helo)", [False]),
    ("int", "f(helo) == -7", [-7]),
    ("real", "f(helo) > 0.5", [0.75, 1]),
    ("string", 'f(helo) == "a\\x00\\xff"', [b"a\0\xff", "a\0\udcff"]),
    ("string", 'f(helo) == ""', ["", b""]),
    ("name", 'f(helo) == "mx.example.org"', ["MX.example.org.", b"mx.example.org"]),
    ("mailbox", 'f(helo) == "a@example.org"', ["A@example.org"]),
    ("address", "f(helo) == 192.0.2.1", ["192.0.2.1", ipaddress.ip_address("192.0.2.1")]),
    ("address", "f(helo) in 2001:db8::/32", [ipaddress.ip_address("2001:db8::1")]),
    ("address", "not f(helo)", [""]),
]

# (type of the result, an answer that is not one)
REFUSED = [("bool", 1), ("bool", "true"), ("int", True), ("int", 1.0), ("int", 2 ** 63), ("real", "1"), ("real", True),
           ("string", 1), ("name", ipaddress.ip_address("192.0.2.1")), ("mailbox", []), ("address", b"1234"),
           ("address", "300.1.1.1"), ("string", "\ud800")]


def one_rule(condition):
    return f'rule A {{ describe "a" score 1 when {condition} }}'


def with_function(function, condition="f(helo)", result="bool", arguments=("name",), on_error=None):
    words = assay.Vocabulary(on_error)
    words.add_function("f", function, arguments=arguments, result=result)
    return assay.Ruleset.from_text(one_rule(condition), vocabulary=words)


class FactsOfAHost(unittest.TestCase):
    def test_a_fact(self):
        words = assay.Vocabulary()
        words.add_fact("site.reputation", "int", "what our own system thinks")
        words.add_fact("site.friends", Type.MAILBOX_LIST)
        rules = assay.Ruleset.from_text(one_rule('site.reputation < -5 and any(site.friends) == "a@b.test"'),
                                        vocabulary=words)
        values = {"site.reputation": -7, "site.friends": ["a@b.test"]}
        self.assertEqual(rules.score(values).score, 1)
        with assay.Facts(values, vocabulary=words) as facts:
            self.assertEqual(rules.evaluate(facts).score, 1)
            self.assertEqual(assay.Ruleset.from_text(one_rule("helo")).evaluate(facts).score, 0)
        with assay.Facts() as facts, self.assertRaises(assay.UsageError) as caught:
            rules.evaluate(facts)
        self.assertIn("vocabulary", str(caught.exception))
        with self.assertRaises(assay.UnknownNameError) as caught:
            rules.score({"site.reputatio": 1})
        self.assertEqual(caught.exception.suggestion, "site.reputation")
        with self.assertRaises(assay.BadTypeError):
            rules.score({"site.reputation": True})

    def test_refused(self):
        words = assay.Vocabulary()
        for name, kind, error in (("Site", "int", assay.BadValueError), ("helo.more", "int", assay.BadValueError),
                                  ("site", "real", assay.BadValueError), ("a\0b", "int", assay.BadValueError),
                                  ("site", "integer", assay.UnknownNameError), (3, "int", assay.BadTypeError)):
            with self.subTest(name=name, kind=kind), self.assertRaises(error):
                words.add_fact(name, kind)
        words.add_fact("site", "int")
        with self.assertRaisesRegex(assay.BadValueError, "is taken"):
            words.add_fact("site", "int")
        for number in range(31):
            words.add_fact(f"word{number}", "int")
        self.assertRaises(assay.LimitError, words.add_fact, "word", "int")

    def test_closed(self):
        for use in (lambda words: assay.Facts(vocabulary=words),
                    lambda words: assay.Ruleset.from_text(one_rule("helo"), vocabulary=words)):
            words = assay.Vocabulary()
            kept = use(words)
            with self.assertRaisesRegex(assay.UsageError, "the vocabulary is closed"):
                words.add_fact("site", "int")
            with self.assertRaisesRegex(assay.UsageError, "the vocabulary is closed"):
                words.add_function("f", len, arguments=["name"], result="int")
            del kept


class Functions(unittest.TestCase):
    def test_arguments(self):
        for kind, value, handed in HANDED:
            with self.subTest(kind=kind, value=value):
                words, seen = assay.Vocabulary(), []
                words.add_fact("given", kind)
                words.add_function("f", lambda *got: seen.append(got) or True, arguments=[kind, "int"], result="bool")
                rules = assay.Ruleset.from_text(one_rule("f(given, 3)"), vocabulary=words)
                self.assertEqual(rules.score({"given": value}).score, 1)
                self.assertEqual(seen, [(handed, 3)])
                self.assertEqual(type(seen[0][0]), type(handed))

    def test_a_real_argument(self):
        seen = []
        rules = with_function(lambda got: seen.append(got) or True, "f(entropy(helo))", arguments=["real"])
        self.assertEqual(rules.score({"helo": "abcd"}).score, 1)
        self.assertIsInstance(seen[0], float)

    def test_answers(self):
        for result, condition, answers in ANSWERED:
            for answer in answers:
                with self.subTest(condition=condition, answer=answer):
                    rules = with_function(lambda name, answer=answer: answer, condition, result)
                    self.assertEqual(rules.score({"helo": "a"}).score, 1)

    def test_answers_that_are_none(self):
        for result, answer in REFUSED:
            with self.subTest(result=result, answer=answer):
                heard = []
                condition = {"bool": "f(helo)", "real": "f(helo) > 0"}.get(result, "f(helo) != f(helo)")
                rules = with_function(lambda name: answer, condition, result,
                                      on_error=lambda *what: heard.append(what))
                self.assertEqual([row.why for row in rules.score({"helo": "a"}).unknown], [Why.FAILED])
                self.assertEqual(heard[0][:2], ("f", ("a",)))
                self.assertIsInstance(heard[0][2], (TypeError, ValueError))

    def test_not_a_number(self):
        rules = with_function(lambda name: float("nan"), "f(helo) > 0", "real")
        self.assertEqual([row.why for row in rules.score({"helo": "a"}).unknown], [Why.FAILED])

    def test_none_is_no_answer(self):
        heard = []
        rules = with_function(lambda name: None, on_error=lambda *what: heard.append(what))
        verdict = rules.score({"helo": "a"})
        self.assertEqual([(row.why, row.waits) for row in verdict.unknown], [(Why.FAILED, ("f(helo)",))])
        self.assertEqual(heard, [])

    def test_the_decorator(self):
        words = assay.Vocabulary()

        @words.function(arguments=["name", "address"], result="int")
        def distance(name, address):
            """How far the name is from the address.

            More of it.
            """
            return len(name) - int(address)

        @words.function(arguments=["name"], result="bool", name="site.likes")
        def other(name):
            return name == "a"
        self.assertEqual(distance("abc", 2), 1)
        condition = "distance(helo, client.ip) < 0 and site.likes(helo)"
        rules = assay.Ruleset.from_text(one_rule(condition), vocabulary=words)
        self.assertEqual(rules.score({"helo": "a", "client.ip": "192.0.2.1"}).score, 1)

    def test_refused(self):
        words = assay.Vocabulary()
        for name, function, arguments, result, error in (
                ("f", 3, ["name"], "bool", assay.BadTypeError), ("f", len, [], "bool", assay.BadValueError),
                ("f", len, ["name"] * 9, "bool", assay.BadValueError),
                ("f", len, ["bool"], "bool", assay.BadValueError),
                ("f", len, ["name"], "list of mailbox", assay.BadValueError),
                ("f", len, ["nam"], "bool", assay.UnknownNameError),
                ("under", len, ["name"], "bool", assay.BadValueError)):
            with self.subTest(name=name, arguments=arguments), self.assertRaises(error):
                words.add_function(name, function, arguments=arguments, result=result)

    def test_in_tests_of_rules(self):
        words = assay.Vocabulary()
        words.add_function("f", lambda name: name == "a", arguments=["name"], result="bool")
        text = 'rule A { describe "a" score 1 when f(helo) test hit { helo "a" } test hit { helo "b" } }'
        results = assay.Ruleset.from_text(text, tests=True, vocabulary=words).test()
        self.assertEqual([row.passed for row in results], [True, False])

    def test_scoring_in_the_midst_of_scoring(self):
        inner = with_function(lambda name: name == "inner")

        def outer_function(name):
            return len(name) < 4 or rules.score({"helo": name[1:]}).score + inner.score({"helo": "inner"}).score == 2
        rules = with_function(outer_function)
        self.assertEqual(rules.score({"helo": "abcdefghi"}).score, 1)


class Exceptions(unittest.TestCase):
    def setUp(self):
        self.rules = with_function(self.fail_on)

    def fail_on(self, name):
        if name == "bad":
            raise ZeroDivisionError("oops")
        if name == "stop":
            raise KeyboardInterrupt
        if name == "full":
            raise MemoryError
        return True

    def test_logged(self):
        with self.assertLogs("assay", logging.ERROR) as logs:
            verdict = self.rules.score({"helo": "bad"})
        self.assertEqual([(row.rule, row.why) for row in verdict.unknown], [("A", Why.FAILED)])
        self.assertIn("the function f raised", logs.output[0])
        self.assertIn("ZeroDivisionError: oops", logs.output[0])  # with its traceback
        self.assertEqual(self.rules.score({"helo": "good"}).score, 1)

    def test_told(self):
        heard = []
        rules = with_function(self.fail_on, on_error=lambda *what: heard.append(what))
        rules.score({"helo": "bad"})
        name, arguments, error = heard[0]
        self.assertEqual((name, arguments, str(error)), ("f", ("bad",), "oops"))

    def test_raised_again(self):
        def fatal(name, arguments, error):
            raise error
        rules = with_function(self.fail_on, on_error=fatal)
        for _ in range(2):
            with self.assertRaisesRegex(ZeroDivisionError, "oops"):
                rules.score({"helo": "bad"})
            self.assertEqual(rules.score({"helo": "good"}).score, 1)  # it does not come twice
        text = 'rule A { describe "a" score 1 when f(helo) test hit { helo "bad" } }'
        words = assay.Vocabulary(fatal)
        words.add_function("f", self.fail_on, arguments=["name"], result="bool")
        with self.assertRaises(ZeroDivisionError):
            assay.Ruleset.from_text(text, tests=True, vocabulary=words).test()

    def test_what_is_no_mere_exception_comes_out(self):
        for name, kind in (("stop", KeyboardInterrupt), ("full", MemoryError)):
            self.assertRaises(kind, self.rules.score, {"helo": name})
        self.assertEqual(self.rules.score({"helo": "good"}).score, 1)

    def test_the_first_ends_it(self):
        calls = []

        def fail(mailbox):
            calls.append(mailbox)
            raise KeyboardInterrupt
        rules = with_function(fail, "f(any(rcpt))", arguments=["mailbox"])
        self.assertRaises(KeyboardInterrupt, rules.score, {"rcpt": ["a@b.test", "c@d.test"]})
        self.assertEqual(calls, ["a@b.test"])


if __name__ == "__main__":
    unittest.main()
