#!/usr/bin/env python3
"""Holds scoring with DNS to what real servers say: knot serving zones, unbound asking it, `assay score --dns` asking unbound.

The servers are Debian's, started here on loopback; where they are not installed there is nothing to test.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ["ASSAY_SOURCE"]
BIN = os.environ["ASSAY_BIN"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))

import dns_servers  # noqa: E402
import fake_dns  # noqa: E402

ZONES = {
    "": "",
    "example.org": """
mx      A 192.0.2.1
mx      AAAA 2001:db8::1
pool    A 192.0.2.10
pool    A 192.0.2.11
six     AAAA 2001:db8::6
text    TXT "no address"
alias   CNAME mx
second  A 192.0.2.3
null    MX 0 .
*.many  A 192.0.2.200
c1 CNAME c2
c2 CNAME c3
c3 CNAME c4
c4 CNAME mx
loop1 CNAME loop2
loop2 CNAME loop1
long    A 192.0.2.44
""" + "".join(f"long A 203.0.113.{n}\n" for n in range(1, 120)),
    "2.0.192.in-addr.arpa": """
1 PTR mx.example.org.
2 PTR mx.example.org.
3 PTR a.example.org.
3 PTR second.example.org.
5 PTR out.silent.test.
6 PTR out.silent.test.
6 PTR z.example.org.
""",
    "8.b.d.0.1.0.0.2.ip6.arpa": "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa. PTR mx.example.org.\n",
    "list.test": "1.2.0.192 A 127.0.0.2\n3.2.0.192 A 127.0.0.2\n3.2.0.192 A 127.0.0.10\n1." + "0." * 23
                 + "8.b.d.0.1.0.0.2 A 127.0.0.2\n",
    "names.test": "mx.example.org A 127.0.0.2\npool.example.org A 127.255.255.254\nsix.example.org A 192.0.2.99\n",
    "refuses.test": "* A 127.255.255.254\n",
    "strange.test": "* A 192.0.2.99\n",
}

ACTIONS = "action tag at 0.1\n"
MX, NONE = "mx.example.org", "none.example.org"
SILENT, FAILING, REFUSED = "mx.silent.test", "mx.failing.test", "mx.refused.test"


class Real(unittest.TestCase):
    """Starts the servers once for all of a class's tests."""

    @classmethod
    def setUpClass(cls):
        missing = dns_servers.missing()
        if missing:
            raise unittest.SkipTest(f"no {' and no '.join(missing)} here")
        cls.upstream = fake_dns.FakeDns(behaviours={"": fake_dns.silent, ".failing.test": fake_dns.servfail})
        cls.servers = dns_servers.Servers(
            ZONES, dict.fromkeys(["silent.test", "100.51.198.in-addr.arpa", "failing.test"], cls.upstream.port),
            ['local-zone: "refused.test." refuse'])
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.servers.stop()
        cls.upstream.close()
        cls.folder.cleanup()

    def rules(self, text):
        path = os.path.join(self.folder.name, "site.rule")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def score(self, rules, connections, *options, server=None):
        """The verdicts, as JSON objects, in order."""
        command = [BIN, "score", "--dns=" + (server or self.servers.resolver), "--input", "-", "--format", "jsonl",
                   "--json", *options]
        for path in rules:
            command += ["-r", path]
        lines = "".join(json.dumps(connection) + "\n" for connection in connections)
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return [json.loads(line) for line in done.stdout.splitlines()]


def outcome(verdict, rule):
    """"hit", "miss", or what became of the look-ups that the rule waits for."""
    if rule in [hit["rule"] for hit in verdict["hits"]]:
        return "hit"
    found = [unknown for unknown in verdict["unknown"] if unknown["rule"] == rule]
    return ",".join(found[0]["outcomes"]) if found else "miss"


