"""What the tests of the binding share: paths of the source tree, and small rules."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
SOURCE = pathlib.Path(os.environ.get("ASSAY_SOURCE", PACKAGE.parent.parent))
PROFILE = SOURCE / "rules" / "profiles" / "default.rule"
LIBRARY = os.environ.get("ASSAY_LIBRARY") and os.path.abspath(os.environ["ASSAY_LIBRARY"])
CC = os.environ.get("CC") or "cc"

LOCALHOST = """
rule LOCALHOST {
    describe "HELO is localhost"
    score    1.5
    group    names
    when     helo == "localhost"
    test hit  { helo "localhost" }
    test miss { helo "mx.example.org" }
}
group names { describe "what the name says" cap 3 }
"""

ADDRESS = """
rule NO_ADDRESS {
    describe "the HELO name does not exist"
    score    1
    when     helo.is_fqdn and not dns.address(helo)
    test hit { helo "mx.example.org"  dns { A "mx.example.org" nxdomain } }
    test miss { helo "localhost" }
}
"""


def python(script, *arguments, **environment):
    """Runs a script in a Python of its own, with every warning and check that it has."""
    env = {**os.environ, "PYTHONPATH": str(PACKAGE), "ASSAY_LIBRARY": LIBRARY or "", "PYTHONDONTWRITEBYTECODE": "1",
           **environment}
    return subprocess.run([sys.executable, "-X", "dev", "-W", "error", "-c", script, *map(str, arguments)], env=env,
                          cwd="/", capture_output=True, text=True, timeout=300, check=False)


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def compile_c(self, text, target, *options):
        if not shutil.which(CC):
            self.skipTest(f"there is no C compiler {CC}")
        source = self.write(f"{target}.c", text)
        subprocess.run([CC, "-I", SOURCE / "include", source, "-o", self.folder / target, *options], check=True)
        return self.folder / target
