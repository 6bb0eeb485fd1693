"""The `serve` command and its web server."""

import subprocess
import sys

from portal.management.commands.serve import _stop

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(60)"
)


def test_stop_kills_server_that_ignores_sigterm():
    server = subprocess.Popen([sys.executable, "-uc", DEAF], stdout=subprocess.PIPE)
    server.stdout.readline()  # from here on it is deaf
    _stop(server, patience=0.2)
    assert server.returncode == -9
