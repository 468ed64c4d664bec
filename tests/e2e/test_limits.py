#!/usr/bin/env python3
"""Limits of a connection that no rule file can show: how many questions one may ask."""

import json
import os
import subprocess
import tempfile
import unittest

BIN = os.environ["ASSAY_BIN"]
MOST = 64


def verdict(zones):
    """What is unknown, and why, when one rule asks so many zones and a second rule asks once more."""
    names = ", ".join(f'"z{i}.example"' for i in range(zones))
    text = (f'list zones : name {{ {names} }}\n'
            'rule A { describe "a" score 1 when dnsbl(zones, client.ip) }\n'
            'rule B { describe "b" score 1 when dns.mx(helo) }\n')
    with tempfile.NamedTemporaryFile("w", suffix=".rule") as file:
        file.write(text)
        file.flush()
        command = [BIN, "score", "-r", file.name, "--ip", "192.0.2.1", "--helo", "mx.isp.test", "--partial", "--json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {entry["rule"]: entry["why"] for entry in json.loads(done.stdout)["unknown"]}


class Questions(unittest.TestCase):
    def test_within_the_budget_an_answer_may_still_come(self):
        self.assertEqual(verdict(MOST - 1), {"A": "not yet", "B": "not yet"})

    def test_over_the_budget_a_question_has_failed(self):
        self.assertEqual(verdict(MOST), {"A": "not yet", "B": "failed"})


if __name__ == "__main__":
    unittest.main()
