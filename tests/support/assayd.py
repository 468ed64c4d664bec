"""Owns an assayd for tests: one process with a configuration and rules of its own, in a temporary folder.

Must never know: what is tested with it. `with Daemon(config, rules) as daemon:` starts it and waits until it listens.
"""

import json
import os
import re
import signal
import socket
import string
import struct
import subprocess
import tempfile
import threading
import time
import unittest

PATIENCE = 60  # seconds until what must happen has happened: sanitizers are slow, and a machine may be busy
TRIES = 5  # a port that was free may be taken by another test before the daemon has it

#: For those who only want a spamd.
SPAMD = "listen spamd tcp:127.0.0.1:$port_spamd\nresolver off\n"


def program():
    """assayd, beside assay in the build tree."""
    return os.path.join(os.path.dirname(os.path.abspath(os.environ["ASSAY_BIN"])), "assayd")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Daemon:
    """In `config`, $folder is the temporary folder (short enough for Unix sockets), and each $port_NAME a free port
    that is then .ports["NAME"]; `log json` is added. `rules`, if given, is the text of the only rule file,
    $folder/test.rule."""

    def __init__(self, config=SPAMD, rules=None, environment=None, command=(), files=None):
        self._holder = tempfile.TemporaryDirectory(prefix="assayd-")
        self.folder = self._holder.name
        os.chmod(self.folder, 0o755)
        own = 'rules "$folder/test.rule"\n' if rules is not None else ""
        self.config = string.Template(config + "\nlog json\n" + own)
        self.command = [*command, program()]
        self.environment = {**os.environ, **(environment or {})}
        self.ports, self.process = {}, None
        for name, text in {**(files or {}), **({"test.rule": rules} if rules is not None else {})}.items():
            self.write(name, text)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        try:
            if self.process and self.process.poll() is None:
                self.kill() if kind else self.stop()
        finally:
            self._holder.cleanup()

    # --- files ---

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        """Replaces a file of the folder as editors do, in one piece."""
        with open(self.path(name + ".new"), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.rename(self.path(name + ".new"), self.path(name))

    def write_config(self):
        names = sorted(set(re.findall(r"\$port_(\w+)", self.config.template)))
        self.ports = {name: free_port() for name in names}
        ports = {f"port_{name}": port for name, port in self.ports.items()}
        self.write("assayd.conf", self.config.substitute(ports, folder=self.folder))
        return self.path("assayd.conf")

    # --- its life ---

    def start(self):
        for left in reversed(range(TRIES)):
            self.run()
            if self.wait_for(lambda line: line.get("event") == "started"):
                return self
            text = self.stderr()
            self.process.wait(PATIENCE)
            self._reader.join()
            if not left or "Address already in use" not in text:
                raise AssertionError(f"assayd did not start, exit code {self.process.returncode}:\n{text}")
        return self

    def run(self):
        """Starts it without waiting for anything."""
        self._lines, self._more = [], threading.Condition()
        self.process = subprocess.Popen([*self.command, "--config", self.write_config()], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, env=self.environment, text=True,
                                        errors="surrogateescape")
        self._reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self._reader.start()

    def stop(self, code=0):
        """Ends it as a service manager does; it must be gone in time, and be content with itself."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"assayd did not stop:\n{self.stderr()}") from None
        self._reader.join()
        if self.process.returncode != code:
            raise AssertionError(f"exit code {self.process.returncode}, expected {code}:\n{self.stderr()}")

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join()

    def reload(self, rules=None):
        """SIGHUP, after the rule file was replaced if there is a new one; returns what the log says of the outcome.
        Have `watch off` in the configuration, or it may be the outcome of a reload that the new file brought about."""
        if rules is not None:
            self.write("test.rule", rules)
        before = len(self.log())
        self.process.send_signal(signal.SIGHUP)
        outcome = re.compile(r"reloaded the rules|kept the old rules")
        line = self.wait_for(lambda line: outcome.match(line.get("msg", "")), before)
        if line is None:
            raise AssertionError(f"no reload:\n{self.stderr()}")
        return line

    # --- its log ---

    def _read(self, stream):
        with stream:
            for line in stream:
                with self._more:
                    self._lines.append(line)
                    self._more.notify_all()
        with self._more:
            self._lines.append(None)
            self._more.notify_all()

    def stderr(self):
        with self._more:
            return "".join(line for line in self._lines if line)

    def log(self, event=None, **wanted):
        """The lines so far, as dicts; what is no JSON (a sanitizer's report) as {"text": line}. With an event or other
        keys: those lines that have them."""
        with self._more:
            lines = [parse(line) for line in self._lines if line]
        if event is not None:
            wanted["event"] = event
        return [line for line in lines if wanted.items() <= line.items()]

    def wait_for(self, matches, since=0, patience=PATIENCE):
        """The first line from the `since`th on that matches; None when the process ends, or time is up, without it."""
        end = time.monotonic() + patience
        with self._more:
            while True:
                for since in range(since, len(self._lines)):
                    if self._lines[since] is None:
                        return None
                    line = parse(self._lines[since])
                    if matches(line):
                        return line
                since = len(self._lines)
                if not self._more.wait(max(0, end - time.monotonic())):
                    return None

    def wait_log(self, event, count=1, patience=PATIENCE, **wanted):
        """Lines with this event and keys, as soon as there are `count` of them: the log is written in batches."""
        end = time.monotonic() + patience
        while len(found := self.log(event, **wanted)) < count and time.monotonic() < end:
            with self._more:
                self._more.wait(0.05)
        if len(found) < count:
            raise AssertionError(f"{len(found)} lines of {event} {wanted}, not {count}:\n{self.stderr()}")
        return found


def parse(line):
    try:
        return json.loads(line)
    except ValueError:
        return {"text": line.rstrip("\n")}


class SpamdCase(unittest.TestCase):
    """One daemon for all tests of a class, with .port of its spamd; subclasses say CONFIG and RULES."""

    CONFIG = SPAMD
    RULES = None

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.CONFIG, cls.RULES).start()
        cls.port = cls.daemon.ports["spamd"]

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)


# --- clients ---


def connect(to, patience=PATIENCE):
    """A socket to a port on 127.0.0.1, or to the path of a Unix socket."""
    family = socket.AF_INET if isinstance(to, int) else socket.AF_UNIX
    client = socket.socket(family)
    # Not settimeout() yet: connecting to a Unix socket whose queue is full would then fail at once instead of waiting.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", patience, 0))
    client.connect(("127.0.0.1", to) if isinstance(to, int) else to)
    client.settimeout(patience)
    return client


def ask(to, request, half_close=True, patience=PATIENCE):
    """Sends a request, says that there is no more, and returns all that comes back until the other side closes."""
    with connect(to, patience) as client:
        try:
            client.sendall(request)
            if half_close:
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side closed before all was sent; the answer says why
        return read_all(client)


def read_all(client):
    got = b""
    try:
        while piece := client.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got
