#!/usr/bin/env python3
"""Holds the page on spamc to what happens: settings are right, commands do what it says, answers come out."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "support"))

import assayd  # noqa: E402
import spamc  # noqa: E402

PAGES = [page for page in (SOURCE / "docs/operations-spamc.md", SOURCE / "docs/operations.md") if page.exists()]
MESSAGE = (b"Received: from localhost (unknown [203.0.113.9])\n\tby mx.example.net (Postfix) with ESMTP id 1A2B3C\n"
           b"\tfor <you@example.net>; Mon, 30 Nov 2026 12:00:00 +0000\nSubject: a subject\n\nhello world\n")

#: What each command of the page does with this message and the shipped rules.
COMMANDS = {
    "spamc -d 127.0.0.1 -p 10783 -R < message": (0, r"3\.0/2\.0\nAssay [^\0]* 2\.5 HELO_NOT_FQDN [^\0]*"),
    "spamc -K": (0, r"SPAMD/1\.5 0\n"),
    "spamc -c < message": (1, r"3\.0/2\.0\n"),
    "spamc -y < message": (0, r"HELO_LOCALHOST,HELO_NOT_FQDN"),
    "spamc -R -U /run/assay/spamd < message": (0, r"3\.0/2\.0\nAssay [^\0]* 2\.5 HELO_NOT_FQDN [^\0]*"),
    "spamc < message": (0, None),  # what is shown, and the message
}


def blocks(kind):
    """The snippets of this kind, by name."""
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    return dict(re.findall(rf"^```{re.escape(kind)} (spamc[\w-]*)\n(.*?)^```$", text, re.S | re.M))


class Page(unittest.TestCase):
    maxDiff = None

    def test_settings_are_right(self):
        settings = blocks("assayd.conf")
        self.assertGreaterEqual(len(settings), 4)
        for name, text in settings.items():
            with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
                file.write(text)
                file.flush()
                done = subprocess.run([assayd.program(), "--config", file.name, "--check"], capture_output=True,
                                      text=True, timeout=assayd.PATIENCE, check=False)
            self.assertEqual((done.returncode, done.stdout),
                             (0, "assayd: configuration and rules are right\n"), (name, done.stderr))

    @unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
    def test_commands_do_what_the_page_says(self):
        consoles = blocks("console")
        commands = [line[2:] for name in ("spamc-first", "spamc") for line in consoles[name].splitlines()]
        self.assertEqual(commands, list(COMMANDS))
        with assayd.Daemon(self.as_here(blocks("assayd.conf")["spamc"]), files={"message": MESSAGE}) as daemon:
            for command in commands:
                code, out = COMMANDS[command]
                out = out or re.escape(blocks("mail")["spamc-marked"] + MESSAGE.decode())
                done = subprocess.run(self.command_here(command, daemon), shell=True, cwd=daemon.folder, text=True,
                                      stdout=subprocess.PIPE, timeout=assayd.PATIENCE, check=False)
                self.assertEqual(done.returncode, code, command)
                self.assertRegex(done.stdout, rf"\A{out}\Z", command)

    def as_here(self, text):
        here = text.replace("tcp:127.0.0.1:783", "tcp:127.0.0.1:$port_spamd")
        here = here.replace("unix:/run/assay/", "unix:$folder/")
        self.assertNotEqual(here, text)
        return here + "resolver off\n"

    def command_here(self, command, daemon):
        """The port is another one, and a file of options that this machine may have is not read."""
        if "-U" in command:
            return command.replace("spamc", "spamc -F /dev/null", 1).replace("/run/assay/", daemon.folder + "/")
        rest = command.removeprefix("spamc").replace(" -d 127.0.0.1 -p 10783", "")
        return f"spamc -F /dev/null -d 127.0.0.1 -p {daemon.ports['spamd']}{rest}"

    @unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
    def test_markup(self):
        with assayd.Daemon(assayd.SPAMD + blocks("assayd.conf")["spamc-markup"]) as daemon:
            out = spamc.run("", MESSAGE, daemon.ports["spamd"]).stdout
            self.assertIn(b"\nX-Spam-Flag: YES\n", out)
            self.assertRegex(out, rb"\nX-Spam-Status: Yes, score=3\.0 required=2\.0 ")

    @unittest.skipUnless(spamc.PROGRAM, "there is no spamc")
    def test_trusted(self):
        """The relay of the page is passed over, and the one before it is scored."""
        relayed = (b"Received: from backup.example.net (backup.example.net [198.51.100.25])\n\tby mx.example.net"
                   b" (Postfix) with ESMTP id 9Z; Mon, 30 Nov 2026 12:00:01 +0000\n" + MESSAGE)
        for config, client in (("", "198.51.100.25"), (blocks("assayd.conf")["spamc-trusted"], "203.0.113.9")):
            with assayd.Daemon(assayd.SPAMD + config) as daemon:
                spamc.run("-c", relayed, daemon.ports["spamd"])
                self.assertEqual(daemon.wait_log("verdict")[0]["client"], client)

    def test_own_headers(self):
        """printf and nc of the page; nc is what it takes to send and to read."""
        command, _, answer = blocks("console")["spamc-own-headers"].partition("\n")
        printf, _, nc = command.removeprefix("$ ").partition(" | ")
        self.assertEqual(nc, "nc -N 127.0.0.1 783")
        sent = subprocess.run(printf, shell=True, stdout=subprocess.PIPE, check=True).stdout
        with assayd.Daemon() as daemon:
            got = assayd.ask(daemon.ports["spamd"], sent).decode().replace("\r\n", "\n")
        self.assertEqual(got, answer.removesuffix("\n"))


if __name__ == "__main__":
    unittest.main()
