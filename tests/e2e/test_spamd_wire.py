#!/usr/bin/env python3
"""Holds assayd to spamd's protocol on the wire: frames by version, errors, headers of our own, compression, and clients
that send too much, too little, or in pieces."""

import os
import re
import socket
import sys
import time
import unittest
import zlib

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests", "support"))

import assayd  # noqa: E402
import spamc  # noqa: E402
from spamc import HAM, SPAM  # noqa: E402

OK = b"SPAMD/1.1 0 EX_OK\r\n"
TRUE, FALSE = b"Spam: True ; 7.6 / 5.0\r\n", b"Spam: False ; 0.0 / 5.0\r\n"
BAD = b"X-Assay-Action: tag\nX-Assay-Score: 7.6 required=5.0\nX-Assay-Rules: HELO_BAD=4.6, CLIENT_BAD=3.0\n"
SYMBOLS = b"CLIENT_BAD,HELO_BAD"

#: One rule for each header of ours, and for what its absence leaves unknown.
OWN_RULES = spamc.RULES + """
rule NO_NAME { describe "the client has no name" score 0.1 when client.rdns == "" }
rule NAMED { describe "the client has a name" score 0.1 when client.rdns == "name.example" }
rule NULL_SENDER { describe "a bounce" score 0.1 when mail.from == "" }
rule SENDER { describe "the sender" score 0.1 when mail.from == "a@b.example" }
rule SECOND { describe "a recipient, not the first" score 0.1 when any(rcpt) == "z@y.example" }
rule AUTH { describe "logged in" score 0.1 when auth.user == "joe" }
rule TLS { describe "encrypted" score 0.1 when tls.version == "TLSv1.3" }
"""


def length(message):
    return b"Content-length: %d\r\n" % len(message)


def counted(message):
    return length(message) + b"\r\n" + message


def request(command, version, message):
    """As a client of that version sends it: before 1.1 there are no headers."""
    if version == "1.0":
        return b"%s SPAMC/1.0\r\n%s" % (command, message)
    return b"%s SPAMC/%s\r\nUser: joe\r\n%s" % (command, version.encode(), counted(message))


class Case(assayd.SpamdCase):
    CONFIG = assayd.SPAMD + "listen spamd unix:$folder/spamd\n"
    RULES = spamc.RULES

    def ask(self, sent, **how):
        return assayd.ask(self.port, sent, **how)

    def symbols(self, headers, **how):
        """The rules that hit with these headers and no message."""
        got = self.ask(b"SYMBOLS SPAMC/1.5\r\n" + headers + b"\r\n", **how)
        self.assertTrue(got.startswith(OK), (headers, got))
        names = got.partition(b"\r\n\r\n")[2].decode()
        return names.split(",") if names else []


