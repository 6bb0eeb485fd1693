"""A process of its own, with limited memory and time, to open a file that someone uploaded.

`run` starts a module of ours as a program. The program calls `limit` before it reads anything.
"""

import resource
import subprocess
import sys
from pathlib import Path

_CODE = Path(__file__).parents[1]


class TookTooLong(Exception):
    """Raised if the process did not end in time; it is killed."""


def run(module: str, *words: str, content: bytes, patience: float) -> tuple[int, bytes]:
    """Return the exit code and the output of a module that reads `content`.

    Args:
        module: Its dotted name.
        words: Its arguments.
        content: The file.
        patience: Seconds of the clock.

    Raises:
        TookTooLong: If it takes longer.
    """
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", module, *words],
            input=content,
            capture_output=True,
            cwd=_CODE,
            env={},  # none of our secrets
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TookTooLong from None
    return done.returncode, done.stdout


def limit(memory: int, seconds: int) -> None:
    """Limit this process to bytes of addresses and seconds of the processor; no core dumps."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
