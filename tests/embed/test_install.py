#!/usr/bin/env python3
"""Installs the library into a folder of its own and builds hosts against it: by pkg-config and by CMake, shared and
static, with names that the library has inside too."""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
BUILD = pathlib.Path(os.environ["ASSAY_BUILD"])
SANITIZE = [f"-fsanitize={os.environ['ASSAY_SANITIZE']}"] if os.environ.get("ASSAY_SANITIZE") else []
CC = [os.environ.get("CC", "cc"), *SANITIZE]
EXPECTED = "assay 0.1.0: ok, score 3500, ours 50 and 50\n"


def run(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, text=True, capture_output=True, **more).stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = pathlib.Path(cls.folder.name)
        cls.prefix = cls.work / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        cls.lib = next(cls.prefix.glob("lib*/**/libassay.a")).parent
        cls.env = dict(os.environ, PKG_CONFIG_PATH=str(cls.lib / "pkgconfig"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def pkg_config(self, *options):
        return shlex.split(run("pkg-config", *options, "assay", env=self.env))

    def build_host(self, name, *link):
        target = self.work / name
        run(*CC, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *self.pkg_config("--cflags"),
            HERE / "own_names.c", "-o", target, *link)
        return target

    def test_shared_by_pkg_config(self):
        host = self.build_host("shared", *self.pkg_config("--libs"), f"-Wl,-rpath,{self.lib}")
        self.assertEqual(run(host), EXPECTED)
        needed = run("readelf", "-d", host)
        self.assertIn("[libassay.so.0]", needed)
        self.assertNotIn("pcre2", needed)  # that is the library's business

    def test_static_by_pkg_config(self):
        # The archive alone; --static would ask for archives of what it stands on as well, which few machines have.
        needs = self.pkg_config("--print-requires-private")
        libs = shlex.split(run("pkg-config", "--libs", *needs))
        host = self.build_host("static", self.lib / "libassay.a", *libs, "-lm")
        self.assertEqual(run(host), EXPECTED)
        self.assertNotIn("libassay", run("readelf", "-d", host))

    def test_both_by_cmake(self):
        build = self.work / "cmake"
        run("cmake", "-S", HERE, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_C_COMPILER={CC[0]}",
            f"-DCMAKE_C_FLAGS={' '.join(SANITIZE)}")
        run("cmake", "--build", build)
        for shape in ("assay", "assay_static"):
            with self.subTest(shape=shape):
                self.assertEqual(run(build / f"host_{shape}"), EXPECTED)
        self.assertIn("[libassay.so.0]", run("readelf", "-d", build / "host_assay"))
        self.assertNotIn("libassay", run("readelf", "-d", build / "host_assay_static"))

    def test_soname(self):
        self.assertIn("Library soname: [libassay.so.0]", run("readelf", "-d", self.lib / "libassay.so"))

    def test_headers(self):
        installed = sorted(path.name for path in (self.prefix / "include" / "assay").iterdir())
        self.assertEqual(installed, sorted(path.name for path in (SOURCE / "include" / "assay").iterdir()))

    def test_program(self):
        env = {key: value for key, value in os.environ.items() if key not in ("ASSAY_RULES", "LD_LIBRARY_PATH")}
        out = run(self.prefix / "bin" / "assay", "score", "--helo", "localhost", "--ip", "192.0.2.1", cwd="/", env=env)
        self.assertIn("HELO_LOCALHOST", out)
        self.assertIn("[libassay.so.0]", run("readelf", "-d", self.prefix / "bin" / "assay"))

    def test_daemon(self):
        """With a file of settings of its own: this machine's are nobody's business."""
        settings = self.work / "assayd.conf"
        settings.write_text((self.prefix / "share/doc/assay/examples/assayd.conf").read_text(encoding="utf-8"), encoding="utf-8")
        env = {key: value for key, value in os.environ.items() if key != "LD_LIBRARY_PATH"}
        out = run(self.prefix / "bin" / "assayd", "--config", settings, "--check", cwd="/", env=env)
        self.assertEqual(out, "assayd: configuration and rules are right\n")
        self.assertIn("[libassay.so.0]", run("readelf", "-d", self.prefix / "bin" / "assayd"))

    def test_rules_and_manuals(self):
        rules = self.prefix / "share" / "assay" / "rules"
        self.assertTrue((rules / "profiles" / "default.rule").is_file())
        for manual in SOURCE.glob("docs/*.[1358]"):
            self.assertTrue((self.prefix / "share" / "man" / f"man{manual.suffix[1:]}" / manual.name).is_file())

    def test_pages_and_examples(self):
        """The manuals and the unit send their readers to docs/, and that to examples/."""
        docs = self.prefix / "share" / "doc" / "assay"
        wanted = {path.relative_to(SOURCE) for pattern in ("docs/*.md", "examples/*.c", "examples/assayd.*")
                  for path in SOURCE.glob(pattern)}
        installed = {path.relative_to(docs) for path in docs.rglob("*") if path.is_file()}
        self.assertLessEqual(wanted, installed)
        self.assertFalse({path for path in installed if path.name.endswith((".1", ".8"))})


if __name__ == "__main__":
    sys.exit(unittest.main())
