#!/usr/bin/env python3
"""Drives assayd through its life: what it refuses to start with, its sockets, its log, reloads, and how it stops."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests"))
from support.assayd import PATIENCE, Daemon, ask, connect, program, read_all  # noqa: E402
from support.daemon_clients import (RULES, ask_policy, check, counters, is_closed, policy, read_answers,  # noqa: E402
                                    wait_counters)

BOTH = "listen spamd unix:$folder/spamd\nlisten policy unix:$folder/policy\nresolver off\nwatch off\n"
DUNNO, TAG = "action=DUNNO", "action=WARN would tag score=3.0 rules=BAD"
#: What Postfix writes.
BROUGHT = (b"Received: from %s (unknown [192.0.2.1])\r\n\tby mx.example.org (Postfix) with ESMTP id 4ABC\r\n"
           b"\tfor <you@example.org>; Mon, 30 Nov 2026 07:00:00 +0000 (UTC)\r\nSubject: hello\r\n\r\n")
#: The same rules but for the score of BAD.
OTHER = RULES.replace("score 3", "score 2")
BROKEN = RULES + "rule {\n"
UNTRUE = RULES.replace('"bad.example" }', '"bad.example" test hit { helo "good.example" } }')


def start(settings="", config=BOTH, rules=RULES, **more):
    return Daemon(config + settings, rules, **more)


def run(*arguments):
    done = subprocess.run([program(), *arguments], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                          errors="surrogateescape")
    return done.returncode, done.stdout, done.stderr


class Starting(unittest.TestCase):
    def config(self, text, rules=RULES):
        """A file with these settings, and the rules beside it."""
        daemon = Daemon(text, rules)
        self.addCleanup(daemon._holder.cleanup)
        return daemon.write_config()

    def test_check(self):
        rows = [
            ("good", BOTH, RULES, 0, "are right"),
            ("a setting that there is not", BOTH + "limit patience 3s\n", RULES, 78, "patience"),
            ("a value out of range", BOTH + "workers 0\n", RULES, 78, "workers"),
            ("open to the world", "listen spamd tcp:*:0783\nresolver off\n", RULES, 78, "allow"),
            ("what a site may not map", BOTH + 'map tag "OK"\n', RULES, 78, "map tag"),
            ("half a name", BOTH + "server_name mx\n", RULES, 78, "assayd.conf:5:13: error[E408]"),
            ("broken rules", BOTH, BROKEN, 78, "test.rule:"),
            ("rules with a test that fails", BOTH, UNTRUE, 78, "1 of 1 tests fail"),
        ]
        for name, text, rules, code, words in rows:
            with self.subTest(name):
                path = self.config(text, rules)
                found, out, err = run("--check", "--config", path)
                self.assertEqual(found, code, err)
                self.assertIn(words, out if code == 0 else err)
                if code and rules != UNTRUE:  # and it does not start either
                    self.assertEqual((run("-c", path)[0], out), (code, ""))

    def test_command_line(self):
        self.assertEqual(run("--version")[:2], (0, subprocess.run([os.environ["ASSAY_BIN"], "--version"], capture_output=True,
                                                                  text=True, check=True).stdout.replace("assay ", "assayd ", 1)))
        self.assertIn("--check", run("--help")[1])
        for arguments in ["--nonsense"], ["--config"], ["file"]:
            code, out, err = run(*arguments)
            self.assertEqual((code, out), (64, ""))
            self.assertIn(arguments[0], err)
        code, _, err = run("--config", "/no/such/file.conf")
        self.assertEqual(code, 78)
        self.assertIn("/no/such/file.conf", err)

    @unittest.skipUnless(os.getuid() == 0, "only root may put a folder in the place of another")
    def test_a_folder_that_may_not_be_looked_into(self):
        """What is set in there is not passed over: it does not start by the defaults."""
        path = re.search(r"(/\S+/assayd\.conf)", run("--help")[1])[1]
        folder = place = os.path.dirname(path)
        while not os.path.isdir(place := os.path.dirname(place)):
            pass
        script = (f"mount -t tmpfs none {place} && mkdir -p {folder} && echo workers 1 > {path} && chmod 0700 {folder} || exit 1\n"
                  'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"')
        def as_nobody(*arguments):
            done = subprocess.run(["unshare", "--mount", "sh", "-c", script, program(), *arguments], capture_output=True, text=True,
                                  timeout=PATIENCE)
            return done.returncode, done.stderr
        if as_nobody("--version")[0] != 0:
            self.skipTest("no mounts here, or the program lies where only root may go")
        code, err = as_nobody("--check")
        self.assertEqual(code, 78, err)
        self.assertIn(f"cannot read `{path}`", err)

    def test_unix_sockets(self):
        config = "listen policy unix:$folder/open mode 0666\nlisten policy unix:$folder/shut\nresolver off\n"
        owner = os.getuid() == 0
        if owner:
            config += "listen policy unix:$folder/given owner nobody group nogroup mode 0660\n"
        with start(config=config) as daemon:
            modes = {name: stat.S_IMODE(os.stat(daemon.path(name)).st_mode) for name in ("open", "shut")}
            self.assertEqual(modes, {"open": 0o666, "shut": 0o600})
            if owner:
                import grp
                import pwd
                given = os.stat(daemon.path("given"))
                self.assertEqual((pwd.getpwuid(given.st_uid).pw_name, grp.getgrgid(given.st_gid).gr_name,
                                  stat.S_IMODE(given.st_mode)), ("nobody", "nogroup", 0o660))
            self.assertEqual(ask_policy(daemon.path("open"), policy()), [DUNNO])
        self.assertFalse(os.path.exists(daemon.path("open")))

    def test_stale_socket(self):
        with start() as daemon:
            daemon.kill()
            self.assertTrue(os.path.exists(daemon.path("policy")))
            daemon.start()
            self.assertEqual(ask_policy(daemon.path("policy"), policy()), [DUNNO])

    def test_second_daemon(self):
        """It says why, leaves the sockets alone, and the first one goes on."""
        config = BOTH + "listen policy tcp:127.0.0.1:$port_policy\n"
        with start(config=config) as daemon:
            code, _, err = run("--config", daemon.path("assayd.conf"))
            self.assertEqual(code, 71)
            self.assertIn("another program listens there", err)
            daemon.write("tcp.conf", f'listen policy tcp:127.0.0.1:{daemon.ports["policy"]}\nresolver off\n'
                         f'rules "{daemon.path("test.rule")}"\n')
            code, _, err = run("--config", daemon.path("tcp.conf"))
            self.assertEqual(code, 71)
            self.assertIn("cannot have this address and port", err)
            self.assertEqual(ask_policy(daemon.path("policy"), policy()), [DUNNO])
            self.assertEqual(ask_policy(daemon.ports["policy"], policy()), [DUNNO])

    def test_few_descriptors(self):
        """It starts, or ends in order; whoever says why says it in the form of the log."""
        for most in range(8, 24):
            daemon = Daemon(BOTH + "workers 2\n", RULES, command=("sh", "-c", f'ulimit -n {most}; exec "$0" "$@"'))
            self.addCleanup(daemon._holder.cleanup)
            daemon.run()
            if daemon.wait_for(lambda line: line.get("event") == "started"):
                daemon.stop()
            else:
                daemon._reader.join()
                self.assertIn(daemon.process.wait(PATIENCE), (71, 78), daemon.stderr())
                self.assertTrue([line for line in daemon.log() if line.get("level") == "error"], daemon.stderr())
            self.assertFalse([line for line in daemon.log() if "text" in line], daemon.stderr())


class ServerName(unittest.TestCase):
    OURS = RULES.replace('"bad.example"', "server.name")

    def asked(self, settings):
        """The rules that hit, by both protocols: with the server's name in another case, and with that of another."""
        with start(settings, rules=self.OURS) as daemon:
            for helo in ("MX.example.org", "mx.example.net"):
                ask_policy(daemon.path("policy"), policy(helo))
                ask(daemon.path("spamd"), check(helo))
                ask(daemon.path("spamd"), check(helo, body=BROUGHT % helo.encode()).replace(b"Assay-", b"Other-"))
            lines = daemon.wait_log("verdict", 6)
        self.assertEqual(sorted(line["client"] for line in lines), ["192.0.2.1"] * 6)
        return sorted((line["helo"], line["front"], line["rules"]) for line in lines)

    def test_said(self):
        hits = {"MX.example.org": "BAD", "mx.example.net": ""}
        self.assertEqual(self.asked("server_name mx.example.org\n"),
                         [(helo, front, rules) for helo, rules in hits.items() for front in ("policy", "spamd", "spamd")])

    def test_not_said(self):
        """Then it is known to nobody, and no rule hits by it."""
        self.assertEqual(self.asked(""), [(helo, front, "") for helo in ("MX.example.org", "mx.example.net")
                                          for front in ("policy", "spamd", "spamd")])


