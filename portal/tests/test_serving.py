"""`manage.py serve` and the web server that it starts."""

import subprocess
import sys

from portal.management.commands.serve import _stop

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(60)"
)


def test_a_server_that_does_not_hear_is_stopped_by_force():
    server = subprocess.Popen([sys.executable, "-uc", DEAF], stdout=subprocess.PIPE)
    server.stdout.readline()  # from here on it is deaf
    _stop(server, patience=0.2)
    assert server.returncode == -9
