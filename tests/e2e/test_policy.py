#!/usr/bin/env python3
"""Holds the shipped scores to RFC 5321 section 4.1.4: that HELO is not the client's name or address refuses no mail.

The rules that compare the two share a group; its cap must stay below every threshold that refuses, in each profile, and
well-formed names that match nothing must never be refused by them.
"""

import itertools
import json
import os
import re
import subprocess
import unittest

BIN = os.environ["ASSAY_BIN"]
RULES = os.path.join(os.environ["ASSAY_SOURCE"], "rules")
COMPARING = {"HELO_LITERAL_MISMATCH", "HELO_MISMATCH_IP", "HELO_MISMATCH_RDNS", "HELO_UNRESOLVABLE"}
PROFILES = ["default.rule", "xeams.rule"]


def text_of(*names):
    text = ""
    for name in names:
        with open(os.path.join(RULES, name), encoding="utf-8") as file:
            text += re.sub(r"(?m)^\s*#.*$", "", file.read())
    return text


def listing(profile):
    """Each rule's group and score, overrides applied."""
    done = subprocess.run([BIN, "disasm", "-r", os.path.join(RULES, "profiles", profile)], check=True,
                          capture_output=True, text=True)
    found = re.findall(r"(?m)^rule (\w+): .*score (-?[\d.]+)(?:, group (\w+))?", done.stdout)
    return {name: (group, float(score)) for name, score, group in found}


def caps(profile):
    """The last cap of each group, and the lowest threshold that refuses for good."""
    names = ["groups.rule", "actions.rule", os.path.join("profiles", profile)]
    text = text_of(*names)
    groups = dict(re.findall(r"group\s+(\w+)\s*\{[^}]*?cap\s+([\d.]+)", text))
    thresholds = {action: float(at) for action, at in re.findall(r"action\s+(reject|discard)\s+at\s+([\d.]+)", text)}
    return {group: float(cap) for group, cap in groups.items()}, min(thresholds.values())


def score(profile, connections):
    lines = "".join(json.dumps(connection) + "\n" for connection in connections)
    command = [BIN, "score", "-r", os.path.join(RULES, "profiles", profile), "--input", "-", "--format", "jsonl", "--json"]
    done = subprocess.run(command, input=lines, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class AddressMatching(unittest.TestCase):
    def test_the_rules_share_a_group_whose_cap_refuses_nothing(self):
        for profile in PROFILES:
            rules, (groups, refuses) = listing(profile), caps(profile)
            self.assertLessEqual(COMPARING, set(rules), profile)
            self.assertEqual({rules[name][0] for name in COMPARING}, {"helo_match"}, profile)
            self.assertLess(groups["helo_match"], refuses, profile)

    def test_no_rule_of_them_reaches_the_threshold_with_its_own_score(self):
        for profile in PROFILES:
            rules, (_, refuses) = listing(profile), caps(profile)
            for name in COMPARING:
                self.assertLess(rules[name][1], refuses, (profile, name))

    def test_well_formed_names_that_match_nothing_are_not_refused(self):
        helos = ["mx1.isp.test", "MX1.ISP.TEST.", "a-1.bank.example", "xn--mnchen-3ya.example", "münchen.example"]
        reverse = ["out.firm.example", "mail-out-7.isp.example", "b.bank.example"]
        clients = ["192.0.2.7", "2001:db8::25"]
        connections = [{"client.ip": client, "client.rdns": rdns, "client.rdns_confirmed": confirmed, "helo": helo,
                        "auth.user": ""}
                       for helo, rdns, client in itertools.product(helos, reverse, clients)
                       for confirmed in ("", rdns)]
        for profile in PROFILES:
            for connection, verdict in zip(connections, score(profile, connections)):
                self.assertIn(verdict["action"], ("accept", "tag", "greylist"), (profile, connection, verdict))


if __name__ == "__main__":
    unittest.main()
