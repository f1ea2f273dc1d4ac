"""How much memory a process took at most."""

import resource
import sys
from pathlib import Path


def peak_gigabytes() -> float:
    """Of this process. On Linux not ru_maxrss, in which a process starts with what its parent had taken."""
    status = Path("/proc/self/status")
    if status.is_file():
        [peak] = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(peak) * 1024 / 1e9
    unit = 1 if sys.platform == "darwin" else 1024  # bytes of ru_maxrss
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
