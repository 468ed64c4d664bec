"""Drives the daemon by a real Exim, as Debian builds it: what docs/operations.md says of it holds.

Exim asks twice about a message, by both ways of that page: policy delegation about each recipient, and spamd's protocol about
the whole. Clients come by the PROXY protocol; DNS is a server of the tests; accepted mail comes out in a folder. ASSAY_BIN
names the program beside which assayd lies, ASSAY_SOURCE the source tree, ASSAY_BUILD the build tree. Standard library only.
"""

import collections
import os
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))

import assayd  # noqa: E402
import exim  # noqa: E402
import fake_dns  # noqa: E402
from mail_servers import snippet  # noqa: E402

RULES = SOURCE / "rules/profiles/default.rule"
PLACE = "/run/assay"  # of the sockets, on the page
TAKEN = "250 Accepted"
RECIPIENTS = ("ann@rx.example", "bob@rx.example")

#: Exim has it, too.
ZONE = {
    "mx1.good.example A": ["192.0.2.10"], "10.2.0.192.in-addr.arpa PTR": ["mx1.good.example"],
    "11.2.0.192.in-addr.arpa PTR": ["mx2.good.example"], "mx2.good.example A": ["192.0.2.11"],
    "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR": ["mx6.good.example"],
    "mx6.good.example AAAA": ["2001:db8::25"],
    "77.113.0.203.in-addr.arpa PTR": ["dyn-203-0-113-77.pool.isp.example"],
    "dyn-203-0-113-77.pool.isp.example A": ["203.0.113.77"],
    "5.113.0.203.in-addr.arpa PTR": ["forged.bad.example"], "forged.bad.example A": ["203.0.113.99"],
    "8.113.0.203.in-addr.arpa PTR": ["nofwd.bad.example"],
}
BEHAVIOURS = {f"{last}.113.0.203.in-addr.arpa": fake_dns.servfail for last in (9, 10)}

#: A client's address, what it says, and what becomes of its mail: the action, and rules that hit (with a minus: that do not).
#: failed: whether DNS did not answer all. message: the same two, where Exim's Received line says less than it knows.
Situation = collections.namedtuple("Situation", "ip helo action rules failed verb sender login exempt message",
                                   defaults=(False, "EHLO", "alice@good.example", None, None, None))
S = Situation
SITUATIONS = {
    # Exim knows the name.
    "well kept": S("192.0.2.10", "mx1.good.example", "accept", "HELO_EQUALS_RDNS -RDNS_MISSING"),
    "HELO": S("192.0.2.10", "mx1.good.example", "accept", "HELO_EQUALS_RDNS", verb="HELO", message=("accept", "-HELO_EMPTY")),
    "null sender": S("192.0.2.10", "mx1.good.example", "accept", "HELO_EQUALS_RDNS", sender=""),
    "another case, and a dot": S("192.0.2.11", "MX2.Good.EXAMPLE.", "accept", "HELO_EQUALS_RDNS"),
    "another good name": S("192.0.2.11", "mx1.good.example", "accept", "-HELO_EQUALS_RDNS"),
    "IPv6": S("2001:db8::25", "mx6.good.example", "accept", "HELO_EQUALS_RDNS"),
    "IPv6 literal": S("2001:db8::25", "[IPv6:2001:db8::25]", "accept", "HELO_IS_LITERAL",
                      message=("accept", "-HELO_IS_LITERAL")),
    "no dot": S("192.0.2.10", "hostnameonly", "tag", "HELO_NOT_FQDN"),
    "two dots": S("192.0.2.10", "fake..com", "tag", "HELO_EMPTY_LABEL"),
    "an address": S("192.0.2.10", "192.0.2.10", "tag", "HELO_IS_IP"),
    "underscore": S("192.0.2.10", "mx_1.good.example", "accept", "HELO_UNDERSCORE"),
    "letters beyond ASCII": S("192.0.2.10", "m\u00fcnchen.example", "accept", ""),
    "automatic name": S("203.0.113.77", "dyn-203-0-113-77.pool.isp.example", "tag", "HELO_DYNAMIC RDNS_DYNAMIC"),
    # It has none, and DNS says the same.
    "no name, but a literal": S("198.51.100.7", "[198.51.100.7]", "tag", "RDNS_MISSING", message=("accept", "RDNS_MISSING")),
    "no name, an address": S("198.51.100.8", "198.51.100.8", "reject", "HELO_IS_IP RDNS_MISSING NOT_FQDN_NO_RDNS"),
    "no name, localhost": S("198.51.100.9", "localhost", "reject", "HELO_LOCALHOST RDNS_MISSING"),
    # A name that does not lead back.
    "forged": S("203.0.113.5", "forged.bad.example", "accept", "-RDNS_MISSING"),
    "leads nowhere": S("203.0.113.8", "hostnameonly", "greylist", "RDNS_NOT_CONFIRMED"),
    # DNS is ill: then that is no evidence, and what would be refused is not.
    "outage": S("203.0.113.9", "mx.elsewhere.example", "accept", "-RDNS_MISSING", failed=True),
    "outage, an address": S("203.0.113.10", "203.0.113.10", "tag", "HELO_IS_IP -RDNS_MISSING -NOT_FQDN_NO_RDNS", failed=True),
    # Whom nothing is scored for.
    "authenticated": S("198.51.100.20", "DESKTOP-4F7K2Q1", "accept", "", login="bob", exempt="AUTHENTICATED"),
    "private": S("10.1.2.3", "10.1.2.3", "accept", "", exempt="LOCAL_CLIENT"),
}
BAD = S("198.51.100.31", "198.51.100.31", "reject", "HELO_IS_IP")

