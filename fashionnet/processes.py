"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import threading
import time


def die_with_parent(seconds: float = 0.5) -> None:
    """End this process, at once and without clean-up, when the process that started it is gone.

    A notebook's kernel runs in a session of its own, so that neither Ctrl-C in the terminal nor the death of the
    pipeline reaches it. Asking for the parent's number works on every POSIX system, where a death signal
    (PR_SET_PDEATHSIG) is Linux's own and follows a thread of the parent rather than the parent. What a process that
    calls this writes has to be whole at any moment.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(seconds)
        os._exit(1)

    threading.Thread(target=watch, name="die-with-parent", daemon=True).start()
