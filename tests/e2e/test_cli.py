"""Owns the proof of the program `assay` from outside: verbs, exit codes, formats, odd bytes, streams, terminals.
Must never know: how anything is computed.

ASSAY_BIN names the program, ASSAY_SOURCE the source tree. Python 3.11, standard library only."""

import base64
import errno
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import threading
import time
import unittest

BIN = os.environ["ASSAY_BIN"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
PATIENCE = 30  # seconds after which something that must come is taken for lost

RULES = r"""
action tag    at 1
action reject at 5 "no, {top}"
group helo { describe "what HELO says"  cap 6 }
rule LOCALHOST {
    describe "HELO says localhost"
    group helo
    score 5.5
    when helo == "localhost"
    test hit { helo "localhost" }
    test miss { helo "mx.example" }
    test unknown { }
}
rule ODD_BYTES {
    describe "a subject with odd bytes"
    score 0.25
    when tls.subject == "a\x00b\xff\tc\\"
}
rule TO_TWO {
    describe "two recipients"
    score -0.125
    when any(rcpt) == "a@example.com" and any(rcpt) == "b@example.com"
}
rule NO_SENDER { describe "null sender" score 0.5 when not mail.from }
rule BIG { describe "big" score 0.75 when mail.size > 1000 }
rule VERIFIED { describe "verified" score -1 when tls.verified }
exempt KNOWN_USER { describe "the user is known" when auth.user }
"""

CLEAN = """
rule CLEAN {
    describe "one label"
    score 1
    when helo == "clean"
    test hit { helo "clean" }
    test miss { helo "mx.example.org" }
    test unknown { }
}
"""

WARNS = 'rule UNTESTED { describe "has no tests" score 1 when helo == "clean" }\n'
WRONG = 'rule WRONG {\n  describe "unknown name"\n  score 1\n  when hello == "x"\n}\n'
FAILS = CLEAN.replace('test miss {', 'test hit "wanted" {')


def clean_environment(**more):
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "ASSAY_RULES", "TERM")}
    return kept | {"TERM": "xterm"} | more


class Finished:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


class CliTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        texts = {"rules": RULES, "clean": CLEAN, "warns": WARNS, "wrong": WRONG, "fails": FAILS}
        for name, text in texts.items():
            (cls.path / f"{name}.rule").write_text(text)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def rule(self, name):
        return str(self.path / f"{name}.rule")

    def run_it(self, *arguments, stdin=b"", **environment):
        done = subprocess.run([BIN, *arguments], input=stdin, capture_output=True, timeout=120, check=False,
                              env=clean_environment(**environment))
        return Finished(done.returncode, done.stdout, done.stderr.decode())

    def expect(self, code, *arguments, **more):
        done = self.run_it(*arguments, **more)
        self.assertEqual(done.code, code, (arguments, done.out[-2000:], done.err[-2000:]))
        return done

    def score(self, *arguments, code=0, **more):
        return self.expect(code, "score", "-r", self.rule("rules"), *arguments, **more)

    def score_json(self, *arguments, **more):
        answer = json.loads(self.score("--json", *arguments, **more).out)
        check_schema(self, SCHEMA, answer)
        return answer

    def batch(self, lines, *arguments, code=0, **more):
        return self.score("--input", "-", *arguments, stdin=lines, code=code, **more)

    def batch_json(self, lines, *arguments, **more):
        done = self.batch(lines, "--json", *arguments, **more)
        answers = [json.loads(line) for line in done.out.splitlines()]
        for answer in answers:
            check_schema(self, SCHEMA, answer)
        return answers

    def file(self, name, data):
        path = self.path / name
        path.write_bytes(data)
        return str(path)


SCHEMA = json.loads((SOURCE / "docs" / "verdict.schema.json").read_text())

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float)}


def is_type(value, name):
    return isinstance(value, TYPES[name]) and not (name == "number" and isinstance(value, bool))


def check_schema(test, schema, value, where="$"):
    """The part of JSON Schema that docs/verdict.schema.json uses; another keyword fails the test."""
    known = {"$schema", "title", "description", "type", "required", "additionalProperties", "properties", "items",
             "const", "enum"}
    test.assertLessEqual(set(schema), known, f"{where}: this checker does not know such a keyword")
    if "const" in schema:
        test.assertEqual(value, schema["const"], where)
    if "enum" in schema:
        test.assertIn(value, schema["enum"], where)
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        test.assertTrue(any(is_type(value, name) for name in names), f"{where}: {value!r} is none of {names}")
    for key in schema.get("required", []):
        test.assertIn(key, value, where)
    if isinstance(value, dict):
        for key, inner in value.items():
            test.assertIn(key, schema["properties"], f"{where}: unexpected key")
            check_schema(test, schema["properties"][key], inner, f"{where}.{key}")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            check_schema(test, schema["items"], inner, f"{where}[{index}]")


