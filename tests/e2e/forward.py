"""Inside a place without a network: leads a port of the loopback to a Unix socket, and runs a command meanwhile."""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import threading

#: From linux/sockios.h and linux/if.h.
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1


def main() -> int:
    """forward.py SOCKET PORT COMMAND ..."""
    place, port, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    _bring_up("lo")
    listener = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=_listen, args=(listener, place), daemon=True).start()
    return subprocess.run(command, check=False).returncode


def _bring_up(interface: str) -> None:
    """What ``ip link set INTERFACE up`` does; a new network namespace has its loopback down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as some:
        asked = struct.pack("16sh", interface.encode(), _IFF_UP)
        fcntl.ioctl(some, _SIOCSIFFLAGS, asked)


def _listen(listener: socket.socket, place: str) -> None:
    while True:
        outer, _ = listener.accept()
        inner = socket.socket(socket.AF_UNIX)
        inner.connect(place)
        join(outer, inner)


def join(one: socket.socket, other: socket.socket) -> None:
    """Copy what each of two sockets says to the other until both have ended."""
    for source, sink in ((one, other), (other, one)):
        threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while part := source.recv(65_536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main())
