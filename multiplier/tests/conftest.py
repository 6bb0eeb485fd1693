"""Our site, a browser and somebody else's site, for the tests that drive a browser."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread


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