class Frames(Case):
    def test_by_command_and_version(self):
        for version in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5"):
            new = version >= "1.3"
            for message, spam in ((SPAM, True), (HAM, False), (b"", False)):
                self.compare(version, message, spam, new)

    def compare(self, version, message, spam, new):
        def asked(command):
            return self.ask(request(command, version, message))

        def framed(body, said=TRUE if spam else FALSE):
            return OK + (length(body) if new else b"") + said + b"\r\n" + body

        with self.subTest(version=version, message=message[:40]):
            self.assertEqual(asked(b"CHECK"), OK + (TRUE if spam else FALSE) + b"\r\n")
            names = SYMBOLS if spam else b""
            self.assertEqual(asked(b"SYMBOLS"), framed(names if new else names + b"\r\n"))
            report = asked(b"REPORT").partition(b"\r\n\r\n")[2]
            self.assertEqual(b"\n 4.6 HELO_BAD  " in report, spam)
            self.assertEqual(asked(b"REPORT"), framed(report))
            yes = b"Spam: Yes ; 7.6 / 5.0\r\n" if spam else b"Spam: No ; 0.0 / 5.0\r\n"
            self.assertEqual(asked(b"REPORT_IFSPAM"), framed(report if spam else b"", yes))
            self.compare_messages(version, message, spam, new)

    def compare_messages(self, version, message, spam, new):
        added = BAD if spam else b"X-Assay-Action: accept\nX-Assay-Score: 0.0 required=5.0\nX-Assay-Rules: none\n"
        for command, whole in ((b"PROCESS", added + message), (b"HEADERS", added + message.partition(b"\n\n")[0])):
            if command == b"HEADERS" and message:
                whole += b"\n\n"
            said = TRUE if spam else FALSE
            head = {"1.0": b"SPAMD/1.0 0 EX_OK\r\n", "1.1": b"SPAMD/1.0 0 EX_OK\r\n",
                    "1.2": OK + length(whole) + b"\r\n"}.get(version, OK + length(whole) + said + b"\r\n")
            self.assertEqual(self.ask(request(command, version, message)), head + whole, command)

    def test_without_a_message(self):
        """PING, SKIP and TELL; SKIP has no answer at all."""
        rows = [
            (b"PING SPAMC/1.5\r\n\r\n", b"SPAMD/1.5 0 PONG\r\n"),
            (b"PING SPAMC/1.2\r\n", b"SPAMD/1.5 0 PONG\r\n"),
            (b"PING SPAMC/1.5\r\nUser: joe\r\n\r\n", b"SPAMD/1.5 0 PONG\r\n"),
            (b"SKIP SPAMC/1.5\r\n\r\n", b""),
            (b"SKIP SPAMC/1.2\r\n", b""),
            (b"TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local\r\n" + counted(SPAM), OK + b"\r\n\r\n"),
            (b"TELL SPAMC/1.5\r\nRemove: local, remote\r\n" + counted(HAM), OK + b"\r\n\r\n"),
        ]
        for sent, want in rows:
            self.assertEqual(self.ask(sent), want, sent)
            if not sent.startswith(b"SKIP"):
                self.assertEqual(self.ask(sent, half_close=False), want, sent)

    def test_errors(self):
        many = b"".join(b"X-%d: y\r\n" % i for i in range(300))
        rows = [
            (b"", b"76 Bad header line: (closed before headers)"),
            (b"FOO SPAMC/1.5\r\n\r\n", b"76 Bad header line: FOO SPAMC/1.5"),
            (b"check SPAMC/1.5\r\n\r\n", b"76 Bad header line: check SPAMC/1.5"),
            (b"CHECK\r\n\r\n", b"76 Bad header line: CHECK"),
            (b"CHECK RSPAMC/1.3\r\n\r\n", b"76 Bad header line: CHECK RSPAMC/1.3"),
            (b"GET / HTTP/1.1\r\n\r\n", b"76 Bad header line: GET / HTTP/1.1"),
            (b"PING SPAMC/1.5\r\n", b"76 Bad header line: (EOF during headers)"),
            (b"CHECK SPAMC/1.5\r\nUser: joe\r\n", b"76 Bad header line: (EOF during headers)"),
            (b"CHECK SPAMC/1.5\nUser: joe\n\nx", b"76 Bad header line: (header not in 'Name: value' format)"),
            (b"CHECK SPAMC/1.5\r\nno colon\r\n\r\n", b"76 Bad header line: (header not in 'Name: value' format)"),
            (b"CHECK SPAMC/1.5\r\nContent-length: 1x\r\n\r\n",
             b"76 Bad header line: (Content-Length contains non-numeric bytes)"),
            (b"CHECK SPAMC/1.5\r\nContent-length: 99999\r\n\r\nabc",
             b"76 Bad header line: (Content-Length mismatch: Expected 99999 bytes, got 3 bytes)"),
            (b"CHECK SPAMC/1.5\r\nContent-length: 10\r\n\r\n" + b"x" * 33 + b"\nmore\n",
             b"76 Bad header line: (Content-Length mismatch: Expected 10 bytes, got 34 bytes)"),
            (b"CHECK SPAMC/1.5\r\nUser: a\x01b\r\n\r\n", b"76 Bad header line: (User header contains control chars)"),
            (b"CHECK SPAMC/1.5\r\nCompress: gzip\r\n\r\n",
             b"76 Bad header line: (compression type not supported: gzip)"),
            (b"CHECK SPAMC/1.5\r\n" + many + b"\r\n", b"76 Bad header line: (too many headers)"),
            (b"TELL SPAMC/1.5\r\nSet: local\r\nRemove: local\r\n" + counted(SPAM),
             b"76 Bad header line: Unable to set local and remove local in the same operation."),
        ]
        for sent, want in rows:
            self.assertEqual(self.ask(sent), b"SPAMD/1.0 " + want + b"\r\n", sent[:80])

    def test_what_is_wrong_is_said_at_once(self):
        """Nobody has to end his input first."""
        for sent in (b"FOO SPAMC/1.5\r\n", b"CHECK SPAMC/1.5\r\nno colon\r\n", b"\0" * 70000 + b"\r\n"):
            self.assertTrue(self.ask(sent, half_close=False).startswith(b"SPAMD/1.0 76 "), sent[:80])

    def test_nothing_hostile_comes_back(self):
        for evil in (b"\x1b[2J", b"a\rb", b"\0\0", b"\xff\xfe", b"450 4.7.1 x", b"x" * 5000):
            for sent in (evil + b"\r\n", b"CHECK SPAMC/1.5\r\nCompress: " + evil + b"\r\n\r\n",
                         b"CHECK SPAMC/1.5\r\nAssay-" + evil + b": x\r\n\r\n",
                         b"CHECK SPAMC/1.5\r\nAssay-Client-IP: " + evil + b"\r\n\r\n"):
                got = self.ask(sent)
                self.assertRegex(got, rb"\ASPAMD/1\.0 76 Bad header line: [ -~]*\r\n\Z", sent[:80])
                self.assertLessEqual(len(got), 512)


