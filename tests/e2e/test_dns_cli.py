"""Owns the proof of `assay score --dns` from outside: one connection, a batch and its order, silence, lies.
Must never know: how a question is sent.

ASSAY_BIN names the program, ASSAY_SOURCE the source tree. Standard library only."""

import collections
import json
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BIN = os.environ["ASSAY_BIN"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / "tests/e2e")]

import fake_dns  # noqa: E402
from fake_dns import FakeDns  # noqa: E402
from test_cli import SCHEMA, check_schema, clean_environment, rules_hit  # noqa: E402

PATIENCE = 30  # seconds after which something that must come is taken for lost

RULES = """
action tag    at 1
action reject at 5 "no, {top}"
rule NOWHERE { describe "HELO has no address" score 3 when helo.is_fqdn and not dns.address(helo) }
rule NO_MX {
    describe "the sender's domain takes no mail"
    score 2
    when mail.from.domain and not dns.mx(mail.from.domain)
}
"""
PLAIN = 'rule LOCAL { describe "says localhost" score 1 when helo == "localhost" }\naction tag at 1\n'
IPREV = """
rule UNCONFIRMED { describe "the reverse name is not confirmed" score 2 when client.ip and not client.rdns_confirmed }
action tag at 1
"""

ZONE = {"mx.example A": ["192.0.2.1"], "mail.example MX": ["10 mx.example"], "mail.example A": ["192.0.2.2"],
        "*.many.example A": ["192.0.2.3"], "*.late.example A": ["192.0.2.4"],
        "1.2.0.192.in-addr.arpa PTR": ["mx.example"], "9.2.0.192.in-addr.arpa PTR": ["mx.example"]}
BEHAVIOURS = {"silent.example": fake_dns.silent, ".silent.example": fake_dns.silent, "fails.example": fake_dns.servfail,
              "refuses.example": fake_dns.refused, ".late.example": fake_dns.delay(0.3)}


class DnsTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        for name, text in {"rules": RULES, "plain": PLAIN, "iprev": IPREV}.items():
            (cls.path / f"{name}.rule").write_text(text)

    def serve(self, zone=None, behaviours=None, **more):
        dns = FakeDns(ZONE if zone is None else zone, BEHAVIOURS if behaviours is None else behaviours, **more)
        self.addCleanup(dns.close)
        return dns

    def command(self, *arguments, rules="rules"):
        return [BIN, "score", "-r", str(self.path / f"{rules}.rule"), *arguments]

    def run_it(self, *arguments, stdin=b"", rules="rules"):
        done = subprocess.run(self.command(*arguments, rules=rules), input=stdin, capture_output=True, timeout=PATIENCE,
                              check=False, env=clean_environment())
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def score(self, *arguments, code=0, stdin=b"", rules="rules"):
        done = self.run_it(*arguments, stdin=stdin, rules=rules)
        self.assertEqual((done[0], done[2]), (code, ""), done)
        return done[1]

    def json(self, *arguments, stdin=b"", rules="rules"):
        answers = [json.loads(line) for line in self.score("--json", *arguments, stdin=stdin, rules=rules).splitlines()]
        for answer in answers:
            check_schema(self, SCHEMA, answer)
        return answers

    def one(self, *arguments, rules="rules"):
        answers = self.json(*arguments, rules=rules)
        self.assertEqual(len(answers), 1)
        return answers[0]


