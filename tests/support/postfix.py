"""Owns a Postfix for tests, as Debian ships it, and somebody to whom it hands mail: on loopback, in a temporary folder.

Must never know: what it is asked to do with mail. Debian's master.cf is taken as it is, chroot and all, but for the port of
its SMTP server; /etc/postfix and port 25 are left alone. It takes root, for the chroot. Standard library only.
"""

import email
import os
import re
import shutil
import subprocess
import tempfile

from assayd import PATIENCE, TRIES, free_port
from mail_servers import LAST_LINE, listens, read, wait_message, wait_until

MASTER = "/usr/share/postfix/master.cf.dist"
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])

#: The tests come from 127.0.0.1, and say by XCLIENT whom they play; one may be refused more often than others bear. Mail for
#: rx.example is wanted, and goes to the sink.
MAIN = """
compatibility_level = 3.6
config_directory = {folder}/config
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.example.net
mydestination =
mynetworks = 192.0.2.200/32
inet_interfaces = 127.0.0.1
inet_protocols = all
alias_maps =
alias_database =
relay_domains = rx.example
relay_transport = smtp:[127.0.0.1]:{sink}
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_peername_lookup = no
smtpd_soft_error_limit = 1000000
smtpd_hard_error_limit = 1000000
smtpd_junk_command_limit = 1000000
"""


def missing():
    """Why nothing can be tested here; "" when it can."""
    gone = [name for name in ("postfix", "smtp-sink", "swaks", "setpriv") if not program(name)]
    if gone:
        return f"not installed: {', '.join(gone)} (tools/packages check installs them)"
    if not os.path.exists(MASTER):
        return f"this Postfix is not Debian's: there is no {MASTER}"
    return "" if os.geteuid() == 0 else "Postfix in its chroot takes root"


def program(name):
    return shutil.which(name, path=PATH)


class Sink:
    """A mail server that takes everything: Postfix's own smtp-sink, a file a message."""

    def __init__(self, folder):
        self._folder = os.path.join(folder, "sink")
        os.mkdir(self._folder)
        shutil.chown(self._folder, "nobody")
        for _ in range(TRIES):
            self.port = free_port()
            self._process = subprocess.Popen([program("smtp-sink"), "-u", "nobody", "-d", f"{self._folder}/message.",
                                              f"127.0.0.1:{self.port}", "100"], stderr=subprocess.DEVNULL)
            wait_until(lambda: self._process.poll() is not None or listens(self.port), "smtp-sink")
            if self._process.poll() is None:
                return
        raise AssertionError("smtp-sink did not start")

    def stop(self):
        self._process.kill()
        self._process.wait()

    def messages(self, subject):
        """Those of a subject that are whole by now."""
        texts = [read(os.path.join(self._folder, name)) for name in os.listdir(self._folder)]
        parsed = [email.message_from_string(text) for text in texts if f"\n{LAST_LINE}\n" in text]
        return [message for message in parsed if message["Subject"] == subject]

    def wait_message(self, subject):
        return wait_message(self.messages, subject)


class Postfix:
    """Runs until it is stopped. `restrictions` are lines of main.cf; at .data_port it obeys data_restrictions, too."""

    def __init__(self, restrictions=""):
        self.folder = tempfile.mkdtemp(prefix="postfix-")
        self.queue = os.path.join(self.folder, "queue")
        self.sink = None
        self._running = False
        try:
            for name in ("", "config", "queue", "data"):
                os.makedirs(os.path.join(self.folder, name), exist_ok=True)
                os.chmod(os.path.join(self.folder, name), 0o755)
            shutil.chown(os.path.join(self.folder, "data"), "postfix")
            self.sink = Sink(self.folder)
            self._start(restrictions)
        except BaseException:
            self.stop()
            raise

    def make_socket_folder(self, owner):
        """As docs/operations.md has it: the daemon's, and Postfix may look into it."""
        folder = os.path.join(self.queue, "assay")
        os.makedirs(folder, exist_ok=True)
        shutil.chown(folder, owner, "postfix")
        os.chmod(folder, 0o750)
        return folder

    def _start(self, restrictions):
        for left in reversed(range(TRIES)):
            self.port, self.data_port = free_port(), free_port()
            self._write(restrictions)
            said = self._command("start")
            if not said:
                self._running = True
                wait_until(lambda: listens(self.port) and listens(self.data_port), "Postfix")
                return
            if not left or "Address already in use" not in self.log():
                raise AssertionError(f"postfix start: {said}\n{self.log()}")
            os.unlink(os.path.join(self.folder, "maillog"))

    def _write(self, restrictions):
        servers = rf"127.0.0.1:{self.port}\1\n127.0.0.1:{self.data_port}\1\n  -o smtpd_data_restrictions=$data_restrictions"
        master, count = re.subn(r"^smtp(\s+inet\s+n\s+-\s+y\s.*)", servers, read(MASTER), flags=re.M)
        if count != 1:
            raise AssertionError(f"{MASTER} has no SMTP server in a chroot")
        with open(os.path.join(self.folder, "config/master.cf"), "w", encoding="utf-8") as file:
            file.write(master)
        with open(os.path.join(self.folder, "config/main.cf"), "w", encoding="utf-8") as file:
            file.write(MAIN.format(folder=self.folder, sink=self.sink.port) + restrictions)

    def _command(self, verb):
        """"" when it worked, else what it said. It waits until Postfix serves, or is gone."""
        done = subprocess.run([program("postfix"), "-c", os.path.join(self.folder, "config"), verb], timeout=PATIENCE * 2,
                              env={**os.environ, "PATH": PATH}, capture_output=True, check=False, text=True)
        return f"exit code {done.returncode}: {done.stdout}{done.stderr}" if done.returncode else ""

    def log(self):
        return read(os.path.join(self.folder, "maillog"))

    def wait_log(self, pattern, since=0):
        return wait_until(lambda: re.search(pattern, self.log()[since:]), f"{pattern!r} in Postfix's log")

    def stop(self):
        said = self._command("stop") if self._running else ""
        if self.sink:
            self.sink.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if said:
            raise AssertionError(f"postfix stop: {said}")


def roots_of_smtpd(port):
    """The root folders of the SMTP servers at a port, as the system has them."""
    roots = set()
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            if read(f"/proc/{number}/cmdline").startswith("\0".join(["smtpd", "-n", f"127.0.0.1:{port}", "-t"])):
                roots.add(os.readlink(os.path.join("/proc", number, "root")))
        except OSError:
            pass  # it has just ended
    return roots
