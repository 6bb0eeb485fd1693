"""The `serve` command and its web server."""

import subprocess
import sys

from portal.management.web_server import WebServer

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(60)"
)


def test_stop_kills_server_that_ignores_sigterm():
    server = object.__new__(WebServer)  # one that did not start the site
    server.process = subprocess.Popen([sys.executable, "-uc", DEAF], stdout=subprocess.PIPE)
    server.process.stdout.readline()  # from here on it is deaf
    server.stop(patience=0.2)
    assert server.process.returncode == -9
