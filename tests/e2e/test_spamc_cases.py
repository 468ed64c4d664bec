#!/usr/bin/env python3
"""Holds assayd to what SpamAssassin's own tests ask of a server that spamc talks to, with rules of ours in place of its
TEST_* ones. Each test names the file of SpamAssassin's t/ that it mirrors; they are written anew.

Where spamc is not installed there is nothing to test.
"""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests", "support"))

import assayd  # noqa: E402
import spamc  # noqa: E402
from spamc import HAM, SPAM  # noqa: E402

HELLO = b"hello world\n"


@unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
class Cases(assayd.SpamdCase):
    RULES = spamc.RULES

    def exits(self, options, given, code, **more):
        self.assertEqual(spamc.run(options, given, self.port, **more).returncode, code, (options, more))

    def test_spamc_c(self):
        """t/spamc_c.t: -c fails for spam, and does not for what is none."""
        self.exits("-c", SPAM, 1)
        self.exits("-c", HAM, 0)

    def test_spamc_c_stdout_closed(self):
        """t/spamc_c_stdout_closed.t: so it does for whoever has no standard output himself, and gives spamc a file."""
        out = self.daemon.path("out")
        for given, code, said in ((SPAM, 1, b"7.6/5.0\n"), (HAM, 0, b"0.0/5.0\n")):
            self.assertEqual(self.closed('exec "$@" >' + out, given), code)
            with open(out, "rb") as file:
                self.assertEqual(file.read(), said)

    def test_spamc_c_stdout_really_closed(self):
        """The same without the file: spamc cannot print, and takes that for a failure of its own; it had an answer."""
        with assayd.Daemon(rules=spamc.RULES) as daemon:
            for given in (SPAM, HAM):
                self.assertEqual(self.closed('exec "$@"', given, daemon.ports["spamd"]), 0)
            self.assertEqual(sorted(line["score"] for line in daemon.wait_log("verdict", 2)), [0, 7.6])

    def closed(self, command, given, port=None):
        words = ["/bin/sh", "-c", "exec >&-; " + command, "sh", spamc.PROGRAM, "-F", "/dev/null", "-d", "127.0.0.1",
                 "-p", str(port or self.port), "-c"]
        return subprocess.run(words, input=given, stderr=subprocess.DEVNULL, timeout=120, check=False).returncode

    def test_spamc_E(self):
        """t/spamc_E.t: -E does not fail for what is no spam, and does for spam."""
        self.exits("-E", HAM, 0)
        self.exits("-E", SPAM, 1)

    def test_spamc_y(self):
        """t/spamc_y.t: with nobody at the port, -y does not print the message in place of the rules."""
        done = spamc.run("-y", HELLO, assayd.free_port())
        self.assertEqual(done.returncode, 0)
        self.assertNotIn(b"hello world", done.stdout + done.stderr)

    def test_spamc_y_of_rules_that_hit(self):
        """t/spamc_y.t, with somebody at the port: the rules, and not the message."""
        done = spamc.run("-y", SPAM, self.port)
        self.assertEqual((done.returncode, done.stdout), (0, ",".join(spamc.NAMES).encode()))

    def test_spamc_l(self):
        """t/spamc_l.t: with nobody at the port, -l says on standard error what fails; the message comes through."""
        done = spamc.run("-l", HELLO, assayd.free_port())
        self.assertEqual((done.returncode, done.stdout), (0, HELLO))
        self.assertIn(b"spamc: connect to spamd on ", done.stderr)
        self.assertIn(b" failed, retrying (#1 of 3): Connection refused", done.stderr)

    def test_spamc_l_has_nothing_to_say(self):
        """t/spamc_l.t, with somebody at the port: no reply of ours makes spamc complain."""
        for options in ("", "-c", "-R", "-r", "-y", "--headers", "-K", "-L spam", "-C report"):
            self.assertEqual(spamc.run("-l " + options, SPAM, self.port).stderr, b"", options)

    def test_spamc_x_E_R(self):
        """t/spamc_x_E_R.t: how -x, -E and -R exit together, and what is too big comes through untouched."""
        for options in ("-E", "-R", "-x -E", "-x -R", "-x -R -E"):
            self.exits(options, HAM, 0)
        for options, code in (("-R", 0), ("-x -R", 0), ("-x -E", 1), ("-E", 1), ("-x -R -E", 1)):
            self.exits(options, SPAM, code)
        for options, out in (("-x", SPAM), ("-x -E", SPAM), ("-x -R", b"0/0\n"), ("-x -E -R", b"0/0\n")):
            done = spamc.run("-s 128 " + options, SPAM, self.port)
            self.assertEqual((done.returncode, done.stdout), (0, out), options)

    def test_spamc_x_e(self):
        """t/spamc_x_e.t: with -x, the command of -e runs only if there was an answer."""
        self.assertEqual(spamc.run("-x -e /bin/echo Fine", HAM, self.port).stdout, b"Fine\n")
        done = spamc.run("--connect-retries 1 -x -e /bin/echo Fine", HAM, assayd.free_port())
        self.assertEqual((done.returncode, done.stdout), (69, b""))

    def test_spamc_headers(self):
        """t/spamc_headers.t: --headers keeps headers and body, and adds the verdict with its rules."""
        done = spamc.run("--headers", SPAM, self.port)
        for piece in (b"\nMessage-Id: <1@bad.example>\n", b"X-Assay-Action: tag\n", b"HELO_BAD", b"\n\nhello world\n"):
            self.assertIn(piece, done.stdout)


if __name__ == "__main__":
    unittest.main()