def rules_hit(answer):
    return [hit["rule"] for hit in answer["hits"]]


class SchemaCheckerTest(unittest.TestCase):
    def test_it_can_fail(self):
        good = {"v": 1, "id": None, "score": 5.5, "low": 5.5, "high": 5.5, "action": "reject", "settled": True,
                "reply": None, "exempt": None,
                "unknown": [{"rule": "A", "waits": ["helo"], "outcomes": ["never"], "why": "never"}],
                "hits": [{"rule": "A", "score": 3.0, "group": None, "describe": "d"}]}
        check_schema(self, SCHEMA, good)
        for key, bad in (("v", 2), ("id", []), ("score", "5"), ("settled", 1), ("action", "drop"), ("more", 1),
                         ("hits", [{}]), ("unknown", [{"rule": "A", "waits": [1], "outcomes": [], "why": "never"}]),
                         ("unknown", [{"rule": "A", "waits": [], "outcomes": ["lost"], "why": "never"}]),
                         ("dns", {"questions": 1})):
            with self.assertRaises(AssertionError, msg=key):
                check_schema(self, SCHEMA, good | {key: bad})
        with self.assertRaises(AssertionError):
            check_schema(self, SCHEMA, {key: value for key, value in good.items() if key != "low"})


class UsageTest(CliTest):
    VERBS = ("check", "test", "score", "disasm", "facts", "functions", "codes")

    def test_help_of_every_verb(self):
        for arguments in (["--help"], ["-h"], ["help"], *([verb, "--help"] for verb in self.VERBS)):
            done = self.expect(0, *arguments)
            self.assertTrue(done.out.startswith(b"Usage: assay"), arguments)
            self.assertEqual(done.err, "")
        listed = self.expect(0, "--help").out.decode()
        for verb in self.VERBS:
            self.assertIn(f"  {verb} ", listed)
            self.assertIn("--help", self.expect(0, verb, "--help").out.decode())

    def test_version(self):
        self.assertRegex(self.expect(0, "--version").out, rb"^assay \d+\.\d+\.\d+\n$")

    def test_wrong_command_lines(self):
        rows = (
            ([], "lists the verbs"),
            (["chek"], "did you mean check?"),
            (["zzzzzzzz"], "there is no verb zzzzzzzz"),
            (["check"], "name a rule file, or a folder of them\nUsage: assay check"),
            (["test"], "name a rule file, or a folder of them\nUsage: assay test"),
            (["score", "--hlo", "x"], "did you mean --helo?"),
            (["score", "-z"], "there is no option -z"),
            (["test", "-vz", "x"], "there is no option -z, as in -vz"),
            (["score", "-helo", "x"], "there is no option -helo; did you mean --helo?"),
            (["score", "-rdns=x"], "there is no option -rdns=x; did you mean --rdns?"),
            (["score", "--help=1"], "--help takes no value"),
            (["score", "--helo"], "--helo needs a value: --helo NAME"),
            (["score", "--json=1"], "--json takes no value"),
            (["score", "what"], "what is what for?"),
            (["score", "-r", self.rule("rules"), "--set", "helo"], "--set wants FACT=VALUE"),
            (["score", "-r", self.rule("rules"), "--set", "hello=x"], "did you mean helo?"),
            (["score", "-r", self.rule("rules"), "--ip", "mx.example"], "does not fit client.ip: write an IPv4"),
            (["score", "-r", self.rule("rules"), "--set", "client.port=x"], "write a whole number"),
            (["score", "-r", self.rule("rules"), "--set", "client.port=70000"],
             '"70000" does not fit client.port: write a whole number, 0 to 65535'),
            (["score", "--input", "-", "--format", "csv"], "there is no format csv"),
            (["score", "--format", "tsv"], "there is no --input"),
            (["score", "--input", "-", "--helo", "x"], "cannot be given here as well"),
            (["disasm", "-r", self.rule("rules"), "LOCALHOTS"], "did you mean LOCALHOST?"),
            (["disasm", "A", "B"], "no argument is wanted"),
            (["facts", "rdns"], "did you mean client.rdns?"),
            (["functions", "x"], "no argument is wanted"),
            (["codes", "no-such-code-at-all"], "there is no code"),
        )
        for arguments, words in rows:
            done = self.expect(64, *arguments)
            self.assertIn(words, done.err, arguments)
            self.assertEqual(done.out, b"", arguments)

    def test_forms_of_options(self):
        for arguments in (["--helo", "localhost"], ["--helo=localhost"], ["--helo", "x", "--helo=localhost"],
                          ["--set", "helo=localhost"], ["--set=helo=localhost"]):
            self.assertEqual(self.score_json(*arguments)["score"], 5.5, arguments)
        self.expect(0, "score", f"-r{self.rule('rules')}")
        self.expect(0, "score", f"--rules={self.rule('rules')}")
        self.expect(0, "check", "--", self.rule("clean"))

    def test_what_is_not_there(self):
        for arguments in (["check", "no-such.rule"], ["test", "no-such.rule"], ["score", "-r", "no-such.rule"],
                          ["disasm", "-r", "no-such.rule"]):
            done = self.expect(66, *arguments)
            self.assertEqual((done.err + done.out.decode()).count("cannot read `no-such.rule`"), 1, arguments)
            self.assertIn("cannot read", done.err)
        (self.path / "empty").mkdir()
        done = self.expect(66, "check", str(self.path / "empty"))
        self.assertEqual(done.err.count("\n"), 1)
        self.assertIn("it is a folder without *.rule files", done.err)
        done = self.expect(66, "check", "no-such.rule", self.file("bad.rule", b"rule A {"))
        self.assertIn("no-such.rule", done.err)
        self.assertIn(b"E101", done.out)
        self.assertIn("cannot read no-such.tsv", self.score("--input", "no-such.tsv", code=66).err)
        self.assertIn("cannot read", self.score("--input", str(self.path), code=66).err)

    def test_names_from_outside_do_not_drive_the_terminal(self):
        rows = (
            ["\x1b[2J"], ["check", "\x1b[2J.rule"], ["score", "--\x1b[2J"], ["facts", "\x1b[2J"],
            ["codes", "\x1b[2J"],
            ["score", "-r", self.rule("rules"), "--set", "\x1b[2J=x"],
            ["score", "-r", self.rule("rules"), "--ip", "\x1b[2J"],
        )
        for arguments in rows:
            done = self.run_it(*arguments)
            self.assertIn(done.code, (64, 66), arguments)
            self.assertNotIn("\x1b", done.err + done.out.decode(), arguments)
            self.assertRegex(done.err, r"(\\x1b|\?)\[2J", arguments)


