#!/usr/bin/env python3
"""Holds assayd to its limits, one by one: over one there is the protocol's temporary error or a close, a counter, and a
line of the log that comes at most once a second; and input of any kind neither grows memory nor delays others."""

import os
import resource
import socket
import sys
import time
import unittest
import zlib

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE"], "tests"))
from support.assayd import PATIENCE, Daemon, ask, connect, read_all  # noqa: E402
from support.daemon_clients import (RULES, ask_policy, check, counters, is_closed, policy, read_answers, status,  # noqa: E402
                                    wait_counters)

SANITIZED = bool(os.environ.get("ASSAY_SANITIZE"))
BOTH = "listen spamd unix:$folder/spamd\nlisten policy unix:$folder/policy\nresolver off\nwatch off\n"
MEGABYTE = 1 << 20


def start(settings="", config=BOTH, **more):
    return Daemon(config + settings, RULES, **more)


def own_address():
    """An address of this machine that is not loopback; None when there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


class Connections(unittest.TestCase):
    def test_all(self):
        with start("limit connections 3\n") as daemon:
            to = daemon.path("policy")
            held = [connect(to) for _ in range(3)]
            for client in held:
                client.sendall(policy())
                self.assertEqual(len(read_answers(client, 1)), 1)
            with connect(to) as client:
                self.assertTrue(is_closed(client))
            daemon.wait_log("connections", level="warning", front="policy", peer="unix")
            held[0].sendall(policy())  # those that are in are served
            self.assertEqual(len(read_answers(held[0], 1)), 1)
            self.assertEqual(counters(daemon)["connections"], 1)
            for client in held:
                client.close()
            wait_counters(daemon, lambda found: found["open_connections"] == 0)
            self.assertEqual(ask_policy(to, policy()), ["action=DUNNO"])

    def test_one_after_the_other(self):
        """Who closes its connection before it makes the next one never has many, however fast it comes."""
        with start("limit connections 3\nworkers 1\n") as daemon:
            for to, request in ((daemon.path("policy"), policy()), (daemon.path("spamd"), b"PING SPAMC/1.2\r\n\r\n")):
                for _ in range(1000):
                    with connect(to) as client:
                        client.sendall(request)
                        self.assertTrue(client.recv(100))
            self.assertEqual(counters(daemon)["connections"], 0)

    @unittest.skipUnless(own_address(), "this machine has no address but loopback")
    def test_of_a_client(self):
        address = own_address()
        config = f"listen policy tcp:{address}:$port_far\nlisten policy tcp:127.0.0.1:$port_near\nallow {address}\n"
        with start("resolver off\nlimit client_connections 2\n", config) as daemon:
            def far():
                client = socket.create_connection((address, daemon.ports["far"]), PATIENCE)
                client.sendall(policy())
                return client
            held = [far(), far()]
            for client in held:
                self.assertEqual(read_answers(client, 1), ["action=DUNNO"])
            with far() as third:
                self.assertTrue(is_closed(third))
            daemon.wait_log("client_connections", peer=address)
            near = [connect(daemon.ports["near"]) for _ in range(5)]  # of this machine there may be any number
            for client in near:
                client.sendall(policy())
                self.assertEqual(read_answers(client, 1), ["action=DUNNO"])
            held.pop().close()
            wait_counters(daemon, lambda found: found["open_connections"] == 6)
            with far() as again:
                self.assertEqual(read_answers(again, 1), ["action=DUNNO"])
            self.assertEqual(counters(daemon)["client_connections"], 1)
            for client in held + near:
                client.close()

    @unittest.skipUnless(own_address(), "this machine has no address but loopback")
    def test_who_may(self):
        address = own_address()
        config = f"listen policy tcp:{address}:$port_far\nallow 203.0.113.0/24\nresolver off\n"
        with start("", config) as daemon:
            with socket.create_connection((address, daemon.ports["far"]), PATIENCE) as client:
                self.assertTrue(is_closed(client))
            daemon.wait_log("not_allowed", peer=address)
            self.assertEqual(counters(daemon)["not_allowed"], 1)

    def test_descriptors(self):
        """Out of them it goes on serving those that are in, burns no time, and lets others in afterwards."""
        with start("workers 1\n", command=("sh", "-c", 'ulimit -n 40; exec "$0" "$@"')) as daemon:
            to = daemon.path("policy")
            first = connect(to)
            first.sendall(policy())
            self.assertEqual(read_answers(first, 1), ["action=DUNNO"])
            crowd = [connect(to) for _ in range(60)]
            daemon.wait_log("descriptors", level="warning")
            before = self.seconds_of(daemon)
            time.sleep(1)
            self.assertLess(self.seconds_of(daemon) - before, 0.5)
            for _ in range(3):
                first.sendall(policy())
                self.assertEqual(read_answers(first, 1), ["action=DUNNO"])
            for client in crowd:
                client.close()
            self.assertEqual(ask_policy(to, policy()), ["action=DUNNO"])
            self.assertGreater(counters(daemon)["descriptors"], 0)
            first.close()

    def test_descriptors_that_it_may_have(self):
        """A shell's soft limit is below the connections that are let in; what is allowed is taken."""
        with start(command=("sh", "-c", 'ulimit -Hn 400; ulimit -Sn 40; exec "$0" "$@"')) as daemon:
            crowd = [connect(daemon.path("policy")) for _ in range(100)]
            for client in crowd:
                client.sendall(policy())
            for client in crowd:
                self.assertEqual(read_answers(client, 1), ["action=DUNNO"])
                client.close()
            self.assertEqual(counters(daemon)["descriptors"], 0)

    @staticmethod
    def seconds_of(daemon):
        with open(f"/proc/{daemon.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Sizes(unittest.TestCase):
    def test_request(self):
        body = b"Subject: x\r\n\r\n" + b"a" * 5000 + b"\r\n"
        packed = zlib.compress(b"a" * 100 * MEGABYTE)
        self.assertLess(len(packed), 128 * 1024)
        rows = {"declared": check(body=body), "to the end": b"CHECK SPAMC/1.5\r\n\r\n" + body,
                "inflated": b"CHECK SPAMC/1.5\r\nCompress: zlib\r\nContent-length: %d\r\n\r\n%s" % (len(packed[:4000]), packed[:4000])}
        with start("limit request 4k\n") as daemon:
            for name, request in rows.items():
                with self.subTest(name):
                    self.assertRegex(ask(daemon.path("spamd"), request), rb"^SPAMD/1\.\d [1-9]\d .*\r\n$")
            self.assertEqual(counters(daemon)["request"], 3)
            self.assertIn(b"0 EX_OK", ask(daemon.path("spamd"), check(body=body[:2000])))

    def test_headers(self):
        with start("limit headers 1k\n") as daemon:
            long = "X-Long: " + "a" * 2000
            self.assertRegex(ask(daemon.path("spamd"), check(headers=[long])), rb"^SPAMD/1\.\d [1-9]\d .*\r\n$")
            self.assertEqual(ask(daemon.path("policy"), b"a=" + b"b" * 2000 + b"\n\n"), b"")
            self.assertEqual(ask(daemon.path("policy"), b"a=b\n" * 500 + b"\n"), b"")
            self.assertEqual(counters(daemon)["request"], 3)
            daemon.wait_log("request", front="spamd")

    def test_bytes_in_all(self):
        with start("limit bytes 1M\nlimit request 0\n") as daemon:
            with connect(daemon.path("spamd")) as client:
                try:
                    client.sendall(b"CHECK SPAMC/1.5\r\n\r\n" + b"a" * 3 * MEGABYTE)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                self.assertRegex(read_all(client), rb"^SPAMD/1\.\d 75 .*\r\n$")
            found = wait_counters(daemon, lambda found: found["held_bytes"] == 0)
            self.assertEqual((found["held_bytes"], found["bytes"]), (0, 1))
            daemon.wait_log("bytes", front="spamd")
            self.assertIn(b"0 EX_OK", ask(daemon.path("spamd"), check(body=b"a" * 1000)))

    def test_what_is_inflated_counts(self):
        packed = zlib.compress(b"a" * 8 * MEGABYTE)
        with start("limit bytes 4M\n") as daemon, connect(daemon.path("spamd")) as client:
            client.sendall(b"CHECK SPAMC/1.5\r\nCompress: zlib\r\nContent-length: %d\r\n\r\n%s" % (len(packed), packed[:-1]))
            self.assertRegex(read_all(client), rb"^SPAMD/1\.\d 75 .*\r\n$")
            found = wait_counters(daemon, lambda found: found["held_bytes"] == 0)
            self.assertEqual((found["held_bytes"], found["bytes"]), (0, 1))


class Memory(unittest.TestCase):
    @unittest.skipIf(SANITIZED, "a sanitizer takes more memory than there may be")
    def test_out_of_it(self):
        """Some get a temporary error, nobody gets half an answer, others are served all the while."""
        limits = "workers 2\nlimit bytes 0\nlimit request 0\n"
        request = check(command="PROCESS", body=b"a: b\r\n\r\n" + b"x\r\n" * 4 * MEGABYTE)
        with start(limits, command=("sh", "-c", 'ulimit -v 200000; exec "$0" "$@"')) as daemon:
            clients = [connect(daemon.path("spamd")) for _ in range(10)]
            for client in clients:
                client.sendall(request[:-1])  # all are held, as far as they can be
                self.assertEqual(ask_policy(daemon.path("policy"), policy()), ["action=DUNNO"])
            answers = []
            for client in clients:
                try:
                    client.sendall(request[-1:])
                except (BrokenPipeError, ConnectionResetError):
                    pass
                answers.append(read_all(client)[:19])
                client.close()
            self.assertLessEqual(set(answers), {b"SPAMD/1.1 0 EX_OK\r\n", b"SPAMD/1.0 75 Tempor"})
            self.assertIn(b"SPAMD/1.0 75 Tempor", answers)
            daemon.wait_log("memory", level="warning")
            found = wait_counters(daemon, lambda found: found["open_connections"] == 0)
            self.assertEqual((found["open_connections"], found["held_bytes"]), (0, 0))
            self.assertEqual(ask_policy(daemon.path("policy"), policy("bad.example")),
                             ["action=WARN would tag score=3.0 rules=BAD"])


class Times(unittest.TestCase):
    def test_first_byte(self):
        with start("limit first_byte 200ms\n") as daemon:
            for name in "spamd", "policy":
                with connect(daemon.path(name)) as client:
                    self.assertTrue(is_closed(client))
            self.assertEqual(counters(daemon)["slow"], 2)
            daemon.wait_log("slow", detail="saying nothing", front="spamd")

    def test_idle(self):
        with start("limit idle 300ms\nlimit first_byte 1h\n") as daemon, connect(daemon.path("policy")) as client:
            client.sendall(policy())
            self.assertEqual(read_answers(client, 1), ["action=DUNNO"])
            self.assertTrue(is_closed(client))
            self.assertEqual(counters(daemon)["slow"], 0)  # that is how it is meant

    def drip(self, to, first, piece, pause):
        """Sends a little again and again, until the other side has enough; what it said."""
        got, end = b"", time.monotonic() + PATIENCE
        with connect(to) as client:
            client.sendall(first)
            client.settimeout(pause)
            while time.monotonic() < end:
                try:
                    client.sendall(piece)
                    more = client.recv(4096)
                    got += more
                    if not more:
                        return got
                except socket.timeout:
                    continue
                except (BrokenPipeError, ConnectionResetError):
                    return got
        self.fail("it took all of it")

    def test_whole_request(self):
        with start("limit whole_request 500ms\n") as daemon:
            self.assertRegex(self.drip(daemon.path("spamd"), b"CHECK SPAMC/1.5\r\n\r\n", b"a", 0.05), rb"^SPAMD/1\.\d 79 .*\r\n$")
            self.assertEqual(self.drip(daemon.path("policy"), b"a=b\n", b"a=b\n", 0.05), b"")
            self.assertEqual(self.drip(daemon.path("policy"), b"a=b\n", b"a", 0.0005), b"")  # faster than a timer
            self.assertEqual(counters(daemon)["slow"], 3)
            daemon.wait_log("slow", detail="in the midst of a request")

    def test_write(self):
        """A client that does not take its answer, and one that takes a little of it now and then."""
        with start("limit write 500ms\n") as daemon:
            request = check(command="PROCESS", body=b"Subject: x\r\n\r\n" + b"a\r\n" * 2 * MEGABYTE)
            for takes in 0, 1000:
                with connect(daemon.path("spamd")) as client:
                    client.sendall(request)
                    end = time.monotonic() + PATIENCE
                    while counters(daemon)["slow"] < (2 if takes else 1) and time.monotonic() < end:
                        takes and client.recv(takes)
                        time.sleep(0.05)
                    self.assertLess(len(read_all(client)), len(request))
            found = wait_counters(daemon, lambda found: found["held_bytes"] == 0)
            self.assertEqual((found["held_bytes"], found["slow"]), (0, 2))
            daemon.wait_log("slow", detail="taking its answer")

    def test_who_goes_on_after_its_answer(self):
        """The answer comes through though more is being sent; and the sending has an end."""
        with start() as daemon:
            self.assertRegex(self.drip(daemon.path("spamd"), b"NONSENSE\r\n" * 1000, b"a" * 1000, 0.01), rb"^SPAMD/1\.0 76 .*\r\n$")
            self.assertEqual(wait_counters(daemon, lambda found: found["open_connections"] == 0)["open_connections"], 0)


class Input(unittest.TestCase):
    def test_lines_of_the_log_are_few(self):
        with start("workers 1\n") as daemon:
            began = time.monotonic()
            for _ in range(300):
                self.assertEqual(ask(daemon.path("policy"), b"nonsense\n\n"), b"")
            seconds = time.monotonic() - began
            self.assertEqual(counters(daemon)["request"], 300)
            lines = daemon.log("request")
            self.assertLessEqual(len(lines), seconds + 2)
            time.sleep(1.1)
            ask(daemon.path("policy"), b"nonsense\n\n")
            lines = daemon.wait_log("request", len(lines) + 1)
            self.assertEqual(sum(1 + line.get("more", 0) for line in lines), 301)

    def test_pipelined_in_pieces(self):
        """Requests cut anywhere are answered in order, and their answers go out together."""
        requests = [policy(helo) for helo in ("good.example", "bad.example") * 50]
        wanted = ["action=DUNNO", "action=WARN would tag score=3.0 rules=BAD"] * 50
        with start() as daemon:
            self.assertEqual(ask_policy(daemon.path("policy"), *requests), wanted)
            stream = b"".join(requests)
            for size in 1, 7, 4099:
                with connect(daemon.path("policy")) as client:
                    for at in range(0, len(stream), size):
                        client.sendall(stream[at:at + size])
                    self.assertEqual(read_answers(client, 100), wanted)

    def test_at_the_end_of_input(self):
        with start() as daemon:
            self.assertEqual(ask(daemon.path("policy"), policy()[:-1]), b"action=DUNNO\n\n")  # as Exim leaves it
            self.assertEqual(ask(daemon.path("policy"), policy() * 3), b"action=DUNNO\n\n" * 3)
            self.assertEqual(ask(daemon.path("policy"), b""), b"")
            self.assertRegex(ask(daemon.path("spamd"), b""), rb"^SPAMD/1\.0 76 ")
            self.assertIn(b"0 EX_OK", ask(daemon.path("spamd"), b"CHECK SPAMC/1.5\r\n\r\nSubject: x\r\n\r\n"))

    def test_hostile_input_delays_nobody(self):
        """Slow, silent, truncated, garbage and huge at once: others are answered, memory stays, and all are gone."""
        with start("limit bytes 8M\nlimit whole_request 3s\nlimit first_byte 3s\n") as daemon:
            ask_policy(daemon.path("policy"), policy())
            before = status(daemon, "VmRSS")
            rows = [b"", b"a", b"\0" * 100, b"\xff" * 70000, b"a=b\n" * 3000, b"CHECK SPAMC/1.5\r\nContent-length: 15000000\r\n\r\n",
                    b"CHECK SPAMC/1.5\r\n\r\n" + b"a" * 200000, b"PROCESS SPAMC/1.5\r\nCompress: zlib\r\nContent-length: 90000\r\n\r\nxx",
                    zlib.compress(b"a" * MEGABYTE), b"CHECK SPAMC/99999999999999999999.9\r\n"]
            crowd = []
            for row in rows * 20:
                for name in "spamd", "policy":
                    client = connect(daemon.path(name))
                    client.setblocking(False)
                    try:
                        client.send(row)
                    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                        pass
                    crowd.append(client)
            longest = 0
            for _ in range(50):
                began = time.monotonic()
                self.assertEqual(ask_policy(daemon.path("policy"), policy()), ["action=DUNNO"])
                longest = max(longest, time.monotonic() - began)
            self.assertLess(longest, 10 if SANITIZED else 1)
            found = wait_counters(daemon, lambda found: found["open_connections"] == 0)
            self.assertEqual((found["open_connections"], found["held_bytes"]), (0, 0))
            if not SANITIZED:
                self.assertLess(status(daemon, "VmRSS") - before, 24 * MEGABYTE)
            for client in crowd:
                client.close()


class Idle(unittest.TestCase):
    """What 10 000 connections cost that say nothing, and after a request each; and what they hold of one byte."""

    COUNT = 10000

    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < self.COUNT + 500:
            self.skipTest(f"not more than {hard} descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, self.COUNT + 500), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def each(self, daemon, before):
        return (status(daemon, "VmRSS") - before) / self.COUNT

    def test_cost(self):
        with start("limit connections 0\nworkers 2\n") as daemon:
            for _ in range(100):
                ask_policy(daemon.path("policy"), policy())
            before, clients, costs = status(daemon, "VmRSS"), [], {}
            for _ in range(self.COUNT):
                clients.append(connect(daemon.path("policy")))
            wait_counters(daemon, lambda found: found["open_connections"] == self.COUNT)
            costs["silent"] = self.each(daemon, before)
            for client in clients:
                client.sendall(policy(instance="1a2b.3c4d.5e6f.0"))
            for client in clients:
                self.assertEqual(read_answers(client, 1), ["action=DUNNO"])
            costs["asked"] = self.each(daemon, before)
            found = wait_counters(daemon, lambda found: found["held_bytes"] == 0)  # the last one lets go after its answer
            self.assertEqual((found["open_connections"], found["memory"]), (self.COUNT, 0))
            for client in clients:
                client.sendall(b"a")
            found = wait_counters(daemon, lambda found: found["held_bytes"] >= 256 * self.COUNT)
            self.assertLess(found["held_bytes"], self.COUNT * 1024)
            print("bytes a connection:", {name: round(cost) for name, cost in costs.items()})
            if not SANITIZED:
                self.assertLess(max(costs.values()), 1024)
            for client in clients:
                client.close()


if __name__ == "__main__":
    unittest.main()