class Pieces(Case):
    WHOLE = b"PROCESS SPAMC/1.5\r\nUser: joe\r\n" + counted(SPAM)
    WANT = OK + length(BAD + SPAM) + TRUE + b"\r\n" + BAD + SPAM

    def client(self):
        client = assayd.connect(self.port)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def test_cut_in_two(self):
        for cut in list(range(1, 60)) + list(range(60, len(self.WHOLE), 17)):
            with self.client() as client:
                client.sendall(self.WHOLE[:cut])
                time.sleep(0.002)
                client.sendall(self.WHOLE[cut:])
                self.assertEqual(assayd.read_all(client), self.WANT, cut)

    def test_byte_by_byte(self):
        with self.client() as client:
            for at in range(len(self.WHOLE)):
                client.sendall(self.WHOLE[at:at + 1])
            self.assertEqual(assayd.read_all(client), self.WANT)

    def test_half_close_ends_a_message_without_a_length(self):
        for command, want in ((b"PROCESS", self.WANT), (b"CHECK", OK + TRUE + b"\r\n")):
            self.assertEqual(self.ask(command + b" SPAMC/1.5\r\n\r\n" + SPAM), want)
            # spamd compares names with their case, and knows no Content-Length.
            self.assertEqual(self.ask(command + b" SPAMC/1.5\r\nContent-Length: 3\r\n\r\n" + SPAM), want)

    def test_a_length_needs_no_half_close(self):
        self.assertEqual(self.ask(self.WHOLE, half_close=False), self.WANT)
        self.assertEqual(assayd.ask(self.daemon.path("spamd"), self.WHOLE, half_close=False), self.WANT)

    def test_what_follows_the_request_is_passed_over(self):
        """The answer arrives whole, although more is sent than anybody reads."""
        for more in (b"x", b"CHECK SPAMC/1.5\r\n\r\n", os.urandom(1 << 20), b"\n" * (4 << 20)):
            for _ in range(10):
                for half_close in (True, False):
                    self.assertEqual(self.ask(self.WHOLE + more, half_close=half_close), self.WANT, len(more))
                self.assertEqual(self.ask(b"PING SPAMC/1.5\r\n\r\n" + more), b"SPAMD/1.5 0 PONG\r\n", len(more))

    def test_a_long_answer_is_whole_whatever_follows_the_request(self):
        """More of it lies in the socket than is sent at once, when the connection is closed."""
        message = spamc.message("bad.example", "203.0.113.5", b"0123456789abcde\n" * (5 << 14))
        want = OK + length(BAD + message) + TRUE + b"\r\n" + BAD + message
        for more in (b"x", b"x" * 100000, b"x" * 1000000):
            for _ in range(10):
                got = self.ask(b"PROCESS SPAMC/1.5\r\n" + counted(message) + more)
                self.assertTrue(got == want, (len(more), len(got), len(want)))

    def test_clients_that_leave(self):
        for sent in (b"", b"CHECK", b"CHECK SPAMC/1.5\r\nContent-length: 1000\r\n\r\nx", self.WHOLE):
            for _ in range(20):
                with assayd.connect(self.port) as client:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    client.sendall(sent)
        self.assertEqual(self.ask(self.WHOLE), self.WANT)


