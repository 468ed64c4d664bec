"""Owns the servers that tools/bench_daemon loads: assayd, bare loops, and what Debian has.

Must never know: what is measured. A server has .name, .address, and .cpu(), seconds of CPU time of all its processes.
"""

import collections
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

PATIENCE = 30
DNS = "127.0.0.77"  # says of every name that it is not there, for those who insist on asking

#: Ten rules on what Postfix says, for postfwd: the nearest to those that are shipped.
POSTFWD = r"""
id=NO_NAME;    client_name==unknown;                                  action=score(+1.5)
id=DYNAMIC;    client_name=~/[0-9]+[.-][0-9]+[.-][0-9]+[.-][0-9]+/;   action=score(+1.5)
id=POOL;       client_name=~/(dsl|dyn|dialup|cable|pool|ppp)/;        action=score(+1)
id=LOCALHOST;  helo_name=~/^localhost(\.localdomain)?$/;              action=score(+3)
id=NOT_FQDN;   helo_name=~/^[^.]+$/;                                  action=score(+2)
id=IP;         helo_name=~/^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;         action=score(+3)
id=ODD;        helo_name=~/[^A-Za-z0-9.:\[\]_-]/;                     action=score(+2)
id=UNDERSCORE; helo_name=~/_/;                                        action=score(+0.5)
id=DESKTOP;    helo_name=~/^(desktop|laptop|win|pc)-/;                action=score(+1)
id=WELCOME;    sasl_username=~/./;                                    action=dunno
"""

#: Each client is one that it has not seen, so its cache would only cost it time.
POLICYD_WEIGHT = """
$CACHESIZE = 0; $POSCACHESIZE = 0;
$LOCKPATH = '{folder}/'; $SPATH = '{folder}/cache.sock'; $PIDFILE = '{folder}/pid'; $TCP_PORT = {port};
$NS = '{dns}'; $syslog_socktype = 'native'; $USER = 'nobody'; $GROUP = 'nogroup';
"""

RSPAMD = """
.include "$CONFDIR/common.conf"
options {{ .include "$CONFDIR/options.inc"
  pidfile = "{folder}/pid"; dns {{ nameserver = ["{dns}"]; }} }}
logging {{ type = "file"; filename = "/dev/null"; level = "error"; }}
worker "normal" {{ bind_socket = "{folder}/sock mode=0666"; count = 1; }}
"""

ASSAYD = """
listen policy unix:{folder}/policy
listen spamd unix:{folder}/spamd
resolver off
workers 1
limit connections 0
"""


# --- processes ---


def _parents():
    """Every process and the CPU time it has had, that of its ended children included: {pid: (parent, seconds)}."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                words = file.read().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        found[int(pid)] = int(words[1]), sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    return found


def _family(root, parents):
    family = [root]
    for pid in family:
        family += [child for child, (parent, _) in parents.items() if parent == pid]
    return [pid for pid in family if pid in parents]


class Server:
    """A command that stays in the foreground, or leaves its process id in a file."""

    def __init__(self, name, command, address, pidfile=None, log=None, cpu=None):
        self.name, self.address = name, address
        with open(log or "/dev/null", "ab") as out:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=(
                lambda: os.sched_setaffinity(0, {cpu})) if cpu is not None else None)
        self.pid = self._process.pid
        try:
            self._wait(pidfile)
        except RuntimeError:
            self.close()
            raise

    def _wait(self, pidfile):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if (not pidfile or self._read_pid(pidfile)) and self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} does not listen")

    def _read_pid(self, pidfile):
        try:
            with open(pidfile, encoding="ascii") as file:
                self.pid = int(file.read())
        except (OSError, ValueError):
            return False  # it is not there yet, or not whole
        return True

    def _answers(self):
        unix = self.address.startswith("/")
        with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as probe:
            return probe.connect_ex(self.address if unix else ("127.0.0.1", int(self.address))) == 0

    def cpu(self):
        parents = _parents()
        return sum(parents[pid][1] for pid in _family(self.pid, parents))

    def resident(self):
        """Bytes of memory that the process has."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def close(self):
        for pid in _family(self.pid, _parents()):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


# --- which ---


def _write(path, text):
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


def assayd(folder, program, rules, log, cpu):
    os.makedirs(folder)
    config = _write(os.path.join(folder, "conf"), ASSAYD.format(folder=folder) + f'rules "{rules}"\n')
    return Server("assayd", [program, "--config", config], os.path.join(folder, "policy"), log=log, cpu=cpu)


def bare(folder, program, verb, cpu):
    path = os.path.join(folder, verb)
    return Server(verb, [program, verb, path], path, cpu=cpu)


def _own_folder(folder, name):
    path = os.path.join(folder, name)
    os.makedirs(path)
    shutil.chown(path, "nobody", "nogroup")
    return path


def postfwd(folder):
    folder = _own_folder(folder, "postfwd")
    rules, path, pid = (os.path.join(folder, name) for name in ("rules", "sock", "pid"))
    command = ["postfwd2", "-f", _write(rules, POSTFWD), "-s", "5=reject", "--proto", "unix", "--port", path, "--nodns",
               "--norulelog", "--perfmon", "-c", "0", "--pidfile", pid, "-u", "nobody", "-g", "nogroup",
               "--cache_proto", "unix", "--cache_port", os.path.join(folder, "cache")]
    return Server("postfwd", command, path, pid)


def policyd_weight(folder):
    folder = _own_folder(folder, "policyd-weight")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = _write(os.path.join(folder, "conf"), POLICYD_WEIGHT.format(folder=folder, port=port, dns=DNS))
    return Server("policyd-weight", ["policyd-weight", "-D", "-f", config, "start"], str(port))


def spamd(folder):
    folder = _own_folder(folder, "spamd")
    path, pid = os.path.join(folder, "sock"), os.path.join(folder, "pid")
    return Server("spamd", ["spamd", "-L", "-x", f"--socketpath={path}", "-m", "2", "--min-children=2", "-u", "nobody",
                            "-s", "null", "--pidfile", pid], path)


def rspamd(folder):
    folder = _own_folder(folder, "rspamd")
    config = _write(os.path.join(folder, "conf"), RSPAMD.format(folder=folder, dns=DNS))
    command = ["rspamd", "-f", "-u", "nobody", "-g", "nogroup", "-c", config]
    return Server("rspamd", command, os.path.join(folder, "sock"))


Other = collections.namedtuple("Other", "name program start dialect ours connections requests")

#: What Debian has: what it is asked, and what assayd is asked for the same. policyd-weight gets no HELO with an empty
#: label, like ".example.org": it hands each HELO to Net::DNS, which croaks at such a name, and the child ends without
#: an answer, as does the next one that is asked the same.
OTHERS = [
    Other("postfwd", "postfwd2", postfwd, "policy", "policy", 4, 3000),
    Other("policyd-weight", "policyd-weight", policyd_weight, "policy-labels", "policy", 1, 500),
    Other("spamd", "spamd", spamd, "message", "message", 2, 40),
    Other("rspamd", "rspamd", rspamd, "http", "message", 32, 64),
]


class NoNames:
    """A name server that knows no name."""

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((DNS, 53))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        while True:
            try:
                asked, who = self._socket.recvfrom(4096)
            except OSError:
                return
            end = asked.find(b"\0", 12) + 5
            self._socket.sendto(asked[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + asked[12:end], who)

    def __exit__(self, *_):
        self._socket.close()
