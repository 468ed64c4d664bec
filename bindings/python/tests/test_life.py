"""Tests the life of objects: threads, memory, and the end of the interpreter."""

import gc
import pathlib
import threading
import unittest
import weakref

import assay
from fake_dns import FakeDns
from support import ADDRESS, LOCALHOST, PROFILE, python

VALUES = [{"helo": f"host-{i}.example.org", "client.ip": f"192.0.2.{i % 250}", "client.rdns": "" if i % 3 else "a.test",
           "helo.verb": "EHLO", "rcpt": [f"user{i}@example.org"], "mail.from": b"a\xff@example.net"} for i in range(60)]
ANSWERS = {("A", "host-1.example.org"): ["192.0.2.1"], ("TXT", "host-1.example.org"): [b"\xff" * 100]}


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Threads(unittest.TestCase):
    def test_one_rule_set(self):
        rules = assay.Ruleset.from_files(PROFILE)
        expected = [rules.score(values) for values in VALUES]
        got = {}

        def work(number):
            turned = VALUES[number:] + VALUES[:number]
            got[number] = [list(rules.score_many(turned)) for _ in range(10)]
        in_threads(8, work)
        for number in range(8):
            self.assertEqual(got[number], [expected[number:] + expected[:number]] * 10)

    def test_closed_while_others_score(self):
        ends = []

        def work(number):
            try:
                while True:
                    assert rules.score({"helo": "localhost"}).score == 1.5
                    started.set()
            except assay.ClosedError as error:
                ends.append(error)
            finally:
                started.set()  # whatever it was, nobody waits for ever
        for _ in range(20):
            rules, started = assay.Ruleset.from_text(LOCALHOST + ADDRESS), threading.Event()
            closer = threading.Thread(target=lambda: (started.wait(), rules.close()))
            closer.start()
            in_threads(4, work)
            closer.join()
        self.assertEqual(len(ends), 80)

    def test_functions_run_on_the_thread_that_asks(self):
        words, seen = assay.Vocabulary(), set()

        @words.function(arguments=["name"], result="bool")
        def here(name):
            seen.add((name, threading.current_thread().name))
            return True
        rules = assay.Ruleset.from_text('rule A { describe "a" score 1 when here(helo) }', vocabulary=words)

        def work(number):
            for _ in range(100):
                rules.score({"helo": threading.current_thread().name})
        in_threads(4, work)
        self.assertEqual(len(seen), 4)
        self.assertTrue(all(name == thread for name, thread in seen))

    def test_an_exception_stays_on_its_thread(self):
        def fatal(name, arguments, error):
            raise error
        words, wrong = assay.Vocabulary(fatal), []

        @words.function(arguments=["name"], result="bool")
        def check(name):
            if name.startswith("bad"):
                raise ValueError(name)
            return True
        rules = assay.Ruleset.from_text('rule A { describe "a" score 1 when check(helo) }', vocabulary=words)

        def work(number):
            name = f"{'bad' if number % 2 else 'good'}{number}"
            for _ in range(200):
                try:
                    result = rules.score({"helo": name}).score == 1 and number % 2 == 0
                except ValueError as error:
                    result = str(error) == name
                if not result:
                    wrong.append(name)
        in_threads(6, work)
        self.assertEqual(wrong, [])


