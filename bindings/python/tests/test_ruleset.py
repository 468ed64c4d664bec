"""Tests rule sets: compiling, what is said about bad rules, and looking into good ones."""

import os
import pathlib
import unittest

import assay
from assay import Severity
from support import ADDRESS, LOCALHOST, PROFILE, SOURCE, Folder


class Compiling(Folder):
    def test_files_and_folders(self):
        self.write("rules/a.rule", LOCALHOST)
        path = self.write("b.rule", ADDRESS)
        for paths in (("rules", "b.rule"), (b"rules", path), (pathlib.Path("rules"), os.fsencode(path))):
            with self.subTest(paths=paths):
                named = [self.folder / os.fsdecode(part) if not isinstance(part, bytes) else
                         os.path.join(os.fsencode(self.folder), part) for part in paths]
                rules = assay.Ruleset.from_files(*named)
                self.assertEqual([rule.name for rule in rules.rules], ["LOCALHOST", "NO_ADDRESS"])

    def test_text(self):
        for text in (LOCALHOST, LOCALHOST.encode()):
            self.assertEqual(assay.Ruleset.from_text(text).statistics.rules, 1)
        self.write("other.rule", ADDRESS)
        rules = assay.Ruleset.from_text('include "other.rule"', self.folder / "main.rule")
        self.assertEqual(rules.rules[0].name, "NO_ADDRESS")

    def test_roots(self):
        inside, outside = self.write("in/a.rule", LOCALHOST), self.write("out/b.rule", ADDRESS)
        self.assertEqual(len(assay.Ruleset.from_files(inside, roots=[self.folder / "in"]).rules), 1)
        with self.assertRaises(OSError) as caught:
            assay.Ruleset.from_files(outside, roots=[self.folder / "in"])
        self.assertIsInstance(caught.exception, assay.Error)
        self.assertIn("b.rule", str(caught.exception))
        with self.assertRaises(FileNotFoundError):
            assay.Ruleset.from_files(inside, roots=[self.folder / "none"])

    def test_lint(self):
        text = 'rule A { describe "a" score 1 when helo != "a" }'
        self.assertEqual(assay.Ruleset.from_text(text).warnings, ())
        warnings = assay.Ruleset.from_text(text, lint=True).warnings
        self.assertEqual([row.code for row in warnings], ["W304", "W303"])
        self.assertEqual({row.severity for row in warnings}, {Severity.WARNING})

    def test_file_errors(self):
        for kind, code in ((FileNotFoundError, 2), (assay.RulesNotFoundError, 2), (OSError, 2)):
            with self.assertRaises(kind) as caught:
                assay.Ruleset.from_files(self.folder / "none.rule")
            self.assertEqual(caught.exception.errno, code)
            self.assertIn("none.rule", str(caught.exception))
            self.assertIsInstance(caught.exception.diagnostics, list)
        (self.folder / "dir.rule").mkdir()
        (self.folder / "pipe.rule").parent.mkdir(exist_ok=True)
        os.mkfifo(self.folder / "pipe.rule")
        with self.assertRaises(assay.RulesReadError) as caught:
            assay.Ruleset.from_files(self.folder / "pipe.rule")
        self.assertNotIsInstance(caught.exception, FileNotFoundError)

    def test_misuse(self):
        for call, kind, text in (
                (lambda: assay.Ruleset.from_files(), ValueError, "no path"),
                (lambda: assay.Ruleset.from_files(3), TypeError, "a path is needed, not int"),
                (lambda: assay.Ruleset.from_files("a\0b"), ValueError, "a NUL byte"),
                (lambda: assay.Ruleset.from_files("a", roots="b"), TypeError, "list of folders"),
                (lambda: assay.Ruleset.from_text(3), TypeError, "not int"),
                (lambda: assay.Ruleset.from_text("", loader=3), TypeError, "a loader is a Loader or a function"),
                (lambda: assay.Ruleset.from_text("", loader=len, roots=["a"]), ValueError, "a loader takes its place")):
            with self.subTest(text=text), self.assertRaises(kind) as caught:
                call()
            self.assertIn(text, str(caught.exception))
            self.assertIsInstance(caught.exception, assay.Error)


