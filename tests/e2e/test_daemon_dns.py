#!/usr/bin/env python3
"""Holds assayd to what it does while a verdict waits for DNS: its request is parked, others go on, it is answered the
moment it is settled, and at the deadline by what is known."""

import os
import re
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests"))
from support.assayd import PATIENCE, Daemon, ask, connect  # noqa: E402
from support.daemon_clients import ask_policy, check, counters, is_closed, policy, read_answers, wait_counters  # noqa: E402
from support.fake_dns import FakeDns, delay, silent  # noqa: E402

RULES = """
rule NOWHERE { describe "HELO has no address" score 3 when helo.is_fqdn and not dns.address(helo) }
rule LISTED { describe "HELO is on a list" score 5 when helo == "refused.silent.example" }
rule KNOWN { describe "HELO has an address" score -4 when dns.address(helo) }
rule HERE { describe "HELO is plain" score 2 when helo == "plain" }
action tag    at 1
action defer  off
action reject at 5 "no, {top}"
"""
CONFIG = "listen spamd unix:$folder/spamd\nlisten policy unix:$folder/policy\nwatch off\ndry_run off\n"
DELAY = 1.0
ZONE = {"here.slow.example A": ["192.0.2.7"]}


class Waiting(unittest.TestCase):
    def start(self, settings="", zone=None):
        dns = FakeDns(zone or ZONE, {".slow.example": delay(DELAY), ".silent.example": silent})
        self.addCleanup(dns.close)
        return Daemon(CONFIG + f"resolver {dns.server}\n" + settings, RULES)

    def test_others_go_on(self):
        """One worker: the slow one waits, the quick one does not; then the slow one is answered, long before its deadline."""
        with self.start("workers 1\nlimit dns 1m\n") as daemon, connect(daemon.path("policy")) as slow:
            began = time.monotonic()
            slow.sendall(policy("gone.slow.example"))
            for _ in range(20):
                self.assertIn("HERE", ask_policy(daemon.path("policy"), policy("plain"))[0])
            self.assertIn(b"0 EX_OK", ask(daemon.path("spamd"), check("plain")))
            self.assertLess(time.monotonic() - began, DELAY)
            slow.settimeout(PATIENCE)
            self.assertIn("NOWHERE", read_answers(slow, 1)[0])
            self.assertGreaterEqual(time.monotonic() - began, DELAY * 0.9)
            line = daemon.wait_log("verdict", helo="gone.slow.example")[0]
            self.assertGreaterEqual(line["us"], DELAY * 0.9e6)
            self.assertGreater(line["dns"], 0)
            self.assertNotIn("late", line)

    def test_pipelined(self):
        """Answers keep the order of their requests, whatever comes first; and what is sent meanwhile waits."""
        names = ["plain", "gone.slow.example", "plain", "here.slow.example", "plain"]
        with self.start("limit dns 1m\n") as daemon, connect(daemon.path("policy")) as client:
            client.sendall(b"".join(policy(name) for name in names))
            time.sleep(0.1)
            client.sendall(policy("plain") + policy("other.slow.example")[:50])
            time.sleep(0.1)
            client.sendall(policy("other.slow.example")[50:])
            answers = read_answers(client, 7)
            found = [(re.findall(r"\b(HERE|NOWHERE)\b", answer) or ["none"])[0] for answer in answers]
            self.assertEqual(found, ["HERE", "NOWHERE", "HERE", "none", "HERE", "HERE", "NOWHERE"])

    def test_deadline(self):
        """What is sure is said, and no more: a refusal that an answer could still have undone is a temporary one."""
        with self.start("limit dns 300ms\n") as daemon:
            began = time.monotonic()
            answers = ask_policy(daemon.path("policy"), policy("refused.silent.example"))
            self.assertLess(time.monotonic() - began, PATIENCE / 2)
            self.assertRegex(answers[0], r"^action=(DEFER|4\d\d)")
            line = daemon.wait_log("verdict", helo="refused.silent.example")[0]
            self.assertEqual((line["late"], line["action"]), (True, "defer"))
            daemon.wait_log("late", level="warning")
            self.assertEqual(counters(daemon)["late"], 1)
            self.assertIn(b"0 EX_OK", ask(daemon.path("spamd"), check("other.silent.example")))
            self.assertEqual(counters(daemon)["late"], 2)

    def test_half_closed(self):
        with self.start("limit dns 1m\n") as daemon:
            self.assertIn(b"NOWHERE", ask(daemon.path("policy"), policy("gone.slow.example")))
            self.assertIn(b"\r\nNOWHERE", ask(daemon.path("spamd"), check("there.slow.example", "SYMBOLS")))

    def test_gone(self):
        """Whoever does not wait for his answer leaves nothing behind."""
        with self.start("workers 1\nlimit dns 1500ms\n") as daemon:
            clients = [connect(daemon.path(name)) for name in ("policy", "spamd") * 50]
            for number, client in enumerate(clients):
                client.sendall((check if number % 2 else policy)(f"{number}.silent.example"))
            time.sleep(0.2)
            for number, client in enumerate(clients):
                if number % 3:
                    client.close()
            self.assertIn("HERE", ask_policy(daemon.path("policy"), policy("plain"))[0])
            for number, client in enumerate(clients):
                if number % 3 == 0:
                    self.assertTrue(client.recv(4096), number)
                    client.close()
            found = wait_counters(daemon, lambda found: found["open_connections"] == 0)
            self.assertEqual((found["open_connections"], found["held_bytes"]), (0, 0))

    def test_who_takes_no_answer_while_another_waits(self):
        """Answers that cannot go out, and behind them a verdict that is waited for: the limit is that of writing."""
        settings = "limit write 300ms\nlimit dns 1m\nworkers 1\nmap tag \"PREPEND X-Long: " + "a" * 280 + "\"\n"
        short = b"request=smtpd_access_policy\nhelo_name=plain\n\n"
        with self.start(settings) as daemon, connect(daemon.path("policy")) as client:
            daemon.process.send_signal(signal.SIGSTOP)  # so that it reads all in one piece
            client.sendall(short * 1300 + policy("a.silent.example"))
            daemon.process.send_signal(signal.SIGCONT)
            daemon.wait_log("slow", detail="taking its answer", patience=20)
            found = wait_counters(daemon, lambda found: found["open_connections"] == 0)
            self.assertEqual((found["open_connections"], found["held_bytes"], found["slow"]), (0, 0, 1))
            self.assertIn("X-Long", ask_policy(daemon.path("policy"), policy("plain"))[0])

    def test_stop(self):
        """Those that wait are answered within the time of grace; after it they are closed."""
        for grace, answered in ("1m", True), ("200ms", False):
            with self.subTest(grace), self.start(f"limit dns 1m\nlimit grace {grace}\n") as daemon:
                with connect(daemon.path("policy")) as client:
                    client.sendall(policy("gone.slow.example" if answered else "a.silent.example"))
                    time.sleep(0.2)
                    daemon.process.send_signal(signal.SIGTERM)
                    if answered:
                        self.assertIn("NOWHERE", read_answers(client, 1)[0])
                    self.assertTrue(is_closed(client))
                self.assertEqual(daemon.process.wait(PATIENCE), 0)

    def test_reload(self):
        """A verdict that waits is that of the rules with which it began."""
        with self.start("limit dns 1m\n") as daemon, connect(daemon.path("policy")) as client:
            client.sendall(policy("gone.slow.example"))
            time.sleep(0.2)
            daemon.reload(RULES.replace("NOWHERE", "UNKNOWN"))
            self.assertIn("NOWHERE", read_answers(client, 1)[0])
            client.sendall(policy("gone.slow.example"))
            self.assertIn("UNKNOWN", read_answers(client, 1)[0])


if __name__ == "__main__":
    unittest.main()