class Shipped(Real):
    """The shipped rules that look something up, each alone, against each kind of answer."""

    def check(self, rule, cases, site=""):
        files = [os.path.join(SOURCE, "rules", name) for name in ("groups.rule", rule.lower() + ".rule")]
        connections = [{"client.ip": ip, "helo": helo} for ip, helo, _ in cases]
        verdicts = self.score([*files, self.rules(ACTIONS + site)], connections, "--dns-timeout", "1s")
        self.assertEqual([(ip, helo, outcome(verdict, rule)) for (ip, helo, _), verdict in zip(cases, verdicts)], cases)

    def test_helo_mismatch_ip(self):
        self.check("HELO_MISMATCH_IP", [
            ("192.0.2.7", MX, "hit"),
            ("192.0.2.1", MX, "miss"),
            ("192.0.2.1", "MX.Example.ORG.", "miss"),
            ("2001:db8::1", MX, "miss"),
            ("::ffff:192.0.2.1", MX, "miss"),
            ("192.0.2.11", "pool.example.org", "miss"),
            ("192.0.2.12", "pool.example.org", "hit"),
            ("192.0.2.1", "alias.example.org", "miss"),
            ("192.0.2.1", "c1.example.org", "miss"),
            ("192.0.2.44", "long.example.org", "miss"),
            ("192.0.2.45", "long.example.org", "hit"),
            ("192.0.2.7", NONE, "miss"),
            ("192.0.2.7", "localhost", "miss"),
            ("192.0.2.7", SILENT, "timeout"),
            ("192.0.2.7", FAILING, "servfail"),
            ("192.0.2.7", REFUSED, "refused"),
        ])

    def test_helo_unresolvable(self):
        self.check("HELO_UNRESOLVABLE", [
            ("192.0.2.7", NONE, "hit"),
            ("192.0.2.7", "text.example.org", "hit"),
            ("192.0.2.7", "mail.nowhere.invalid", "hit"),
            ("192.0.2.7", MX, "miss"),
            ("192.0.2.7", "six.example.org", "miss"),
            ("192.0.2.7", "loop1.example.org", "servfail"),
            ("192.0.2.7", SILENT, "timeout"),
            ("192.0.2.7", FAILING, "servfail"),
            ("192.0.2.7", REFUSED, "refused"),
        ])

    def test_rdns_not_confirmed(self):
        self.check("RDNS_NOT_CONFIRMED", [
            ("192.0.2.2", MX, "hit"),
            ("192.0.2.1", MX, "miss"),
            ("2001:db8::1", MX, "miss"),
            ("192.0.2.3", MX, "miss"),
            ("192.0.2.9", MX, "miss"),
            ("10.1.2.3", MX, "miss"),
            ("192.0.2.5", MX, "timeout"),
            ("192.0.2.6", MX, "timeout"),
            ("198.51.100.1", MX, "timeout"),
        ])

    def test_dnsbl_listed(self):
        self.check("DNSBL_LISTED", [
            ("192.0.2.1", MX, "hit"),
            ("192.0.2.3", MX, "hit"),
            ("2001:db8::1", MX, "hit"),
            ("192.0.2.2", MX, "miss"),
            ("10.1.2.3", MX, "miss"),
        ], 'list dnsbl_zones += { "list.test" }\n')
        for zone, expected in (("refuses.test", "refused"), ("strange.test", "refused"), ("silent.test", "timeout"),
                               ("failing.test", "servfail"), ("refused.test", "refused")):
            self.check("DNSBL_LISTED", [("192.0.2.1", MX, expected)], f'list dnsbl_zones += {{ "{zone}" }}\n')
        self.check("DNSBL_LISTED", [("192.0.2.1", MX, "hit")],
                   'list dnsbl_zones += { "silent.test", "refuses.test", "list.test" }\n')

    def test_all_of_them(self):
        """The shipped set as it is: a failure is never evidence, so the score of the silent is that of the unasked."""
        rules = [os.path.join(SOURCE, "rules")]
        silent, good = self.score(rules, [{"client.ip": "198.51.100.1", "helo": SILENT},
                                          {"client.ip": "192.0.2.1", "helo": MX}], "--dns-timeout", "1s")
        for name in ("HELO_MISMATCH_IP", "HELO_UNRESOLVABLE", "RDNS_NOT_CONFIRMED"):
            self.assertNotEqual(outcome(silent, name), "hit")
            self.assertEqual(outcome(good, name), "miss")
        self.assertLessEqual(good["score"], 0)
        self.assertEqual(good["dns"]["iprev"], "pass")


