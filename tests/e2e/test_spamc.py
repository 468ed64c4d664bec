#!/usr/bin/env python3
"""Holds assayd to stock spamc: every option that talks to a server, what it prints, and how it exits.

Where spamc is not installed there is nothing to test. The expected words and exit codes are those that spamc has with
SpamAssassin's own spamd.
"""

import os
import re
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests", "support"))

import assayd  # noqa: E402
import spamc  # noqa: E402
from spamc import HAM, SPAM  # noqa: E402

BAD = b"X-Assay-Action: tag\nX-Assay-Score: 7.6 required=5.0\nX-Assay-Rules: HELO_BAD=4.6, CLIENT_BAD=3.0\n"
GOOD = b"X-Assay-Action: accept\nX-Assay-Score: 0.0 required=5.0\nX-Assay-Rules: none\n"
HEAD = (rb"Assay \S+ on \S+ has judged the connection by which this message came\.\nAction: %s\n\n"
        rb"Content analysis details:   \(%s points, 5\.0 required\)\n\n"
        rb" pts rule name              description\n---- -{22} -{50}\n")
BAD_REPORT = HEAD % (b"tag", rb"7\.6") + (rb" 4\.6 HELO_BAD               the greeting of a known nuisance\n"
                                          rb" 3\.0 CLIENT_BAD             the address of a known nuisance\n")
GOOD_REPORT = HEAD % (b"accept", rb"0\.0")


def exactly(text):
    return re.escape(text)


