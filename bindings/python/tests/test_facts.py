"""Tests facts as an object: filled in steps, by one at a time, and gone when they are closed."""

import threading
import unittest

import assay
from assay import Why
from support import ADDRESS, LOCALHOST


class Steps(unittest.TestCase):
    def setUp(self):
        self.rules = assay.Ruleset.from_text(LOCALHOST + ADDRESS)
        self.facts = assay.Facts()
        self.addCleanup(self.facts.close)

    def unknown(self):
        return {row.rule: (row.why, row.waits) for row in self.rules.evaluate(self.facts).unknown}

    def test_a_connection_in_steps(self):
        waits = (Why.NOT_YET, ("helo",))
        self.assertEqual(self.unknown(), {"LOCALHOST": waits, "NO_ADDRESS": waits})
        self.facts.set("helo", "mx.example.org")
        self.assertEqual(self.unknown(), {"NO_ADDRESS": (Why.NOT_YET, ("dns.address(helo)",))})
        self.facts.answer("A", "mx.example.org", [])
        self.facts.answer_unknown("AAAA", "mx.example.org")
        self.assertEqual(self.unknown(), {"NO_ADDRESS": (Why.FAILED, ("dns.address(helo)",))})
        self.facts.answer("AAAA", "mx.example.org", [])
        verdict = self.rules.evaluate(self.facts)
        self.assertEqual(([hit.rule for hit in verdict.hits], verdict.settled), (["NO_ADDRESS"], True))
        self.facts.clear()
        self.assertEqual(len(self.unknown()), 2)

    def test_unknown_again(self):
        for make, why in ((lambda: self.facts.set("helo", None), Why.NOT_YET),
                          (lambda: self.facts.set("helo", Why.NEVER), Why.NEVER),
                          (lambda: self.facts.set_unknown("helo"), Why.FAILED),
                          (lambda: self.facts.set_unknown("helo", Why.NOT_YET), Why.NOT_YET)):
            self.facts.set("helo", "localhost")
            make()
            self.assertEqual(self.unknown()["LOCALHOST"], (why, ("helo",)))
        with assay.Facts(partial=False) as facts:
            self.assertEqual(self.rules.evaluate(facts).unknown[0].why, Why.NEVER)
            facts.update({"helo": "localhost"})
            facts.set("helo", None)
            self.assertEqual(self.rules.evaluate(facts).unknown[0].why, Why.NEVER)

    def test_lists(self):
        rules = assay.Ruleset.from_text('rule A { describe "a" score 1 when any(rcpt) == "b@example.org" }')
        self.facts.append("rcpt", "a@example.org")
        self.assertEqual(rules.evaluate(self.facts).score, 0)
        self.facts.append("rcpt", b"b@example.org")
        self.assertEqual(rules.evaluate(self.facts).score, 1)
        self.facts.set("rcpt", ["a@example.org"])
        self.assertEqual(rules.evaluate(self.facts).score, 0)

    def test_an_error_leaves_the_old_value(self):
        self.facts.set("client.ip", "192.0.2.1")
        self.assertRaises(assay.BadValueError, self.facts.set, "client.ip", "x")
        rules = assay.Ruleset.from_text('rule A { describe "a" score 1 when client.ip == 192.0.2.1 }')
        self.assertEqual(rules.evaluate(self.facts).score, 1)

    def test_two_rule_sets(self):
        self.facts.set("helo", "localhost")
        other = assay.Ruleset.from_text('rule A { describe "a" score 7 when helo }')
        self.assertEqual([rules.evaluate(self.facts).score for rules in (self.rules, other, self.rules)], [1.5, 7, 1.5])

    def test_misuse(self):
        for call, kind in (
                (lambda: self.facts.set("hello", ""), assay.UnknownNameError),
                (lambda: self.facts.set(3, ""), assay.UnknownNameError),
                (lambda: self.facts.append("helo", "a"), assay.BadTypeError),
                (lambda: self.facts.append("rcpt", 3), assay.BadTypeError),
                (lambda: self.facts.set_unknown("helo", "failed"), assay.BadTypeError),
                (lambda: self.facts.answer("B", "a", []), assay.UnknownNameError),
                (lambda: self.facts.answer("A", 3, []), assay.BadTypeError),
                (lambda: self.facts.answer_unknown("A", "a", 1), assay.BadTypeError),
                (lambda: self.rules.evaluate({"helo": "a"}), assay.BadTypeError)):
            self.assertRaises(kind, call)


class Closing(unittest.TestCase):
    def test_closed(self):
        rules, facts = assay.Ruleset.from_text(LOCALHOST, tests=True), assay.Facts()
        facts.close()
        facts.close()
        for call in (lambda: facts.set("helo", ""), facts.clear, lambda: rules.evaluate(facts),
                     lambda: facts.answer("A", "a", []), lambda: facts.append("rcpt", "")):
            self.assertRaises(assay.ClosedError, call)
        verdicts = rules.score_many([{}, {}])
        next(verdicts)
        rules.close()
        rules.close()
        for call in (lambda: rules.score({}), lambda: rules.score_many([]), lambda: next(verdicts), rules.test,
                     rules.disassemble, lambda: rules.rules, lambda: rules.statistics,
                     lambda: rules.evaluate(assay.Facts())):
            self.assertRaises(assay.ClosedError, call)
        self.assertRaises(ValueError, rules.score, {})  # as of a closed file

    def test_not_while_they_are_evaluated(self):
        words, facts, seen = assay.Vocabulary(), None, []

        @words.function(arguments=["name"], result="bool")
        def meddle(name):
            for change in (lambda: facts.set("helo", "x"), facts.clear, lambda: facts.append("rcpt", "x"),
                           lambda: facts.answer("A", "a", [])):
                try:
                    change()
                except assay.UsageError as error:
                    seen.append(str(error))
            rules.evaluate(facts) if len(seen) == 4 else None  # reading is allowed
            facts.close()                                      # and closing takes nothing away
            return True
        rules = assay.Ruleset.from_text('rule A { describe "a" score 1 when meddle(helo) }', vocabulary=words)
        facts = assay.Facts({"helo": "a"}, vocabulary=words)
        self.assertEqual(rules.evaluate(facts).score, 1)
        self.assertEqual(seen, ["these facts are being evaluated"] * 8)
        self.assertRaises(assay.ClosedError, facts.clear)

    def test_many_threads_read_the_same_facts(self):
        rules, facts, scores = assay.Ruleset.from_text(LOCALHOST), assay.Facts({"helo": "localhost"}), []

        def work():
            scores.extend(rules.evaluate(facts).score for _ in range(200))
        threads = [threading.Thread(target=work) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        self.assertEqual(scores, [1.5] * 1600)
        facts.set("helo", "other")
        self.assertEqual(rules.evaluate(facts).score, 0)


if __name__ == "__main__":
    unittest.main()