class CheckAndTestTest(CliTest):
    def last_line(self, done):
        return done.out.decode().splitlines()[-1]

    def test_clean_rules(self):
        self.assertEqual(self.last_line(self.expect(0, "check", self.rule("clean"))),
                         "1 file, 1 rule: 0 errors, 0 warnings")
        self.expect(0, "check", "--strict", self.rule("clean"))

    def test_warnings(self):
        done = self.expect(0, "check", self.rule("warns"))
        self.assertRegex(self.last_line(done), r"^1 file, 1 rule: 0 errors, [1-9]\d* warnings?$")
        self.assertRegex(done.out.decode(), r"warns\.rule:1:\d+")
        self.expect(1, "check", "--strict", self.rule("warns"))

    def test_errors(self):
        for verb in ("check", "test"):
            done = self.expect(1, verb, self.rule("wrong"))
            self.assertRegex(done.out.decode(), r"wrong\.rule:4:8")
            self.assertRegex(done.out.decode(), r"E\d{3}")
            self.assertIn("helo", done.out.decode())
        self.assertRegex(self.last_line(self.expect(1, "check", self.rule("wrong"))), r"^1 error, \d+ warnings?$")
        for verb in ("score", "disasm"):
            done = self.expect(1, verb, "-r", self.rule("wrong"))
            self.assertRegex(done.err, r"wrong\.rule:4:8")
            self.assertEqual(done.out, b"")

    def test_folders(self):
        folder = self.path / "folder"
        folder.mkdir()
        for index in range(3):
            (folder / f"{index}.rule").write_text(CLEAN.replace("CLEAN", f"CLEAN_{'ABC'[index]}"))
        self.assertIn("3 files, 3 rules:", self.last_line(self.expect(0, "check", str(folder))))
        self.assertEqual(self.last_line(self.expect(0, "test", str(folder))), "9 tests: 9 passed, 0 failed")

    def test_tests_pass(self):
        done = self.expect(0, "test", self.rule("clean"))
        self.assertEqual(done.out, b"3 tests: 3 passed, 0 failed\n")
        done = self.expect(0, "test", "--verbose", self.rule("clean")).out.decode().splitlines()
        self.assertEqual(len(done), 4)
        self.assertRegex(done[0], r"^pass .*clean\.rule:6: CLEAN hit$")

    def test_tests_fail(self):
        done = self.expect(1, "test", self.rule("fails"))
        text = done.out.decode()
        self.assertRegex(text, r"FAIL .*fails\.rule:7: CLEAN .*wanted.*: expected hit, got miss\n    ")
        self.assertIn("mx.example.org", text)
        self.assertEqual(self.last_line(done), "3 tests: 2 passed, 1 failed")

    def test_no_tests_are_a_finding(self):
        self.assertEqual(self.expect(1, "test", self.rule("warns")).out, b"no tests\n")


