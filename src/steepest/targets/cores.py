"""How many threads this process may run at once."""

from __future__ import annotations

import os


def cores() -> int:
    """The processor cores of this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
