"""Is a name signed? Asked of the system's resolver, which has to show first that it validates.

Without a validating resolver nothing is known. The resolver's word is taken as the system takes it: no chain
of signatures is followed here.
"""

import os
import socket
import struct
from pathlib import Path

from crawler.hosts import Known

RESOLVERS = Path("/etc/resolv.conf")
_AUTHENTIC = 0x0020
"""The AD bit: the answer was validated (RFC 4035, 3.2.3)."""
_RECURSE = 0x0100
_SOA, _A = 6, 1


def resolver(path: Path = RESOLVERS) -> str:
    """The address of the first resolver of this machine, or ""."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    words = (line.split() for line in lines)
    return next((one[1] for one in words if len(one) > 1 and one[0] == "nameserver" and "%" not in one[1]), "")


def signed(host: str, address: str | None = None, port: int = 53, timeout_s: float = 3.0) -> Known:
    """Is the host's name signed and its signature valid? `address` is that of the resolver."""
    address = resolver() if address is None else address
    # The root is signed: a resolver that does not say so validates nothing.
    if not address or not _validates(".", _SOA, address, port, timeout_s):
        return Known.UNKNOWN
    answer = _validates(host, _A, address, port, timeout_s)
    return Known.UNKNOWN if answer is None else Known.YES if answer else Known.NO


def _validates(name: str, kind: int, address: str, port: int, timeout_s: float) -> bool | None:
    """Does the resolver vouch for its answer? None where there is no good answer."""
    try:
        asked = _question(name, kind)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as opened:
            opened.settimeout(timeout_s)
            opened.connect((address, port))
            opened.send(asked)
            answer = opened.recv(4096)
    except (OSError, UnicodeError):
        return None
    if len(answer) < 12 or answer[:2] != asked[:2]:
        return None
    (flags,) = struct.unpack("!H", answer[2:4])
    if not flags & 0x8000 or flags & 0x000F:
        # No answer, or one of failure: a broken signature and a broken server look the same.
        return None
    return bool(flags & _AUTHENTIC)


def _question(name: str, kind: int) -> bytes:
    """A query that asks for validation: AD bit and the DO bit of EDNS (RFC 6840, 5.7; RFC 6891)."""
    labels = [label.encode("idna") for label in name.strip(".").split(".") if label]
    if any(len(label) > 63 for label in labels):
        raise UnicodeError(name)
    encoded = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    head = os.urandom(2) + struct.pack("!HHHHH", _RECURSE | _AUTHENTIC, 1, 0, 0, 1)
    extended = b"\0" + struct.pack("!HHIH", 41, 1232, 0x8000, 0)
    return head + encoded + struct.pack("!HH", kind, 1) + extended
