"""Settings from the environment, read by a process of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.settings import mail_settings

ROOT = Path(settings.BASE_DIR)
KEYS = {"SECRET_KEY": "s" * 60, "LINK_KEY": "l" * 60, "SITE_URL": "http://localhost:8000"}
SHOW = """
import json, sys
from portal import settings
names = [n for n in dir(settings) if n.isupper()]
print(json.dumps({n: getattr(settings, n) for n in names}, default=str))
"""


def start(tmp_path, code: str = SHOW, **env: str) -> subprocess.CompletedProcess:
    """Run a process with only `env` as its environment."""
    clean = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean | env, cwd=ROOT, capture_output=True, text=True
    )


def settings_of(tmp_path, **env: str) -> dict:
    done = start(tmp_path, **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "LINK_KEY", "SITE_URL"])
@pytest.mark.parametrize("debug", [{}, {"DEBUG": ""}, {"DEBUG": "0"}, {"DEBUG": "false"}])
def test_production_needs_keys_and_site_url(tmp_path, missing, debug):
    env = {name: value for name, value in KEYS.items() if name != missing} | debug
    done = start(tmp_path, **env)
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr
    assert not list(tmp_path.iterdir()), "no key is made up in production"


@pytest.mark.parametrize("address", ["keepitlocal.example", "//keepitlocal.example", "ftp://x"])
def test_invalid_site_url_is_refused(tmp_path, address):
    done = start(tmp_path, **KEYS | {"SITE_URL": address})
    assert done.returncode != 0
    assert "SITE_URL is not set to an address" in done.stderr


def test_debug_has_default_site_url(tmp_path):
    assert settings_of(tmp_path, DEBUG="1", PORT="8123")["SITE_URL"] == "http://localhost:8123"


def test_default_is_production(tmp_path):
    found = settings_of(tmp_path, **KEYS)
    assert found["DEBUG"] is False
    assert found["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"] is False
    assert found["ALLOWED_HOSTS"] == ["localhost", "localhost", "127.0.0.1", "[::1]"]
    assert found["TRUSTED_PROXY_COUNT"] == 0
    assert "SECURE_PROXY_SSL_HEADER" not in found
    backend = found["STORAGES"]["staticfiles"]["BACKEND"]
    assert backend == "portal.static_addresses.StaticAddresses"
    assert "Immediate" not in found["TASKS"]["default"]["BACKEND"]


def test_generated_keys_are_private_and_stay(tmp_path):
    first = settings_of(tmp_path, DEBUG="1")
    second = settings_of(tmp_path, DEBUG="1")
    assert first["SECRET_KEY"] == second["SECRET_KEY"] != first["LINK_KEY"]
    assert first["LINK_KEY"] == second["LINK_KEY"]
    assert len(first["SECRET_KEY"]) > 50
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["link_key.txt", "secret_key.txt"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_parallel_processes_agree_on_keys(tmp_path):
    env = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "DEBUG": "1"}
    show = "from portal import settings; print(settings.SECRET_KEY, settings.LINK_KEY)"
    command = [sys.executable, "-c", show]
    together = [
        subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(6)
    ]
    said = {process.communicate()[0] for process in together}
    assert len(said) == 1
    assert len(said.pop().split()) == 2


def test_https_turns_on_secure_settings(tmp_path):
    found = settings_of(tmp_path, **KEYS | {"SITE_URL": "https://kil.example/"})
    assert found["SITE_URL"] == "https://kil.example"
    assert found["SECURE_HSTS_SECONDS"] >= 31536000
    for name in (
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    ):
        assert found[name] is True, name
    assert found["SECURE_HSTS_PRELOAD"] is False
    assert found["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert found["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://kil.example"]
    assert found["ALLOWED_HOSTS"][0] == "kil.example"


COOKIES = """
import django
django.setup()
from django.contrib.messages.storage import default_storage
from django.http import HttpResponse
from django.test import RequestFactory
request, response = RequestFactory().get("/", secure=True), HttpResponse()
request.session = {}
storage = default_storage(request)
storage.add(25, "Saved.")
storage.update(response)
print(response.cookies.output())
"""


def test_cookie_of_messages_is_as_safe_as_the_others_on_https(tmp_path):
    env = KEYS | {"SITE_URL": "https://kil.example", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    cookie = start(tmp_path, COOKIES, **env).stdout
    assert cookie.startswith("Set-Cookie: __Host-messages=")
    for part in ("HttpOnly", "Path=/", "SameSite=Lax", "Secure"):
        assert part in cookie
    assert "Domain" not in cookie


def test_preload_is_for_who_asks(tmp_path):
    env = KEYS | {"SITE_URL": "https://kil.example", "HSTS_PRELOAD": "1"}
    assert settings_of(tmp_path, **env)["SECURE_HSTS_PRELOAD"] is True


def test_what_a_process_writes_is_private(tmp_path):
    place = tmp_path / "var"
    start(tmp_path, SHOW + "open(settings.VAR_DIR / 'x', 'w')", **KEYS | {"VAR_DIR": str(place)})
    assert place.stat().st_mode & 0o007 == 0
    assert (place / "x").stat().st_mode & 0o007 == 0


def test_http_site_promises_no_https(tmp_path):
    found = settings_of(tmp_path, **KEYS)
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SESSION_COOKIE_SECURE"] is False


HEADERS = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()
from django.test import Client
answer = Client().get("/healthz", secure=True, HTTP_HOST="kil.example")
print(answer.status_code, answer["Strict-Transport-Security"])
plain = Client().get("/multiplier/", HTTP_HOST="kil.example")
print(plain.status_code, plain["Location"])
print(Client().get("/multiplier/", secure=True, HTTP_HOST="evil.example").status_code)
"""


