"""Owns real DNS servers for tests, on loopback: knot serving zones, and unbound asking it for those who ask.

Must never know: what is tested with them. Both run as they are in Debian 12, as an ordinary user can run them, from a
folder of their own, and are gone with it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time

PROGRAMS = ("knotd", "unbound")
PATIENCE = 30  # seconds until a server that has been started must answer

#: What makes a zone whole; its records stand behind.
HEAD = "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns\nns IN A 192.0.2.253\n"

KNOT = """
server:
    rundir: {folder}
    listen: [ {listen} ]
database:
    storage: {folder}
log:
  - target: {folder}/knot.log
    any: info
template:
  - id: default
    storage: {folder}
    zonefile-sync: -1
    journal-content: none
zone:
"""

UNBOUND = """
server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: "{folder}/unbound.pid"
    use-syslog: no
    logfile: "{folder}/unbound.log"
    interface: 127.0.0.1
    port: {port}
    access-control: 127.0.0.0/8 allow
    do-daemonize: no
    do-ip6: no
    do-not-query-localhost: no
    module-config: "iterator"
    num-threads: 1
    outgoing-range: 512
    so-rcvbuf: 0
    infra-host-ttl: 1
remote-control:
    control-enable: no
"""


def missing():
    """The programs that are not there; without them nothing can be tested."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    return [name for name in PROGRAMS if not shutil.which(name, path=path)]


def _program(name):
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def free_port():
    """A port that is free for both UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
            except OSError:
                continue
            return udp.getsockname()[1]


def _speaks(port):
    """Whether there is a DNS server that answers anything at all."""
    question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.2)
        try:
            sock.connect(("127.0.0.1", port))
            sock.send(question)
            return sock.recv(512)[:2] == question[:2]
        except OSError:
            return False


class _Server:
    """A program that runs until it is stopped."""

    def __init__(self, command, port, log):
        self.port = port
        with open(log, "ab") as output:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        until = time.monotonic() + PATIENCE
        while not _speaks(port):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                with open(log, encoding="utf-8", errors="replace") as file:
                    raise RuntimeError(f"{command[0]} does not serve:\n{file.read()}")
            time.sleep(0.05)

    def stop(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


class Servers:
    """Serves zones: {"example.org": "records in master file form"}.

    `stubs` are zones that unbound asks elsewhere: {"silent.test": 40053}. `settings` are lines of its server: section.
    """

    def __init__(self, zones, stubs=None, settings=()):
        self._folder = tempfile.mkdtemp(prefix="assay-dns-")
        self._knot = self._unbound = None
        try:
            self._knot = self._start_knot(zones)
            self._unbound = self._start_unbound(zones, stubs or {}, settings)
        except BaseException:
            self.stop()
            raise

    @property
    def authority(self):
        """knot, as --dns takes it."""
        return f"127.0.0.1:{self._knot.port}"

    @property
    def resolver(self):
        """unbound, as --dns takes it."""
        return f"127.0.0.1:{self._unbound.port}"

    def stop_resolver(self):
        self._unbound.stop()

    def stop(self):
        for server in (self._unbound, self._knot):
            if server:
                server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _write(self, name, text):
        path = os.path.join(self._folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _start_knot(self, zones):
        port = free_port()
        config = KNOT.format(folder=self._folder, listen=f"127.0.0.1@{port}")
        for name, records in zones.items():
            file = self._write(f"{name or 'root'}.zone", HEAD + records)
            config += f"  - domain: {name}.\n    file: {file}\n"
        path = self._write("knot.conf", config)
        return _Server([_program("knotd"), "-c", path], port, os.path.join(self._folder, "knot.out"))

    def _start_unbound(self, zones, stubs, settings):
        port = free_port()
        server, _, rest = UNBOUND.format(folder=self._folder, port=port).partition("remote-control:")
        server += "".join(f"    {line}\n" for line in settings)
        # What unbound would answer by itself (RFC 6303) is asked for, too.
        server += "".join(f"    local-zone: \"{name}.\" nodefault\n" for name in [*zones, *stubs, "test"] if name)
        config = server + "remote-control:" + rest
        ports = {**dict.fromkeys(zones, self._knot.port), **stubs}
        for name, at in ports.items():
            config += f"stub-zone:\n    name: \"{name}.\"\n    stub-addr: 127.0.0.1@{at}\n    stub-first: no\n"
        path = self._write("unbound.conf", config)
        return _Server([_program("unbound"), "-d", "-p", "-c", path], port, os.path.join(self._folder, "unbound.out"))
