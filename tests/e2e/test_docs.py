"""Holds the rules and the answers that the documentation shows to the program: they compile, pass, and come out as shown.

ASSAY_BIN names the program, ASSAY_SOURCE the source tree. Standard library only."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

BIN = os.environ["ASSAY_BIN"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
PAGES = sorted([SOURCE / "README.md", *SOURCE.glob("docs/*.md")])


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.S | re.M)


class DocsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def run_it(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if key != "ASSAY_RULES"}
        done = subprocess.run([BIN, *arguments], cwd=self.path, env=environment, capture_output=True, timeout=60,
                              check=False, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_rules_compile_and_pass(self):
        shown = [(page, text) for page in PAGES for text in blocks(page, "assay")]
        self.assertGreaterEqual(len(shown), 5)
        for page, text in shown:
            with self.subTest(page=page.name, text=text[:60]):
                (self.path / "shown.rule").write_text(text, encoding="utf-8")
                self.assertRegex(self.run_it("check", "shown.rule")[1], r"^1 file, \d+ rules?: 0 errors, 0 warnings\n$")
                self.assertEqual(self.run_it("test", "shown.rule")[0], 0)

    def test_the_readme_shows_what_the_program_says(self):
        readme = SOURCE / "README.md"
        rule = blocks(readme, "assay")[0]
        self.assertLessEqual(rule.count("\n"), 10)
        (self.path / "first.rule").write_text(rule, encoding="utf-8")
        (self.path / "bad.rule").write_text(rule.replace("helo.address", "helo.addres"), encoding="utf-8")
        consoles = blocks(readme, "console")
        self.assertEqual(len(consoles), 2)
        for console in consoles:
            command, _, answer = console.partition("\n")
            self.assertTrue(command.startswith("$ assay "), command)
            self.assertEqual(self.run_it(*shlex.split(command)[2:])[1], answer)

    def test_the_verdict_page_shows_what_the_program_says(self):
        (self.path / "first.rule").write_text(blocks(SOURCE / "README.md", "assay")[0], encoding="utf-8")
        shown = blocks(SOURCE / "docs/verdict.md", "json")[-1]
        line = {"id": "a-17", "client.ip": "192.0.2.7", "helo": "[192.0.2.99]"}
        (self.path / "one.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
        self.assertEqual(self.run_it("score", "-r", "first.rule", "--input", "one.jsonl", "--json"), (0, shown))

    def test_inputs_are_taken(self):
        page = SOURCE / "docs/verdict.md"
        shown = [("in.jsonl", blocks(page, "json")[0]), ("in.tsv", blocks(page, "tsv")[0])]
        for name, text in shown:
            (self.path / name).write_text(text, encoding="utf-8")
            code, out = self.run_it("score", "--input", name)
            self.assertEqual((code, out.split()[0]), (0, "a-17"), out)

    def test_embedding_shows_the_examples(self):
        """Each program is a file of examples/, or a run of its lines: whole functions, so that nothing is out of its place."""
        page = SOURCE / "docs/embedding.md"
        texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("examples/*.c*"))]
        shown = blocks(page, "c") + blocks(page, "cpp")
        self.assertGreaterEqual(len(shown), 10)
        for text in shown:
            with self.subTest(text=text[:60]):
                self.assertTrue(any(f"\n{text}" in f"\n{example}" for example in texts))
        fences = re.findall(r"^```(\w*)\n.*?^```$", page.read_text(encoding="utf-8"), re.S | re.M)
        self.assertEqual(set(fences), {"c", "cpp", "sh", "cmake"})

    def test_the_settings_page_shows_what_is_read(self):
        page = SOURCE / "docs/settings.md"
        example = (SOURCE / "examples/settings.c").read_text(encoding="utf-8")
        for text in blocks(page, "c"):
            self.assertIn(f"\n{text}", example)
        self.assertEqual(len(blocks(page, "c")), 3)
        (shown,) = blocks(page, "settings")
        (self.path / "shown.conf").write_text(shown, encoding="utf-8")
        program = pathlib.Path(BIN).parent.parent / "tests" / "show_settings"
        done = subprocess.run([program, "shown.conf"], cwd=self.path, capture_output=True, check=False, text=True)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "7 settings: ok"))

    def test_links_lead_somewhere(self):
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                with self.subTest(page=page.name, target=target):
                    self.assertTrue((page.parent / target).exists())


if __name__ == "__main__":
    unittest.main()
