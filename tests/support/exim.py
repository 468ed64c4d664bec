"""Owns an Exim for tests, as Debian builds it: on loopback, in a temporary folder, where it also puts the mail that it takes.

Must never know: what it is asked to do with mail. Debian's Exim and Postfix exclude each other, so Exim is not installed for
it: where it is not there, its packages are fetched and unpacked, once a build tree. Clients say by the PROXY protocol whom
they play. Standard library only.
"""

import email
import functools
import glob
import os
import pwd
import re
import shutil
import smtplib
import subprocess
import tempfile

from assayd import PATIENCE, TRIES, free_port
from mail_servers import LAST_LINE, listens, read, wait_message, wait_until

#: The light one has no `spam`, and no PROXY protocol. The wrappers give an unpacked Exim its user, and a DNS of its own.
PACKAGES = ["exim4-daemon-heavy", "libnss-wrapper", "libresolv-wrapper"]
INSTALLED = "/usr/sbin/exim4"
NEEDED = ("Content_Scanning", "PROXY")

#: What it is called.
NAME = "mx.example.net"

#: Mail for rx.example is wanted. Whatever comes behind the ACLs of a test takes it.
MAIN = """
primary_hostname = {name}
exim_path = $folder/bin/exim4
spool_directory = $folder/spool
log_file_path = $folder/log/%slog
pid_file_path = $folder/spool/pid
keep_environment = LD_PRELOAD : LD_LIBRARY_PATH : ^NSS_WRAPPER_ : ^RESOLV_WRAPPER_
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
hosts_proxy = 127.0.0.1
host_lookup = *
hosts_require_helo =
helo_accept_junk_hosts = *
tls_advertise_hosts =
smtp_accept_max = 0
message_logs = false
deliver_drop_privilege
acl_smtp_rcpt = acl_check_rcpt
acl_smtp_data = acl_check_data
{main}
begin acl
acl_check_rcpt:
{rcpt}
  accept  domains    = rx.example
  deny    message    = no relay
{data}
  accept

begin routers
all:
  driver = accept
  transport = folder

begin transports
folder:
  driver = appendfile
  directory = $folder/mail
  maildir_format
  create_directory
  envelope_to_add
  batch_max = 100
  group = {group}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{secret}}}}
  server_set_id = $auth2
"""


# --- how to come by it ---