class DirectionTest(CliTest):
    """Marks that turn the direction of text reach no terminal and no log, wherever they come from."""

    def test_rules_with_marks(self):
        path = self.file("turned.rule", 'rule A { describe "d\u202ex\u2066" score 1 when helo == "a\u202e" '
                         'test hit { helo "b\u200f\u2028" } }\n'.encode())
        for code, arguments in ((0, ("check", path)), (1, ("test", path)), (0, ("disasm", "-r", path)),
                                (0, ("score", "-r", path, "--helo", "a\u202e")),
                                (0, ("score", "-r", path, "--helo", "a\u202e", "--json"))):
            done = self.expect(code, *arguments)
            for mark in "\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069":
                self.assertNotIn(mark, done.out.decode() + done.err, arguments)

    def test_json_keeps_their_meaning(self):
        path = self.file("turned.rule", 'rule A { describe "d\u202ex\u2066" score 1 when helo }\n'.encode())
        line = '{"id":"\u202e","helo":"x"}\n'.encode()
        done = self.expect(0, "score", "-r", path, "--input", "-", "--json", stdin=line)
        self.assertTrue(done.out.isascii())
        verdict = json.loads(done.out)
        self.assertEqual((verdict["id"], verdict["hits"][0]["describe"]), ("\u202e", "d\u202ex\u2066"))


class TablesTest(CliTest):
    def test_facts(self):
        lines = self.expect(0, "facts").out.decode().splitlines()
        facts = json.loads(self.expect(0, "facts", "--json").out)
        self.assertEqual([line.split()[0] for line in lines], [fact["name"] for fact in facts])
        self.assertIn("client.rdns_confirmed", [fact["name"] for fact in facts])
        one = self.expect(0, "facts", "client.ip").out.decode()
        for word in ("address", "CONNECT", "client_address", "{client_addr}"):
            self.assertIn(word, one)
        self.assertEqual(json.loads(self.expect(0, "facts", "--json", "client.ip").out), facts[0])

    def test_functions_and_properties(self):
        text = self.expect(0, "functions").out.decode()
        self.assertIn("embeds_address(", text)
        self.assertRegex(text, r"(?m)^name\.is_fqdn +bool +\S")

    def test_codes(self):
        lines = self.expect(0, "codes").out.decode().splitlines()
        self.assertGreater(len(lines), 10)
        for line in lines:
            code, severity, name = line.split()[:3]
            self.assertIn(severity, ("error", "warning"))
            for wanted in (code, name):
                one = self.expect(0, "codes", wanted).out.decode()
                self.assertTrue(one.startswith(f"{severity} {code} {name}\n"), one)

    def test_disasm(self):
        whole = self.expect(0, "disasm", "-r", self.rule("rules")).out
        one = self.expect(0, "disasm", "-r", self.rule("rules"), "LOCALHOST").out
        self.assertIn(b"LOCALHOST", one)
        self.assertGreater(len(whole), len(one))
        self.assertNotIn(b"TO_TWO", one)


