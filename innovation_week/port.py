"""Whether the site can have its port: ``make run`` asks before it installs anything, with the Python of the system.

    python3 innovation_week/port.py 8000

Standard library only.
"""

from __future__ import annotations  # a Python too old must get as far as bootstrap.py, which says so

import socket
import sys

HIGHEST = 65535


def problem(port: int) -> str:
    """Empty when the port is free, else a sentence that proposes one that is."""
    reason = _taken(port)
    if not reason:
        return ""
    first = port + 1 if 1024 <= port < HIGHEST else 8000
    other = next((number for number in range(first, HIGHEST + 1) if not _taken(number)), 8000)
    return f"Port {port} cannot be used ({reason}). Stop what uses it, or choose another one: PORT={other} make run"


def _taken(port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


if __name__ == "__main__":
    word = sys.argv[1]
    if word.isdecimal() and int(word) <= HIGHEST:  # the settings refuse anything else by name
        sys.exit(problem(int(word)) or 0)  # an empty sentence is no success
