"""Holds the manual pages to what they are about: libassay(3) to the public headers, assay(1) and assayd(8) to what the
programs say.

ASSAY_BIN names the program, ASSAY_SOURCE the source tree. mandoc reads the pages where there is one. Standard library only.
"""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

BIN = os.environ["ASSAY_BIN"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
LIBRARY, PROGRAM, DAEMON = SOURCE / "docs/libassay.3", SOURCE / "docs/assay.1", SOURCE / "docs/assayd.8"


def read(path):
    return path.read_text(encoding="utf-8")


def section(page, title):
    return re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", page, re.S | re.M)[1]


def help_of(*verb, program=BIN):
    done = subprocess.run([program, *verb, "--help"], capture_output=True, timeout=60, check=True, text=True)
    return done.stdout


def declared():
    """The prototypes of the headers, with single blanks."""
    for header in sorted((SOURCE / "include/assay").glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", read(header), flags=re.S)
        for prototype in re.findall(r"ASSAY_API\s+([^;{]*?\bassay_\w+\s*\([^;]*\));", text):
            yield " ".join(prototype.split())


def shown(page):
    """The prototypes of the synopsis: .Ft, .Fo, and a .Fa a parameter."""
    pattern = r'^\.Ft (.*)\n\.Fo (\w+)\n((?:\.Fa .*\n)*)\.Fc$'
    for result, name, parameters in re.findall(pattern, section(page, "SYNOPSIS"), re.M):
        result, space = result.strip('"'), "" if result.strip('"').endswith("*") else " "
        arguments = [line[4:].strip('"') for line in parameters.splitlines()]
        yield f"{result}{space}{name}({', '.join(arguments)})"


class LibraryTest(unittest.TestCase):
    maxDiff = None

    def test_the_synopsis_is_the_headers(self):
        headers = sorted(declared())
        self.assertGreater(len(headers), 60)
        self.assertEqual(sorted(shown(read(LIBRARY))), headers)

    def test_every_function_is_described(self):
        described = re.findall(r"^\.Fn (\w+)", section(read(LIBRARY), "DESCRIPTION"), re.M)
        self.assertEqual(set(described), {re.search(r"\b(assay_\w+)\s*\(", text)[1] for text in declared()})
        self.assertEqual(len(described), len(set(described)))

    def test_every_status_is_described(self):
        statuses = re.findall(r"^  (ASSAY_\w+)", read(SOURCE / "include/assay/status.h"), re.M)
        self.assertGreater(len(statuses), 5)
        self.assertEqual(re.findall(r"\bDv (ASSAY_\w+)", section(read(LIBRARY), "RETURN VALUES"))[:len(statuses)], statuses)

    def test_the_example_is_the_smallest(self):
        example = re.search(r"^\.Bd .*?\n(.*?)^\.Ed$", section(read(LIBRARY), "EXAMPLES"), re.S | re.M)[1]
        self.assertEqual(example.replace(r"\e", "\\"), read(SOURCE / "examples/smallest.c"))


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.page = read(PROGRAM)
        self.verbs = re.findall(r"^  (\w+) ", help_of(), re.M)

    def test_the_verbs(self):
        self.assertGreaterEqual(len(self.verbs), 5)
        self.assertEqual(re.findall(r"^\.Ss (\w+)$", self.page, re.M), self.verbs)

    def test_the_options_of_each_verb(self):
        for verb in self.verbs:
            with self.subTest(verb=verb):
                text = re.search(rf"^\.Ss {verb}\n(.*?)(?=^\.S[sh] )", self.page, re.S | re.M)[1]
                told = [(letter, name, value.lower().split("=")[0]) for letter, name, value in
                        re.findall(r"^ +(?:-(\w), )?--([\w-]+)(?: |\[=)([^\s\]]*)\]? *", help_of(verb), re.M)
                        if name != "help"]
                here = re.findall(r"^\.It Fl (?:(\w) , Fl )?-([\w-]+)(?:(?: Ns Op = Ns)? Ar (\w+).*)?$", text, re.M)
                self.assertEqual(here, told)

    def test_the_exit_codes(self):
        here = re.findall(r"^\.It (\d+)$", section(self.page, "EXIT STATUS"), re.M)
        told = re.findall(r"(\d+) [a-z]", re.search(r"^Exit: (.*)$", help_of(), re.M)[1])
        self.assertEqual(here, told)

    def test_the_environment(self):
        read_by_it = {name for path in SOURCE.glob("src/cli/*.c") for name in re.findall(r'getenv\("(\w+)"\)', read(path))}
        self.assertEqual(set(re.findall(r"^\.It Ev (\w+)$", self.page, re.M)), read_by_it)


class DaemonTest(unittest.TestCase):
    def setUp(self):
        self.page, self.help = read(DAEMON), help_of(program=os.path.join(os.path.dirname(BIN), "assayd"))

    def test_the_options(self):
        told = re.findall(r"^ +(?:-(\w), )?--([\w-]+)(?: ([A-Z]+))? ", self.help, re.M)
        here = re.findall(r"^\.It Fl (?:(\w) , Fl )?-([\w-]+)(?: Ar (\w+))?$", self.page, re.M)
        self.assertGreaterEqual(len(told), 4)
        self.assertEqual(here, [(letter, name, value.lower()) for letter, name, value in told])

    def test_the_settings(self):
        """Those of the page for administrators, with the same defaults."""
        table = re.search(r"<!-- settings -->(.*?)<!-- end", read(SOURCE / "docs/operations.md"), re.S)[1]
        told = re.findall(r"^\| `([\w ]+)` \|.* \| (.*) \| .* \|$", table, re.M)
        here = re.findall(r"^\.It Ic ((?:limit )?\w+) .*\n((?:(?!\.It|\.El).*\n)*)", self.page, re.M)
        self.assertEqual([name for name, _ in here], [name for name, _ in told])
        for (name, text), (_, default) in zip(here, told):
            if name.startswith("limit "):
                with self.subTest(name):
                    self.assertIn(f"{default.strip('`')} by default.\n", text)

    def test_the_signals(self):
        self.assertEqual(set(re.findall(r"\b(SIG\w+)", section(self.page, "DESCRIPTION"))),
                         set(re.findall(r"sigaddset\(&signals, (SIG\w+)\)", read(SOURCE / "src/daemon/main.c"))))

    def test_the_exit_codes(self):
        here = re.findall(r"^\.It (\d+)$", section(self.page, "EXIT STATUS"), re.M)
        self.assertEqual(here, re.findall(r"(\d+) [a-z]", re.search(r"^Exit: (.*)$", self.help, re.M)[1]))


class MandocTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_has_nothing_to_say(self):
        for page in (LIBRARY, PROGRAM, DAEMON):
            done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], capture_output=True, timeout=60, check=False,
                                  text=True)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
