"""Processes that must not outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # prctl(2)


def start_tied(command: list[str | Path], *, last_signal: signal.Signals = signal.SIGTERM, **options: Any) -> Any:
    """Start ``command`` in a session of its own, out of reach of Ctrl-C; on Linux it ends with us, even by kill -9."""

    def tie() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, last_signal)

    return subprocess.Popen(command, start_new_session=True, preexec_fn=tie, **options)


def end(process: "subprocess.Popen[bytes]", *, patience: float) -> None:
    """Ask it to end, and after ``patience`` seconds end it with everything that it started."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
