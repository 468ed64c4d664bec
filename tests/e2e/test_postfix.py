"""Drives the daemon by a real Postfix, as Debian ships it, in its chroot: what docs/operations.md says of it holds.

swaks plays the clients, by XCLIENT; DNS is a server of the tests; accepted mail comes out at a sink. The settings are those of
that page. ASSAY_BIN names the program beside which assayd lies, ASSAY_SOURCE the source tree. Standard library only.
"""

import collections
import concurrent.futures
import os
import pathlib
import re
import smtplib
import subprocess
import sys
import threading
import unittest

SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))

import assayd  # noqa: E402
import fake_dns  # noqa: E402
import mail_servers  # noqa: E402
import postfix  # noqa: E402
from mail_servers import snippet  # noqa: E402

RULES = SOURCE / "rules/profiles/default.rule"
USER = "nobody"


# --- DNS ---

ZONE = {
    "mx1.good.example A": ["192.0.2.10"], "10.2.0.192.in-addr.arpa PTR": ["mx1.good.example"],
    "good.example MX": ["10 mx1.good.example"],
    "mx6.good.example AAAA": ["2001:db8::25"],
    "dyn-203-0-113-77.pool.isp.example A": ["203.0.113.77"],
    "5.113.0.203.in-addr.arpa PTR": ["forged.bad.example"], "forged.bad.example A": ["203.0.113.99"],
    "8.113.0.203.in-addr.arpa PTR": ["nofwd.bad.example"],
    "late.good.example A": ["192.0.2.44"], "44.2.0.192.in-addr.arpa PTR": ["late.good.example"],
    "mx_1.good.example A": ["192.0.2.12"],
}
BEHAVIOURS = {".8.b.d.0.1.0.0.2.ip6.arpa": fake_dns.servfail,
              "12.113.0.203.in-addr.arpa": fake_dns.silent,
              **{f"{last}.113.0.203.in-addr.arpa": fake_dns.servfail for last in (9, 10, 11)}}

# --- Postfix ---

GREYLISTING = """
data_restrictions = check_policy_service { unix:assay/policy, timeout=10s, default_action=DUNNO }
smtpd_restriction_classes = greylisting
greylisting = check_client_access static:{450 4.7.1 come again}
"""
REFUSALS = {"reject": r"^550 5\.7\.1 <\w+@rx\.example>: Recipient address rejected: Refused with score \d",
            "defer": r"^450 4\.7\.1 <\w+@rx\.example>: Recipient address rejected: please try again later"}
TAKEN = "250 2.1.5 Ok"

# --- clients ---

UNAVAILABLE, TEMPUNAVAIL = "[UNAVAILABLE]", "[TEMPUNAVAIL]"

#: The address and the names that Postfix shall have of a client, what it says, and what becomes of it: the action, and rules
#: that hit (with a minus: that do not). failed: whether DNS did not answer all.
Situation = collections.namedtuple("Situation", "ip name reverse helo action rules failed sender login exempt",
                                   defaults=(False, "alice@good.example", None, None))
