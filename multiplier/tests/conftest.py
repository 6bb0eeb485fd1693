"""Our site, a browser and somebody else's site, for the tests that drive a browser."""

import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, sync_playwright

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Our site, on a port of its own. Not live_server: that would empty the database."""
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert not thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    find = settings.BASE_DIR / "tests" / "find_chromium"
    path = subprocess.run([find], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield started
        started.close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign(tmp_path: Path, site: str) -> Iterator[str]:
    """Another site (another host and port), whose pages frame ours."""
    for name, address in {"frame": "/embed/multiplier/v1/", "page": "/multiplier/"}.items():
        (tmp_path / f"{name}.html").write_text(
            '<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,">'
            "<title>A town’s own page</title><main><h1>Our money</h1>"
            f'<iframe title="Calculator" width="700" height="1500" src="{site}{address}">'
            "</iframe></main></html>"
        )
    handler = partial(QuietHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
