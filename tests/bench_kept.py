"""Benchmark of kept pages: each beside a bare Django view and nginx's file of the same bytes.

All three answer 16 connections of wrk in the same run, each with one process and one thread.
With four threads, as in production, kept pages come at about two thirds of the rate: Python's
threads hand the interpreter to each other. Needs wrk and nginx (Debian's packages `wrk` and
`nginx-light`); says so if they are not there.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT, free_port

SECONDS = 3
OF_BARE, OF_NGINX = 3, 0.5  # to reach (issue "Upright")
_NGINX = """
{user} worker_processes 1; daemon off; pid {here}/nginx.pid; error_log {here}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; client_body_temp_path {here}/body;
  proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi;
  scgi_temp_path {here}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      root {here}/files; default_type text/html; add_header Content-Encoding gzip;
    }}
  }}
}}
"""


def measure(env: dict[str, str], paths: list[str], here: Path) -> None:
    """Print requests a second for each page, and their ratios; one line for a page.

    Args:
        env: The environment of a site that is prepared.
        paths: The public pages.
        here: A directory to make.
    """
    wrk, nginx = shutil.which("wrk"), shutil.which("nginx", path=f"{os.defpath}:/usr/sbin")
    if not (wrk and nginx):
        print("\nKept pages are not measured: apt-get install wrk nginx-light")
        return
    print(f"\n{'kept, 16 connections':40}{'kB':>6}{'/s':>8}{'bare':>8}{'nginx':>8}", end="")
    print(f"{'of bare':>9}{'of nginx':>9}")
    (here / "files").mkdir(parents=True)
    for path in paths:
        with _served(_granian("portal.wsgi", port := free_port()), port, env) as base:
            body = _zipped(base + path)
            ours = _rate(wrk, base + path)
        bare, static = _bare(body, here, wrk), _static(body, here, wrk, nginx)
        print(
            f"{path[:39]:40}{len(body) / 1000:6.1f}{ours:8.0f}{bare:8.0f}{static:8.0f}"
            f"{ours / bare:9.1f}{ours / static:9.2f}",
            flush=True,
        )
    print(f"to reach: {OF_BARE} of bare, {OF_NGINX} of nginx")


def _zipped(address: str) -> bytes:
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    for _ in range(3):  # made, then kept
        with urllib.request.urlopen(asked, timeout=30) as answer:
            body, encoding = answer.read(), answer.headers["Content-Encoding"]
    assert encoding == "gzip", f"{address} is not kept"
    return bytes(body)


def _rate(wrk: str, address: str) -> float:
    """Return requests a second; raise AssertionError if any was refused."""
    told = subprocess.run(
        [wrk, "-t1", "-c16", f"-d{SECONDS}s", "-H", "Accept-Encoding: gzip", address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Non-2xx" not in told, told
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found, told
    return float(found[1])


def _granian(module: str, port: int) -> list[str]:
    command = [sys.executable, "-m", "granian", f"{module}:application", "--interface", "wsgi"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "1"]
    return [*command, "--log-level", "warning"]


@contextmanager
def _served(command: list[str], port: int, env: dict[str, str] | None = None) -> Iterator[str]:
    """Run a server, and give its address once it answers."""
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def _bare(body: bytes, here: Path, wrk: str) -> float:
    port, file = free_port(), here / "bare"
    file.write_bytes(body)
    env = os.environ | {"BARE_FILE": str(file)}
    with _served(_granian("tests.bare_django", port), port, env) as address:
        return _rate(wrk, f"{address}/")


def _static(body: bytes, here: Path, wrk: str, nginx: str) -> float:
    port = free_port()
    (here / "files" / "index.html").write_bytes(body)
    user = "user root;" if os.geteuid() == 0 else ""  # else it could not read the directory
    (here / "nginx.conf").write_text(_NGINX.format(here=here, port=port, user=user))
    command = [nginx, "-c", str(here / "nginx.conf"), "-e", str(here / "e")]
    with _served(command, port) as address:
        return _rate(wrk, f"{address}/")
