"""Owns a DNS server for tests: a zone as a dict, and for each name the way in which it misbehaves.
Must never know: who asks it.

    with FakeDns({"mx.example A": ["192.0.2.1"]}, {"slow.example": delay(0.5), "gone.example": silent}) as dns:
        ask(dns.server)                              # "127.0.0.1:40123", UDP and TCP
        dns.asked                                    # [Asked(name="mx.example", type="A", tcp=False), ...]

A key of the zone is a name and a type, "*.lists.example A" all names below that have none of their own; a value is a
list of records in text, or (TTL, list). A name that is there with other types has no data; of all others there is
NXDOMAIN. Both come with a SOA record. An alias ("www.example CNAME") is followed.

A key of the behaviours is "name TYPE", "name", ".suffix" for all that is below, or "" for everything. A behaviour is a
function of a Query, which calls query.send() none, one or several times. Standard library only."""

import collections
import heapq
import ipaddress
import itertools
import re
import selectors
import socket
import struct
import threading
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "OPT": 41}
WORDS = {number: word for word, number in TYPES.items()}
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
QR, AA, TC, RD, RA = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080
TTL, NEGATIVE_TTL = 300, 60
PLAIN_PAYLOAD = 512  # of UDP without EDNS
CHAIN_MOST = 16

Asked = collections.namedtuple("Asked", "name type tcp")


# --- the wire ---

def wire_name(text):
    r"""A name in text, in which \. and \DDD are escapes."""
    labels = re.findall(r"((?:\\\d{3}|\\.|[^.\\])+)(?:\.|$)", text)
    raw = [re.sub(rb"\\(\d{3}|.)", lambda m: bytes([int(m[1])]) if m[1].isdigit() else m[1], label.encode())
           for label in labels]
    return b"".join(bytes([len(label)]) + label for label in raw) + b"\0"


def read_name(message, at):
    """A name of a question, which is never compressed; the bytes that a dot or a backslash would hide are escaped."""
    labels = []
    while message[at]:
        label = message[at + 1:at + 1 + message[at]]
        labels.append("".join(chr(b) if 32 < b < 127 and b not in b".\\" else f"\\{b:03d}" for b in label))
        at += 1 + message[at]
    return ".".join(labels), at + 1


def _text(record):
    """TXT: bytes or text, cut in strings; or a list of strings, as they are."""
    if isinstance(record, (list, tuple)):
        strings = [part.encode() if isinstance(part, str) else part for part in record]
    else:
        whole = record.encode() if isinstance(record, str) else record
        strings = [whole[at:at + 255] for at in range(0, len(whole), 255)] or [b""]
    return b"".join(bytes([len(string)]) + string for string in strings)


def _mx(record):
    preference, _, host = record.partition(" ")
    return struct.pack("!H", int(preference)) + wire_name(host)


def _soa(record):
    return wire_name(f"ns.{record}") + wire_name(f"admin.{record}") + struct.pack("!5I", 1, 2, 3, 4, NEGATIVE_TTL)


DATA = {"A": lambda record: ipaddress.IPv4Address(record).packed,
        "AAAA": lambda record: ipaddress.IPv6Address(record).packed, "PTR": wire_name, "NS": wire_name,
        "CNAME": wire_name, "MX": _mx, "TXT": _text, "SOA": _soa}


def rr(name, kind, record, ttl=TTL):
    """A record as bytes; a record that is bytes already stands for itself, but for TXT."""
    data = record if isinstance(record, bytes) and kind != "TXT" else DATA[kind](record)
    return wire_name(name) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data


# --- a question ---

class Query:
    """A question as it came, and the way back."""

    def __init__(self, server, message, tcp, reply):
        self.server, self.message, self.tcp, self._reply = server, message, tcp, reply
        self.id, self.flags, _, _, _, additional = struct.unpack("!6H", message[:12])
        self.name, end = read_name(message, 12)
        number, _ = struct.unpack("!HH", message[end:end + 4])
        self.name, self.type = self.name.lower(), WORDS.get(number, str(number))
        self.question = message[12:end + 4]  # with the letters as they were sent
        self.payload = struct.unpack("!H", message[end + 7:end + 9])[0] if additional else 0
        self.after = 0

    def message_of(self, rcode=NOERROR, answers=(), authorities=(), flags=AA | RA, question=None, number=None):
        """A response; whoever wants it odd changes the bytes."""
        header = struct.pack("!6H", self.id if number is None else number, QR | flags | self.flags & RD | rcode, 1,
                             len(answers), len(authorities), 1 if self.payload else 0)
        opt = b"\0" + struct.pack("!HHIH", TYPES["OPT"], 1232, 0, 0) if self.payload else b""
        return header + (question or self.question) + b"".join(answers) + b"".join(authorities) + opt

    def send(self, message):
        """Sends it when its time has come; by UDP only what fits, else the header and the question with TC set."""
        if not self.tcp and len(message) > max(self.payload, PLAIN_PAYLOAD):
            message = self.message_of(flags=TC | AA | RA)
        self.send_raw(message)

    def send_raw(self, message):
        self.server._later(self.after, lambda: self._reply(message))


