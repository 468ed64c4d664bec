#!/usr/bin/env python3
"""Asks assayd as Postfix does: one message in all its states, and what a connection remembers of it."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests"))
from support.assayd import Daemon, connect  # noqa: E402
from support.daemon_clients import read_answers  # noqa: E402

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


if __name__ == "__main__":
    unittest.main()