class OneTest(DnsTest):
    def test_hit_and_miss(self):
        dns = self.serve()
        answer = self.one(f"--dns={dns.server}", "--helo", "no.example", "--from", "a@no.example")
        self.assertEqual((rules_hit(answer), answer["score"], answer["action"]), (["NOWHERE", "NO_MX"], 5, "reject"))
        self.assertEqual((answer["settled"], answer["unknown"]), (True, []))
        usage = answer["dns"]
        self.assertEqual(usage | {"ms": 0}, {"questions": 3, "cached": 0, "failed": 0, "late": False, "ms": 0,
                                             "iprev": "none"})
        self.assertGreater(usage["ms"], 0)
        self.assertEqual(dns.names(), ["no.example A", "no.example AAAA", "no.example MX"])
        answer = self.one(f"--dns={dns.server}", "--helo", "mx.example", "--from", "a@mail.example")
        self.assertEqual((rules_hit(answer), answer["score"], answer["unknown"]), ([], 0, []))

    def test_without_dns_nothing_is_asked(self):
        answer = self.one("--helo", "no.example")
        self.assertNotIn("dns", answer)
        self.assertEqual([(unknown["rule"], unknown["why"]) for unknown in answer["unknown"]],
                         [("NOWHERE", "never"), ("NO_MX", "never")])

    def test_outcomes(self):
        """What failed is failed, and says how; a fact that was not given will never come."""
        rows = {"fails.example": "servfail", "refuses.example": "refused", "silent.example": "timeout"}
        dns = self.serve()
        for name, outcome in rows.items():
            answer = self.one(f"--dns={dns.server}", "--dns-timeout", "500ms", "--helo", name)
            unknown = {entry["rule"]: entry for entry in answer["unknown"]}
            self.assertEqual(unknown["NOWHERE"], {"rule": "NOWHERE", "waits": ["dns.address(helo)"],
                                                  "outcomes": [outcome], "why": "failed"})
            self.assertEqual((unknown["NO_MX"]["why"], unknown["NO_MX"]["outcomes"]), ("never", ["never"]))
            self.assertEqual((answer["score"], answer["dns"]["failed"]), (0, 2))
            self.assertEqual(answer["dns"]["late"], outcome == "timeout", name)
            self.assertTrue(answer["settled"])

    def test_lies(self):
        """What cannot be read is no answer, and whoever forges one must guess more than the name."""
        dns = self.serve(behaviours={"loop.example": fake_dns.compression_loop, "circle.example": fake_dns.alias_circle,
                                     "short.example": fake_dns.cut_short, "lame.example": fake_dns.lame,
                                     "three.example": fake_dns.bad_address, "mx.example": fake_dns.forged_first})
        for name in ("loop.example", "circle.example", "short.example", "lame.example", "three.example"):
            answer = self.one(f"--dns={dns.server}", "--helo", name)
            self.assertEqual([(entry["rule"], entry["outcomes"]) for entry in answer["unknown"]],
                             [("NOWHERE", ["malformed"]), ("NO_MX", ["never"])], name)
        answer = self.one(f"--dns={dns.server}", "--helo", "mx.example")
        self.assertEqual([entry["rule"] for entry in answer["unknown"]], ["NO_MX"])

    def test_too_long_for_udp(self):
        dns = self.serve(behaviours={"mx.example": fake_dns.truncated})
        answer = self.one(f"--dns={dns.server}", "--helo", "mx.example")
        self.assertEqual((answer["score"], answer["dns"]["failed"]), (0, 0))
        self.assertTrue(any(asked.tcp for asked in dns.asked))

    def test_iprev(self):
        dns = self.serve()
        rows = (("192.0.2.1", "pass", 0), ("192.0.2.9", "fail", 2), ("192.0.2.7", "permerror", 2))
        for address, result, score in rows:
            answer = self.one(f"--dns={dns.server}", "--ip", address, rules="iprev")
            self.assertEqual((answer["dns"]["iprev"], answer["score"]), (result, score), address)
        text = self.score(f"--dns={dns.server}", "--ip", "192.0.2.1", rules="iprev")
        self.assertRegex(text, r"(?m)^dns     \d questions, [\d.]+ ms; iprev pass$")

    def test_the_table(self):
        dns = self.serve()
        text = self.score(f"--dns={dns.server}", "--dns-timeout=400ms", "--helo", "silent.example",
                          "--from", "a@no.example")
        self.assertRegex(text, r"(?m)^NOWHERE +failed +dns\.address\(helo\): timeout$")
        self.assertRegex(text, r"(?m)^NO_MX +2\.0  the sender's domain takes no mail$")
        self.assertRegex(text, r"\ndns     3 questions, 2 failed \(timeout\), \d+\.\d ms, stopped by the deadline\n$")
        text = self.score(f"--dns={dns.server}", "--helo", "no.example", "--from", "a@no.example")
        self.assertRegex(text, r"\ndns     3 questions, \d+\.\d+ ms\n$")

    def test_rules_that_need_nothing_ask_nothing(self):
        dns = self.serve()
        answer = self.one(f"--dns={dns.server}", "--helo", "localhost", rules="plain")
        self.assertEqual((answer["score"], answer["dns"]["questions"], dns.asked), (1, 0, []))
        self.one(f"--dns={dns.server}", "--helo", "localhost")
        self.assertEqual(dns.asked, [])

    def test_nobody_is_there(self):
        dns = self.serve()
        dns.close()
        answer = self.one(f"--dns={dns.server}", "--helo", "mx.example")
        nowhere, no_mx = answer["unknown"]
        self.assertIn(nowhere["outcomes"], (["refused"], ["timeout"]))  # which one is the system's choice
        self.assertEqual((nowhere["rule"], nowhere["why"], no_mx["outcomes"]), ("NOWHERE", "failed", ["never"]))

    def test_the_second_server_is_asked_when_the_first_fails(self):
        bad, good = self.serve(behaviours={"": fake_dns.servfail}), self.serve()
        answer = self.one(f"--dns={bad.server},{good.server}", "--helo", "mx.example")
        self.assertEqual((answer["score"], answer["dns"]["failed"], len(bad.asked)), (0, 0, 2))
        self.assertIn("mx.example A", good.names())

    def test_ipv6(self):
        try:
            dns = self.serve(address="::1")
        except OSError:
            self.skipTest("there is no IPv6 here")
        self.assertEqual(self.one(f"--dns={dns.server}", "--helo", "no.example")["score"], 3)

    def test_wrong_command_lines(self):
        rows = ((["--dns=resolver.example"], "--dns=resolver.example names no DNS server: write its address"),
                (["--dns="], "--dns= names no DNS server"), (["--dns=127.0.0.1:99999"], "names no DNS server"),
                (["--dns=" + ",".join(["127.0.0.1"] * 9)], "or up to 8 of them with commas between"),
                (["--dns=127.0.0.1,,x"], "names no DNS server"), (["--dns=\x1b[2J"], "--dns=\\x1b[2J names no"),
                (["--dns", "127.0.0.1"], "a value of --dns is glued to it: --dns=127.0.0.1"),
                (["--dns-timeout", "5s"], "there is no --dns"),
                (["--dns", "--dns-timeout", "5"], "5 of what? write 5ms,"),
                (["--dns", "--dns-timeout", "1h"], '"1h" is no duration'),
                (["--dns", "--dns-timeout=11m"], "1ms to 10m"),
                (["--dn"], "did you mean --dns?"))
        for arguments, words in rows:
            for more in ([], ["--input", "-"]):
                code, out, err = self.run_it(*arguments, *more)
                self.assertEqual((code, out), (64, ""), arguments)
                self.assertIn(words, err, arguments)

    def test_a_server_elsewhere_is_warned_about_once(self):
        """Nothing is sent to it: the rules ask nothing."""
        for more, lines in ((["--helo", "x"], b""), (["--input", "-"], b"helo\nx\ny\n")):
            code, out, err = self.run_it("--dns=192.0.2.53", *more, stdin=lines, rules="plain")
            self.assertEqual(code, 0, err)
            self.assertNotEqual(out, "")
            self.assertRegex(err, r"^assay: the DNS server 192\.0\.2\.53:53 is not on this machine: [^\n]*\n$")

    def test_help(self):
        done = subprocess.run([BIN, "score", "--help"], capture_output=True, timeout=PATIENCE, check=True, text=True)
        self.assertRegex(done.stdout, r"(?m)^      --dns\[=SERVER\]  +ask DNS")
        self.assertRegex(done.stdout, r"(?m)^      --dns-timeout TIME  +how long")


