"""Runs the examples of the README, and holds their output to what it shows."""

import re
import subprocess
import sys
import unittest

from support import PACKAGE, SOURCE, python

README = (PACKAGE / "README.md").read_text(encoding="utf-8")


class Readme(unittest.TestCase):
    maxDiff = None

    def test_examples(self):
        shown = re.findall(r"^```python\n(.*?)^```\n\n```output\n(.*?)^```$", README, re.S | re.M)
        self.assertEqual(len(shown), README.count("```python\n"))
        self.assertGreaterEqual(len(shown), 6)
        for code, output in shown:
            with self.subTest(code=code[:200]):
                done = python("import os, sys\nos.chdir(sys.argv[1])\n" + code, SOURCE)
                self.assertEqual((done.stdout, done.stderr), (output, ""))

    def test_the_measure_runs(self):
        done = subprocess.run([sys.executable, PACKAGE / "measure", "310"], capture_output=True, text=True, check=True)
        rows = re.findall(r"^(.+?) +\d+ connections a second, (\d+) hits$", done.stdout, re.M)
        self.assertEqual(len(rows), 3)
        self.assertEqual(len({hits for _, hits in rows}), 1)  # each way does the same

    def test_links(self):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README):
            self.assertTrue((PACKAGE / target).exists(), target)

    def test_every_exception_has_its_row(self):
        import assay
        rows = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", README, re.M))
        errors = {name for name in assay.__all__ if isinstance(getattr(assay, name), type)
                  and issubclass(getattr(assay, name), assay.Error)} - {"Error"}
        self.assertEqual(set(rows), errors)
        for name, builtin in rows.items():
            self.assertTrue(issubclass(getattr(assay, name), getattr(__import__("builtins"), builtin)), name)


if __name__ == "__main__":
    unittest.main()