class Answers(Real):
    """What is made of the answers themselves."""

    def test_iprev(self):
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when client.rdns_confirmed }\n')
        clients = {"192.0.2.1": "pass", "192.0.2.3": "pass", "192.0.2.2": "fail", "192.0.2.9": "permerror",
                   "198.51.100.1": "temperror", "192.0.2.5": "temperror", "192.0.2.6": "temperror", "10.1.2.3": "none"}
        verdicts = self.score([rules], [{"client.ip": ip} for ip in clients], "--dns-timeout", "1s")
        self.assertEqual([verdict["dns"]["iprev"] for verdict in verdicts], list(clients.values()))

    def test_null_mx(self):
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when dns.null_mx(helo) }\n'
                           'rule S { describe "s" score 1 when dns.nxdomain(helo) }\naction reject at 2\n')
        null, text, none = self.score([rules], [{"helo": name + ".example.org"} for name in ("null", "text", "none")])
        self.assertEqual([[outcome(verdict, rule) for rule in "RS"] for verdict in (null, text, none)],
                         [["hit", "miss"], ["miss", "miss"], ["miss", "hit"]])

    def test_lists_of_names(self):
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when dnsbl("names.test", helo) }\n')
        names = {MX: "hit", "MX.Example.Org.": "hit", NONE: "miss", "localhost": "miss", "[192.0.2.1]": "miss",
                 "pool.example.org": "refused", "six.example.org": "refused"}
        verdicts = self.score([rules], [{"helo": name} for name in names])
        self.assertEqual([outcome(verdict, "R") for verdict in verdicts], list(names.values()))

    def test_an_authority_may_be_asked(self):
        """It does not ask others, and says so; what it knows itself is an answer all the same."""
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when dns.address(helo) }\n')
        verdicts = self.score([rules], [{"helo": MX}, {"helo": NONE}, {"helo": "elsewhere.test"}],
                              server=self.servers.authority)
        self.assertEqual([outcome(verdict, "R") for verdict in verdicts], ["hit", "miss", "miss"])

    def test_what_is_known_is_not_asked(self):
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when not client.rdns_confirmed }\n')
        again, other = self.score([rules], [{"client.ip": "192.0.2.1"}] * 2)
        self.assertEqual((other["dns"]["questions"], other["dns"]["failed"], outcome(other, "R")), (2, 0, "miss"))
        said, = self.score([rules], [{"client.ip": "192.0.2.1", "client.rdns": ""}])
        self.assertEqual((said["dns"]["questions"], outcome(said, "R")), (0, "hit"))
        self.assertEqual(again["dns"]["questions"], 2)

    def test_ten_thousand_names(self):
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when any(dns.address(helo)) == 192.0.2.200 }\n')
        connections = [{"id": n, "helo": f"n{n}.many.example.org"} for n in range(10000)]
        verdicts = self.score([rules], connections, "--dns-timeout", "60s")
        self.assertEqual([verdict["id"] for verdict in verdicts], list(range(10000)))
        self.assertEqual({outcome(verdict, "R") for verdict in verdicts}, {"hit"})


class Stopped(Real):
    def test_nobody_answers(self):
        rules = self.rules(ACTIONS + 'rule R { describe "r" score 1 when not dns.address(helo) }\n')
        self.servers.stop_resolver()
        verdict, = self.score([rules], [{"helo": NONE}], "--dns-timeout", "2s")
        self.assertIn(outcome(verdict, "R"), ("refused", "timeout"))  # as the kernel tells it, or does not
        self.assertEqual(verdict["dns"]["failed"], 2)


if __name__ == "__main__":
    unittest.main()