REASON = exim.missing()


@unittest.skipIf(REASON, REASON)
class EximTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.dns = fake_dns.FakeDns(ZONE, BEHAVIOURS)
        cls.addClassCleanup(cls.dns.close)
        main, acl = re.fullmatch(r"(.*)(^acl_check_data:\n.*)", snippet("exim.conf", "spamd"), re.S | re.M).groups()
        zone = [f"{kind} {name} {value}" for key, (value,) in ZONE.items() for name, kind in [key.split()]]
        cls.exim = exim.Exim(zone, *(text.replace(PLACE, "$folder/run")
                                     for text in (main, snippet("exim.conf", "policy"), acl)))
        cls.addClassCleanup(cls.exim.stop)
        os.mkdir(os.path.join(cls.exim.folder, "run"))

    def daemon(self, more="dry_run off\n", rules=None):
        """With the settings of the page, but that the sockets lie elsewhere."""
        settings = snippet("assayd.conf", "exim").replace(PLACE, f"{self.exim.folder}/run")
        shipped = "" if rules is not None else f'rules "{RULES}"\n'
        return assayd.Daemon(f"{settings}resolver {self.dns.server}\nwatch off\n{shipped}{more}", rules)

    def send(self, daemon, s, subject, recipients=RECIPIENTS):
        """The replies to RCPT and to the message, and the lines of the log by protocol: a recipient is a request, and a
        message one more, but that of a client who has logged in."""
        before = len(daemon.log("verdict"))
        with exim.Client(self.exim.port, s.ip, s.helo, s.verb) as client:
            if s.login:
                client.login(s.login, "secret")
            replies, taken = client.send_mail(subject, recipients, s.sender)
        count = len(recipients) + (taken is not None and not s.login)
        lines = daemon.wait_log("verdict", before + count)[before:]
        by_front = {front: [line for line in lines if line["front"] == front] for front in ("policy", "spamd")}
        self.assertEqual([len(by_front["policy"]), len(lines)], [len(recipients), count], lines)
        return replies, taken, by_front

    def check_verdict(self, line, s):
        action, named = s.message if line["front"] == "spamd" and s.message else (s.action, s.rules)
        rules = set(filter(None, line["rules"].split(",")))
        wanted = {rule for rule in named.split() if rule[0] != "-"}
        unwanted = {rule[1:] for rule in named.split() if rule[0] == "-"}
        self.assertEqual((line["action"], wanted - rules, unwanted & rules), (action, set(), set()), line)
        self.assertEqual(line.get("exempt"), s.exempt, line)
        self.assertEqual(line.get("dns_failed", 0) > 0, s.failed, line)

    def check_message(self, subject, by_front):
        """It has come out, and with the score of its verdict if there was one."""
        message = self.exim.wait_message(subject)
        scores = [float(text.split(" ")[0]) for text in message.get_all("X-Spam-Score", [])]
        self.assertEqual(scores, [line["score"] for line in by_front["spamd"]])
        return message

    # --- what becomes of mail ---

    def test_in_force(self):
        """Each client gets what the verdict says, for both recipients; a header is put in once."""
        with self.daemon() as daemon:
            for name, s in SITUATIONS.items():
                with self.subTest(name):
                    replies, taken, by_front = self.send(daemon, s, name)
                    for line in by_front["policy"] + by_front["spamd"]:
                        self.check_verdict(line, s)
                    if s.action == "reject":
                        for reply in replies:
                            self.assertRegex(reply, r"^550 Refused with score \d")
                        continue
                    self.assertEqual((replies, taken[:6]), ([TAKEN] * 2, "250 OK"))
                    marked = {f"{s.action} score={line['score']} rules={line['rules']}" for line in by_front["policy"]}
                    headers = self.check_message(name, by_front).get_all("X-Assay-Status", [])
                    self.assertEqual((len(headers), set(headers)), (0, set()) if s.action == "accept" else (1, marked))

    def test_dry_run(self):
        """Whatever the verdict, mail is taken, and Exim's log says what would have become of it."""
        with self.daemon(more="") as daemon:
            for name in ("well kept", "no dot", "leads nowhere", "no name, an address", "no name, localhost"):
                s, subject, since = SITUATIONS[name], f"{name}, dry", len(self.exim.log())
                with self.subTest(name):
                    replies, taken, by_front = self.send(daemon, s, subject)
                    self.assertEqual((replies, taken[:6]), ([TAKEN] * 2, "250 OK"))
                    for line in by_front["policy"] + by_front["spamd"]:
                        self.check_verdict(line, s)
                    self.assertEqual(self.check_message(subject, by_front).get_all("X-Assay-Status", []), [])
                    would = [f"would {s.action} score={line['score']} rules={line['rules']}" for line in by_front["policy"]]
                    said = re.findall(r" assay: WARN (.*)$", self.exim.log()[since:], re.M)
                    self.assertEqual(sorted(said), [] if s.action == "accept" else sorted(would))

    def test_our_own_name_and_address(self):
        """The address is in a request; no protocol says the name, so the site does."""
        setting = snippet("assayd.conf", "server-name").replace("mx.example.org", exim.NAME)
        with self.daemon(more=setting) as daemon:
            for helo, spamd in ((exim.NAME.upper(), True), ("[127.0.0.1]", False)):
                with self.subTest(helo):
                    _, _, by_front = self.send(daemon, S("198.51.100.33", helo, "", ""), f"as {helo}", ("bob@rx.example",))
                    for front, hits in (("policy", True), ("spamd", spamd)):
                        line, = by_front[front]
                        self.assertEqual("HELO_IS_SERVER" in line["rules"].split(","), hits, line)

    def test_no_name_at_all(self):
        """Neither HELO nor EHLO."""
        with self.daemon() as daemon:
            replies, taken, by_front = self.send(daemon, BAD._replace(helo=None), "nameless", ("bob@rx.example",))
            self.assertRegex(replies[0], r"^550 Refused with score \d(?s:.*) HELO -$")
            self.assertIsNone(taken)
            line, = by_front["policy"]
            self.assertEqual((line["helo"], line["rules"]), ("", "HELO_EMPTY,RDNS_MISSING,NOT_FQDN_NO_RDNS"), line)

    def test_rules_that_read_the_recipient(self):
        rules = f"""include "{RULES}"
        rule TRAP {{ describe "a trap" score 9.0 when any(rcpt) == "trap@rx.example" }}
        """
        with self.daemon(rules=rules) as daemon:
            replies, _, by_front = self.send(daemon, SITUATIONS["well kept"], "trap", ("ann@rx.example", "trap@rx.example"))
            self.assertEqual(replies[0], TAKEN)
            self.assertRegex(replies[1], r"^550 Refused with score \d")
            self.check_message("trap", by_front)

    def test_who_may_be_welcome_is_deferred(self):
        """The name that could be on the list cannot be found out; when it can, it decides."""
        rules = f"""include "{RULES}"
        list welcomed_names += {{ "good.example" }}
        rule SURE {{ describe "sure" score 6.0 when helo == "sure.example" }}
        """
        with self.daemon(rules=rules) as daemon:
            for ip, reply in (("203.0.113.9", "^451 please try again later$"), ("203.0.113.8", "^550 Refused with score"),
                              ("192.0.2.10", f"^{TAKEN}$")):
                with self.subTest(ip=ip):
                    replies, _, _ = self.send(daemon, S(ip, "sure.example", "", ""), f"sure {ip}", ("bob@rx.example",))
                    self.assertRegex(replies[0], reply)

    # --- the daemon comes and goes ---

    def test_mail_flows_without_the_daemon(self):
        """Killed or stopped: with sockets that nobody listens at, and without them. Once it is back, it is asked again."""
        with self.daemon() as daemon:
            for subject, end, left in (("nobody looks", daemon.kill, True), ("nobody is there", daemon.stop, False)):
                with self.subTest(subject):
                    self.assertRegex(self.send(daemon, BAD, "looked at")[0][0], "^550 ")
                    since = len(self.exim.log())
                    end()
                    self.assertEqual(os.path.exists(os.path.join(self.exim.folder, "run/policy")), left)
                    with exim.Client(self.exim.port, BAD.ip, BAD.helo) as client:
                        replies, taken = client.send_mail(subject, RECIPIENTS)
                    self.assertEqual((replies, taken[:6]), ([TAKEN] * 2, "250 OK"))
                    message = self.exim.wait_message(subject)
                    self.assertEqual([message[name] for name in ("X-Spam-Score", "X-Assay-Status")], [None, None])
                    self.exim.wait_log("spam acl condition: all spamd servers failed", since)
                    daemon.start()


if __name__ == "__main__":
    unittest.main()