class Exim(Case):
    """What Exim 4.96 sends for `spam = nobody:true`, and how it reads the answer."""

    MESSAGE = (b"From MAILER-DAEMON Tue Nov 24 20:13:13 2026\nX-Envelope-From: <a@bad.example>\n"
               b"X-Envelope-To: warn@rx.example\nReceived: from bad.example ([203.0.113.5])\n"
               b"\tby mail.ex.example with esmtp (Exim 4.96)\n\t(envelope-from <a@bad.example>)\n"
               b"\tid 1xVwt7-0007em-0Y\n\tfor warn@rx.example;\n\tTue, 24 Nov 2026 20:13:13 +0000\nSubject: x\n\nhi\n")

    def test_report(self):
        sent = b"REPORT SPAMC/1.2\r\nUser: nobody\r\n" + counted(self.MESSAGE)
        got = self.ask(sent)
        found = re.match(rb"SPAMD/(\S{1,7}) 0 EX_OK\r\nSpam: \S+ ; ([\d.]+) / ([\d.]+)\r\n\r\n", got)
        self.assertIsNotNone(found, got)
        self.assertEqual((found[2], found[3]), (b"7.6", b"5.0"))
        self.assertIn(b"\n 4.6 HELO_BAD ", got[found.end():])


class OwnHeaders(Case):
    RULES = OWN_RULES

    def test_each(self):
        rows = [
            (b"", []),
            (b"Assay-Client-IP: 203.0.113.9\r\n", ["CLIENT_BAD"]),
            (b"Assay-Client-IP: 192.0.2.9\r\n", []),
            (b"Assay-Client-IP: ::ffff:203.0.113.9\r\n", ["CLIENT_BAD"]),
            (b"Assay-Helo: bad.example\r\n", ["HELO_BAD"]),
            (b"assay-HELO:bad.example\r\n", ["HELO_BAD"]),
            (b"Assay-Client-Name: name.example\r\n", ["NAMED"]),
            (b"Assay-Client-Name:\r\n", ["NO_NAME"]),
            (b"Assay-Client-Name: unknown\r\n", []),
            (b"Assay-Mail-From: <>\r\n", ["NULL_SENDER"]),
            (b"Assay-Mail-From: <a@b.example>\r\n", ["SENDER"]),
            (b"Assay-Rcpt: <x@y.example>\r\n", []),
            (b"Assay-Rcpt: <x@y.example>\r\nAssay-Rcpt: z@y.example\r\n", ["SECOND"]),
            (b"Assay-Auth-User: joe\r\n", ["AUTH"]),
            (b"Assay-Tls: TLSv1.3\r\n", ["TLS"]),
            (b"User: joe\r\nAssay-Helo: bad.example\r\nX-Other: y\r\nAssay-Client-IP: 203.0.113.1\r\n",
             ["CLIENT_BAD", "HELO_BAD"]),
        ]
        for headers, want in rows:
            self.assertEqual(self.symbols(headers), want, headers)

    def test_without_a_message_the_request_is_whole(self):
        headers = b"Assay-Client-IP: 203.0.113.1\r\nAssay-Helo: bad.example\r\n"
        for ends, half_close in ((b"\r\n", True), (b"\r\n", False), (b"Content-length: 0\r\n\r\n", False)):
            got = self.ask(b"CHECK SPAMC/1.5\r\n" + headers + ends, half_close=half_close)
            self.assertEqual(got, OK + TRUE + b"\r\n")

    def test_they_say_more_than_the_message(self):
        good, bad = b"Assay-Helo: good.example\r\nAssay-Client-IP: 192.0.2.1\r\n", b"Assay-Helo: bad.example\r\n"
        for headers, message, want in ((good, SPAM, b""), (bad, HAM, b"HELO_BAD"), (b"", SPAM, SYMBOLS)):
            got = self.ask(b"SYMBOLS SPAMC/1.5\r\n" + headers + counted(message))
            self.assertEqual(got.partition(b"\r\n\r\n")[2], want, headers)
            got = self.ask(b"PROCESS SPAMC/1.5\r\n" + headers + counted(message))
            self.assertTrue(got.endswith(b"\n" + message), got)

    def test_wrong_ones(self):
        rows = [
            (b"Assay-Client-IP: 1.2.3\r\n", rb'Assay-Client-IP: "1\.2\.3" does not fit client\.ip'),
            (b"Assay-Hello: x\r\n", rb'there is no header "Assay-Hello"; did you mean Assay-Helo\?'),
            (b"Assay-Tls: TLSv1.3 with\r\n", rb'Assay-Tls: "TLSv1\.3 with" is not one word'),
        ]
        for headers, want in rows:
            got = self.ask(b"CHECK SPAMC/1.5\r\n" + headers + b"\r\n")
            self.assertRegex(got, rb"\ASPAMD/1\.0 76 Bad header line: " + want + rb"[ -~]*\r\n\Z")


