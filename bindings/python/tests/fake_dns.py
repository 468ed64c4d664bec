"""A DNS server for tests, on 127.0.0.1 and in a thread of this process, that answers and fails as its rows say."""

import ipaddress
import socket
import struct
import threading

TTL = 300
NUMBERS = {"A": 1, "NS": 2, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
WORDS = {number: word for word, number in NUMBERS.items()}
RCODES = {"nodata": 0, "formerr": 1, "servfail": 2, "nxdomain": 3, "refused": 5}

# Of the root, and with all of its times TTL: how long there is nothing.
SOA = b"\0" + struct.pack("!HHIH", 6, 1, TTL, 22) + b"\0\0" + struct.pack("!IIIII", 1, TTL, TTL, TTL, TTL)


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def wire_mx(record):
    preference, name = record
    return struct.pack("!H", preference) + wire_name(name)


def wire_txt(record):
    return b"".join(bytes([len(record[at:at + 255])]) + record[at:at + 255] for at in range(0, len(record), 255))


WIRE = {"A": lambda text: ipaddress.IPv4Address(text).packed, "AAAA": lambda text: ipaddress.IPv6Address(text).packed,
        "NS": wire_name, "PTR": wire_name, "MX": wire_mx, "TXT": wire_txt}


class Held(list):
    """Records that come when the server is told to release them."""


class FakeDns:
    """rows: {(type, name): what}, where what is a list of records, Held ones, or a word: one of RCODES, "silent",
    "garbage". What stands in no row is NXDOMAIN. ``seen`` has the questions in their order. MX: (10, "mx.test")."""

    def __init__(self, rows, ttl=TTL):
        self.rows, self.ttl, self.seen = rows, ttl, []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "%s:%d" % self._socket.getsockname()
        self._held = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def release(self):
        """Sends what is held."""
        held, self._held = self._held, []
        for reply, client in held:
            self._socket.sendto(reply, client)

    def _serve(self):
        while True:
            message, client = self._socket.recvfrom(4096)
            if not message:
                return
            self._take(message, client)

    def _take(self, message, client):
        labels, at = [], 12
        while message[at]:
            labels.append(message[at + 1:at + 1 + message[at]].decode("ascii"))
            at += 1 + message[at]
        kind = WORDS[struct.unpack_from("!H", message, at + 1)[0]]
        self.seen.append((kind, ".".join(labels)))
        what, question = self.rows.get(self.seen[-1], "nxdomain"), message[12:at + 5]
        if what == "silent":
            return
        reply = self._reply(message[:2], question, kind, what)
        if isinstance(what, Held):
            self._held.append((reply, client))
        else:
            self._socket.sendto(reply, client)

    def _reply(self, id_, question, kind, what):
        word, records = (what, []) if isinstance(what, str) else ("", what)
        nothing = SOA if word in ("nodata", "nxdomain") else b""
        answer = b"\xff noise" if word == "garbage" else b""
        for data in map(WIRE[kind], records):
            answer += b"\xc0\x0c" + struct.pack("!HHIH", NUMBERS[kind], 1, self.ttl, len(data)) + data
        header = struct.pack("!HHHHH", 0x8180 | RCODES.get(word, 0), 1, len(records) or bool(answer), bool(nothing), 0)
        return id_ + header + question + answer + nothing
