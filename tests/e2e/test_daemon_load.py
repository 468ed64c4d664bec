#!/usr/bin/env python3
"""Reloads assayd's rules again and again while clients of both protocols ask: each request that is sent is answered, by
one rule set or the other. With ThreadSanitizer (tools/check threads) nothing else has threads that meet like this."""

import os
import re
import signal
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests"))
from support.assayd import PATIENCE, Daemon, ask, connect  # noqa: E402
from support.daemon_clients import RULES, check, counters, policy, read_answers  # noqa: E402
from support.fake_dns import FakeDns, delay  # noqa: E402

RELOADS = 200 if os.environ.get("ASSAY_SANITIZE") else 1000
ASKING = 'rule SLOW { describe "HELO has no address" score 1 when helo.is_fqdn and not dns.address(helo) }\n'
SETS = [RULES + ASKING, RULES.replace("score 3", "score 2") + ASKING]
CONFIG = "listen spamd unix:$folder/spamd\nlisten policy unix:$folder/policy\nwatch off\nworkers 4\nlimit dns 1m\n"


class Client(threading.Thread):
    """Asks until it is told to stop, and counts."""

    def __init__(self, daemon, number):
        super().__init__(daemon=True)
        self.stopped, self.sent, self.answered, self.wrong = threading.Event(), 0, 0, []
        self.number, self.policy, self.spamd = number, daemon.path("policy"), daemon.path("spamd")

    def run(self):
        try:
            while not self.stopped.is_set():
                (self.ask_spamd if self.number % 4 == 3 else self.ask_policy)()
        except OSError as error:
            self.wrong.append(repr(error))

    def ask_policy(self):
        """A connection: pipelined requests, of which some wait for DNS."""
        with connect(self.policy) as client:
            for turn in range(10):
                names = ["bad.example", "good.example", f"{turn % 5}.slow.example" if self.number % 2 else "plain"]
                client.sendall(b"".join(policy(name, instance=f"{self.number}.{turn}") for name in names))
                self.sent += len(names)
                answers = read_answers(client, len(names))
                self.answered += len(answers)
                self.wrong += [answer for answer in answers[:1] if "BAD" not in answer]
                time.sleep(0.005)  # there is one reader of the log

    def ask_spamd(self):
        self.sent += 1
        answer = ask(self.spamd, check("bad.example", "SYMBOLS", body=b"Subject: x\r\n\r\nx\r\n"))
        self.answered += answer.startswith(b"SPAMD/1.1 0 EX_OK")
        if b"BAD" not in answer:
            self.wrong.append(answer)
        time.sleep(0.005)


class Load(unittest.TestCase):
    def reload(self, daemon, turn):
        """The id of the new rules. Among so many lines, those that matter are found by their text."""
        daemon.write("test.rule", SETS[turn % 2])
        with daemon._more:
            at, end = len(daemon._lines), time.monotonic() + PATIENCE
            daemon.process.send_signal(signal.SIGHUP)
            while time.monotonic() < end:
                for at in range(at, len(daemon._lines)):
                    self.assertIsNotNone(daemon._lines[at], "it ended")
                    found = re.search(r'"(reloaded|kept) the (?:old )?rules, id (\w+)', daemon._lines[at])
                    if found:
                        self.assertEqual(found[1], "reloaded", daemon._lines[at])
                        return found[2]
                at = len(daemon._lines)
                daemon._more.wait(1)
        return self.fail("no reload:\n" + daemon.stderr()[-4000:])

    def test_reloads(self):
        with FakeDns({}, {".slow.example": delay(0.01)}) as dns, Daemon(CONFIG + f"resolver {dns.server}\n", SETS[0]) as daemon:
            clients = [Client(daemon, number) for number in range(8)]
            for client in clients:
                client.start()
            ids = {self.reload(daemon, turn) for turn in range(1, RELOADS + 1)}
            for client in clients:
                client.stopped.set()
            for client in clients:
                client.join(PATIENCE)
                self.assertFalse(client.is_alive())
                self.assertEqual(client.wrong, [])
                self.assertGreater(client.sent, 0)
                self.assertEqual(client.sent, client.answered)
            self.assertEqual(len(ids), 2)
            self.assertEqual({line["ruleset"] for line in daemon.log("verdict")}, ids)
            found = counters(daemon)
            self.assertEqual([found[word] for word in ("request", "slow", "late", "memory", "bytes")], [0] * 5)
            sent = sum(client.sent for client in clients)
            print(f"{RELOADS} reloads, {sent} requests sent and answered, {found['verdicts']} verdicts")

    def test_comes_and_goes(self):
        """Connections that are cut at any moment, while the daemon is told to reload, to count and to stop."""
        with FakeDns({}, {".slow.example": delay(0.02)}) as dns, Daemon(CONFIG + f"resolver {dns.server}\n", SETS[0]) as daemon:
            stopped = threading.Event()

            def come_and_go(number):
                while not stopped.is_set():
                    try:
                        with connect(daemon.path("policy")) as client:
                            client.sendall((policy("bad.example") + policy(f"{number}.slow.example"))[:200 + number * 17])
                            client.shutdown(socket.SHUT_WR) if number % 2 else None
                    except OSError:
                        time.sleep(0.001)
            threads = [threading.Thread(target=come_and_go, args=(number,), daemon=True) for number in range(6)]
            for thread in threads:
                thread.start()
            for turn in range(1, 20):
                self.reload(daemon, turn)
                counters(daemon)
            daemon.stop()
            stopped.set()
            for thread in threads:
                thread.join(PATIENCE)


if __name__ == "__main__":
    unittest.main()
