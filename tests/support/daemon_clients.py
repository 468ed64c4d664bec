"""Owns what tests of a running assayd share: requests of both protocols, its counters, its memory.

Must never know: what is tested with them.
"""

import signal
import socket
import time

from support.assayd import PATIENCE, connect

#: HELO decides; nothing is asked.
RULES = """
rule BAD { describe "HELO is the bad one" score 3 when helo == "bad.example" }
action tag    at 1
action reject at 5 "no"
"""


def policy(helo="good.example", instance="", address="192.0.2.1", recipient="you@example.org"):
    return (f"request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address={address}\nhelo_name={helo}\n"
            f"recipient={recipient}\ninstance={instance}\n\n").encode()


def check(helo="good.example", command="CHECK", headers=(), body=b""):
    lines = [f"{command} SPAMC/1.5", f"Content-length: {len(body)}", "Assay-Client-IP: 192.0.2.1", f"Assay-Helo: {helo}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def read_answers(client, count):
    """So many answers of policy; fewer when the other side closes."""
    got = b""
    while got.count(b"\n\n") < count:
        piece = client.recv(65536)
        if not piece:
            break
        got += piece
    return [answer.decode() for answer in got.split(b"\n\n")[:-1]]


def ask_policy(to, *requests):
    with connect(to) as client:
        client.sendall(b"".join(requests))
        return read_answers(client, len(requests))


def is_closed(client, patience=PATIENCE):
    """True when the other side closes without a word, in time."""
    client.settimeout(patience)
    try:
        return client.recv(65536) == b""
    except ConnectionResetError:
        return True
    except socket.timeout:
        return False


def counters(daemon):
    """As they are now."""
    with daemon._more:
        since = len(daemon._lines)
    daemon.process.send_signal(signal.SIGUSR1)
    line = daemon.wait_for(lambda line: line.get("event") == "counters", since)
    if line is None:
        raise AssertionError(f"no counters:\n{daemon.stderr()[-4000:]}")
    return line


def wait_counters(daemon, matches, patience=PATIENCE):
    """The first ones that match; the last ones when time is up."""
    end = time.monotonic() + patience
    while not matches(found := counters(daemon)) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def status(daemon, key):
    """A number of /proc/PID/status: VmRSS in bytes."""
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(key + ":"))
