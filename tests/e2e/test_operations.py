"""Holds docs/operations.md, the examples of its settings and assayd(8) to what the daemon takes, says and does by default.

ASSAY_BIN names the program beside which assayd lies, ASSAY_SOURCE the source tree. Standard library only.
"""

import grp
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))

import assayd  # noqa: E402
import fake_dns  # noqa: E402

PAGE, CONF, UNIT = SOURCE / "docs/operations.md", SOURCE / "examples/assayd.conf", SOURCE / "examples/assayd.service"
SITE = "/etc/assay/site.rule"


def read(path):
    return (SOURCE / path).read_text(encoding="utf-8")


def number(text):
    """16M, 5s, 4000: bytes, milliseconds, or as it is."""
    units = {"": 1, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30, "ms": 1, "s": 1000, "m": 60000, "h": 3600000}
    digits, unit = re.fullmatch(r"(\d+)([a-zA-Z]*)", text).groups()
    return int(digits) * units[unit]


def taken():
    """The settings that the daemon knows, each with the member of its limit, or its words, or nothing."""
    code = re.search(r"static const struct row rows\[\] = \{\n(.*?)^\};", read("src/daemon/conf.c"), re.S | re.M)[1]
    found = {f"limit {name}": member for name, member in re.findall(r'\b(?:SIZE|TIME)\("(\w+)", (\w+),', code)}
    found |= {name: words for name, words in re.findall(r'\bSWITCH\("(\w+)", "([^"]*)"', code)}
    return found | {name: "" for name in re.findall(r'\{\{"(\w+)", ', code)}


def limits():
    code = re.search(r"limits_default = \{\n(.*?)^\};", read("src/daemon/conf.c"), re.S | re.M)[1]
    return {member: eval(value.replace("(size_t)", ""))  # numbers and their operators, as in C
            for member, value in re.findall(r"\.(\w+) = ([^,]*),", code)}


def mapped():
    """What actions are to Postfix as installed."""
    return dict(re.findall(r'^POLICY_DEFAULT\(\w+, "(\w+)", "(.*)"\)$', read("src/proto/policy_defaults.def"), re.M))


def table(text):
    """The rows of the settings, by their names in the first column."""
    rows = re.search(r"<!-- settings -->\n\|[^\n]*\n\|[^\n]*\n(.*?)<!-- end", text, re.S)[1].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return {name.strip("`"): (form, default) for name, form, default, _ in cells}


def snippets(language):
    return re.findall(rf"^```{re.escape(language)} [\w-]+\n(.*?)^```$", read(PAGE), re.S | re.M)


class SettingsTest(unittest.TestCase):
    maxDiff = None

    def test_the_table_has_all_settings_and_their_defaults(self):
        shown, known, defaults = table(read(PAGE)), taken(), limits()
        self.assertGreater(len(known), 20)
        self.assertEqual(set(shown), set(known))
        for name, member in known.items():
            with self.subTest(name):
                default = shown[name][1].strip("`")
                if name.startswith("limit "):
                    self.assertEqual(number(default), defaults[member])
                elif member:
                    self.assertEqual(re.findall(r"`(\w+)`", shown[name][0]), member.split("|"))
                    self.assertIn(default, member.split("|"))

    def test_the_example_has_all_settings_at_their_defaults(self):
        shown = table(read(PAGE))
        lines = re.findall(r"^#((?:limit )?\w+) +(.*)$", re.sub(r"^# .*$", "", read(CONF), flags=re.M), re.M)
        self.assertEqual({name for name, _ in lines}, set(shown))
        for name, value in lines:
            default = shown[name][1].strip("`")
            if name.startswith("limit ") or re.fullmatch(r"\w+", default) and name not in ("allow", "trusted", "workers"):
                with self.subTest(name):
                    self.assertEqual(value, default)
        self.assertEqual(re.sub(r"^#.*$", "", read(CONF), flags=re.M).strip(), "")

    def test_actions_are_mapped_as_shown(self):
        for text in (read(CONF).replace("#map", "map"), *(text for text in snippets("assayd.conf") if "map accept" in text)):
            self.assertEqual(dict(re.findall(r'^map (\w+) +"(.*)"$', text, re.M)), mapped())

    def test_what_is_shown_is_taken(self):
        """All blocks, and the example as it is and with nothing left out."""
        whole = re.sub(r"^#(?=\w)", "", read(CONF), flags=re.M)
        shown = snippets("assayd.conf")
        self.assertGreaterEqual(len(shown), 8)
        with tempfile.TemporaryDirectory() as folder:
            for text in (*shown, read(CONF), whole):
                with self.subTest(text=text):
                    path = os.path.join(folder, "assayd.conf")
                    # What is on this machine stands in for what would be on the administrator's.
                    text = text.replace('"postfix"', f'"{grp.getgrgid(os.getgid()).gr_name}"')
                    text = text.replace(SITE, str(SOURCE / "rules/site.rule"))
                    pathlib.Path(path).write_text(text, encoding="utf-8")
                    done = subprocess.run([assayd.program(), "--config", path, "--check"], capture_output=True, check=False,
                                          timeout=assayd.PATIENCE, text=True)
                    self.assertEqual((done.returncode, done.stdout), (0, "assayd: configuration and rules are right\n"),
                                     done.stderr)