class Compressed(Case):
    """What spamc -z sends; Debian's cannot, so it is done by hand."""

    CONFIG = assayd.SPAMD + "limit request 1M\n"

    def zipped(self, packed, command=b"CHECK", said=None):
        said = len(packed) if said is None else said
        return self.ask(b"%s SPAMC/1.5\r\nCompress: zlib\r\nContent-length: %d\r\n\r\n%s" % (command, said, packed))

    def test_messages(self):
        for level in (0, 1, 9):
            self.assertEqual(self.zipped(zlib.compress(SPAM, level)), OK + TRUE + b"\r\n")
            self.assertEqual(self.zipped(zlib.compress(HAM, level)), OK + FALSE + b"\r\n")
        large = SPAM + b"0123456789abcde\n" * 60000
        got = self.zipped(zlib.compress(large), b"PROCESS")
        self.assertEqual(got, OK + length(BAD + large) + TRUE + b"\r\n" + BAD + large)

    def test_too_much(self):
        """What has few bytes on the wire may have many in memory: it is inflated up to the limit, and no further."""
        for size in ((1 << 20) + 1, 64 << 20):
            got = self.zipped(zlib.compress(SPAM + b"z" * size))
            self.assertEqual(got, b"SPAMD/1.0 75 Temporary Failure: message of more than 1048576 bytes\r\n")

    def test_damaged(self):
        packed = zlib.compress(SPAM)
        for broken in (packed[:-5], packed[:20] + b"\xff\xff" + packed[22:], b"x" * 50, b""):
            self.assertEqual(self.zipped(broken),
                             b"SPAMD/1.0 69 Service Unavailable: zlib: failed to find end of zlib stream\r\n")
        got = self.ask(b"CHECK SPAMC/1.5\r\nCompress: zlib\r\n\r\n" + packed)
        self.assertEqual(got, b"SPAMD/1.0 69 Service Unavailable: Compress requires Content-length header\r\n")


