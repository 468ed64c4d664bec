"""Owns stock spamc for tests: how it is run, and a message of each kind, told apart by the client that sent it.

Must never know: who answers.
"""

import shutil
import subprocess

PROGRAM = shutil.which("spamc")

#: Rules in place of SpamAssassin's: what they look at stands in the newest Received line.
RULES = """
action tag at 5.0
rule HELO_BAD { describe "the greeting of a known nuisance" score 4.6 when helo == "bad.example" }
rule CLIENT_BAD { describe "the address of a known nuisance" score 3.0 when client.ip in 203.0.113.0/24 }
"""
NAMES = ["CLIENT_BAD", "HELO_BAD"]
SCORE = "7.6/5.0"


def message(helo, address, body=b"hello world\n", extra=b"", eol=b"\n"):
    head = (f"Received: from {helo} (host.example [{address}])\n\tby mx.example.net with ESMTP id 1A2B3C\n"
            "\tfor <you@example.net>; Mon, 30 Nov 2026 12:00:00 +0000\n"
            f"Message-Id: <1@{helo}>\nFrom: me@{helo}\nTo: you@example.net\nSubject: a subject\n").encode()
    return (extra + head + b"\n").replace(b"\n", eol) + body


SPAM = message("bad.example", "203.0.113.5")
HAM = message("good.example", "192.0.2.10")


def run(options, given, to=None, patience=120, **more):
    """Runs spamc with words of options on a message; `to` is a port on 127.0.0.1, or the path of a Unix socket. The
    file of options that a machine may have is not read, unless -F is among the options."""
    words = options.split() if isinstance(options, str) else list(options)
    if "-F" not in words:
        words[:0] = ["-F", "/dev/null"]
    if to is not None:
        words[:0] = ["-d", "127.0.0.1", "-p", str(to)] if isinstance(to, int) else ["-U", to]
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run([PROGRAM, *words], input=given, timeout=patience, check=False, **more)