class ScoreOneTest(CliTest):
    def test_table(self):
        done = self.score("--helo", "localhost")
        text = done.out.decode()
        self.assertRegex(text, r"(?m)^RULE +SCORE +DESCRIPTION$")
        self.assertRegex(text, r"(?m)^LOCALHOST +5\.5  HELO says localhost$")
        self.assertRegex(text, r"(?m)^KNOWN_USER +never +auth\.user$")
        self.assertTrue(text.endswith("score   5.5\naction  reject\nreply   no, LOCALHOST\n"), text)
        self.assertEqual(done.err, "")

    def test_exempt(self):
        text = self.score("--helo", "localhost", "--auth", "joe").out.decode()
        self.assertIn("exempt  KNOWN_USER  the user is known\n", text)
        self.assertIn("action  accept\n", text)
        answer = self.score_json("--helo", "localhost", "--auth", "joe")
        self.assertEqual((answer["exempt"], answer["hits"], answer["score"]), ("KNOWN_USER", [], 0))

    def test_json(self):
        answer = self.score_json("--helo", "localhost", "--from", "a@b.example", "--auth", "",
                                 "--rcpt", "a@example.com", "--set", "tls.subject=x", "--set", "mail.size=5",
                                 "--set", "tls.verified=false")
        self.assertEqual(answer, {
            "v": 1, "id": None, "score": 5.5, "low": 5.5, "high": 5.5, "action": "reject", "settled": True,
            "reply": "no, LOCALHOST", "exempt": None, "unknown": [],
            "hits": [{"rule": "LOCALHOST", "score": 5.5, "group": "helo", "describe": "HELO says localhost"}]})
        raw = self.score("--json", "--helo", "localhost").out
        self.assertRegex(raw, rb'^\{"v":1,"id":null,"score":5\.5,"low":')

    def test_unknown_and_empty(self):
        never, empty, later = self.score_json(), self.score_json("--from", ""), self.score_json("--partial")
        self.assertIn("NO_SENDER", [unknown["rule"] for unknown in never["unknown"]])
        self.assertEqual({unknown["why"] for unknown in never["unknown"]}, {"never"})
        self.assertTrue(never["settled"])
        self.assertEqual((never["low"], never["high"]), (0, 0))
        self.assertEqual(rules_hit(empty), ["NO_SENDER"])
        self.assertEqual({unknown["why"] for unknown in later["unknown"]}, {"not yet"})
        self.assertFalse(later["settled"])
        self.assertLess(later["low"], later["high"])
        self.assertIn(" to ", self.score("--partial").out.decode())
        waits = {unknown["rule"]: unknown["waits"] for unknown in never["unknown"]}
        self.assertEqual(waits["LOCALHOST"], ["helo"])
        for answer, outcome in ((never, "never"), (later, "pending")):
            outcomes = {unknown["rule"]: unknown["outcomes"] for unknown in answer["unknown"]}
            self.assertEqual(outcomes["LOCALHOST"], [outcome])
        self.assertNotIn("dns", never)

    def test_lists_grow(self):
        for arguments in (["--rcpt", "a@example.com", "--rcpt", "b@example.com"],
                          ["--set", "rcpt=a@example.com", "--set", "rcpt=b@example.com"],
                          ["--rcpt", "a@example.com", "--set", "rcpt=b@example.com"]):
            self.assertEqual(rules_hit(self.score_json(*arguments)), ["TO_TWO"], arguments)
        self.assertEqual(rules_hit(self.score_json("--rcpt", "a@example.com")), [])

    def test_shipped_rules(self):
        done = self.expect(0, "score", "--ip", "192.0.2.1", "--helo", "localhost", "--json")
        self.assertIn("HELO_LOCALHOST", rules_hit(json.loads(done.out)))
        self.assertEqual(done.err, "")
        named = self.expect(0, "score", "--helo", "localhost", "--json", ASSAY_RULES=self.rule("rules"))
        self.assertEqual(rules_hit(json.loads(named.out)), ["LOCALHOST"])
        self.assertIn("ASSAY_RULES", self.expect(66, "score", ASSAY_RULES="no-such.rule").err)


