"""Owns what tests of mail servers share: the settings of docs/operations.md, and waiting for what a server does.

Must never know: which server it is. ASSAY_SOURCE names the source tree. Standard library only.
"""

import os
import pathlib
import re
import socket
import time

from assayd import PATIENCE

PAGE = pathlib.Path(os.environ["ASSAY_SOURCE"]) / "docs/operations.md"

#: Of a message that is sent, so that it is known to be whole when it comes out.
LAST_LINE = "This is the last line."


def snippet(language, name):
    """A block of the page, by the words behind its fence."""
    found = re.findall(rf"^```{re.escape(language)} {name}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    if len(found) != 1:
        raise AssertionError(f"{PAGE} has {len(found)} blocks {language} {name}")
    return found[0]


def has_ipv6():
    return os.path.exists("/proc/net/if_inet6")


def wait_until(true, what, patience=PATIENCE):
    """What the function returns, as soon as that is true."""
    end = time.monotonic() + patience
    while not (found := true()):
        if time.monotonic() > end:
            raise AssertionError(f"in vain waited for {what}")
        time.sleep(0.02)
    return found


def wait_message(messages, subject):
    """The only message that messages(subject) has, as soon as it has one."""
    found = wait_until(lambda: messages(subject), f"the message {subject!r}")
    if len(found) != 1:
        raise AssertionError(f"{len(found)} messages {subject!r}")
    return found[0]


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def listens(port):
    with socket.socket() as client:
        client.settimeout(PATIENCE)
        return client.connect_ex(("127.0.0.1", port)) == 0
