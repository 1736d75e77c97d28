"""Child processes end with the process that started them, however it dies."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
FAILED = 1


def end_with_parent(patience: float, *, on_end: signal.Signals = signal.SIGTERM) -> None:
    """Send this process a signal when its parent is gone, and end it when it has not stopped `patience` seconds later.

    The parent holds the other end of our standard input, which closes with it. On Linux the kernel sends the signal
    too: another child of the parent can hold a copy of that end.
    """

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), on_end)
        time.sleep(patience)
        os._exit(FAILED)  # no other process is left to end this one

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, on_end)