class BatchTest(DnsTest):
    def start(self, *arguments, environment=None, **more):
        process = subprocess.Popen(self.command("--input", "-", *arguments), bufsize=0, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, env=clean_environment(**environment or {}), **more)
        for end in (process.wait, process.kill, process.stdin.close, process.stdout.close):
            self.addCleanup(end)
        return process

    def read_line(self, process, patience=PATIENCE):
        got, until = b"", time.monotonic() + patience
        while not got.endswith(b"\n"):
            ready, _, _ = select.select([process.stdout], [], [], max(0, until - time.monotonic()))
            self.assertTrue(ready, f"no answer came; so far {got!r}")
            chunk = os.read(process.stdout.fileno(), 1)
            self.assertTrue(chunk, f"the stream ended; so far {got!r}")
            got += chunk
        return got.split()

    def test_the_order_is_that_of_the_input(self):
        """Late answers between early ones, in both formats; a malformed line is none of them."""
        dns = self.serve()
        names = [f"n{n}.{'late' if n % 7 == 0 else 'many'}.example" for n in range(300)] + ["no.example"] * 3
        tsv = "id\thelo\n" + "".join(f"{name}\t{name}\n" for name in names)
        jsonl = "".join(json.dumps({"id": name, "helo": name}) + "\n" for name in names)
        for lines in (tsv, jsonl):
            answers = self.json(f"--dns={dns.server}", "--input", "-", stdin=lines.encode())
            self.assertTrue([answer["id"] for answer in answers] == names)
            self.assertEqual([rules_hit(answer) for answer in answers], [[]] * 300 + [["NOWHERE"]] * 3)
            self.assertEqual(sum(answer["dns"]["failed"] for answer in answers), 0)
        bad = tsv.replace("n5.many.example\tn5.many", "n5.many.example\t\\qn5.many")
        code, out, err = self.run_it(f"--dns={dns.server}", "--input", "-", stdin=bad.encode())
        self.assertEqual((code, [line.split()[0] for line in out.splitlines()]),
                         (65, [name for name in names if name != "n5.many.example"]))
        self.assertRegex(err, r"^stdin:7: .*\nassay: 1 of 303 lines malformed\n$")

    def test_lines_without_an_id_are_named_by_their_numbers(self):
        dns = self.serve()
        lines = b"helo\na.late.example\nb.many.example\n"
        out = self.score(f"--dns={dns.server}", "--input", "-", stdin=lines)
        self.assertEqual([line.split()[0] for line in out.splitlines()], ["#2", "#3"])

    def test_replies_in_another_order(self):
        dns = self.serve(behaviours={".many.example": fake_dns.reversed_order(10)})
        names = [f"n{n}.many.example" for n in range(20)]  # two questions each: A and AAAA
        lines = "id\thelo\n" + "".join(f"{name}\t{name}\n" for name in names)
        answers = self.json(f"--dns={dns.server}", "--input", "-", stdin=lines.encode())
        self.assertEqual([(answer["id"], answer["dns"]["failed"]) for answer in answers], [(name, 0) for name in names])

    def test_the_cache_answers_again(self):
        dns = self.serve()
        lines = "id\thelo\n" + "".join(f"{n}\tmx.example\n" for n in range(50))
        answers = self.json(f"--dns={dns.server}", "--input", "-", stdin=lines.encode())
        self.assertEqual(sorted(set(dns.names())), ["mx.example A", "mx.example AAAA"])
        self.assertEqual(len(dns.asked), 2)
        self.assertEqual([answer["dns"]["questions"] for answer in answers], [2] * 50)

    def test_more_than_may_wait_at_once(self):
        """All are late, and there are more of them than places."""
        dns = self.serve(behaviours={f".late{n}.example": fake_dns.delay(0.02) for n in range(97)})
        names = [f"n{n}.late{n % 97}.example" for n in range(6000)]
        zone = {f"*.late{n}.example A": ["192.0.2.4"] for n in range(97)}
        dns.zone.update(zone)
        lines = "id\thelo\n" + "".join(f"{name}\t{name}\n" for name in names)
        answers = self.json(f"--dns={dns.server}", "--input", "-", stdin=lines.encode())
        self.assertTrue([answer["id"] for answer in answers] == names)
        self.assertEqual({answer["dns"]["failed"] for answer in answers}, {0})

    def test_a_silent_name_holds_up_the_rest_for_its_deadline_only(self):
        dns = self.serve()
        lines = b"id\thelo\n1\tmx.example\n2\tsilent.example\n3\tmx.example\n4\tno.example\n5\tx.silent.example\n"
        began = time.monotonic()
        answers = self.json(f"--dns={dns.server}", "--dns-timeout=300ms", "--input", "-", stdin=lines)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual([(answer["id"], answer["score"], answer["dns"]["late"]) for answer in answers],
                         [("1", 0, False), ("2", 0, True), ("3", 0, False), ("4", 3, False), ("5", 0, True)])
        self.assertEqual(answers[1]["unknown"][0]["outcomes"], ["timeout"])
        self.assertTrue(250 <= answers[1]["dns"]["ms"] <= 2000, answers[1])

    def test_memory_is_bounded(self):
        """Two hundred long lines that would all wait at once."""
        dns = self.serve()
        process = self.start(f"--dns={dns.server}", environment={"ASAN_OPTIONS": "quarantine_size_mb=1"})
        process.stdin.write(b"id\thelo\ttls.subject\n")
        lines = b"".join(b"%d\tn%d.late.example\t%s\n" % (n, n, b"x" * 1000000) for n in range(200))
        writer = threading.Thread(target=process.stdin.write, args=[lines])
        writer.start()
        self.assertEqual([self.read_line(process)[0] for _ in range(200)], [b"%d" % n for n in range(200)])
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        writer.join()
        process.stdin.close()
        self.assertLess(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]), 70000)
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_many_silent_names_make_no_other_fail(self):
        """Each is of another domain, so that none is known to be silent; they take all the places they get."""
        dns = self.serve(behaviours={f".silent{n}.com": fake_dns.silent for n in range(0, 900, 3)})
        names = [f"mx.silent{n}.com" if n % 3 == 0 else f"mx.other{n}.com" for n in range(900)]
        lines = "id\thelo\n" + "".join(f"{name}\t{name}\n" for name in names)
        answers = self.json(f"--dns={dns.server}", "--dns-timeout=3s", "--input", "-", stdin=lines.encode())
        self.assertTrue([answer["id"] for answer in answers] == names)  # a long list takes forever to be shown
        told = collections.Counter((".silent" in answer["id"], answer["score"], answer["dns"]["failed"])
                                   for answer in answers)
        self.assertEqual(told, {(True, 0, 2): 300, (False, 3, 0): 600})

    def test_a_slow_producer_gets_its_answers(self):
        """Answers come while the input is open and quiet: one whose DNS is late, and those behind it."""
        dns = self.serve()
        process = self.start(f"--dns={dns.server}")
        process.stdin.write(b"id\thelo\n1\tmx.example\n")
        self.assertEqual(self.read_line(process)[0], b"1")
        process.stdin.write(b"2\ta.late.example\n3\tmx.example\n4\tb.late.exa")
        self.assertEqual([self.read_line(process)[0] for _ in range(2)], [b"2", b"3"])
        process.stdin.write(b"mple\n5\tno.example\n")
        self.assertEqual([self.read_line(process)[:4] for _ in range(2)],
                         [[b"4", b"0.0", b"accept"], [b"5", b"3.0", b"tag", b"NOWHERE"]])
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_input_is_taken_while_dns_is_awaited(self):
        """The first is silent for long; the questions of the second are asked meanwhile."""
        dns = self.serve()
        process = self.start(f"--dns={dns.server}", "--dns-timeout=2s")
        process.stdin.write(b"id\thelo\n1\tsilent.example\n")
        process.stdin.flush()
        time.sleep(0.2)
        process.stdin.write(b"2\tno.example\n")
        until = time.monotonic() + 1.5
        while "no.example A" not in dns.names() and time.monotonic() < until:
            time.sleep(0.01)
        self.assertIn("no.example A", dns.names())
        self.assertEqual([self.read_line(process)[0] for _ in range(2)], [b"1", b"2"])
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_reader_that_leaves(self):
        """Whoever waits for DNS alone does so for nobody, and ends."""
        dns = self.serve()
        process = self.start(f"--dns={dns.server}", "--dns-timeout=1m", stderr=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(b"id\thelo\n1\tmx.example\n" + b"2\tsilent.example\n" * 100)
        began = time.monotonic()
        self.assertEqual(process.wait(PATIENCE), 74)
        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    def test_nobody_is_there(self):
        dns = self.serve()
        dns.close()
        lines = "id\thelo\n" + "".join(f"{n}\tn{n}.example\n" for n in range(40))
        answers = self.json(f"--dns={dns.server}", "--input", "-", stdin=lines.encode())
        self.assertEqual([answer["id"] for answer in answers], [str(n) for n in range(40)])
        self.assertEqual({answer["unknown"][0]["why"] for answer in answers}, {"failed"})
        self.assertLessEqual({answer["unknown"][0]["outcomes"][0] for answer in answers}, {"refused", "timeout"})

    def test_rules_that_need_nothing_ask_nothing(self):
        dns = self.serve()
        lines = b"helo\nlocalhost\n\nx.example\n"
        answers = self.json(f"--dns={dns.server}", "--input", "-", stdin=lines, rules="plain")
        self.assertEqual([answer["score"] for answer in answers], [1, 0, 0])
        self.assertEqual(dns.asked, [])


if __name__ == "__main__":
    unittest.main()
