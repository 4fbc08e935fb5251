"""The end of the process: it comes in time, whatever a disk or a model does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

SECONDS = 18.0
"""From the signal, or the end of input, to the end of the process at the latest."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def end_within(seconds: float, code: int = 0) -> threading.Timer:
    """End the process after so long, unless it has ended by itself: a thread that hangs cannot hold it up."""
    timer = threading.Timer(seconds, _end, (code,))
    timer.daemon = True
    timer.start()
    return timer


def _end(code: int) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        print("parley: something hung while stopping, so it was ended; what was answered is stored", file=sys.stderr)
    os._exit(code)


@contextlib.contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that is set by SIGTERM or SIGINT; from then on the process has `SECONDS` left."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if not stop.is_set():
            end_within(SECONDS)
            stop.set()

    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the task instead
        for number in SIGNALS:
            loop.add_signal_handler(number, asked)
    try:
        yield stop
    finally:
        with contextlib.suppress(NotImplementedError):
            for number in SIGNALS:
                loop.remove_signal_handler(number)