def run(*command, folder=None, patience=PATIENCE, environment=None):
    """What a command said, errors last, and whether it went well."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True, errors="replace",
                              timeout=patience, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error), False
    return done.stdout + done.stderr, done.returncode == 0


def last_line(said):
    return next(iter(said.strip().splitlines()[-1:]), "nothing was said")


def cache():
    return os.path.join(os.environ["ASSAY_BUILD"], "exim")


def fetch():
    """Unpacks what is not installed of the packages and of what they need; "" or why that is not to be had."""
    said, right = run("apt-get", "install", "--simulate", "--no-install-recommends", *PACKAGES)
    if not right:
        return f"Exim is not to be had from apt-get: {last_line(said)}"
    names = [name for name in re.findall(r"^Inst (\S+) \(", said, re.M) if name.startswith("lib") or name in PACKAGES]
    os.makedirs(os.environ["ASSAY_BUILD"], exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="exim-", dir=os.environ["ASSAY_BUILD"]) as folder:
        whole = os.path.join(folder, "whole")
        os.mkdir(whole)
        if names:
            said, right = run("apt-get", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=10", "download", *names,
                              folder=folder, patience=PATIENCE * 2)
            if not right:
                return f"Exim is not installed, and cannot be fetched: {last_line(said)}"
        for package in glob.glob(os.path.join(folder, "*.deb")):
            said, right = run("dpkg", "-x", package, whole)
            if not right:
                return f"{package} cannot be unpacked: {last_line(said)}"
        try:
            os.rename(whole, cache())
        except OSError:
            if not os.path.isdir(cache()):  # else another test was quicker
                raise
    return ""


@functools.lru_cache(None)
def missing():
    """Why nothing can be tested here; "" when it can. It may fetch packages."""
    reason = "" if os.path.isdir(cache()) else fetch()
    if reason:
        return reason
    with tempfile.TemporaryDirectory(prefix="exim-") as folder:
        try:
            files = Files(folder)
        except FileNotFoundError as error:
            return str(error)
        said, right = run(files.program, "-C", "/dev/null", "-bV", environment=files.environment)
    gone = [word for word in NEEDED if word not in said]
    if right and not gone:
        return ""
    return f"this Exim has no {' and no '.join(gone)}" if right else f"Exim cannot run here: {last_line(said)}"


class Files:
    """A copy of Exim that all may run, without its setuid bit, and with a user of the name that it was built with."""

    def __init__(self, folder, zone=()):
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chmod(folder, 0o755)
        for name in ("bin", "lib", "log", "spool", "mail"):
            os.mkdir(os.path.join(folder, name))
            os.chown(os.path.join(folder, name), self.user.pw_uid, self.user.pw_gid)
        self.program = os.path.join(folder, "bin/exim4")
        own = cache() + INSTALLED
        shutil.copyfile(own if os.path.exists(own) else INSTALLED, self.program)
        os.chmod(self.program, 0o755)
        libraries = glob.glob(os.path.join(cache(), "**/lib*.so*"), recursive=True)
        for library in libraries:
            shutil.copy(library, os.path.join(folder, "lib"))
        user, group = self.user.pw_uid, self.user.pw_gid
        wrapped = {"NSS_WRAPPER_PASSWD": f"{read('/etc/passwd')}Debian-exim:x:{user}:{group}::/:/bin/false\n",
                   "NSS_WRAPPER_GROUP": f"{read('/etc/group')}Debian-exim:x:{group}:\n",
                   "RESOLV_WRAPPER_HOSTS": "".join(f"{record}\n" for record in zone)}
        self.environment = {"PATH": os.environ.get("PATH", ""), "LD_LIBRARY_PATH": os.path.join(folder, "lib"),
                            "LD_PRELOAD": "libnss_wrapper.so libresolv_wrapper.so"}
        for name, text in wrapped.items():
            self.environment[name] = os.path.join(folder, name)
            with open(self.environment[name], "w", encoding="utf-8") as file:
                file.write(text)


# --- the server ---

class Exim:
    """Runs until it is stopped. `zone`: records of its DNS, such as "A mx.example 192.0.2.1". `main` goes into the main part
    of its configuration; `rcpt` and `data` are what its ACLs begin with, `data` with the name of its own. $folder in them is
    its folder."""

    def __init__(self, zone, main, rcpt, data):
        self.folder = tempfile.mkdtemp(prefix="exim-")
        self._process = None
        try:
            self._files = Files(self.folder, zone)
            self._start(main, rcpt, data)
        except BaseException:
            self.stop()
            raise

    def _start(self, main, rcpt, data):
        config = os.path.join(self.folder, "exim.conf")
        for left in reversed(range(TRIES)):
            self.port = free_port()
            with open(config, "w", encoding="utf-8") as file:
                file.write(MAIN.format(name=NAME, port=self.port, group=self._files.user.pw_gid, main=main, rcpt=rcpt, data=data)
                           .replace("$folder", self.folder))
            with open(os.path.join(self.folder, "stderr"), "wb") as stderr:
                self._process = subprocess.Popen([self._files.program, "-C", config, "-bdf"], stdin=subprocess.DEVNULL,
                                                  stdout=stderr, stderr=stderr, env=self._files.environment)
            wait_until(lambda: self._process.poll() is not None or listens(self.port), "Exim")
            if self._process.poll() is None:
                return
            said = read(os.path.join(self.folder, "stderr")) + self.log()
            if not left or "Address already in use" not in said:
                raise AssertionError(f"Exim ended with {self._process.returncode}: {said}")

    def log(self, name="main"):
        return read(os.path.join(self.folder, f"log/{name}log"))

    def wait_log(self, pattern, since=0):
        return wait_until(lambda: re.search(pattern, self.log()[since:]), f"{pattern!r} in Exim's log")

    def messages(self, subject):
        """Those of a subject that were taken and put down by now."""
        parsed = [email.message_from_string(read(path)) for path in glob.glob(os.path.join(self.folder, "mail/new/*"))]
        return [message for message in parsed if message["Subject"] == subject]

    def wait_message(self, subject):
        return wait_message(self.messages, subject)

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


class Client(smtplib.SMTP):
    """One that comes from this address, and says this of itself; None: nothing."""

    def __init__(self, port, address, helo, verb="EHLO"):
        self._address = address
        super().__init__("127.0.0.1", port, timeout=PATIENCE)
        self.command_encoding = "utf-8"
        if helo is None:
            return
        code, text = self.ehlo(helo) if verb == "EHLO" else self.helo(helo)
        if code != 250:
            raise AssertionError(f"{verb} {helo}: {code} {text.decode()}")

    def _get_socket(self, host, port, timeout):
        stream = super()._get_socket(host, port, timeout)
        family, here = ("TCP6", "2001:db8::1") if ":" in self._address else ("TCP4", "192.0.2.1")
        stream.sendall(f"PROXY {family} {self._address} {here} 40000 25\r\n".encode())
        return stream

    def send_mail(self, subject, recipients=("bob@rx.example",), sender="alice@good.example"):
        """The replies to RCPT, and to the message if one was taken, else None."""
        self.docmd(f"MAIL FROM:<{sender}>")
        replies = [reply(self.docmd(f"RCPT TO:<{recipient}>")) for recipient in recipients]
        taken = any(text.startswith("250 ") for text in replies)
        text = f"Subject: {subject}\r\n\r\n{LAST_LINE}\r\n"
        return replies, reply(self.data(text)) if taken else None


def reply(answer):
    code, text = answer
    return f"{code} {text.decode()}"
