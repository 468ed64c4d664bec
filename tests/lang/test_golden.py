"""Owns the kept outputs of the compiler: every diagnostic with its carets, listings of bytecode, and files of settings.
Must never know: how either is made.

    test_golden.py            compares; what differs is shown as a diff
    test_golden.py --bless    writes what `assay` says now; read it as the author of the rule before it is kept

ASSAY_BIN names the program, ASSAY_SOURCE the source tree. A case is diag/CODE_words.rule, listing/words.rule or
settings/words.conf beside its .expect; further files of a case lie in the folder of its name with .d behind. Inputs too
long to keep, or with odd bytes, are made here. Settings are read by show_settings.c, which is built beside the tests."""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BIN = os.environ["ASSAY_BIN"]
SHOW_SETTINGS = pathlib.Path(BIN).parent.parent / "tests" / "show_settings"
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
HERE = SOURCE / "tests" / "lang"

RULE = 'rule {} {{ describe "d" score 1 when {} test hit {{ helo "x" }} }}\n'


def sparse(size):
    """A file of which only the length counts."""
    return size


def nesting():
    deep = "(" * 201 + "helo" + ")" * 201
    return {"": RULE.format("PARENTHESES", deep) + RULE.format("NOTS", "not " * 201 + "helo")
            + RULE.format("MINUSES", "-" * 201 + "mail.size > 1")
            + RULE.format("FITS", "(" * 200 + "helo" + ")" * 200)
            + RULE.format("FAR_TOO_DEEP", "(" * 5000 + "helo" + ")" * 5000)
            + RULE.format("IS_STILL_READ", "hello")}


def chain_of_lets():
    lets = ['let l0 = helo == "x"\n'] + [f"let l{i} = l{i - 1} and helo\n" for i in range(1, 66)]
    return {"": "".join(lets) + RULE.format("LAST", "l65")}


def chain_of_includes():
    files = {f"{i}.rule": f'include "{i + 1}.rule"\n' for i in range(1, 18)}
    return {"": 'include "E108_includes.d/1.rule"\n'} | files | {"18.rule": RULE.format("DEEP", "helo")}


def many_features():
    """Each name has 32 bits of properties, so this passes the 65 536 words of a program with the fewest values."""
    value = "helo.label({}).label({}).is_fqdn"
    labels = range(-255, 256)
    pairs = [value.format(a, b) for a in labels for b in labels]
    return {"": RULE.format("MANY", " or\n".join(pairs[:131073]))}


# Each gives the files of its case: "" is the rule file itself, others lie in its folder.
GENERATED = {
    "E103_long": lambda: {"": "".join(RULE.format(name, f'helo == "{"x" * size}"')
                                      for name, size in (("LONG", 4097), ("FITS", 4096)))},
    "E106_long": lambda: {"": RULE.format("LONG", f'helo =~ /{"x" * 4097}/')},
    "E108_nesting": nesting,
    "E108_lets": chain_of_lets,
    "E108_includes": chain_of_includes,
    "E109_rule_file": lambda: {"": 'include "E109_rule_file.d/large.rule"\n', "large.rule": sparse((64 << 20) + 1)},
    "E109_list_file": lambda: {"": 'list names : name from "E109_list_file.d/large.txt"\n',
                               "large.txt": sparse((1 << 30) + 1)},
    "E214_many": lambda: {"": RULE.format("MANY", f"2 of ({', '.join(['helo'] * 257)})")},
    "E217_features": many_features,
    "E101_line_ends": lambda: {"": "rule CRLF {\r\n    describe \"d\"\r\n    score 1\r\n    when helo ==\r\n}\r\n"},
    "E102_byte_order_mark": lambda: {"": "".join("\ufeff" + RULE.format(name, "helo") for name in ("FIRST", "SECOND"))},
    "E102_control_bytes": lambda: {"": 'let a = helo == "x\x01y" \x7f\x00 \x1b[31m\n'},
    "E103_control_bytes": lambda: {"": 'let a = helo == "x\x1b[31m\\q"\n'},
}


def write_generated(folder, name):
    for path, content in GENERATED[name]().items():
        path = folder / f"{name}.rule" if path == "" else folder / f"{name}.d" / path
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, int):
            with open(path, "wb") as file:
                file.truncate(content)
        else:
            path.write_text(content)