def test_https_site_sends_hsts(tmp_path):
    env = KEYS | {"SITE_URL": "https://kil.example", "EMAIL_URL": "memory:"}
    done = start(tmp_path, HEADERS, **env)
    lines = done.stdout.splitlines()
    assert lines[0] == "200 max-age=31536000; includeSubDomains", done.stderr
    assert lines[1] == "301 https://kil.example/multiplier/"
    assert "DisallowedHost" not in done.stderr
    assert lines[2] == "400", "another host name is not ours to answer for"


def test_database_url_names_database(tmp_path):
    url = "postgres://ann:p%40ss@db.example:5433/kil"
    found = settings_of(tmp_path, DATABASE_URL=url, **KEYS)["DATABASES"]["default"]
    assert found["ENGINE"] == "django.db.backends.postgresql"
    told = [found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert told == ["ann", "p@ss", "db.example", 5433, "kil"]
    assert "init_command" not in found["OPTIONS"]
    assert found["OPTIONS"]["connect_timeout"] == 3
    own = settings_of(tmp_path, DATABASE_URL=f"{url}?sslmode=require&connect_timeout=9", **KEYS)
    options = own["DATABASES"]["default"]["OPTIONS"]
    assert (options["sslmode"], int(options["connect_timeout"])) == ("require", 9)


def test_sqlite_takes_write_lock_at_once(tmp_path):
    found = settings_of(tmp_path, **KEYS)["DATABASES"]["default"]
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "WAL" in found["OPTIONS"]["init_command"]


def test_redis_counts_limits_if_set(tmp_path):
    found = settings_of(tmp_path, REDIS_URL="redis://cache:6379/1", **KEYS)["CACHES"]["default"]
    assert found["BACKEND"].endswith("InRedis")
    assert found["LOCATION"] == "redis://cache:6379/1"
    assert settings_of(tmp_path, **KEYS)["CACHES"]["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000


@pytest.mark.parametrize(
    "url,expected",
    [
        ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("memory:", {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}),
        ("file:/tmp/m", {"EMAIL_FILE_PATH": "/tmp/m"}),
        ("file:", {"EMAIL_FILE_PATH": str(settings.MAIL_DIR)}),
        (
            "smtp://ann%40x.org:p%2Fss@mx.example:587?tls=1",
            {
                "EMAIL_HOST": "mx.example",
                "EMAIL_PORT": 587,
                "EMAIL_HOST_USER": "ann@x.org",
                "EMAIL_HOST_PASSWORD": "p/ss",
                "EMAIL_USE_TLS": True,
                "EMAIL_USE_SSL": False,
            },
        ),
        ("smtp://mx.example:465?ssl=1", {"EMAIL_USE_SSL": True, "EMAIL_HOST_USER": ""}),
        ("smtp:", {"EMAIL_HOST": "localhost", "EMAIL_PORT": 25, "EMAIL_TIMEOUT": 20}),
    ],
)
def test_email_url_chooses_backend(url, expected):
    found = mail_settings(url)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("url", ["imap://x", "mx.example:25", "http://mail.example/", "?"])
def test_unknown_email_url_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        mail_settings(url)


def test_example_names_every_variable():
    source = (ROOT / "portal" / "settings.py").read_text()
    read = set(re.findall(r'(?:env|env_bool|env_list|local_secret)\(\s*"([A-Z_]+)"', source))
    read |= set(re.findall(r'environ\.get\("([A-Z_]+)"', source))
    named = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 15
    assert named == read


def test_example_has_no_secret():
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, _, value = line.removeprefix("# ").partition("=")
        if name.endswith("_KEY"):
            assert value.split("#")[0].strip() == ""
