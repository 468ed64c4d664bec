"""Tests the package as others get it: it is documented and typed, it stands alone, and the versions agree."""

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
import typing
import unittest

import assay
from support import PACKAGE, SOURCE

MODULES = sorted((PACKAGE / "assay").glob("*.py"))
FUNCTION_MOST, FILE_MOST, LINE_MOST = 40, 250, 120


def public():
    """(name, object) of all that is public: the package's names, and the methods and properties of its classes."""
    for name in assay.__all__:
        thing = getattr(assay, name)
        yield name, thing
        for member, value in vars(thing).items() if inspect.isclass(thing) else ():
            if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, (property, classmethod))):
                yield f"{name}.{member}", value


class Shown(unittest.TestCase):
    def test_documented(self):
        short = {"score", "low", "high"}  # properties that say all by their name
        for name, thing in public():
            with self.subTest(name):
                self.assertTrue(inspect.getdoc(thing) or name.split(".")[-1] in short)

    def test_typed(self):
        for name, thing in public():
            function = getattr(thing, "fget", None) or getattr(thing, "__func__", None) or thing
            if inspect.isfunction(function):
                with self.subTest(name):
                    hints = typing.get_type_hints(function)
                    needed = set(inspect.signature(function).parameters) - {"self", "cls"} | {"return"}
                    self.assertEqual(set(hints), needed)
        self.assertTrue((PACKAGE / "assay/py.typed").is_file())

    def test_mypy(self):
        if not importlib.util.find_spec("mypy"):
            self.skipTest("mypy is not installed")
        done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir=/dev/null", "assay"], cwd=PACKAGE,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_tables(self):
        self.assertEqual(assay.facts()[0].name, "client.ip")
        self.assertEqual((assay.facts()[0].type, assay.facts()[0].stage), (assay.Type.ADDRESS, "CONNECT"))
        self.assertIn("embeds_address", [row.name for row in assay.functions()])
        self.assertIn(("name", "is_fqdn", "bool"), [(row.type, row.name, row.result) for row in assay.properties()])
        self.assertIn(("E203", "unknown-name", assay.Severity.ERROR),
                      [(row.code, row.name, row.severity) for row in assay.codes()])
        for table in (assay.facts(), assay.functions(), assay.properties(), assay.codes()):
            self.assertTrue(all(row.doc for row in table))

    def test_versions(self):
        project = (PACKAGE / "pyproject.toml").read_text()
        header = (SOURCE / "include/assay/assay.h").read_text()
        self.assertEqual(re.search(r'^version = "(.*)"$', project, re.M)[1], assay.__version__)
        self.assertEqual(re.search(r'ASSAY_VERSION "(.*)"', header)[1], assay.__version__)
        self.assertEqual(assay.version(), assay.__version__)
        self.assertIn("BSD-2-Clause", project)


class House(unittest.TestCase):
    def test_heads_and_sizes(self):
        for path in MODULES:
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text, feature_version=(3, 9))
            with self.subTest(path.name):
                head = ast.get_docstring(tree) or ""
                self.assertRegex(head, "Owns")
                self.assertRegex(head, "Must never know")
                self.assertLessEqual(text.count("\n"), FILE_MOST)
                self.assertLessEqual(max(map(len, text.split("\n"))), LINE_MOST)
                for node in ast.walk(tree):
                    if isinstance(node, ast.FunctionDef):
                        self.assertLessEqual(node.end_lineno - node.lineno + 1, FUNCTION_MOST, node.name)

    def test_it_stands_alone(self):
        done = subprocess.run([sys.executable, "-S", "-c", "import assay, sys; print(*sys.modules)"], cwd=PACKAGE,
                              capture_output=True, text=True, check=True)
        standard = getattr(sys, "stdlib_module_names", None)
        if standard is None:
            self.skipTest("this Python cannot say what is in its standard library")
        tops = {name.split(".")[0] for name in done.stdout.split()}
        self.assertEqual({name for name in tops if name not in standard and not name.startswith("__")}, {"assay"})


if __name__ == "__main__":
    unittest.main()