class Diagnostics(Folder):
    def test_two_files(self):
        self.write("lists/a.rule", 'list ours : name { "example.org" }\n')
        main = self.write("main.rule", 'include "lists/a.rule"\n\nlist ours : name {\n "example.net" }\n'
                                       'rule A { describe "ä" score 1 when helo.is_fqn }\n')
        with self.assertRaises(assay.RulesError) as caught:
            assay.Ruleset.from_files(main)
        first, second = caught.exception.diagnostics
        self.assertEqual((first.code, first.severity), ("E201", Severity.ERROR))
        self.assertEqual((first.place.file, first.place.line, first.place.column), (str(main), 3, 6))
        self.assertEqual((first.place.end_line, first.place.end_column), (3, 10))
        self.assertTrue(first.second.file.endswith("lists/a.rule"))
        self.assertEqual((first.second.line, first.second.column, first.second.label), (1, 6, "first defined here"))
        self.assertEqual((second.code, second.second), ("E205", None))
        self.assertEqual((second.place.line, second.place.column, second.place.end_column), (5, 42, 48))  # in bytes
        self.assertEqual(second.help, "did you mean `.is_fqdn`?")
        self.assertIn("^^^^^^", second.rendered)
        self.assertIn("main.rule:5:42: error[E205]", second.rendered)
        self.assertEqual(str(second), f"{main}:5:42: error[E205]: a name has no property `is_fqn`")
        self.assertTrue(str(caught.exception).startswith(first.rendered.rstrip()))
        self.assertTrue(str(caught.exception).endswith("and 1 more"))

    def test_warnings_stand_with_errors(self):
        with self.assertRaises(assay.RulesError) as caught:
            assay.Ruleset.from_text('include "none*.rule"\nrule A { describe "a" score 1 }',
                                    self.folder / "main.rule")
        self.assertCountEqual([row.code for row in caught.exception.diagnostics], ["W301", "E202"])
        self.assertIn("E202", str(caught.exception))

    def test_more_than_can_be_looked_at(self):
        text = "".join(f'rule A{i} {{ describe "a" score 1 when helo.x{i} }}\n' for i in range(1200))
        with self.assertRaises(assay.RulesError) as caught:
            assay.Ruleset.from_text(text)
        self.assertEqual(len(caught.exception.diagnostics), 1000)
        self.assertTrue(str(caught.exception).endswith("and 1199 more"))

    def test_odd_bytes(self):
        odd = os.fsdecode(b"odd\xff.rule")
        with self.assertRaises(assay.RulesError) as caught:
            assay.Ruleset.from_text(b'rule A { describe "a" score 1 when helo == \xfe }', odd)
        diagnostic = caught.exception.diagnostics[0]
        self.assertEqual(os.fsencode(diagnostic.place.file), b"odd\xff.rule")
        diagnostic.rendered.encode("ascii")  # escaped, so it can be shown anywhere


class Looking(Folder):
    def setUp(self):
        super().setUp()
        self.path = self.write("a.rule", LOCALHOST + ADDRESS + "disable NO_ADDRESS\n")
        self.rules = assay.Ruleset.from_files(self.path, tests=True)

    def test_rules(self):
        one, two = self.rules.rules
        self.assertEqual(one, assay.Rule("LOCALHOST", "HELO is localhost", "names", 1500, False, str(self.path), 2))
        self.assertEqual((one.score, two.group, two.disabled), (1.5, None, True))

    def test_statistics(self):
        got = self.rules.statistics
        self.assertEqual((got.files, got.rules, got.exemptions, got.tests), (1, 2, 0, 4))
        self.assertGreater(got.instructions, 2)

    def test_disassemble(self):
        whole, one = self.rules.disassemble(), self.rules.disassemble("LOCALHOST")
        self.assertIn("NO_ADDRESS", whole)
        self.assertIn("LOCALHOST", one)
        self.assertNotIn("NO_ADDRESS", one)
        with self.assertRaises(KeyError) as caught:
            self.rules.disassemble("LOCALHOTS")
        self.assertEqual(str(caught.exception), "there is no rule 'LOCALHOTS'; did you mean 'LOCALHOST'?")
        self.assertRaises(assay.BadValueError, self.rules.disassemble, "A\0B")

    def test_tests(self):
        results = self.rules.test()
        self.assertEqual([(row.rule, row.title, row.passed) for row in results],
                         [("LOCALHOST", "hit", True), ("LOCALHOST", "miss", True), ("NO_ADDRESS", "hit", True),
                          ("NO_ADDRESS", "miss", True)])
        self.assertEqual({row.file for row in results}, {str(self.path)})

    def test_a_test_that_fails(self):
        text = LOCALHOST.replace('test miss { helo "mx', 'test hit { helo "mx') + """
            test "all" { helo "localhost" expect score >= 3 }"""
        results = assay.Ruleset.from_text(text, tests=True).test()
        self.assertEqual([row.passed for row in results], [True, False, False])
        self.assertEqual((results[1].expected, results[1].got), ("hit", "miss"))
        self.assertIn("helo", results[1].trace)
        self.assertEqual((results[2].rule, results[2].title, results[2].expected), (None, "all", "score >= 3"))

    def test_tests_must_be_kept(self):
        with self.assertRaises(assay.UsageError) as caught:
            assay.Ruleset.from_files(self.path).test()
        self.assertIn("tests=True", str(caught.exception))

    def test_the_shipped_rules(self):
        rules = assay.Ruleset.from_files(PROFILE, roots=[SOURCE / "rules"], tests=True, lint=True)
        self.assertEqual(rules.warnings, ())
        results = rules.test()
        self.assertEqual([row for row in results if not row.passed], [])
        self.assertGreater(len(results), len(rules.rules))
        verdict = rules.score({"client.ip": "192.0.2.1", "client.rdns": "", "helo": "localhost", "helo.verb": "HELO"})
        self.assertIn("HELO_LOCALHOST", [hit.rule for hit in verdict.hits])
        self.assertGreaterEqual(verdict.action, assay.Action.TAG)


