#!/usr/bin/env python3
"""Asks assayd as Postfix does: one message in all its states, and what a connection remembers of it."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests"))
from support.assayd import PATIENCE, Daemon, connect  # noqa: E402
from support.daemon_clients import policy, read_answers, status  # noqa: E402

CONFIG = "listen policy unix:$folder/policy\nresolver off\nwatch off\ndry_run off\n"
#: The client decides, who is the same in all states.
RULES = """
rule NET { describe "the client's network" score 3 when client.ip in 192.0.2.0/24 }
action tag at 1
"""
DUNNO = "action=DUNNO"


def request(state, instance="1.2.3.0", **attributes):
    lines = {"request": "smtpd_access_policy", "protocol_state": state, "instance": instance, "client_address": "192.0.2.1",
             **attributes}
    return "".join(f"{name}={value}\n" for name, value in lines.items()).encode() + b"\n"


class States(unittest.TestCase):
    def test_what_could_not_be_done_yet_is_done_later(self):
        """Behind MAIL a client may say VRFY, of which Postfix asks with the instance of the message."""
        header = "action=PREPEND X-Assay-Status: tag score=3.0 rules=NET"
        rows = {
            "": [DUNNO, header, DUNNO, DUNNO, DUNNO],
            'map tag "hold {action}"\n': [DUNNO] + ["action=HOLD tag"] * 4,
            'map tag "info {action}"\n': ["action=INFO tag"] * 5,
        }
        for settings, wanted in rows.items():
            with self.subTest(settings), Daemon(CONFIG + settings, RULES) as daemon, connect(daemon.path("policy")) as client:
                client.sendall(b"".join(map(request, ("VRFY", "RCPT", "RCPT", "DATA", "END-OF-MESSAGE"))))
                self.assertEqual(read_answers(client, 5), wanted)


class Memory(unittest.TestCase):
    @unittest.skipIf(os.environ.get("ASSAY_SANITIZE"), "a sanitizer keeps what is freed")
    def test_idle_connections_hold_nothing_of_long_requests(self):
        """What is remembered of a message is bounded, and yet all of its recipients are answered alike."""
        count, length = 300, 30000
        with Daemon(CONFIG + "workers 1\n", RULES.replace("client.ip in 192.0.2.0/24", 'helo == "x"')) as daemon:
            before, idle = status(daemon, "VmRSS"), []
            for number in range(count):
                idle.append(connect(daemon.path("policy")))
                for instance in f"1.{number}", "x" * length:
                    idle[-1].sendall(policy("a" * length, instance=instance) * 2)
                    self.assertEqual(read_answers(idle[-1], 2), [DUNNO] * 2)
            most, end = count * 8 * 1024, time.monotonic() + PATIENCE
            while (held := status(daemon, "VmRSS") - before) > most and time.monotonic() < end:
                time.sleep(0.1)
            self.assertLess(held, most)
            for client in idle:
                client.close()


if __name__ == "__main__":
    unittest.main()