def soa(name):
    """The SOA record of what stands for the zone of a name: its last two labels."""
    zone = ".".join(name.split(".")[-2:])
    return rr(zone, "SOA", zone, NEGATIVE_TTL)


# --- behaviours ---

def truth(query):
    """What the zone says; the way of all names that have no other."""
    query.send(query.server.resolve(query))


def silent(query):
    """Nothing comes."""


def delay(seconds, then=truth):
    def behaviour(query):
        query.after += seconds
        then(query)
    return behaviour


def in_turn(*behaviours):
    """The first question gets the first, and so on; the last stays."""
    left = list(behaviours)

    def behaviour(query):
        (left.pop(0) if len(left) > 1 else left[0])(query)
    return behaviour


def reversed_order(count, then=truth):
    """Holds questions until there are so many, and answers the last first."""
    held = []

    def behaviour(query):
        held.append(query)
        if len(held) < count:
            return
        for number, late in enumerate(reversed(held)):
            late.after += number * 0.001
            then(late)
        held.clear()
    return behaviour


def rcode(number, flags=RA):
    return lambda query: query.send(query.message_of(number, flags=flags))


formerr, servfail, notimp, refused = rcode(FORMERR), rcode(SERVFAIL), rcode(NOTIMP), rcode(REFUSED)


def nxdomain(query):
    query.send(query.message_of(NXDOMAIN, authorities=[soa(query.name)]))


def nodata(query):
    query.send(query.message_of(authorities=[soa(query.name)]))


def nothing_said(query):
    """Neither records nor a SOA record: there is no data, but nobody says how long."""
    query.send(query.message_of())


def lame(query):
    """A referral: others shall know."""
    query.send(query.message_of(authorities=[rr("example", "NS", "ns.elsewhere.example")], flags=0))


def truncated(query):
    """By UDP only that it is too long; all of it by TCP."""
    query.send(query.server.resolve(query) if query.tcp else query.message_of(flags=TC | AA | RA))


def truncated_always(query):
    query.send(query.message_of(flags=TC | AA | RA))


def wrong_id(query):
    query.send(query.message_of(answers=[rr(query.name, "A", "192.0.2.66")], number=query.id ^ 0x5555))


def wrong_question(query):
    other = wire_name("other.example") + query.question[-4:]
    query.send(query.message_of(answers=[rr("other.example", "A", "192.0.2.66")], question=other))


def forged_first(query):
    """What another one might send before: wrong in its number, and wrong in its question. Then the truth."""
    wrong_id(query)
    wrong_question(query)
    truth(query)


def oversized(query):
    """More than was asked for by UDP, and yet sent whole."""
    record = "x" * 250
    query.send_raw(query.message_of(answers=[rr(query.name, "TXT", f"{n}{record}") for n in range(40)]))


def compression_loop(query):
    """The name of the record points to itself."""
    at = 12 + len(query.question)
    record = struct.pack("!HHHIH", 0xC000 | at, TYPES.get(query.type, 1), 1, TTL, 4) + b"\xc0\x00\x02\x01"
    query.send(query.message_of(answers=[record]))


def garbage(query):
    """The right number, and then nothing that makes sense."""
    query.send(struct.pack("!H", query.id) + b"\x81\x80\xff\xff" + b"\xff" * 40)


def cut_short(query):
    query.send(query.server.resolve(query)[:-5])


def alias_circle(query):
    query.send(query.message_of(answers=[rr(query.name, "CNAME", "circle.example"),
                                         rr("circle.example", "CNAME", query.name)]))


def bad_address(query):
    """An A or AAAA record with three bytes."""
    query.send(query.message_of(answers=[rr(query.name, query.type if query.type in ("A", "AAAA") else "A", b"abc")]))


# --- the server ---

