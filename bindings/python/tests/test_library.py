"""Tests how the shared library is found, and how one that does not fit is refused."""

import os
import pathlib
import shutil
import unittest

from support import LIBRARY, PACKAGE, SOURCE, Folder, python

SHOW = "import assay._ffi as f; print(f.lib.path, f.lib.assay_version().decode())"


@unittest.skipUnless(LIBRARY, "ASSAY_LIBRARY names the library to find")
class Finding(Folder):
    def version(self):
        text = (SOURCE / "include/assay/assay.h").read_text()
        return text.split('ASSAY_VERSION "')[1].split('"')[0]

    def test_by_the_variable(self):
        done = python(SHOW)
        self.assertEqual((done.stdout, done.stderr), (f"{LIBRARY} {self.version()}\n", ""))

    def test_by_the_system(self):
        done = python(SHOW, ASSAY_LIBRARY="", LD_LIBRARY_PATH=str(pathlib.Path(LIBRARY).parent))
        self.assertEqual((done.stdout, done.stderr), (f"libassay.so.0 {self.version()}\n", ""))

    def test_beside_the_package(self):
        beside = self.folder / "assay"
        shutil.copytree(PACKAGE / "assay", beside, ignore=shutil.ignore_patterns("__pycache__"))
        os.symlink(os.path.realpath(LIBRARY), beside / "libassay.so.0")
        done = python(SHOW, ASSAY_LIBRARY="", PYTHONPATH=str(self.folder), LD_LIBRARY_PATH="")
        if done.stdout.startswith("libassay.so.0 "):
            self.skipTest("a library is installed on this system, and comes first")
        self.assertEqual((done.stdout, done.stderr), (f"{beside.resolve()}/libassay.so.0 {self.version()}\n", ""))

    def refused(self, library):
        done = python("import assay", ASSAY_LIBRARY=str(library))
        self.assertEqual(done.returncode, 1)
        return done.stderr.strip().split("ImportError: ")[-1]

    def test_none(self):
        said = self.refused("/nowhere/libassay.so.0")
        self.assertIn("the shared library of Assay cannot be loaded:\n  /nowhere/libassay.so.0: ", said)
        self.assertIn("name the file by ASSAY_LIBRARY", said)
        self.assertNotIn("\n  libassay.so.0", said)  # whoever names one gets no other

    def test_one_that_does_not_fit(self):
        version = 'const char *assay_version(void);\nconst char *assay_version(void) {{ return "{}"; }}\n'
        for name, text, expected in (
                ("other.so", "int other;\n", "is no library of Assay: it has no assay_version"),
                ("later.so", version.format("1.2.0"), "is Assay 1.2.0, and this binding needs 0.x (libassay.so.0)"),
                ("early.so", version.format("0.0.1"), "is older than this binding: it has no assay_evaluate")):
            with self.subTest(name):
                library = self.compile_c(text, name, "-shared", "-fPIC")
                self.assertEqual(self.refused(library), f"{library} {expected}")


if __name__ == "__main__":
    unittest.main()
