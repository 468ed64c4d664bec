"""Owns the conformance tests of the rule language: each conform/*.rule is a rule set with its tests inside, and
together they use every row of the tables and every word of the scanner. Must never know: how anything is computed.

ASSAY_BIN names the program, ASSAY_SOURCE the source tree. Python 3.11, standard library only."""

import os
import pathlib
import re
import subprocess
import unittest

BIN = os.environ["ASSAY_BIN"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
FOLDER = SOURCE / "tests" / "lang" / "conform"
SETS = sorted(FOLDER.glob("*.rule"))

TOKEN = re.compile(r"""
    \#[^\n]* | \s+                                          # dropped
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<address>[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*(?:/\d+)? | \d+\.\d+\.\d+\.\d+(?:/\d+)?)
  | (?P<number>\d[\d.]*[kMG]?)
  | (?P<regex>/(?:[^/\\\n]|\\.)*/\w* | m\{(?:[^{}]|\{[^{}]*\})*\}\w*)
  | (?P<word>[A-Za-z]\w*\*?)
  | (?P<operator>==|!=|<=|>=|=~|!~|\+=|-=|&&|\|\||[{}():,.<>+*!=-])
""", re.X | re.S)


def run(*arguments):
    environment = {k: v for k, v in os.environ.items() if k != "ASSAY_RULES"} | {"NO_COLOR": "1"}
    done = subprocess.run([BIN, *arguments], cwd=FOLDER, capture_output=True, check=False, env=environment)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def tokens(text):
    """(kind, text) of each token; blanks and comments are dropped. A byte that fits no token is an error here too."""
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, f"no token at {text[at:at + 40]!r}"
        if match.lastgroup:
            yield match.lastgroup, match[0]
        at = match.end()


def source(path):
    return (SOURCE / path).read_text()


def rows(path, macro, column):
    """One column of a table: `column` counts from 0."""
    text = re.sub(r"/\*.*?\*/", "", source(path), flags=re.S)
    cell = r'(?:[^",]+|"(?:[^"\\]|\\.)*")'
    found = re.findall(rf"^{macro}\(({cell}(?:,\s*{cell}){{{column}}})", text, re.M)
    return [re.findall(r'"(?:[^"\\]|\\.)*"|[^",\s][^",]*', row)[column].strip('" ') for row in found]


def array(path, head):
    """The strings of a C array."""
    body = re.search(re.escape(head) + r"[^{]*\{(.*?)\};", source(path), re.S)[1]
    return re.findall(r'"([^"]+)"', body)


def scanner_words():
    """What the scanner knows by itself: keywords, their other spellings, operators of several bytes and of one."""
    text = source("grammar/lexer.l")
    rules = text[text.index("\n%%"):text.rindex("\n%%")]
    words = [word for line in rules.splitlines() if re.search(r"WORD\(|return TOK_", line) and line.startswith('"')
             for word in re.findall(r'"([^"\s]+)"', line.split("  ")[0])]
    singles = re.search(r"^\[([^\n]+)\]\s+return yytext\[0\]", rules, re.M)[1]
    return [word for word in words if not word.startswith("/")] + list(singles)


# A rule file by itself has no functions of a host; tests/unit/lib/test_vocabulary.c has.
HOST_ONLY = {"CALL"}


def uncovered(text, listing):
    """Rows and words that neither the texts nor the listings of their bytecode use."""
    found = list(tokens(text))
    words = {word for kind, word in found if kind in ("word", "operator")}
    dotted = set(re.findall(r"[a-z_]\w*(?:\.[a-z_]\w*)+|[a-z_]\w*", text))
    dotted |= {word[:at] for word in dotted for at in range(len(word)) if word[at] == "."}
    properties = {b[1] for a, b in zip(found, found[1:]) if a[1] == "."}
    calls = {name for name in re.findall(r"\b([a-z_]+(?:\.[a-z_]+)?)\(", text)}
    listed = {word.upper() for word in re.findall(r"^ +\d+ +(?:\d+:\d+ +)?(\w+)", listing, re.M)}
    needed = {
        "opcode": (rows("engine/program/opcodes.def", "OP", 0), listed | HOST_ONLY),
        "fact": (rows("engine/facts/fields.def", "FIELD", 1), dotted),
        "property of a name": (rows("engine/facts/host_props.def", "PROP", 1), properties),
        "property": (rows("grammar/properties.def", "PROPERTY", 1), properties),
        "function": (rows("grammar/functions.def", "FUNCTION", 0), calls),
        "word of the scanner": (scanner_words(), words),
        "type of list": (re.findall(r'\[LIST_\w+\] = "(\w+)"', source("grammar/declare.c")), words),
        "action": (array("grammar/declare.c", "action_words[]"), words),
        "DNS record": (array("grammar/tests.c", "records[]"), words),
        "DNS outcome": (re.findall(r'^OUTCOME\(\w+, "(\w+)".*, yes\)$', source("engine/facts/outcomes.def"), re.M), words),
        "placeholder": (array("grammar/replies.c", "placeholders[]"), set(re.findall(r"\{[a-z.]+\}", text))),
        "regex flag": (list("imsxu"), {flag for kind, word in found if kind == "regex"
                                       for flag in re.search(r"[/}](\w*)$", word)[1]}),
    }
    return [f"{what} {row}" for what, (all_rows, used) in needed.items() for row in all_rows if row not in used]


class Conformance(unittest.TestCase):
    def test_each_set_passes_its_tests(self):
        self.assertGreater(len(SETS), 0)
        for path in SETS:
            with self.subTest(set=path.name):
                code, out = run("test", path.name)
                self.assertEqual(code, 0, out)
                self.assertRegex(out, r"^\d+ tests?: \d+ passed, 0 failed\n$")

    def test_every_rule_is_tested(self):
        for path in SETS:
            with self.subTest(set=path.name):
                code, out = run("check", path.name)
                self.assertEqual(code, 0, out)
                self.assertEqual("has no tests" in out, path.name in WHOLE, out)

    def test_every_row_is_used(self):
        text = "".join(path.read_text() for path in FOLDER.rglob("*.rule"))
        listing = "".join(run("disasm", "-r", path.name)[1] for path in SETS)
        self.assertEqual(uncovered(text, listing), [])

    def test_the_coverage_test_can_fail(self):
        text = 'rule A { describe "d" score 1 when helo.is_fqdn and helo.verb == "x" }'
        found = uncovered(text, "     0  FACT r1 <- helo\n")
        for row in ("opcode TEST", "fact client.ip", "property of a name is_empty", "property labels", "function glob",
                    "word of the scanner include", "word of the scanner ||", "word of the scanner <",
                    "type of list regex", "action defer", "DNS record MX", "DNS outcome servfail",
                    "placeholder {top}", "regex flag u"):
            self.assertIn(row, found)
        for row in ("opcode FACT", "fact helo", "fact helo.verb", "property of a name is_fqdn",
                    "word of the scanner and"):
            self.assertNotIn(row, found)

    def test_the_tables_are_read_whole(self):
        tables = (("engine/program/opcodes.def", "OP", 0, 60), ("engine/facts/fields.def", "FIELD", 1, 29),
                  ("engine/facts/host_props.def", "PROP", 1, 18), ("grammar/properties.def", "PROPERTY", 1, 18),
                  ("grammar/functions.def", "FUNCTION", 0, 22), ("engine/facts/outcomes.def", "OUTCOME", 1, 12))
        for path, macro, column, least in tables:
            lines = len(re.findall(rf"^{macro}\(", source(path), re.M))
            self.assertEqual(len(rows(path, macro, column)), lines, path)
            self.assertGreaterEqual(lines, least, path)


# Sets whose tests are of whole connections; their rules have none of their own.
WHOLE = {"verdict.rule", "thresholds.rule"}

if __name__ == "__main__":
    unittest.main()
