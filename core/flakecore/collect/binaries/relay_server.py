"""Forks a relay for each run of a hunt, instead of a Python that starts anew: 2 ms and not 20.

It is called as ``relay_server SOCKET COLLECTOR``: the number of a stream socket that it inherits,
and the process id of the collector. On the socket comes a request as 8 bytes, a little-endian
uint64 with the length of what follows, and two files with it; then a dict in marshal's format:

- ``folder``: where the evidence of the test binary goes, made if it is not there;
- ``command``, ``cwd``, ``environment``: the test binary and how it runs;
- ``nice``: by how much its priority is lowered; ``processors``: which it may use, empty for all.

The first file is its standard output and error. To the second one, records of 5 bytes are written,
a letter and a little-endian uint32: ``R`` and the relay's process id, which leads a process group;
``B`` and that of the test binary, which leads another; ``E`` and the wait status of the relay, at
the end. It ends when the socket does.
"""

from __future__ import annotations

import marshal
import os
import select
import socket
import struct
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flakecore.collect.binaries import relay
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    import relay

HEAD = struct.Struct("<Q")
RECORD = struct.Struct("<cI")
RELAY, BINARY, ENDED = b"R", b"B", b"E"
_LOOK_EVERY_MS = 20
_FILES = 2
_CANNOT = 127


def main(arguments: list[str]) -> int:
    """Serve until the socket ends."""
    requests = socket.socket(fileno=int(arguments[0]))
    collector = int(arguments[1])
    relay.import_ahead()
    running: dict[int, tuple[int, int | None]] = {}
    waiting = select.poll()
    waiting.register(requests, select.POLLIN)
    while True:
        known = all(ended is not None for _, ended in running.values())
        ready = {fd for fd, _ in waiting.poll(None if known else _LOOK_EVERY_MS)}
        for process in [*running]:
            _reap(process, running, waiting)
        if requests.fileno() in ready:
            asked = _request(requests)
            if asked is None:
                return 0
            _start(*asked, collector, requests, running, waiting)


def _request(requests: socket.socket) -> tuple[dict[str, Any], int, int] | None:
    """Return what is asked for, with its two files; None at the end."""
    head, files, _, _ = socket.recv_fds(requests, HEAD.size, _FILES)
    head += _read(requests, HEAD.size - len(head)) if head else b""
    if len(head) < HEAD.size or len(files) < _FILES:
        return None
    data = _read(requests, HEAD.unpack(head)[0])
    return marshal.loads(data), files[0], files[1]


def _read(requests: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count and (piece := requests.recv(count - len(found))):
        found += piece
    return found


def _start(
    asked: dict[str, Any],
    output: int,
    answers: int,
    collector: int,
    requests: socket.socket,
    running: dict[int, tuple[int, int | None]],
    waiting: select.poll,
) -> None:
    server = os.getpid()
    process = os.fork()
    if process == 0:
        try:
            requests.close()
            for other, _ in running.values():
                os.close(other)
            os._exit(_relay(asked, output, answers, [collector, server]))
        except Exception as error:
            os.write(2, f"flaketui: the test binary cannot be run ({error})\n".encode())
        finally:
            os._exit(_CANNOT)
    os.close(output)
    os.write(answers, RECORD.pack(RELAY, process))
    ended = relay.watched(process)
    running[process] = (answers, ended or None)
    if ended:
        waiting.register(ended, select.POLLIN)


def _reap(process: int, running: dict[int, tuple[int, int | None]], waiting: select.poll) -> None:
    """Return how a relay ended, if it has."""
    found, status = os.waitpid(process, os.WNOHANG)
    if not found:
        return
    answers, ended = running.pop(process)
    if ended is not None:
        waiting.unregister(ended)
        os.close(ended)
    with suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(answers, RECORD.pack(ENDED, status))
    os.close(answers)


def _relay(asked: dict[str, Any], output: int, answers: int, alive: list[int]) -> int:
    """Run a test binary, as the relay's own process."""
    os.setpgid(0, 0)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    os.chdir(asked["cwd"])
    os.makedirs(asked["folder"], exist_ok=True)  # noqa: PTH103
    os.environ.clear()
    os.environ.update(asked["environment"])
    if asked["nice"]:
        os.nice(asked["nice"])
    if asked["processors"]:
        os.sched_setaffinity(0, asked["processors"])
    watched = [relay.watched(process) for process in alive]
    if 0 in watched:
        return 1
    pipes = relay.packet_pipes()
    command = asked["command"]
    if pipes is None:
        os.write(answers, RECORD.pack(BINARY, os.getpid()))
        os.execvp(command[0], command)

    def began(process: int) -> None:
        os.write(answers, RECORD.pack(BINARY, process))

    running = relay.Relay(asked["folder"], pipes, watched, ends_group=True, began=began)
    return running.run(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
