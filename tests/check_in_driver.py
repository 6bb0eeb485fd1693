"""Lets the days of a database's check-ins pass, in processes that are killed on the way.

`first last processes kills`: each process lets every day pass, one after the other; a killed one
is started again on the day that it had reached. Prints how many were killed.
"""

import os
import random
import signal
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from network.actions import check_ins  # noqa: E402


@dataclass
class Child:
    """One process, and the day it has reached."""

    day: date
    last: date
    pid: int = 0
    days: TextIO = field(default=sys.stdin)

    def start(self) -> None:
        """Fork it, from the day it had reached."""
        connections.close_all()
        reads, writes = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(writes)
            self.days = os.fdopen(reads)
            return
        os.close(reads)
        live(self.day, self.last, os.fdopen(writes, "w"))
        os._exit(0)

    def pass_days(self, number: int) -> bool:
        """Wait until this many days are over; return False at the end."""
        for _ in range(number):
            if not (line := self.days.readline()):
                return False
            self.day = date.fromisoformat(line.strip())
        return True

    def kill(self) -> None:
        """Kill it at whatever it does, and start it again."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.start()


def live(day: date, last: date, said: TextIO) -> None:
    """Let each day pass, with one tick at nine in the morning."""
    while day <= last:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Europe/London"))
        timezone.now = lambda now=now: now
        check_ins.open_due()
        check_ins.carry_on_due()
        print(day.isoformat(), file=said, flush=True)
        day += timedelta(days=1)


def main(first: str, last: str, processes: str, kills: str) -> None:
    """Start the processes and kill one of them now and then."""
    chance, killed = random.Random(15), 0
    going = [
        Child(date.fromisoformat(first), date.fromisoformat(last)) for _ in range(int(processes))
    ]
    for child in going:
        child.start()
    while going:
        one = chance.choice(going)
        if not one.pass_days(chance.randint(20, 60)):
            _, status = os.waitpid(one.pid, 0)
            assert status == 0, status
            going.remove(one)
        elif killed < int(kills):
            one.kill()
            killed += 1
    print(killed)


if __name__ == "__main__":
    main(*sys.argv[1:])