S, HERE = Situation, "mx1.good.example"
DYNAMIC = "dyn-203-0-113-77.pool.isp.example"
SITUATIONS = {
    # Postfix knows the name.
    "well kept": S("192.0.2.10", HERE, HERE, HERE, "accept", "HELO_EQUALS_RDNS -RDNS_MISSING"),
    "another case, and a dot": S("192.0.2.11", HERE, HERE, "MX1.Good.EXAMPLE.", "accept", "HELO_EQUALS_RDNS"),
    "IPv6": S("2001:db8::25", "mx6.good.example", "mx6.good.example", "mx6.good.example", "accept", "HELO_EQUALS_RDNS"),
    "IPv6 literal": S("2001:db8::26", HERE, HERE, "[IPv6:2001:db8::26]", "accept", "HELO_IS_LITERAL"),
    "IPv6 literal of another": S("2001:db8::27", HERE, HERE, "[IPv6:2001:db8::1]", "accept", "HELO_LITERAL_MISMATCH"),
    "underscore": S("192.0.2.12", "mx_1.good.example", "mx_1.good.example", "mx_1.good.example", "accept", "HELO_UNDERSCORE"),
    "another good name": S("192.0.2.13", HERE, HERE, "mx2.good.example", "accept", "-HELO_EQUALS_RDNS"),
    "null sender": S("192.0.2.14", HERE, HERE, HERE, "accept", "HELO_EQUALS_RDNS", sender=""),
    "no dot": S("192.0.2.15", HERE, HERE, "hostnameonly", "tag", "HELO_NOT_FQDN"),
    "garbage": S("192.0.2.16", HERE, HERE, "@(&$", "accept", "HELO_BAD_CHARS"),
    "two dots": S("192.0.2.17", HERE, HERE, "fake..com", "tag", "HELO_EMPTY_LABEL"),
    "a dot in front": S("192.0.2.18", HERE, HERE, ".com", "tag", "HELO_LEADING_DOT"),
    "an address": S("192.0.2.19", HERE, HERE, "192.0.2.19", "tag", "HELO_IS_IP"),
    "a literal that is none": S("192.0.2.20", HERE, HERE, "[garbage]", "accept", "HELO_BAD_LITERAL"),
    "letters beyond ASCII": S("192.0.2.21", HERE, HERE, "m\u00fcnchen.example", "accept", ""),
    "long": S("192.0.2.22", HERE, HERE, "a" * 300 + ".example", "accept", "HELO_TOO_LONG"),
    "equals sign and blank": S("192.0.2.23", HERE, HERE, "=eq=uals two", "accept", "HELO_BAD_CHARS"),
    "automatic name": S("203.0.113.77", DYNAMIC, DYNAMIC, DYNAMIC, "tag", "HELO_DYNAMIC RDNS_DYNAMIC -HELO_EQUALS_RDNS"),
    # It has none, and DNS says the same.
    "no name, but a literal": S("198.51.100.7", UNAVAILABLE, UNAVAILABLE, "[198.51.100.7]", "tag", "RDNS_MISSING"),
    "no name, an address": S("198.51.100.8", UNAVAILABLE, UNAVAILABLE, "198.51.100.8", "reject",
                             "HELO_IS_IP RDNS_MISSING NOT_FQDN_NO_RDNS"),
    "no name, localhost": S("198.51.100.9", UNAVAILABLE, UNAVAILABLE, "localhost", "reject", "HELO_LOCALHOST RDNS_MISSING"),
    "no name, letters beyond ASCII": S("198.51.100.11", UNAVAILABLE, UNAVAILABLE, "m\u00fcnchen", "reject", "RDNS_MISSING"),
    "no name on the second look": S("198.51.100.10", TEMPUNAVAIL, TEMPUNAVAIL, "hostnameonly", "reject", "RDNS_MISSING"),
    # A name that does not lead back.
    "forged": S("203.0.113.5", UNAVAILABLE, "forged.bad.example", "forged.bad.example", "accept", "RDNS_NOT_CONFIRMED"),
    "leads nowhere": S("203.0.113.8", UNAVAILABLE, "nofwd.bad.example", "hostnameonly", "greylist", "RDNS_NOT_CONFIRMED"),
    # Postfix did not find out. DNS does,
    "found late": S("192.0.2.44", TEMPUNAVAIL, TEMPUNAVAIL, "late.good.example", "accept", "HELO_EQUALS_RDNS -RDNS_MISSING"),
    # or it is ill: then that is no evidence, and what would be refused is not.
    "outage": S("203.0.113.9", TEMPUNAVAIL, TEMPUNAVAIL, "mx.elsewhere.example", "accept", "-RDNS_MISSING", failed=True),
    "outage, an address": S("203.0.113.10", TEMPUNAVAIL, TEMPUNAVAIL, "203.0.113.10", "tag",
                            "HELO_IS_IP -RDNS_MISSING -NOT_FQDN_NO_RDNS", failed=True),
    "outage that looks like none": S("203.0.113.11", UNAVAILABLE, UNAVAILABLE, "203.0.113.11", "tag",
                                     "HELO_IS_IP -RDNS_MISSING", failed=True),
    "outage, IPv6": S("2001:db8::bad", TEMPUNAVAIL, TEMPUNAVAIL, "hostnameonly", "tag", "HELO_NOT_FQDN -RDNS_MISSING",
                      failed=True),
    # Whom nothing is scored for.
    "authenticated": S("198.51.100.20", UNAVAILABLE, UNAVAILABLE, "DESKTOP-4F7K2Q1", "accept", "", login="bob",
                       exempt="AUTHENTICATED"),
    "private": S("10.1.2.3", UNAVAILABLE, UNAVAILABLE, "10.1.2.3", "accept", "", exempt="LOCAL_CLIENT"),
}