#: Options, then of spam and of ham: the exit code, and what standard output is, as a regular expression.
ANSWERS = [
    ("", (0, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("-E", (1, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("-x", (0, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("-x -E", (1, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("-x -X", (0, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("--headers", (0, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("--headers -E", (1, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),
    ("-c", (1, rb"7\.6/5\.0\n"), (0, rb"0\.0/5\.0\n")),
    ("-c -E", (1, rb"7\.6/5\.0\n"), (0, rb"0\.0/5\.0\n")),
    ("-x -c", (1, rb"7\.6/5\.0\n"), (0, rb"0\.0/5\.0\n")),
    ("-R", (0, rb"7\.6/5\.0\n" + BAD_REPORT), (0, rb"0\.0/5\.0\n" + GOOD_REPORT)),
    ("-R -E", (1, rb"7\.6/5\.0\n" + BAD_REPORT), (0, rb"0\.0/5\.0\n" + GOOD_REPORT)),
    # spamc knows True, and spamd says Yes: so there is no score, and no exit code either.
    ("-r", (0, BAD_REPORT), (0, rb"")),
    ("-r -E", (0, BAD_REPORT), (0, rb"")),
    ("-y", (0, rb"CLIENT_BAD,HELO_BAD"), (0, rb"")),
    ("-y -E", (1, rb"CLIENT_BAD,HELO_BAD"), (0, rb"")),
    ("-K", (0, rb"SPAMD/1\.5 0\n"), (0, rb"SPAMD/1\.5 0\n")),
    # Nothing is learnt, and spamc has these words for it.
    ("-L spam", (0, rb"Message was already un/learned\n"), (0, rb"Message was already un/learned\n")),
    ("-L ham", (0, rb"Message was already un/learned\n"), (0, rb"Message was already un/learned\n")),
    ("-L forget", (0, rb"Message was already un/learned\n"), (0, rb"Message was already un/learned\n")),
    ("-C report", (0, rb"Unable to report/revoke message\n"), (0, rb"Unable to report/revoke message\n")),
    ("-C revoke", (0, rb"Unable to report/revoke message\n"), (0, rb"Unable to report/revoke message\n")),
    ("-s 10", (0, exactly(SPAM)), (0, exactly(HAM))),
    ("-s 10 -x -E", (0, exactly(SPAM)), (0, exactly(HAM))),
    ("-s 10 -c", (0, rb"0/0\n"), (0, rb"0/0\n")),
    ("-s 10 -R", (0, rb"0/0\n"), (0, rb"0/0\n")),
    ("-u joe -c", (1, rb"7\.6/5\.0\n"), (0, rb"0\.0/5\.0\n")),
    ("-t 60 -n 60 -c", (1, rb"7\.6/5\.0\n"), (0, rb"0\.0/5\.0\n")),
    ("-4 -H -c", (1, rb"7\.6/5\.0\n"), (0, rb"0\.0/5\.0\n")),
    ("--connect-retries 1 --retry-sleep 1 --filter-retries 2 --filter-retry-sleep 1 -c", (1, rb"7\.6/5\.0\n"),
     (0, rb"0\.0/5\.0\n")),
    ("-E -e /bin/cat", (0, exactly(BAD + SPAM)), (0, exactly(GOOD + HAM))),  # the exit code is that of cat
    ("-x -e /bin/echo Fine", (0, rb"Fine\n"), (0, rb"Fine\n")),
]

#: Options, the exit code, and what standard output is, with nobody at the port.
DOWN = [
    ("", 0, SPAM), ("-E", 0, SPAM), ("-c", 0, b"0/0\n"), ("-R", 0, b"0/0\n"), ("-r", 0, b"0/0\n"), ("-y", 0, b"\n"),
    ("--headers", 0, SPAM), ("-x", 69, b""), ("-x -E", 69, b""), ("-x -c", 69, b"0/0\n"), ("-x -R", 69, b"0/0\n"),
    ("-x -X", 75, b""), ("-K", 69, b""), ("-L spam", 69, b""), ("-C report", 0, SPAM),
    ("-x -e /bin/echo Fine", 69, b""),
]


def marked(given, added, eol=b"\n"):
    return added.replace(b"\n", eol) + given


def mbox(given):
    return b"From me@bad.example Mon Nov 30 12:00:00 2026\n" + given


#: Messages that are odd, each with the client of SPAM, and what comes back.
BODIES = [
    ("lf", b"hello\n\nworld\n", b"\n"),
    ("crlf", b"hello\r\n\r\nworld\r\n", b"\r\n"),
    ("no line end at the end", b"hello", b"\n"),
    ("no body", b"", b"\n"),
    ("8-bit", bytes(range(128, 256)) * 3 + b"\n", b"\n"),
    ("every byte", bytes(range(256)), b"\n"),
    ("nul", b"a\0b\0\0\n\0", b"\n"),
    ("bare cr", b"a\rb\r\r\n", b"\n"),
    ("dots", b".\n..\n.\r\n", b"\n"),
    ("a long line", b"x" * 200000, b"\n"),
    ("5 MB", b"0123456789abcde\n" * (5 << 16), b"\n"),
]


@unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
class Case(assayd.SpamdCase):
    RULES = spamc.RULES

    def check(self, options, given, code, out, to=None, **more):
        done = spamc.run(options, given, self.port if to is None else to, **more)
        with self.subTest(options=options, code=done.returncode, stdout=done.stdout[:300], stderr=done.stderr):
            self.assertEqual(done.returncode, code)
            self.assertTrue(re.fullmatch(out, done.stdout) if isinstance(out, re.Pattern) else out == done.stdout)
        return done


class Options(Case):
    CONFIG = assayd.SPAMD + 'listen spamd unix:$folder/spamd\nlisten spamd tcp:[::1]:$port_v6\n'

    def test_spam_and_ham(self):
        for options, spam, ham in ANSWERS:
            self.check(options, SPAM, spam[0], re.compile(spam[1]))
            self.check(options, HAM, ham[0], re.compile(ham[1]))

    def test_nobody_at_the_port(self):
        port = assayd.free_port()
        for options, code, out in DOWN:
            self.check("--connect-retries 1 " + options, SPAM, code, out, to=port)
        self.check("-x -d no_such..host", SPAM, 68, b"")
        self.check("-x", SPAM, 70, b"", to=self.daemon.path("none"))

    def test_bad_options(self):
        for options in ("--no-such-option", "-L nothing", "-C nothing"):
            self.check(options, SPAM, 64, re.compile(rb"(?s).*"))

    def test_compressed(self):
        """As without -z; Debian builds its spamc without it."""
        if spamc.run("-z", HAM, self.port).returncode == 64:
            self.skipTest("this spamc has no -z")
        for options, spam, ham in ANSWERS:
            self.check(f"-z {options}", SPAM, spam[0], re.compile(spam[1]))
            self.check(f"-z {options}", HAM, ham[0], re.compile(ham[1]))

    def test_unix_socket(self):
        for options, spam, ham in ANSWERS[:24]:
            self.check(options, SPAM, spam[0], re.compile(spam[1]), to=self.daemon.path("spamd"))
            self.check(options, HAM, ham[0], re.compile(ham[1]), to=self.daemon.path("spamd"))

    def test_ipv6(self):
        options = ["-6", "-d", "::1", "-p", str(self.daemon.ports["v6"]), "-c"]
        self.assertEqual(spamc.run(options, SPAM).stdout, b"7.6/5.0\n")

    def test_the_second_host_answers(self):
        options = ["-d", "127.0.0.2,127.0.0.1", "-p", str(self.port), "-c", "--connect-retries", "2"]
        self.assertEqual(spamc.run(options, SPAM).stdout, b"7.6/5.0\n")

    def test_options_in_a_file(self):
        self.daemon.write("spamc.conf", f"# where it is\n-d 127.0.0.1\n-p {self.port}\n-c\n")
        done = spamc.run(["-F", self.daemon.path("spamc.conf")], SPAM)
        self.assertEqual((done.returncode, done.stdout), (1, b"7.6/5.0\n"))

    def test_bsmtp(self):
        before = b"MAIL FROM:<me@bad.example>\r\nRCPT TO:<you@example.net>\r\nDATA\r\n"
        inner = SPAM.replace(b"\n", b"\r\n")
        self.check("-B", before + inner + b".\r\nQUIT\r\n", 0,
                   before + marked(inner, BAD, b"\r\n") + b".\r\nQUIT\r\n")

    def test_tls_is_not_spoken(self):
        """Neither side hangs: spamc has its error, and the log says that somebody spoke something else."""
        self.check("-S -x -t 20", SPAM, 69, b"")
        line = self.daemon.wait_log("request")[0]
        self.assertEqual((line["front"], line["peer"]), ("spamd", "127.0.0.1"))
        self.assertRegex(line["detail"], r"\ASPAMD/1\.0 76 Bad header line: [ -~]+\Z")


class Messages(Case):
    def test_come_back_byte_by_byte(self):
        for name, body, eol in BODIES:
            given = spamc.message("bad.example", "203.0.113.5", body, eol=eol)
            for options in ("-s 200000000", "-s 200000000 --headers"):
                if b"\0" in body and "--headers" in options:
                    continue  # spamc itself puts the body behind the headers, and loses what follows a NUL
                with self.subTest(name):
                    done = spamc.run(options, given, self.port)
                    self.assertEqual(done.returncode, 0)
                    self.assertTrue(done.stdout == marked(given, BAD, eol), (name, options, done.stdout[:300]))
            self.check("-x -c -s 200000000", given, 1, b"7.6/5.0\n")

    def test_empty(self):
        """spamc does not even ask about it."""
        self.check("", b"", 0, b"")
        self.check("-c", b"", 0, b"0/0\n")

    def test_only_a_body(self):
        """A blank at the beginning would go on our last header."""
        self.check("", b"\nbody\n", 0, GOOD + b"\nbody\n")
        self.check("", b" body\n", 0, GOOD + b"\n body\n")

    def test_mbox_line_stays_the_first(self):
        self.check("", mbox(SPAM), 0, mbox(BAD + SPAM))

    def test_five_megabytes_are_more_than_spamc_sends(self):
        given = SPAM + b"x" * (5 << 20)
        self.check("", given, 0, given)
        self.check("-c", given, 0, b"0/0\n")

    def test_user_is_anything(self):
        for user in ("joe", "joe@example.net", "jö", "a" * 200, 'x" level="error'):
            done = spamc.run(["-c", "-u", user], SPAM, self.port)
            self.assertEqual((done.returncode, done.stdout), (1, b"7.6/5.0\n"), user)
            self.assertEqual(self.daemon.wait_log("verdict", user=user)[0]["level"], "info")


class Limits(Case):
    CONFIG = assayd.SPAMD + "limit request 1M\n"

    def test_more_than_the_server_takes(self):
        """spamc hands the message on as it is; with -x it fails, and the mail server tries again."""
        given = SPAM + b"y" * (3 << 20)
        self.check("-s 200000000", given, 0, given)
        self.check("-s 200000000 -c", given, 0, b"0/0\n")
        for _ in range(5):
            self.check("-s 200000000 -x", given, 74, b"")
        self.check("-c", SPAM, 1, b"7.6/5.0\n")


FORGED = (b"X-Spam-Status: No, score=-9\n\tmore of it\nX-SPAM-Flag: NO\nx-assay-Action: accept\n  folded\n"
          b"X-Spamish: kept\n")


class Markup(Case):
    def test_forged_headers_of_ours_go(self):
        given = FORGED + SPAM
        kept = b"X-Spam-Status: No, score=-9\n\tmore of it\nX-SPAM-Flag: NO\nX-Spamish: kept\n"
        for options in ("", "--headers"):
            self.check(options, given, 0, BAD + kept + SPAM)

    def test_those_in_the_body_stay(self):
        given = SPAM + FORGED
        self.check("", given, 0, BAD + given)


class SpamAssassinMarkup(Case):
    CONFIG = assayd.SPAMD + "markup spamassassin\n"

    def expected(self, spam, rest):
        version = rb"(?P<version>\S+)"
        head = rb"X-Spam-Checker-Version: Assay %s on \S+\n" % version
        if spam:
            head += (rb"X-Spam-Flag: YES\nX-Spam-Level: \*{7}\nX-Spam-Status: Yes, score=7\.6 required=5\.0 "
                     rb"tests=CLIENT_BAD,HELO_BAD\n\tautolearn=disabled version=(?P=version)\n")
        else:
            head += (rb"X-Spam-Level: \nX-Spam-Status: No, score=0\.0 required=5\.0 tests=none "
                     rb"autolearn=disabled\n\tversion=(?P=version)\n")
        return re.compile(head + re.escape(rest))

    def test_forged_headers_go(self):
        for options in ("", "--headers"):
            for spam, message in ((True, SPAM), (False, HAM)):
                self.check(options, FORGED + message, 0, self.expected(spam, b"X-Spamish: kept\n" + message))

    def test_those_in_the_body_stay(self):
        given = SPAM + FORGED
        self.check("", given, 0, self.expected(True, given))


class Outages(unittest.TestCase):
    """Mail goes on whatever becomes of the server."""

    @unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
    def test_killed(self):
        with assayd.Daemon(rules=spamc.RULES) as daemon:
            port = daemon.ports["spamd"]
            self.assertEqual(spamc.run("", SPAM, port).stdout, BAD + SPAM)
            daemon.kill()
            self.assertEqual(spamc.run("--connect-retries 1", SPAM, port).stdout, SPAM)
            self.assertEqual(spamc.run("--connect-retries 1 -x -X", SPAM, port).returncode, 75)

    @unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
    def test_hanging(self):
        with assayd.Daemon(rules=spamc.RULES) as daemon:
            port = daemon.ports["spamd"]
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                done = spamc.run("-t 1", SPAM, port)
                failed = spamc.run("-t 1 -x", SPAM, port)
            finally:
                daemon.process.send_signal(signal.SIGCONT)
            self.assertEqual((done.returncode, done.stdout), (0, SPAM))
            self.assertNotIn(failed.returncode, (0, 1))
            self.assertEqual(spamc.run("-c", SPAM, port).stdout, b"7.6/5.0\n")


if __name__ == "__main__":
    unittest.main()