class ConsoleTest(unittest.TestCase):
    maxDiff = None

    def test_a_request_by_hand(self):
        """What is sent, and what comes back where DNS knows nothing of the address."""
        sent, told = re.search(r"^```console\n\$ printf '([^\n]*)' \| nc -N [^\n]*\n(.*?)^```$", read(PAGE), re.S | re.M).groups()
        with fake_dns.FakeDns() as dns, \
                assayd.Daemon(f"listen spamd tcp:127.0.0.1:$port_spamd\nresolver {dns.server}\n") as daemon:
            got = assayd.ask(daemon.ports["spamd"], sent.encode().decode("unicode_escape").encode())
        self.assertEqual(got.decode().splitlines(), told.splitlines())


class EximTest(unittest.TestCase):
    def test_what_exim_would_send(self):
        """Its ${readsocket} sends the request of the page, and reads until the daemon closes."""
        block = re.search(r"^```exim.conf policy\n(.*?)^```$", read(PAGE), re.S | re.M)[1]
        request = re.search(r"\{(request=.*?)\}\{10s\}", re.sub(r"\\\n +", "", block), re.S)[1]
        self.assertEqual(request.count("${if def:"), 2)
        request = re.sub(r"\$\{if def:\w+ \{\$\w+\}\{(\w+)\}\}", r"\1", request)
        for variable, value in (("$sender_host_address", "203.0.113.9"), ("$sender_helo_name", "localhost"),
                                ("$sender_address", "alice@good.example"), ("$local_part", "bob"), ("$domain", "rx.example"),
                                ("$received_ip_address", "192.0.2.1"), ("$authenticated_id", "")):
            self.assertIn(variable, request)
            request = request.replace(variable, value)
        self.assertNotIn("$", request)
        with fake_dns.FakeDns() as dns, \
                assayd.Daemon(f"listen policy unix:$folder/policy\nresolver {dns.server}\ndry_run off\n") as daemon:
            got = assayd.ask(daemon.path("policy"), request.replace(r"\n", "\n").encode()).decode()
        self.assertRegex(got, r"^action=550 5\.7\.1 Refused with score 6 for HELO_LOCALHOST,HELO_NOT_FQDN,[^\n]*\n\n$")


class LogTest(unittest.TestCase):
    def test_all_keys_of_a_verdict(self):
        keys = re.findall(r'log_(?:fact|word|milli|text|own|uint|bool)\(&?line, "(\w+)"', read("src/daemon/account.c"))
        shown = re.search(r"\| key \|.*?\n\n", read(PAGE), re.S)[0]
        self.assertGreater(len(keys), 8)
        self.assertEqual(set(re.findall(r"`(\w+)`", re.sub(r"\|[^|]*\|$", "", shown, flags=re.M))), set(keys))

    def test_all_events(self):
        events = {word for path in (SOURCE / "src/daemon").glob("*.c")
                  for word in re.findall(r'log_(?:say|begin)\([^;]*?, (?:"\w+"|level), "(\w+)"', path.read_text(encoding="utf-8"))}
        events.remove("verdict")  # which has a table of its own
        events |= set(re.findall(r'\[TROUBLE_\w+\] = \{"(\w+)"', read("src/daemon/server.c")))
        shown = re.search(r"\| event \|.*?\n\n", read(PAGE), re.S)[0]
        self.assertEqual(set(re.findall(r"`(\w+)`", re.sub(r"\|[^|]*\|$", "", shown, flags=re.M))), events)


class UnitTest(unittest.TestCase):
    def setUp(self):
        self.unit = read(UNIT)

    def test_it_starts_the_daemon_as_the_page_has_it(self):
        words = re.search(r"^ExecStart=(.*)$", self.unit, re.M)[1].split()
        self.assertEqual(words, ["/usr/bin/assayd", "--config", "/etc/assay/assayd.conf"])
        self.assertIn(f"install -D -m 644 examples/assayd.conf {words[2]}", read(PAGE))
        self.assertIn("-DCMAKE_INSTALL_PREFIX=/usr ", read(PAGE))
        self.assertIn("adduser --system --group --no-create-home assay", read(PAGE))
        made = re.search(r"^ExecStartPre=\+/usr/bin/(.*)$", self.unit, re.M)[1]
        self.assertIn(f"\n{made}\n", read(PAGE))

    def test_it_waits_and_allows_as_much_as_the_daemon_may_need(self):
        said = {name: int(value) for name, value in re.findall(r"^(\w+)=(\d+)$", self.unit, re.M)}
        self.assertGreater(said["TimeoutStopSec"] * 1000, limits()["grace"])
        self.assertGreater(said["LimitNOFILE"], limits()["connections"])

    def test_codes_after_which_it_is_not_started_again(self):
        codes = re.search(r"^RestartPreventExitStatus=(.*)$", self.unit, re.M)[1].split()
        ends = dict(re.findall(r"EXIT_(\w+) = (\d+)", read("src/daemon/main.c")))
        self.assertEqual(codes, [ends["USAGE"], ends["CONFIG"]])


if __name__ == "__main__":
    unittest.main()