def resident():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@unittest.skipUnless(pathlib.Path("/proc/self/statm").exists(), "this system does not say how much memory is used")
class Memory(unittest.TestCase):
    MOST = 4 << 20  # what an allocator may do on its own; a byte lost a call would be more in what holds it

    def grows(self, work, times):
        work(times // 10)  # until all pools and caches are full
        gc.collect()
        before = resident()
        work(times)
        gc.collect()
        return resident() - before

    def test_scoring(self):
        rules = assay.Ruleset.from_files(PROFILE)

        def work(times):
            rows = ((VALUES[i % len(VALUES)], ANSWERS if i % 5 == 0 else {}) for i in range(times))
            for _ in rules.score_many(rows, partial=True):
                pass
        self.assertLess(self.grows(work, 200_000), self.MOST)

    def test_dns(self):
        server = FakeDns({("A", "mx.test"): ["192.0.2.1"]})
        self.addCleanup(server.close)
        rules = assay.Ruleset.from_text(ADDRESS + "action defer at 1")
        resolver = assay.Resolver(server.address, cache_bytes=100_000)

        def work(times):
            for i in range(times):
                rules.score({"helo": ("mx.test", "gone.test", f"{i}.test")[i % 3]}, resolver=resolver)
                resolver.ask("A", "mx.test")
                if i % 10 == 0:
                    assay.Resolver(server.address).ask("MX", f"{i}.test")
            server.seen.clear()
        self.assertLess(self.grows(work, 6_000), self.MOST)

    def test_errors(self):
        rules = assay.Ruleset.from_text(LOCALHOST)

        def work(times):
            for i in range(times):
                with self.assertRaises(assay.Error):
                    rules.score({"helo": "a" * 200, "client.ip": "x"})
        self.assertLess(self.grows(work, 20_000), self.MOST)

    def test_objects(self):
        def work(times):
            for i in range(times):
                words = assay.Vocabulary()
                words.add_function("f", lambda name: True, arguments=["name"], result="bool")
                rules = assay.Ruleset.from_text(LOCALHOST, vocabulary=words, tests=True, lint=True)
                facts = assay.Facts(VALUES[0], vocabulary=words)
                rules.evaluate(facts)
                try:
                    assay.Ruleset.from_text("rule", loader={}.get)
                except assay.RulesError:
                    pass
        self.assertLess(self.grows(work, 3_000), self.MOST)


class Order(unittest.TestCase):
    def test_what_is_needed_stays(self):
        class Answer:
            def __call__(self, name):
                return True
        words, function = assay.Vocabulary(), Answer()
        words.add_function("f", function, arguments=["name"], result="bool")
        gone = weakref.ref(function)
        rules = assay.Ruleset.from_text('rule A { describe "a" score 1 when f(helo) }', vocabulary=words)
        facts = assay.Facts({"helo": "a"}, vocabulary=words)
        del words, function
        gc.collect()
        self.assertEqual((rules.evaluate(facts).score, rules.score({"helo": "a"}).score), (1, 1))
        rules.close()
        self.assertIsNotNone(gone())
        facts.close()
        gc.collect()
        self.assertIsNone(gone())  # and goes with the last who needs it

    def test_objects_go_without_the_collector(self):
        gc.disable()
        try:
            rules = assay.Ruleset.from_text(LOCALHOST)
            rules.score({"helo": "a"})
            gone = weakref.ref(rules), weakref.ref(rules._core)
            del rules
            self.assertEqual([ref() for ref in gone], [None, None])
        finally:
            gc.enable()


class End(unittest.TestCase):
    def check(self, script):
        done = python(script, PROFILE)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", "done\n"))

    def test_with_objects_left(self):
        self.check("""
import sys, assay
words = assay.Vocabulary()
words.add_function("f", lambda name: True, arguments=["name"], result="bool")
rules = assay.Ruleset.from_files(sys.argv[1], tests=True, vocabulary=words)
facts = assay.Facts({"helo": "localhost"}, vocabulary=words)
verdicts = rules.score_many([{}] * 3)
next(verdicts)
rules.evaluate(facts)
circle = [rules, facts, words]
circle.append(circle)
sys.modules["keep"] = circle
print("done")
""")

    def test_with_a_thread_at_work(self):
        self.check("""
import sys, threading, assay
rules = assay.Ruleset.from_files(sys.argv[1])
running = threading.Event()
def work():
    while True:
        rules.score({"helo": "localhost"})
        running.set()
threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
[thread.start() for thread in threads]
running.wait()
print("done", flush=True)
""")

    def test_after_a_fork(self):
        self.check("""
import os, sys, assay
rules = assay.Ruleset.from_files(sys.argv[1])
first = rules.score({"helo": "localhost"})
child = os.fork()
if child == 0:
    os._exit(0 if rules.score({"helo": "localhost"}) == first else 1)
assert os.waitpid(child, 0)[1] == 0
print("done")
""")


if __name__ == "__main__":
    unittest.main()