def suffixes(name):
    """What stands behind each label: .b.c and .c of a.b.c."""
    return [name[at:] for at, letter in enumerate(name) if letter == "."]


class FakeDns:
    def __init__(self, zone=None, behaviours=None, tcp=True, address="127.0.0.1"):
        self.zone, self.behaviours = dict(zone or {}), dict(behaviours or {})
        self.asked, self._due, self._order = [], [], itertools.count()
        self._selector = selectors.DefaultSelector()
        self._udp, self._tcp = self._bind(address, tcp)
        self.port = self._udp.getsockname()[1]
        self.server = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._udp, selectors.EVENT_READ, self._take_udp)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        if self._tcp:
            self._selector.register(self._tcp, selectors.EVENT_READ, self._accept)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """From here on the port is closed: whoever asks is refused."""
        if not self._thread.is_alive():
            return
        self._wake.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()
        self._wake.close()

    def names(self):
        """What was asked, as a sorted list of "name TYPE"."""
        return sorted(f"{asked.name} {asked.type}" for asked in self.asked)

    @staticmethod
    def _bind(address, tcp):
        """A port that is free for both."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for _ in range(50):
            udp = socket.socket(family, socket.SOCK_DGRAM)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            udp.bind((address, 0))
            if not tcp:
                return udp, None
            stream = socket.socket(family, socket.SOCK_STREAM)
            try:
                stream.bind((address, udp.getsockname()[1]))
                stream.listen(64)
                return udp, stream
            except OSError:
                stream.close()
                udp.close()
        raise OSError("no port is free for UDP and TCP")

    # --- what is known ---

    def _owner(self, name):
        """The name in the zone that speaks for this one: itself, or the nearest asterisk above; None: nobody."""
        for key in (name, *("*" + suffix for suffix in suffixes(name))):
            if any(f"{key} {kind}" in self.zone for kind in TYPES):
                return key
        return None

    def _records(self, name, kind):
        """(TTL, records) of a name; None where there are none."""
        found = self.zone.get(f"{self._owner(name)} {kind}")
        return found if found is None or isinstance(found, tuple) else (TTL, found)

    def resolve(self, query):
        """The response that the zone has, aliases followed."""
        answers, name = [], query.name
        for _ in range(CHAIN_MOST):
            ttl, records = self._records(name, query.type) or (TTL, [])
            answers += [rr(name, query.type, record, ttl) for record in records]
            alias = None if records else self._records(name, "CNAME")
            if not alias:
                break
            answers.append(rr(name, "CNAME", alias[1][0], alias[0]))
            name = alias[1][0]
        if records:
            return query.message_of(answers=answers)
        return query.message_of(NOERROR if self._owner(name) else NXDOMAIN, answers, [soa(name)])

    def _behaviour(self, query):
        for key in (f"{query.name} {query.type}", query.name, *suffixes(query.name), ""):
            if key in self.behaviours:
                return self.behaviours[key]
        return truth

    # --- the loop ---

    def _later(self, seconds, call):
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), call))

    def _run(self):
        while True:
            wait = max(0, self._due[0][0] - time.monotonic()) if self._due else None
            for key, _ in self._selector.select(wait):
                if key.fileobj is self._woken:
                    return
                key.data(key.fileobj)
            while self._due and self._due[0][0] <= time.monotonic():
                try:
                    heapq.heappop(self._due)[2]()
                except OSError:
                    pass  # whoever asked is gone

    def _take(self, message, tcp, reply):
        query = Query(self, message, tcp, reply)
        self.asked.append(Asked(query.name, query.type, tcp))
        self._behaviour(query)(query)

    def _take_udp(self, udp):
        try:
            message, client = udp.recvfrom(65535)
        except OSError:
            return  # an answer of ours was not taken
        self._take(message, False, lambda answer: udp.sendto(answer, client))

    def _accept(self, listener):
        stream, _ = listener.accept()
        held = bytearray()

        def reply(answer):
            stream.sendall(struct.pack("!H", len(answer)) + answer)

        def take(_):
            try:
                chunk = stream.recv(65535)
            except OSError:
                chunk = b""
            if not chunk:
                self._selector.unregister(stream)
                stream.close()
                return
            held.extend(chunk)
            while len(held) >= 2 and len(held) >= 2 + int.from_bytes(held[:2], "big"):
                size = int.from_bytes(held[:2], "big")
                message = bytes(held[2:2 + size])
                del held[:2 + size]
                self._take(message, True, reply)

        self._selector.register(stream, selectors.EVENT_READ, take)