class Waiting(unittest.TestCase):
    """Verdicts that wait for DNS, of which there is only silence. It could make spam of what is none so far."""

    RULES = spamc.RULES + 'rule NO_NAME { describe "the client has no name" score 1.0 when client.rdns == "" }\n'
    CONFIG = "listen spamd tcp:127.0.0.1:$port_spamd\nlimit dns {}\nresolver 127.0.0.1:{}\nworkers 1\n"
    ANSWER = OK + b"Spam: False ; 4.6 / 5.0\r\n\r\n"
    HEADERS = b"Assay-Client-IP: 192.0.2.9\r\nAssay-Helo: bad.example\r\n"

    def setUp(self):
        self.dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.dns.close)
        self.dns.bind(("127.0.0.1", 0))
        self.dns.settimeout(assayd.PATIENCE)

    def daemon(self, wait):
        return assayd.Daemon(self.CONFIG.format(wait, self.dns.getsockname()[1]), self.RULES)

    def test_answered_at_the_deadline(self):
        """What is known counts, what is not is said; the client has closed its side long before."""
        marks = (b"X-Assay-Action: accept\nX-Assay-Score: 4.6 required=5.0 low=4.6 high=5.6\n"
                 b"X-Assay-Rules: HELO_BAD=4.6\nX-Assay-Unknown: NO_NAME=failed\n")
        with self.daemon("300ms") as daemon:
            for half_close in (True, False):
                sent = b"PROCESS SPAMC/1.5\r\n" + self.HEADERS + counted(SPAM)
                got = assayd.ask(daemon.ports["spamd"], sent, half_close)
                self.assertEqual(got.partition(b"\r\n\r\n")[2], marks + SPAM)
            self.assertTrue(all(line["late"] for line in daemon.wait_log("verdict", 2)))

    def test_what_changes_nothing_is_not_waited_for(self):
        with self.daemon("10m") as daemon:
            headers = self.HEADERS.replace(b"192.0.2.9", b"203.0.113.9")
            got = assayd.ask(daemon.ports["spamd"], b"PROCESS SPAMC/1.5\r\n" + headers + counted(SPAM))
            self.assertIn(b"\nX-Assay-Unknown: NO_NAME=pending\n", got)

    def test_nobody_else_waits(self):
        """A hundred requests wait, in one thread; who needs no DNS is answered meanwhile, and nobody is lost."""
        with self.daemon("3s") as daemon:
            waiting = [assayd.connect(daemon.ports["spamd"]) for _ in range(100)]
            for client in waiting:
                client.sendall(b"CHECK SPAMC/1.5\r\n" + self.HEADERS + b"Content-length: 0\r\n\r\n")
            self.dns.recv(512)
            began = time.monotonic()
            self.assertEqual(assayd.ask(daemon.ports["spamd"], b"PING SPAMC/1.5\r\n\r\n"), b"SPAMD/1.5 0 PONG\r\n")
            got = assayd.ask(daemon.ports["spamd"], b"CHECK SPAMC/1.5\r\nAssay-Client-Name: x.example\r\n\r\n")
            self.assertEqual(got, OK + FALSE + b"\r\n")
            self.assertLess(time.monotonic() - began, 2)
            for client in waiting[::3]:
                client.close()  # who leaves is not missed
            for client in set(waiting) - set(waiting[::3]):
                self.assertEqual(assayd.read_all(client), self.ANSWER)
                client.close()

    def test_stopped_meanwhile(self):
        """Who waits is answered before the end."""
        with self.daemon("1s") as daemon, assayd.connect(daemon.ports["spamd"]) as client:
            client.sendall(b"CHECK SPAMC/1.5\r\n" + self.HEADERS + b"Content-length: 0\r\n\r\n")
            self.dns.recv(512)
            daemon.stop()
            self.assertEqual(assayd.read_all(client), self.ANSWER)


if __name__ == "__main__":
    unittest.main()
