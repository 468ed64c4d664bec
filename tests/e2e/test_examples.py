"""Runs the examples: what they say, to the byte, and that they are as short and as portable as they claim.

ASSAY_SOURCE is the source tree, ASSAY_BUILD the build tree, whose folder examples/ has the programs. Standard library only.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
PROGRAMS = pathlib.Path(os.environ["ASSAY_BUILD"]) / "examples"
EXAMPLES = SOURCE / "examples"
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()

SAYS = {
    "threads": "4 threads, 20000 connections, 10000 rejected\n",
    "stepwise": """\
CONNECT  score  3.0, may become  2.0 to  8.0: tag
HELO     score  6.0, may become  5.0 to  8.0: reject, settled
reply    550 5.7.1 refused: EARLY,LOCALHOST

CONNECT  score  0.0, may become -1.0 to  5.0: accept
HELO     score  0.0, may become -1.0 to  2.0: accept
MAIL     score  2.0, may become  1.0 to  2.0: tag
RCPT     score  1.0, may become  1.0 to  1.0: accept, settled

""",
    "resolver": """\
round 1: accept, not settled
  LISTED is unknown (not yet): dnsbl(zones)
  NOT_HIS is unknown (not yet): client.rdns
  NO_MX is unknown (not yet): dnsbl(zones)
  A 9.2.0.192.zen.example: 127.0.0.2
  A 9.2.0.192.slow.example: timed out
  PTR 9.2.0.192.in-addr.arpa: mx.example.org
round 2: tag, not settled
  NOT_HIS is unknown (not yet): client.rdns_confirmed
  NO_MX is unknown (not yet): dns.mx(helo)
  MX mx.example.org: none
  A mx.example.org: 192.0.2.9
round 3: reject, settled
""",
    "own_words": """\
BAD_NEIGHBOUR: its network sends spam
UNSPEAKABLE: nobody chose that name
tag
""",
    "memory_rules": """\
site.rule: ok
tag
broken.rule:1:9: error[E110]: cannot read `shared/gone.rule`: no such row
    1 | include "shared/gone.rule"
      |         ^^^^^^^^^^^^^^^^^^
      = help: a path is relative to the file it stands in
broken.rule: the rules have errors
""",
    "hot_swap": "100 sets swapped under 3 threads: 0 verdicts of a mixed set\n",
    "memory_limit": """\
100000 rules: out of memory
10000 rules: out of memory
1000 rules: ok
0 bytes still in use
""",
    "cplusplus": """\
defer: 450 try again, localhost
rules:1:64: error[E101]: unexpected `=`; expected an operator or the end of the condition
    1 | rule LOCALHOST { describe "it says it is us" score 3 when helo = "localhost" }
      |                                                                ^
      = help: to compare, write `==`
""",
}


def run(name, *arguments):
    done = subprocess.run([PROGRAMS / name, *arguments], capture_output=True, timeout=300, check=False, text=True)
    return done.returncode, done.stdout, done.stderr


class ExamplesTest(unittest.TestCase):
    maxDiff = None

    def test_they_say_what_they_should(self):
        for name, says in SAYS.items():
            with self.subTest(example=name):
                if name == "cplusplus" and not (PROGRAMS / name).exists():
                    self.skipTest("there was no C++ compiler to build it")
                self.assertEqual(run(name), (0, says, ""))

    def test_all_of_them_are_run(self):
        self.assertEqual({path.stem for path in EXAMPLES.glob("*.c*")}, {"smallest", *SAYS})

    def test_the_smallest(self):
        self.assertLess(len((EXAMPLES / "smallest.c").read_text(encoding="utf-8").splitlines()), 20)
        with tempfile.TemporaryDirectory() as folder:
            good, bad = pathlib.Path(folder, "good.rule"), pathlib.Path(folder, "bad.rule")
            good.write_text('action defer at 1\n'
                            'rule LOCAL { describe "l" score 1.25 when helo == "localhost" }\n'
                            'rule CLIENT { describe "c" score -0.25 when client.ip in 192.0.2.0/24 }\n', encoding="utf-8")
            bad.write_text("rule", encoding="utf-8")
            self.assertEqual(run("smallest", good), (0, "1 defer\n", ""))
            self.assertEqual(run("smallest", bad), (1, "", "the rules have errors\n"))
            self.assertEqual(run("smallest", pathlib.Path(folder, "none.rule")), (1, "", "not found\n"))

    def test_every_compiler_at_hand_takes_them(self):
        tried = 0
        for names, language, pattern in ((("gcc", "clang"), "c11", "*.c"), (("g++", "clang++"), "c++17", "*.cpp")):
            for compiler in filter(shutil.which, names):
                for path in sorted(EXAMPLES.glob(pattern)):
                    with self.subTest(compiler=compiler, example=path.name):
                        done = subprocess.run([compiler, f"-std={language}", *WARNINGS, "-fsyntax-only",
                                               f"-I{SOURCE / 'include'}", path],
                                              capture_output=True, timeout=300, check=False, text=True)
                        self.assertEqual((done.returncode, done.stderr), (0, ""))
                        tried += 1
        self.assertGreater(tried, 0)


if __name__ == "__main__":
    unittest.main()