class ScoreBatchTest(CliTest):
    ODD = b"a\x00b\xff\tc\\"

    def test_tsv(self):
        lines = b"id\thelo\tmail.from\nq1\tlocalhost\t\\N\n\tmx.example\t\nq\\t3\tx\ta@b.example\n"
        answers = self.batch_json(lines)
        self.assertEqual([answer["id"] for answer in answers], ["q1", "", "q\t3"])
        self.assertEqual([rules_hit(answer) for answer in answers], [["LOCALHOST"], ["NO_SENDER"], []])

    def test_tsv_lists_and_columns_passed_over(self):
        lines = b"rcpt\t-\trcpt\na@example.com\t\\q\tb@example.com\n\\N\t\tb@example.com\n"
        self.assertEqual([rules_hit(answer) for answer in self.batch_json(lines)], [["TO_TWO"], []])

    def test_tsv_line_ends(self):
        for lines in (b"helo\nlocalhost", b"helo\r\nlocalhost\r\n", b"\xef\xbb\xbfhelo\nlocalhost\n"):
            answers = self.batch_json(lines)
            self.assertEqual([answer["score"] for answer in answers], [5.5], lines)

    def test_jsonl(self):
        lines = (b'{"id":"a","helo":"localhost","mail.size":5}\n\n{"id":1.50,"helo":null,"mail.size":1001}\n'
                 b'{"mail.from":"","rcpt":["a@example.com","b@example.com"]}\n'
                 b'  {"id":null,"tls.verified":true}\r\n')
        answers = self.batch_json(lines)
        self.assertEqual([answer["id"] for answer in answers], ["a", 1.5, None, None])
        self.assertEqual([sorted(rules_hit(answer)) for answer in answers],
                         [["LOCALHOST"], ["BIG"], ["NO_SENDER", "TO_TWO"], ["VERIFIED"]])
        self.assertIn(b'"id":1.50,', self.batch(lines, "--json").out)

    def test_odd_bytes_are_data(self):
        raw = base64.b64encode(self.ODD).decode()
        for lines in (b"tls.subject\na\\x00b\\xff\\tc\\\\\n", b"tls.subject\na\x00b\xff\\tc\\\\\n",
                      json.dumps({"tls.subject": {"base64": raw}}).encode()):
            self.assertEqual([rules_hit(answer) for answer in self.batch_json(lines)], [["ODD_BYTES"]], lines)

    def test_every_byte_in_a_name_and_an_id(self):
        values = [bytes([byte]) for byte in range(256)] + [b"a" * 70000, b"." * 300, b"\xff" * 256]
        escaped = ["".join(f"\\x{byte:02x}" for byte in value) for value in values]
        tsv = "id\thelo\tclient.rdns\n" + "".join(f"{text}\t{text}\t{text}\n" for text in escaped)
        answers = self.batch_json(tsv.encode())
        self.assertEqual([answer["id"] for answer in answers],
                         [value.decode(errors="replace") for value in values])
        human = self.batch(tsv.encode()).out
        self.assertEqual(len(human.splitlines()), len(values))
        shown = set(map(ord, human.decode()))
        self.assertFalse(shown & (set(range(32)) - {10} | {127} | set(range(128, 160))))
        raw = [json.dumps({"helo": {"base64": base64.b64encode(value).decode()}}) for value in values]
        self.assertEqual(len(self.batch_json("\n".join(raw).encode())), len(values))

    def test_a_readable_line_each(self):
        lines = b"id\thelo\tauth.user\nq1\tlocalhost\t\nq2\tmx.example\t\nq3\tlocalhost\tjoe\n"
        self.assertEqual([line.split() for line in self.batch(lines).out.decode().splitlines()],
                         [["q1", "5.5", "reject", "LOCALHOST"], ["q2", "0.0", "accept"],
                          ["q3", "0.0", "accept", "exempt", "KNOWN_USER"]])
        self.assertEqual(self.batch(b"helo\nx\n").out.split()[0], b"#2")
        self.assertEqual(self.batch(b'{"id":"a b"}\n').out.split()[:2], [b"a", b"b"])
        self.assertEqual(self.batch(b"id\n\n").out.split()[0], b"#2")
        self.assertEqual(self.batch(b'{"id":null}\n').out.split()[0], b"#1")
        self.assertEqual(self.batch(b'{"id":""}\n').out.split()[0], b"#1")

    def test_columns_whatever_the_ids_are(self):
        ids = ("q1", "x" * 36, "q2", "m\u00fcnchen", "\u65e5\u672c", "e\u0301", "\x1b[2J", "\xff", "y" * 100, "q3")
        lines = "id\thelo\n" + "".join(f"{name}\tlocalhost\n" for name in ids)
        shown = self.batch(lines.encode()).out.decode().splitlines()
        wide = {"\u65e5": 2, "\u672c": 2, "\u0301": 0}
        starts = [sum(wide.get(c, 1) for c in line[:line.index(" 5.5 ")]) for line in shown]
        self.assertEqual([min(starts[:1]), *sorted(set(starts[1:]))], [16, 36, 40])
        self.assertEqual(starts, sorted(starts))
        self.assertTrue(shown[-2].startswith("y" * 39 + "\u2026 "))

    def test_formats(self):
        tsv, jsonl = b"helo\nlocalhost\n", b'{"helo":"localhost"}\n'
        rows = ((self.file("a.tsv", tsv), []), (self.file("a.jsonl", jsonl), []),
                (self.file("a.ndjson", jsonl), []),
                (self.file("tsv", tsv), []), (self.file("jsonl", jsonl), []),
                (self.file("odd.json", tsv), ["--format", "tsv"]),
                (self.file("odd.tsv", jsonl), ["--format=jsonl"]))
        for path, more in rows:
            self.assertEqual(json.loads(self.score("--json", "--input", path, *more).out)["score"], 5.5, path)

    def test_malformed_lines_are_counted_and_the_rest_go_on(self):
        tsv = b"id\thelo\tclient.ip\n1\tlocalhost\t\\N\n2\tx\n3\t\\q\t\n4\tx\tnot-an-address\n5\tx\t192.0.2.1\n"
        path = self.file("bad.tsv", tsv)
        done = self.score("--input", path, "--json", code=65)
        self.assertEqual([json.loads(line)["id"] for line in done.out.splitlines()], ["1", "5"])
        said = done.err.splitlines()
        self.assertEqual([line.split(": ")[0] for line in said], [f"{path}:{n}" for n in (3, 4, 5)] + ["assay"])
        self.assertIn("2 columns where the header names 3", said[0])
        self.assertIn("is no escape", said[1])
        self.assertIn("client.ip", said[2])
        self.assertIn("3 of 5 lines malformed", said[3])

    def test_numbers_out_of_range(self):
        for bad in (b'{"client.port":65536}', b'{"client.port":"65536"}', b'client.ip\tclient.port\n\t65536'):
            done = self.batch(bad + b"\n", "--json", code=65)
            self.assertIn(f'stdin:{1 + bad.count(10)}: "65536" does not fit client.port: write a whole number, 0 to 65535\n',
                          done.err)

    def test_malformed_json_lines(self):
        rows = ((b'{"helo":"a","helo":"b"}', "duplicate"), (b'{"hello":"a"}', "did you mean helo?"),
                (b'{"helo":"a"', "not JSON"), (b"[]", "one JSON object"), (b'{"helo":1}', "cannot be this number"),
                (b'{"mail.size":1.5}', "write a whole number"), (b'{"client.ip":"x"}', "does not fit client.ip"),
                (b'{"helo":{"base64":"!"}}', "not base64"), (b'{"id":[]}', 'key "id" must be'),
                (b'{"helo":"\xff"}', "not JSON"))
        for line, words in rows:
            done = self.batch(b'{"id":1}\n' + line + b'\n{"id":3}\n', "--json", "--format", "jsonl", code=65)
            self.assertEqual([json.loads(answer)["id"] for answer in done.out.splitlines()], [1, 3], line)
            self.assertIn("stdin:2: ", done.err)
            self.assertIn(words, done.err, line)
            self.assertIn("1 of 3 lines malformed", done.err)

    def test_a_bad_header_ends_it(self):
        rows = ((b"hello", "did you mean helo?"), (b"helo\thelo", "twice"), (b"\x1b[2J", "\\x1b[2J"))
        for header, words in rows:
            done = self.batch(header + b"\nx\n", code=65)
            self.assertEqual(done.out, b"")
            self.assertIn("stdin:1: ", done.err)
            self.assertIn(words, done.err)

    def test_the_longest_line(self):
        limit = 1 << 20
        lines = [b"helo", b"a" * limit, b"b" * (limit + 1), b"localhost", b"c" * (3 * limit), b"localhost"]
        done = self.batch(b"\n".join(lines), "--json", code=65)
        self.assertEqual([json.loads(line)["score"] for line in done.out.splitlines()], [0, 5.5, 5.5])
        self.assertEqual([line.split(":")[1] for line in done.err.splitlines()[:2]], ["3", "5"])
        self.assertIn("2 of 5 lines malformed", done.err)

    def test_no_lines(self):
        for lines in (b"", b"\n", b"helo\n"):
            done = self.batch(lines)
            self.assertEqual((done.out, done.err), (b"", ""), lines)

    def test_order_is_kept(self):
        ids = [f"q{number}" for number in range(20000)]
        lines = "id\thelo\n" + "".join(f"{name}\tmx.example\n" for name in ids)
        self.assertEqual([line.split()[0].decode() for line in self.batch(lines.encode()).out.splitlines()], ids)