class Log(unittest.TestCase):
    def test_verdict(self):
        with start() as daemon:
            ask(daemon.path("spamd"), check("bad.example", headers=["User: me you"]))
            line = daemon.wait_log("verdict")[0]
            rules = daemon.wait_log("rules")[0]["msg"]
            wanted = {"level": "info", "front": "spamd", "client": "192.0.2.1", "helo": "bad.example", "score": 3.0,
                      "action": "tag", "rules": "BAD", "user": "me you"}
            self.assertEqual({key: line.get(key) for key in wanted}, wanted)
            self.assertIn(f"id {line['ruleset']}:", rules)
            self.assertGreaterEqual(line["us"], 0)

    def test_injection(self):
        """Whatever a name holds, it is one value of one line."""
        with start() as daemon:
            for text in 'a" level=error x="', "a\\nb", "a\x01\x1b[2Jb", "\u202e", "a=b":
                client = connect(daemon.path("policy"))
                client.sendall(f"request=smtpd_access_policy\nprotocol_state=RCPT\nhelo_name={text}\n\n".encode())
                self.assertEqual(len(read_answers(client, 1)), 1)
                client.close()
            lines = daemon.wait_log("verdict", 5)
            self.assertEqual([line["level"] for line in lines], ["info"] * 5)
            self.assertTrue(all(character.isprintable() or character == "\n" for character in daemon.stderr()))

    def test_local_clients(self):
        exempt = RULES + 'exempt LOCAL_CLIENT { describe "the client is here" when client.ip == 127.0.0.1 }\n'
        with start("workers 1\n", rules=exempt) as daemon:
            local, far = policy(address="127.0.0.1"), policy()
            ask_policy(daemon.path("policy"), *[local] * 940, *[far] * 60)
            self.assertEqual(counters(daemon)["local_clients"], 0)
            ask_policy(daemon.path("policy"), *[local] * 960, *[far] * 40)
            self.assertIn("proxy", daemon.wait_log("local_clients", level="warning")[0]["msg"])
            self.assertEqual(counters(daemon)["local_clients"], 1)

    def test_local_clients_of_all_workers(self):
        exempt = RULES + 'exempt LOCAL_CLIENT { describe "the client is here" when client.ip == 127.0.0.1 }\n'
        with start("workers 4\n", rules=exempt) as daemon:
            clients = [connect(daemon.path("policy")) for _ in range(50)]
            for client in clients:  # a thousand in all, of no worker so many
                client.sendall(policy(address="127.0.0.1") * 20)
            for client in clients:
                self.assertEqual(len(read_answers(client, 20)), 20)
                client.close()
            daemon.wait_log("local_clients", level="warning")

    def test_nobody_reads_it(self):
        """A log that nobody takes holds up no mail."""
        with start("workers 1\n") as daemon:
            read, write = os.pipe()
            second = subprocess.Popen([program(), "--config", self.second(daemon)], stderr=write, stdin=subprocess.DEVNULL)
            os.close(write)
            try:
                to = daemon.path("second")
                self.assertTrue(self.comes_up(to))
                requests = [policy(f"{number}." + "a" * 200 + ".example") for number in range(100)]
                for _ in range(20):  # more than a pipe holds
                    self.assertEqual(ask_policy(to, *requests), [DUNNO] * 100)
            finally:
                second.terminate()
                self.assertEqual(second.wait(PATIENCE), 0)
                os.close(read)

    def test_no_standard_error(self):
        """Nothing else takes its place, and gets the log."""
        with start() as daemon:
            close = 'exec "$0" "$@" <&- >&- 2>&-'
            second = subprocess.Popen(["sh", "-c", close, program(), "--config", self.second(daemon)])
            try:
                self.assertTrue(self.comes_up(daemon.path("second")))
                standard = [os.readlink(f"/proc/{second.pid}/fd/{number}") for number in range(3)]
                self.assertEqual(standard, ["/dev/null"] * 3)
                self.assertEqual(ask_policy(daemon.path("second"), policy()), [DUNNO])
            finally:
                second.terminate()
                self.assertEqual(second.wait(PATIENCE), 0)

    @staticmethod
    def comes_up(to):
        """True as soon as somebody listens there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                connect(to).close()
                return True
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(0.02)
        return False

    @staticmethod
    def second(daemon):
        daemon.write("second.conf", f'listen policy unix:{daemon.path("second")} mode 0666\nresolver off\nworkers 1\n'
                     f'rules "{daemon.path("test.rule")}"\n')
        return daemon.path("second.conf")


class Reloading(unittest.TestCase):
    def test_hangup(self):
        with start() as daemon:
            self.assertEqual(ask_policy(daemon.path("policy"), policy("bad.example")), [TAG])
            self.assertIn("reloaded the rules", daemon.reload(OTHER)["msg"])
            self.assertEqual(ask_policy(daemon.path("policy"), policy("bad.example")), [TAG.replace("3.0", "2.0")])

    def test_broken_rules_are_refused(self):
        for name, rules, words in ("broken", BROKEN, "test.rule:"), ("a test fails", UNTRUE, "test"):
            with self.subTest(name), start() as daemon:
                self.assertIn("kept the old rules", daemon.reload(rules)["msg"])
                self.assertTrue(any(words in line.get("msg", "") for line in daemon.log("rules")), daemon.stderr())
                self.assertEqual(ask_policy(daemon.path("policy"), policy("bad.example")), [TAG])
                self.assertIn("reloaded the rules", daemon.reload(OTHER)["msg"])

    def test_changed_file(self):
        with start(config=BOTH.replace("watch off\n", "")) as daemon:
            for rules, wanted in (OTHER, TAG.replace("3.0", "2.0")), (RULES, TAG):
                since = len(daemon.log())
                daemon.write("test.rule", rules)
                self.assertTrue(daemon.wait_for(lambda line: "reloaded the rules" in line.get("msg", ""), since))
                self.assertEqual(ask_policy(daemon.path("policy"), policy("bad.example")), [wanted])

    def test_a_connection_sees_the_new_rules(self):
        """One verdict a message, but not of rules that are gone."""
        with start() as daemon, connect(daemon.path("policy")) as client:
            for rules, wanted in (None, TAG), (OTHER, TAG.replace("3.0", "2.0")):
                if rules:
                    daemon.reload(rules)
                client.sendall(policy("bad.example", instance="1.2.3") * 2)
                self.assertEqual(read_answers(client, 2), [wanted] * 2)


class Arriving(unittest.TestCase):
    """What has come by the time a connection is accepted is taken at once; the daemon stands still until it is there."""

    def held(self, daemon):
        """Stops it, and returns when it has stopped."""
        daemon.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, daemon.process.pid, os.WSTOPPED)
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.process.send_signal(signal.SIGCONT))

    def go_on(self, daemon):
        daemon.process.send_signal(signal.SIGCONT)

    def test_by_table(self):
        """What stands there at first, whether that is all, what follows later, and what is answered in the end."""
        spam, none = b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 3.0 / 1.0\r\n\r\n", b""
        asked, told = policy("bad.example"), f"{TAG}\n\n".encode()
        rows = [
            ("spamd", check("bad.example"), False, b"", spam),
            ("spamd", check("bad.example"), True, b"", spam),
            ("spamd", check("bad.example")[:36], False, check("bad.example")[36:], spam),
            ("spamd", check("bad.example")[:36], True, b"", b"SPAMD/1.0 76 Bad header line: (EOF during headers)\r\n"),
            ("spamd", check("bad.example") + b"more", False, b"more", spam),
            ("spamd", check("bad.example").replace(b"Content-length: 0\r\n", b""), False, b"more", spam),
            ("spamd", b"", True, b"", b"SPAMD/1.0 76 Bad header line: (closed before headers)\r\n"),
            ("spamd", b"", False, check("bad.example"), spam),
            ("policy", asked, True, b"", told),
            ("policy", asked[:-1], True, b"", told),
            ("policy", asked * 2 + asked[:20], False, asked[20:], told * 3),
            ("policy", b"", True, b"", none),
            ("policy", b"", False, asked, told),
            ("policy", b"nonsense\n\n", False, b"", none),
        ]
        with start() as daemon:
            self.held(daemon)
            clients = [connect(daemon.path(row[0])) for row in rows]
            for client, (_, first, at_end, _, _) in zip(clients, rows):
                client.sendall(first)
                if at_end:
                    client.shutdown(socket.SHUT_WR)
            self.go_on(daemon)
            for client, (front, first, at_end, later, wanted) in zip(clients, rows):
                with self.subTest(front=front, first=first[:40], at_end=at_end), client:
                    time.sleep(0.02 if later else 0)
                    try:
                        client.sendall(later)
                        if not at_end:
                            client.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass  # it was answered, and closed
                    self.assertEqual(read_all(client), wanted)
            found = wait_counters(daemon, lambda found: found["open_connections"] == 0)
            self.assertEqual((found["open_connections"], found["held_bytes"]), (0, 0))

    def test_over_a_limit(self):
        """Who may not come in is closed without an answer, whatever it has sent."""
        with start("limit connections 3\nworkers 1\n") as daemon:
            self.held(daemon)
            clients = [connect(daemon.path("policy")) for _ in range(5)]
            for client in clients:
                client.sendall(policy())
            self.go_on(daemon)
            self.assertEqual([read_answers(client, 1) for client in clients[:3]], [[DUNNO]] * 3)
            self.assertEqual([is_closed(client) for client in clients[3:]], [True] * 2)
            self.assertEqual(counters(daemon)["connections"], 2)
            for client in clients:
                client.close()

    def test_times(self):
        """Half a request has the time of a whole one, and silence that to the first byte."""
        with start("limit first_byte 1s\nlimit whole_request 200ms\n") as daemon:
            self.held(daemon)
            half, silent = connect(daemon.path("policy")), connect(daemon.path("policy"))
            half.sendall(policy()[:20])
            self.go_on(daemon)
            self.assertTrue(is_closed(half))
            self.assertTrue(is_closed(silent))
            self.assertEqual([line["detail"] for line in daemon.wait_log("slow")][:1], ["in the midst of a request"])
            self.assertEqual(counters(daemon)["slow"], 2)
            half.close()
            silent.close()

    def test_a_crowd_holds_up_nobody(self):
        """Who is in has its turn before all of a crowd at the door have had theirs."""
        with start("workers 1\n") as daemon, connect(daemon.path("policy")) as inside:
            inside.sendall(policy())
            self.assertEqual(read_answers(inside, 1), [DUNNO])
            self.held(daemon)
            crowd = [connect(daemon.path("spamd")) for _ in range(500)]
            for client in crowd:
                client.sendall(check())
            inside.sendall(policy("bad.example"))
            self.go_on(daemon)
            self.assertEqual(read_answers(inside, 1), [TAG])
            for client in crowd:
                self.assertIn(b"0 EX_OK", read_all(client))
                client.close()
            order = [line["front"] for line in daemon.wait_log("verdict", 502)]
            self.assertLess(order.index("policy", 1), 200)


class Stopping(unittest.TestCase):
    def end(self, daemon):
        daemon.process.send_signal(signal.SIGTERM)
        self.assertTrue(daemon.wait_for(lambda line: line.get("event") == "stopping"))

    def test_nothing_that_was_sent_is_lost(self):
        """While it stands still, clients come and ask; then it is told to end before it is told to go on."""
        with start("workers 2\nlimit grace 1m\n") as daemon:
            idle = connect(daemon.path("policy"))
            idle.sendall(policy())
            read_answers(idle, 1)
            daemon.process.send_signal(signal.SIGSTOP)
            clients = [connect(daemon.path("policy")) for _ in range(700)]
            for client in clients:
                client.sendall(policy("bad.example") * 2)
            idle.sendall(policy())
            spamd = connect(daemon.path("spamd"))
            spamd.sendall(check())
            daemon.process.send_signal(signal.SIGTERM)
            daemon.process.send_signal(signal.SIGCONT)
            for client in clients:
                self.assertEqual(read_answers(client, 3), [TAG] * 2)
            self.assertEqual(read_answers(idle, 2), [DUNNO])
            self.assertIn(b"0 EX_OK", spamd.recv(4096))
            self.assertEqual(daemon.process.wait(PATIENCE), 0)
            for client in [*clients, idle, spamd]:
                client.close()

    def test_grace(self):
        """What is under way may go on for a while; nobody else comes in, and silent ones are closed."""
        with start("limit grace 1m\n") as daemon:
            half, silent = connect(daemon.path("policy")), connect(daemon.path("policy"))
            half.sendall(policy()[:20])
            time.sleep(0.2)
            self.end(daemon)
            self.assertTrue(is_closed(silent))
            end = time.monotonic() + PATIENCE  # the last worker to look away takes it away
            while os.path.exists(daemon.path("policy")) and time.monotonic() < end:
                time.sleep(0.01)
            self.assertRaises(FileNotFoundError, connect, daemon.path("policy"))
            half.sendall(policy()[20:])
            self.assertEqual(read_answers(half, 2), [DUNNO])
            self.assertEqual(daemon.process.wait(PATIENCE), 0)
            half.close()
            silent.close()

    def test_grace_ends(self):
        with start("limit grace 300ms\n") as daemon, connect(daemon.path("policy")) as half:
            half.sendall(policy()[:20])
            time.sleep(0.2)
            self.end(daemon)
            self.assertTrue(is_closed(half))
            self.assertEqual(daemon.process.wait(PATIENCE), 0)

    def test_nobody_comes_in_by_tcp(self):
        with start("limit grace 1m\n", "listen policy tcp:127.0.0.1:$port_policy\nresolver off\n") as daemon:
            with connect(daemon.ports["policy"]) as half:
                half.sendall(policy()[:20])
                time.sleep(0.2)
                self.end(daemon)
                end, refused = time.monotonic() + PATIENCE, False
                while not refused and time.monotonic() < end:
                    try:
                        socket.create_connection(("127.0.0.1", daemon.ports["policy"]), PATIENCE).close()
                    except ConnectionRefusedError:
                        refused = True
                    except ConnectionResetError:
                        pass  # it stood in the queue when that was closed
                self.assertTrue(refused)


if __name__ == "__main__":
    unittest.main()