def run(folder, *arguments, program=BIN):
    environment = {k: v for k, v in os.environ.items() if k != "ASSAY_RULES"} | {"NO_COLOR": "1"}
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, check=False, env=environment)
    return done.returncode, done.stdout + done.stderr


def check(name):
    """The output of `assay check` on a case, with its exit code told by its own last line."""
    if name not in GENERATED:
        return run(HERE / "diag", "check", f"{name}.rule")
    with tempfile.TemporaryDirectory() as folder:
        write_generated(pathlib.Path(folder), name)
        return run(folder, "check", f"{name}.rule")


def disassemble(name):
    return run(HERE / "listing", "disasm", "-r", f"{name}.rule")


def show_settings(name):
    return run(HERE / "settings", f"{name}.conf", program=SHOW_SETTINGS)


PRODUCE = {"diag": check, "listing": disassemble, "settings": show_settings}


def names(kind):
    kept = {path.stem for path in (HERE / kind).glob("*.conf" if kind == "settings" else "*.rule")}
    return sorted(kept | set(GENERATED) if kind == "diag" else kept)


def codes():
    text = (SOURCE / "grammar/codes.def").read_text()
    return re.findall(r'^CODE\(\w+, "(\w+)"', text, re.M)


def opcodes():
    text = (SOURCE / "engine/program/opcodes.def").read_text()
    return re.findall(r"^OP\((\w+),", text, re.M)


class Golden(unittest.TestCase):
    maxDiff = None

    def compare(self, kind):
        for name in names(kind):
            with self.subTest(case=f"{kind}/{name}"):
                path = HERE / kind / f"{name}.expect"
                self.assertTrue(path.exists(), "it has no .expect; read its output, then --bless")
                code, out = PRODUCE[kind](name)
                expected = path.read_bytes().decode(errors="surrogateescape")
                came = out.decode(errors="surrogateescape")
                diff = difflib.unified_diff(expected.splitlines(True), came.splitlines(True), "kept", "now")
                self.assertEqual(came, expected, "\n" + "".join(diff).encode(errors="replace").decode())
                self.assertEqual(code, 1 if "error[" in came else 0)

    def test_diagnostics(self):
        self.compare("diag")

    def test_listings(self):
        self.compare("listing")

    def test_settings(self):
        self.compare("settings")

    def test_every_code_is_shown(self):
        missing = []
        for code in codes():
            kept = [path.read_text(errors="replace") for path in HERE.glob(f"[ds]*/{code}_*.expect")]
            if not any(f"[{code}]: " in text for text in kept):
                missing.append(code)
        self.assertEqual(missing, [], "codes without a kept output")

    def test_every_code_says_what_to_do(self):
        helped = set()
        for path in HERE.glob("[ds]*/*.expect"):
            code = None
            for line in path.read_text(errors="replace").splitlines():
                said = re.search(r"(?:error|warning)\[(\w+)\]: ", line)
                code = said[1] if said else code
                if line.startswith("      = help: "):
                    helped.add(code)
        self.assertEqual(sorted(set(codes()) - helped), [], "codes that never come with a line of help")

    def test_every_opcode_is_listed(self):
        text = "".join(path.read_text(errors="replace") for path in (HERE / "listing").glob("*.expect"))
        listed = {word.upper() for word in re.findall(r"^ +\d+ +(?:\d+:\d+ +)?(\w+)", text, re.M)}
        host = {"CALL"}  # needs a function of a host; tests/unit/program/test_disasm.c lists it
        self.assertEqual([op for op in opcodes() if op not in listed | host], [], "opcodes that no listing shows")

    def test_nothing_is_left_over(self):
        for kind in PRODUCE:
            kept = {path.stem for path in (HERE / kind).glob("*.expect")}
            self.assertEqual(sorted(kept - set(names(kind))), [], f"{kind}: outputs without an input")

    def test_no_warning_where_an_error_is_meant(self):
        for name in names("diag"):
            path = HERE / "diag" / f"{name}.expect"
            text = path.read_text(errors="replace") if path.exists() else ""
            if name.startswith("W"):
                self.assertNotIn("error[", text, name)


def bless():
    for kind, produce in PRODUCE.items():
        for name in names(kind):
            path = HERE / kind / f"{name}.expect"
            out = produce(name)[1]
            if not path.exists() or path.read_bytes() != out:
                print(f"{kind}/{name}")
                path.write_bytes(out)


if __name__ == "__main__":
    if sys.argv[1:] == ["--bless"]:
        bless()
    else:
        unittest.main()