BAD = S("198.51.100.31", UNAVAILABLE, UNAVAILABLE, "198.51.100.31", "reject", "HELO_IS_IP")


def xclient(s):
    address = f"IPV6:{s.ip}" if ":" in s.ip else s.ip
    login = f" LOGIN={s.login}" if s.login else ""
    return f"ADDR={address} NAME={s.name} REVERSE_NAME={s.reverse}{login}"


def swaks(port, situation, subject, recipients=("bob@rx.example",), *arguments):
    """The replies to RCPT, and the whole dialogue."""
    done = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(port), "--helo", situation.helo, "--from",
                           situation.sender or "<>", "--to", ",".join(recipients), "--xclient", xclient(situation),
                           "--header", f"Subject: {subject}", "--body", mail_servers.LAST_LINE, "--timeout",
                           str(assayd.PATIENCE), *arguments],
                          capture_output=True, check=False, text=True, timeout=assayd.PATIENCE * 2)
    replies = re.findall(r"^ -> RCPT TO.*\n<(?:- |\*\*) (.*)$", done.stdout, re.M)
    if len(replies) != len(recipients):
        raise AssertionError(f"swaks ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return replies, done.stdout


class Session(smtplib.SMTP):
    """One that stays, and may leave things out, which swaks does not."""

    def __init__(self, port, situation):
        super().__init__("127.0.0.1", port, timeout=assayd.PATIENCE)
        self.ehlo("test.example")
        self.docmd("XCLIENT", xclient(situation))
        if situation.helo is not None:
            self.ehlo(situation.helo)

    def offer(self, recipients=("bob@rx.example",), sender="alice@good.example"):
        """The replies to RCPT of a message that is then not sent."""
        self.docmd(f"MAIL FROM:<{sender}>")
        replies = [self.docmd(f"RCPT TO:<{recipient}>") for recipient in recipients]
        self.docmd("RSET")
        return [f"{code} {text.decode()}" for code, text in replies]


# --- the daemon ---

def as_user():
    """What runs a program as an ordinary user who is in Postfix's group, if such a one can reach the build tree at all."""
    words = ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--groups=postfix", "--"]
    reached = ["sh", "-c", 'test -x "$0" && test -r "$1"', assayd.program(), str(RULES)]
    return words if subprocess.run([*words, *reached], check=False).returncode == 0 else []


REASON = postfix.missing()


@unittest.skipIf(REASON, REASON)
class PostfixTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.command = as_user()
        cls.dns = fake_dns.FakeDns(ZONE, BEHAVIOURS)
        cls.addClassCleanup(cls.dns.close)
        cls.postfix = postfix.Postfix(snippet("main.cf", "policy") + GREYLISTING)
        cls.addClassCleanup(cls.postfix.stop)
        cls.postfix.make_socket_folder(USER if cls.command else "root")

    def daemon(self, name="policy-in-force", more="", rules=None):
        """With the settings of the page, but that Postfix lives elsewhere."""
        settings = snippet("assayd.conf", name).replace("/var/spool/postfix", self.postfix.queue)
        shipped = "" if rules is not None else f'rules "{RULES}"\n'
        return assayd.Daemon(f"{settings}resolver {self.dns.server}\nwatch off\n{shipped}{more}", rules,
                             command=self.command)

    def verdicts(self, daemon, ip, count=1):
        """The lines of the log about a client, of which there must be so many."""
        daemon.wait_log("verdict", count, client=ip)
        lines = daemon.log("verdict", client=ip)
        self.assertEqual(len(lines), count, lines)
        return lines

    def check_verdict(self, line, s):
        rules = set(filter(None, line["rules"].split(",")))
        wanted = {rule for rule in s.rules.split() if rule[0] != "-"}
        unwanted = {rule[1:] for rule in s.rules.split() if rule[0] == "-"}
        self.assertEqual((line["action"], wanted - rules, unwanted & rules), (s.action, set(), set()), line)
        self.assertEqual(line.get("exempt"), s.exempt, line)
        self.assertEqual(line.get("dns_failed", 0) > 0, s.failed, line)
        self.assertEqual(line["front"], "policy")

    def each_situation(self, daemon, recipients, check, *arguments):
        """All of them, some at a time; check(situation, replies, the line of the log)."""
        possible = {name: s for name, s in SITUATIONS.items() if ":" not in s.ip or mail_servers.has_ipv6()}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            runs = {name: pool.submit(swaks, self.postfix.port, s, name, recipients, *arguments)
                    for name, s in possible.items()}
        for name, s in possible.items():
            with self.subTest(name):
                replies, _ = runs[name].result()
                line, = self.verdicts(daemon, s.ip)
                self.check_verdict(line, s)
                check(name, s, replies, line)

    # --- what becomes of mail ---

    def test_dry_run(self):
        """Whatever the verdict, mail is taken, and Postfix's log says what would have become of it."""
        def check(_, s, replies, line):
            self.assertEqual(replies, [TAKEN] * 2)
            would = f"would {s.action} score={line['score']} rules={line['rules']}"
            said = re.findall(rf": warn: RCPT from \S*\[{re.escape(s.ip)}\]: (.*?); from=", self.postfix.log()[since:])
            self.assertEqual(said, [] if s.action == "accept" else [would] * 2)

        since = len(self.postfix.log())
        with self.daemon("policy-dry-run") as daemon:
            self.each_situation(daemon, ("ann@rx.example", "bob@rx.example"), check, "--quit-after", "RCPT")

    def test_in_force(self):
        """Each client gets what the verdict says, for both recipients; a header is put in once."""
        def check(name, s, replies, line):
            if s.action in REFUSALS:
                for reply in replies:
                    self.assertRegex(reply, REFUSALS[s.action])
                    self.assertTrue(reply.isascii())
                return
            self.assertEqual(replies, [TAKEN] * 2)
            headers = self.postfix.sink.wait_message(name).get_all("X-Assay-Status", [])
            marked = f"{s.action} score={line['score']} rules={line['rules']}"
            self.assertEqual(headers, [] if s.action == "accept" else [marked])

        with self.daemon() as daemon:
            self.each_situation(daemon, ("ann@rx.example", "bob@rx.example"), check)

    def test_the_server_is_in_its_chroot(self):
        with self.daemon(), Session(self.postfix.port, BAD) as client:
            self.assertRegex(client.offer()[0], REFUSALS["reject"])
            self.assertEqual(postfix.roots_of_smtpd(self.postfix.port), {os.path.realpath(self.postfix.queue)})

    def test_no_name_at_all(self):
        """Neither HELO nor EHLO."""
        nameless = BAD._replace(ip="198.51.100.30", helo=None)
        with self.daemon() as daemon, Session(self.postfix.port, nameless) as client:
            self.assertRegex(client.offer()[0], REFUSALS["reject"] + ".* HELO -$")
            line, = self.verdicts(daemon, nameless.ip)
            self.assertEqual((line["helo"], line["rules"]), ("", "HELO_EMPTY,RDNS_MISSING,NOT_FQDN_NO_RDNS"), line)

    def test_a_message_is_judged_once(self):
        """Recipients, and DATA after them, share a verdict and one header; the next message has its own."""
        doubtful = SITUATIONS["no dot"]
        with self.daemon() as daemon:
            with Session(self.postfix.data_port, doubtful) as client:
                for subject in ("first of two", "second of two"):
                    client.sendmail("alice@good.example", ["ann@rx.example", "bob@rx.example", "cid@rx.example"],
                                    f"Subject: {subject}\n\n{mail_servers.LAST_LINE}\n")
            self.verdicts(daemon, doubtful.ip, 2)
        for subject in ("first of two", "second of two"):
            headers = self.postfix.sink.wait_message(subject).get_all("X-Assay-Status")
            self.assertEqual(headers, ["tag score=2.5 rules=HELO_NOT_FQDN"])

    def test_our_own_name(self):
        """Postfix does not say it, so the site does."""
        name = re.search(r"^myhostname = (.*)$", postfix.MAIN, re.M)[1]
        ours = BAD._replace(ip="198.51.100.33", helo=name.upper(), rules="HELO_IS_SERVER RDNS_MISSING")
        setting = snippet("assayd.conf", "server-name").replace("mx.example.org", name)
        with self.daemon(more=setting) as daemon, Session(self.postfix.port, ours) as client:
            self.assertRegex(client.offer()[0], REFUSALS["reject"] + ".*HELO_IS_SERVER")
            self.check_verdict(*self.verdicts(daemon, ours.ip), ours)

    def test_rules_that_read_the_recipient(self):
        """Then each has a verdict of its own."""
        rules = f"""include "{RULES}"
        rule TRAP {{ describe "a trap" score 9.0 when any(rcpt) == "trap@rx.example" }}
        """
        with self.daemon(rules=rules) as daemon:
            ip = SITUATIONS["well kept"].ip
            replies, _ = swaks(self.postfix.port, SITUATIONS["well kept"], "trap", ("ann@rx.example", "trap@rx.example"))
            self.assertEqual(replies[0], TAKEN)
            self.assertRegex(replies[1], REFUSALS["reject"])
            self.assertEqual([line["action"] for line in self.verdicts(daemon, ip, 2)], ["accept", "reject"])
        self.assertEqual(self.postfix.sink.wait_message("trap").get_all("X-Assay-Status", []), [])

    def test_who_may_be_welcome_is_deferred(self):
        """The name that could be on the list cannot be found out; when it can, it decides."""
        rules = f"""include "{RULES}"
        list welcomed_names += {{ "good.example" }}
        rule SURE {{ describe "sure" score 6.0 when helo == "sure.example" }}
        """
        with self.daemon(rules=rules):
            for ip, helo, reply in (("203.0.113.9", "sure.example", REFUSALS["defer"]),
                                    ("203.0.113.8", "sure.example", REFUSALS["reject"]),
                                    ("192.0.2.44", "sure.example", f"^{TAKEN}$")):
                with self.subTest(ip=ip), Session(self.postfix.port, S(ip, TEMPUNAVAIL, TEMPUNAVAIL, helo, "", "")) as client:
                    self.assertRegex(client.offer()[0], reply)

    def test_dns_that_says_nothing(self):
        """The verdict comes at the deadline, with what is known, and says so."""
        silent = S("203.0.113.12", TEMPUNAVAIL, TEMPUNAVAIL, "hostnameonly", "tag", "HELO_NOT_FQDN -RDNS_MISSING", True)
        with self.daemon(more="limit dns 300ms\n") as daemon, Session(self.postfix.port, silent) as client:
            self.assertEqual(client.offer(), [TAKEN])
            line, = self.verdicts(daemon, silent.ip)
            self.check_verdict(line, silent)
            self.assertEqual(line["late"], True)
            daemon.wait_log("late", level="warning")

    def test_greylisting_by_a_class(self):
        doubtful = SITUATIONS["leads nowhere"]
        greylist = snippet("assayd.conf", "policy-greylist")
        with self.daemon(more=greylist), Session(self.postfix.port, doubtful) as client:
            self.assertEqual(client.offer(), ["450 4.7.1 <unknown[203.0.113.8]>: Client host rejected: come again"])

    def test_whatever_an_action_is_mapped_to(self):
        """Postfix takes each kind, and does what the page says of it."""
        doubtful, bad = SITUATIONS["no dot"], BAD._replace(ip="198.51.100.32")
        rows = [(doubtful, 'map tag "info {action} {score}"', f"^{TAKEN}$", "info: RCPT from .*: tag 2.5;"),
                (doubtful, 'map tag "warn {rules}"', f"^{TAKEN}$", "warn: RCPT from .*: HELO_NOT_FQDN;"),
                (doubtful, 'map tag "hold {top}"', f"^{TAKEN}$", "hold: RCPT from .* HELO_NOT_FQDN;"),
                (bad, 'map reject "554 5.7.9 no: {top}"', "^554 5.7.9 .* rejected: no: HELO_IS_IP$", "reject: RCPT from .*: 554 5.7.9"),
                (bad, 'map reject "450 4.7.9 {score}"', "^450 4.7.9 .* rejected: - 6.0$", "reject: RCPT from .*: 450 4.7.9"),
                (bad, 'map reject "discard {score}"', f"^{TAKEN}$", "discard: RCPT from .* 6.0;"),
                (bad, 'map reject "dunno"', f"^{TAKEN}$", "")]
        for s, line, reply, logged in rows:
            since = len(self.postfix.log())
            with self.subTest(line), self.daemon(more=f"{line}\n"), Session(self.postfix.port, s) as client:
                self.assertRegex(client.offer()[0], reply)
                self.postfix.wait_log(logged, since)

    # --- the daemon comes and goes ---

    def test_mail_flows_without_the_daemon(self):
        """By default_action, on connections that were open to it and on new ones; once it is back, it is asked again."""
        with self.daemon() as daemon, Session(self.postfix.port, BAD) as client:
            self.assertRegex(client.offer()[0], REFUSALS["reject"])
            since = len(self.postfix.log())
            daemon.kill()
            self.assertTrue(os.path.exists(os.path.join(self.postfix.queue, "assay/policy")), "no stale socket to take away")
            self.assertEqual(client.offer(), [TAKEN])
            self.assertEqual(swaks(self.postfix.port, BAD, "nobody looks")[0], [TAKEN])
            self.postfix.sink.wait_message("nobody looks")
            self.postfix.wait_log("warning: problem talking to server assay/policy", since)
            daemon.start()
            self.assertRegex(client.offer()[0], REFUSALS["reject"])
            self.assertRegex(swaks(self.postfix.port, BAD, "looked at")[0][0], REFUSALS["reject"])

    def test_a_clean_stop_takes_the_socket_away(self):
        with self.daemon() as daemon, Session(self.postfix.port, BAD) as client:
            self.assertRegex(client.offer()[0], REFUSALS["reject"])
            daemon.stop()
            self.assertFalse(os.path.exists(os.path.join(self.postfix.queue, "assay/policy")))
            self.assertEqual(client.offer(), [TAKEN])
            daemon.start()
            self.assertRegex(client.offer()[0], REFUSALS["reject"])

    def test_reload_under_way(self):
        """Sessions go on while rules are exchanged: each reply is that of the one set or the other, and none is missing."""
        rules = [f"""rule ALL {{ describe "has a name" score 9.0 when helo }}
        action reject at 5.0 "rules of set {name}"
        """ for name in "AB"]
        replies, done = [], threading.Event()

        def ask(number):
            with Session(self.postfix.port, BAD._replace(ip=f"198.51.100.{100 + number}")) as client:
                while not done.is_set():
                    replies.extend(client.offer(("ann@rx.example", "bob@rx.example")))

        def wait_for(name):
            before = len(replies)
            mail_servers.wait_until(lambda: any(f"set {name}" in reply for reply in replies[before:]),
                                    f"an answer of set {name}")

        since = len(self.postfix.log())
        with self.daemon(rules=rules[0]) as daemon, concurrent.futures.ThreadPoolExecutor(3) as pool:
            clients = [pool.submit(ask, number) for number in range(3)]
            try:
                wait_for("A")
                for turn in range(1, 11):
                    self.assertRegex(daemon.reload(rules[turn % 2])["msg"], "^reloaded the rules")
                    wait_for("AB"[turn % 2])
                self.assertRegex(daemon.reload("rule")["msg"], "^kept the old rules")
                wait_for("A")
            finally:
                done.set()
            for client in clients:
                client.result()
        self.assertEqual(set(replies), {f"550 5.7.1 <{who}@rx.example>: Recipient address rejected: rules of set {name}"
                                        for who in ("ann", "bob") for name in "AB"})
        self.assertNotIn("warning: ", self.postfix.log()[since:])


if __name__ == "__main__":
    unittest.main()