class Loaders(unittest.TestCase):
    FILES = {"main.rule": 'include "sub/*.rule"\nlist ours : name from "ours.txt"',
             "sub/a.rule": LOCALHOST.encode(), "sub/b.rule": ADDRESS, "ours.txt": "example.org\n"}

    def expand(self, path):
        return sorted(name for name in self.FILES if name.startswith("sub/")) if path == "sub/*.rule" else []

    def test_files_from_memory(self):
        loader = assay.Loader(self.FILES.get, self.expand)
        rules = assay.Ruleset.from_files("main.rule", loader=loader)
        self.assertEqual([rule.file for rule in rules.rules], ["sub/a.rule", "sub/b.rule"])
        text = self.FILES["main.rule"]
        self.assertEqual(len(assay.Ruleset.from_text(text, "main.rule", loader=loader).rules), 2)

    def test_a_function_alone(self):
        rules = assay.Ruleset.from_files("sub/a.rule", loader=self.FILES.get)
        self.assertEqual(rules.score({"helo": "localhost"}).score, 1.5)

    def test_not_there(self):
        with self.assertRaises(FileNotFoundError):
            assay.Ruleset.from_files("none.rule", loader=self.FILES.get)
        with self.assertRaises(assay.RulesError) as caught:
            assay.Ruleset.from_text('include "none.rule"', loader=self.FILES.get)
        self.assertEqual(caught.exception.diagnostics[0].code, "E110")

    def test_an_oserror_is_a_reason(self):
        def read(path):
            raise PermissionError(13, "the database is locked\0", path)
        with self.assertRaises(assay.RulesReadError) as caught:
            assay.Ruleset.from_files("a.rule", loader=read)
        self.assertIn("the database is locked", str(caught.exception))

    def test_any_other_exception_comes_out(self):
        calls = []

        def read(path):
            calls.append(path)
            raise ZeroDivisionError("oops")
        with self.assertRaisesRegex(ZeroDivisionError, "oops"):
            assay.Ruleset.from_files("a.rule", "b.rule", loader=read)
        self.assertEqual(calls, ["a.rule"])
        with self.assertRaises(KeyboardInterrupt):
            assay.Ruleset.from_files("a.rule", loader=lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
        with self.assertRaises(assay.BadTypeError):
            assay.Ruleset.from_files("a.rule", loader=lambda path: 3)
        with self.assertRaises(TypeError):
            assay.Ruleset.from_files("a.rule", loader=assay.Loader(self.FILES.get, lambda path: [3]))

    def test_identity(self):
        files = {"a.rule": 'include "x.rule"\ninclude "y.rule"', "x.rule": LOCALHOST, "y.rule": LOCALHOST}
        with self.assertRaises(assay.RulesError):
            assay.Ruleset.from_files("a.rule", loader=files.get)
        loader = assay.Loader(files.get, identity=lambda path: "x.rule" if path == "y.rule" else path)
        self.assertEqual(len(assay.Ruleset.from_files("a.rule", loader=loader).rules), 1)

    def test_odd_paths_come_as_they_are(self):
        seen = []

        def read(path):
            seen.append(os.fsencode(path))
            return LOCALHOST
        assay.Ruleset.from_files(b"a\xff.rule", loader=read)
        self.assertEqual(seen, [b"a\xff.rule"])


if __name__ == "__main__":
    unittest.main()
