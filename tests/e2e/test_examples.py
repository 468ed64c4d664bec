"""Runs the examples: what they say, to the byte, and that they are as short and as portable as they claim.

ASSAY_SOURCE is the source tree, ASSAY_BUILD the build tree, whose folder examples/ has the programs. Standard library only.
"""

import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
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
    "settings": """\
2 workers, idle 300000 ms, listen on socket /run/host.sock
host.conf:2:9: error[E406]: `100` is too large for `workers`
    2 | workers 100
      |         ^^^
      = help: it goes from 1 to 64
host.conf:3:7: error[E401]: there is no setting `limit idel`
    3 | limit idel 5m
      |       ^^^^
      = help: did you mean `limit idle`?
not started
host.conf:1:34: error[E408]: there is no such user
    1 | listen unix:/run/host.sock owner postfx
      |                                  ^^^^^^
      = help: the users are: postfix
not started
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

# What those that ask DNS say, and what they are told.
DNS_SAYS = {
    "dns": """\
tag at 3.0
  5 questions in N ms, 0 from memory, 1 without an answer; iprev pass
  NO_MX is unknown (failed): dns.mx(helo) servfail
reject at 4.0
  5 questions in N ms, 4 from memory, 0 without an answer; iprev pass
""",
    "dns_loop": """\
192.0.2.1: reject, 0 questions
192.0.2.4: waits
192.0.2.3: waits
192.0.2.2: waits
192.0.2.2: reject, 2 questions
192.0.2.3: accept, 3 questions
192.0.2.4: tag, 3 questions
""",
}
TYPES = {1: "A", 12: "PTR", 15: "MX", 28: "AAAA"}
SERVFAIL, NXDOMAIN, SILENT = 2, 3, -1
ZONE = {  # a record, or a response code
    "A 9.2.0.192.zen.example": "127.0.0.2",
    "PTR 9.2.0.192.in-addr.arpa": "mx.example.org",
    "A mx.example.org": "192.0.2.9",
    "MX mx.example.org": SERVFAIL,
    "A 2.2.0.192.zen.example": "127.0.0.2",
    "PTR 2.2.0.192.in-addr.arpa": SILENT,
    "PTR 3.2.0.192.in-addr.arpa": "c.example.org",
    "A c.example.org": "192.0.2.3",
    "PTR 4.2.0.192.in-addr.arpa": "d.example.org",
    "A d.example.org": "192.0.2.66",
}
# What is answered only once something else has been, so that the order is always the same.
AFTER = {"PTR 3.2.0.192.in-addr.arpa": "A 2.2.0.192.zen.example", "PTR 4.2.0.192.in-addr.arpa": "A c.example.org"}


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(kind, data):
    """Of the name that was asked for."""
    data = socket.inet_aton(data) if TYPES[kind] == "A" else wire(data)
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 300, len(data)) + data


# Of the root, with a minimum of 300 seconds: how long there is nothing.
SOA = b"\0" + struct.pack(">HHIH", 6, 1, 300, 22) + b"\0\0" + struct.pack(">5I", 1, 1, 1, 1, 300)


class Dns:
    """Answers by UDP, on loopback, from ZONE; other names do not exist."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.server = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._waiting, self._answered = [], set()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self):
        """An empty datagram ends it."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            message, asker = self._socket.recvfrom(4096)
            if not message:
                return
            self._waiting.append((message, asker))
            while any(self._answer(*one) for one in self._waiting):
                pass

    def _answer(self, message, asker):
        """Whether it was answered: then another, too, may have its turn."""
        labels, at = [], 12
        while message[at]:
            labels.append(message[at + 1:at + 1 + message[at]].decode().lower())
            at += 1 + message[at]
        kind = struct.unpack_from(">H", message, at + 1)[0]
        key = f"{TYPES[kind]} {'.'.join(labels)}"
        told = ZONE.get(key, NXDOMAIN)
        if told == SILENT or AFTER.get(key, key) not in self._answered | {key}:
            return False
        self._waiting.remove((message, asker))
        self._answered.add(key)
        found, nothing = isinstance(told, str), told == NXDOMAIN
        header = message[:2] + struct.pack(">5H", 0x8180 | (0 if found else told), 1, found, nothing, 0)
        body = record(kind, told) if found else SOA if nothing else b""
        self._socket.sendto(header + message[12:at + 5] + body, asker)
        return True


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

    def test_those_that_ask_dns(self):
        for name, says in DNS_SAYS.items():
            dns = Dns()
            self.addCleanup(dns.stop)
            with self.subTest(example=name):
                code, out, err = run(name, dns.server)
                self.assertEqual((code, re.sub(r"\d+\.\d ms", "N ms", out), err), (0, says, ""))

    def test_without_a_server(self):
        """The system tells one of the questions on its way that nobody listens; another may not hear of it, and time out."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        code, out, err = run("dns", f"127.0.0.1:{port}")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(re.findall(r"(\w+) is unknown \(failed\): \S+ (?:refused|timeout)\n", out),
                         ["LISTED", "NOT_HIS", "NO_MX"] * 2)
        self.assertEqual(run("dns", "nowhere"), (1, "", "dns: nowhere is no address with a port\n"
                                                        "dns: the value does not have the form its type needs\n"))

    def test_all_of_them_are_run(self):
        self.assertEqual({path.stem for path in EXAMPLES.glob("*.c*") if path.suffix != ".conf"}, {"smallest", *SAYS, *DNS_SAYS})

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