class StreamTest(CliTest):
    def start(self, *arguments, **more):
        command = [BIN, "score", "-r", self.rule("rules"), *arguments]
        process = subprocess.Popen(command, env=clean_environment(**more.pop("environment", {})), **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def read_line(self, fd):
        got, until = b"", time.monotonic() + PATIENCE
        while not got.endswith(b"\n"):
            ready, _, _ = select.select([fd], [], [], max(0, until - time.monotonic()))
            self.assertTrue(ready, f"no answer came; so far {got!r}")
            chunk = os.read(fd, 65536)
            self.assertTrue(chunk, f"the stream ended; so far {got!r}")
            got += chunk
        return got

    def test_an_endless_pipe_gets_its_answers(self):
        streams = ((["--format", "tsv"], b"id\thelo\n", b"%d\tlocalhost\n"),
                   ([], b"", b'{"id":%d,"helo":"localhost"}\n'))
        for arguments, header, line in streams:
            process = self.start("--input", "-", *arguments, bufsize=0, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
            process.stdin.write(header)
            for number in range(5):
                process.stdin.write(line % number)
                answer = self.read_line(process.stdout.fileno())
                self.assertEqual(answer.split(), [b"%d" % number, b"5.5", b"reject", b"LOCALHOST"])
            # An unfinished line does not hold back the answer to the one before it.
            process.stdin.write(line % 7 + (line % 8)[:5])
            self.assertEqual(self.read_line(process.stdout.fileno()).split()[0], b"7")
            process.stdin.write((line % 8)[5:])
            self.assertEqual(self.read_line(process.stdout.fileno()).split()[0], b"8")
            process.stdin.close()
            self.assertEqual(process.wait(PATIENCE), 0)
            process.stdout.close()

    def peak(self, process):
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))

    def test_memory_is_bounded(self):
        process = self.start("--input", "-", "--json", "--format", "tsv", stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             environment={"ASAN_OPTIONS": "quarantine_size_mb=1"})
        block = b"".join(b"%d\t%s.example\n" % (n, b"x" * 2000) for n in range(500)) + b"y" * (3 << 20) + b"\n"
        process.stdin.write(b"id\thelo\n")
        for _ in range(3):
            process.stdin.write(block)
        before = self.peak(process)
        for _ in range(12):
            process.stdin.write(block)
        after = self.peak(process)
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), 65)
        self.assertLess(after - before, 1024, f"{before} kB, then {after} kB")

    def test_a_reader_that_leaves(self):
        path = self.file("many.tsv", b"helo\n" + b"localhost\n" * 100000)
        process = self.start("--input", path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(PATIENCE), 74)

    def test_a_full_disk(self):
        path = self.file("many.tsv", b"helo\n" + b"localhost\n" * 100000)
        score = ["score", "-r", self.rule("rules")]
        for arguments in (score, [*score, "--input", path], ["facts"], ["--help"],
                          ["check", self.rule("clean")], ["test", self.rule("clean")],
                          ["disasm", "-r", self.rule("rules")]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([BIN, *arguments], stdout=full, stderr=subprocess.PIPE, check=False,
                                      timeout=PATIENCE)
            self.assertEqual(done.returncode, 74, arguments)
            self.assertIn(os.strerror(errno.ENOSPC).encode(), done.stderr)

    def test_a_pipe_that_does_not_block(self):
        read, write = os.pipe()
        os.set_blocking(read, False)
        process = self.start("--input", "-", stdin=read, stdout=subprocess.PIPE)
        os.close(read)
        os.write(write, b"id\thelo\n1\tlocalhost\n")
        self.assertEqual(self.read_line(process.stdout.fileno()).split()[0], b"1")
        os.close(write)
        self.assertEqual(process.wait(PATIENCE), 0)
        process.stdout.close()


class TerminalTest(CliTest):
    def on_terminal(self, arguments, stream, **environment):
        """What the program writes to a terminal on `stream`."""
        master, slave = pty.openpty()
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        streams[stream] = slave
        process = subprocess.Popen([BIN, *arguments], env=clean_environment(**environment), **streams)
        os.close(slave)
        shown = b""
        try:
            while select.select([master], [], [], PATIENCE)[0]:
                chunk = os.read(master, 65536)
                if not chunk:
                    break
                shown += chunk
        except OSError as gone:
            self.assertEqual(gone.errno, errno.EIO)
        os.close(master)
        process.wait(PATIENCE)
        return shown

    def test_colour(self):
        wrong, score = ["check", self.rule("wrong")], ["score", "-r", self.rule("rules"), "--helo", "localhost"]
        fails, errors = ["test", self.rule("fails")], ["disasm", "-r", self.rule("wrong")]
        for arguments, stream in ((wrong, "stdout"), (score, "stdout"), (fails, "stdout"), (errors, "stderr")):
            self.assertIn(b"\x1b[", self.on_terminal(arguments, stream), arguments)
            self.assertIn(b"\x1b[", self.on_terminal(arguments, stream, NO_COLOR=""), arguments)
            self.assertNotIn(b"\x1b", self.on_terminal(arguments, stream, NO_COLOR="1"), arguments)
            self.assertNotIn(b"\x1b", self.on_terminal(arguments, stream, TERM="dumb"), arguments)
            done = self.run_it(*arguments)
            self.assertNotIn(b"\x1b", done.out + done.err.encode(), arguments)

    def test_no_progress_without_a_terminal(self):
        path = self.file("few.tsv", b"helo\nlocalhost\n")
        self.assertEqual(self.score("--input", path).err, "")
        arguments = ["score", "-r", self.rule("rules"), "--input", path]
        self.assertEqual(self.on_terminal(arguments, "stderr", TERM="dumb"), b"")

    def test_the_last_line_counts_by_action(self):
        path = self.file("few.tsv", b"helo\n" + b"localhost\n" * 3 + b"x\n" * 2 + b"\\q\n")
        shown = self.on_terminal(["score", "-r", self.rule("rules"), "--input", path], "stderr").decode()
        self.assertRegex(shown, r"5 connections  \d+/s  in \d+s  accept 2  reject 3  malformed 1\r\n")

    def test_progress_on_the_way(self):
        """The output is a pipe that nobody reads for a while, so the run outlasts a turn of the progress."""
        path = self.file("many.tsv", b"helo\n" + b"localhost\n" * 20000)
        master, slave = pty.openpty()
        process = subprocess.Popen([BIN, "score", "-r", self.rule("rules"), "--input", path],
                                   stdout=subprocess.PIPE, stderr=slave, env=clean_environment())
        os.close(slave)
        select.select([process.stdout], [], [], PATIENCE)
        time.sleep(0.5)
        reader = threading.Thread(target=process.stdout.read)
        reader.start()
        shown = b""
        try:
            while chunk := os.read(master, 65536):
                shown += chunk
        except OSError:
            pass
        os.close(master)
        reader.join()
        process.stdout.close()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertRegex(shown.decode(), r"\r\x1b\[K\d+ connections  \d+/s  \d+%  ETA \d+s  reject \d+")
        self.assertRegex(shown.decode(), r"20000 connections .*reject 20000\r\n$")


if __name__ == "__main__":
    unittest.main()
