"""The seeded site that `tests.snapshot` records, in a process of its own.

Uses only addresses, commands and the names of models, so that modules can move. The clock
stands still. Every page is requested in a transaction that is rolled back, so that no page
depends on earlier requests.
"""

import email
import email.policy
import hashlib
import io
import json
import logging
import os
import random
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from itertools import product
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command, get_commands
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from django.utils.regex_helper import normalize

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)  # a working day
HEADERS = ["Content-Type", "Cache-Control", "Content-Security-Policy", "Referrer-Policy"]
HEADERS += ["X-Robots-Tag", "Vary", "Location", "X-Frame-Options", "Access-Control-Allow-Origin"]
AFTER_A_MAIL = b"\n" + b"-" * 79 + b"\n"
CATALOGUE = "/admin/mail/catalogue/"
TOKEN = re.compile(r"\b(\d+-)[\w-]{43}(?![\w-])")
LINK = re.compile(r"://[^/\s]+/([\w/-]+/)((\d+)-[\w-]{43})/")
# A deliberate fault, and the queue, whose order differs each time.
LEFT_OUT = re.compile(r"/failwhale/|/dbtaskresult/")
MASKS = [
    (re.compile(r'(csrf[^<>{}]{0,60}?["\'])[A-Za-z0-9]{32,64}(?=\\?["\'])', re.I), r"\1CSRF"),
    (re.compile(r"(nonce[-=][\"']?)[\w+/=-]{16,}"), r"\1NONCE"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"(/static/[^\"' )]+?)(\.[0-9a-f]{12})?(\.\w+)\?v=[0-9a-f]+"), r"\1\3"),
    (TOKEN, r"\1TOKEN"),
    (re.compile(r"\b[\w-]+:\w{6}:[\w-]{43}\b"), "SIGNED"),
    (re.compile(r"\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d [+-]0000"), "DATE"),
    (re.compile(r"(\d+) (?:page|model) log entr"), r"\1 log entr"),  # Wagtail takes either
    (re.compile(r'(data-heading="Age">)[^<]*'), r"\1AGE"),  # by the real clock
]
LINES = [
    {"kind": "staff", "amount": "300000", "local_share": "0.8", "respend": "0.35"},
    {"kind": "supplier", "amount": "120000", "local_share": "0.5", "respend": "0.5"},
    {"kind": "premises", "amount": "40000", "local_share": "1", "respend": "0.3"},
    {"kind": "tax", "amount": "20000", "local_share": "0"},
    {"kind": "surplus", "amount": "20000"},
]
FULL = {"view": "provider", "area": "Bradford", "income": "500000", "lines": LINES}
ROUNDS = {"view": "provider", "area": "Bradford", "r1": "500000", "r2": "165000", "r3": "58500"}
ASKED = [  # requests to the API: the address, and the body of a POST
    ("councils?q=bradford", None),
    ("councils?q=yorkshire", None),
    ("councils?q=zzzz", None),
    ("councils", None),
    ("search?q=local+spend", None),
    ("search?q=bradford&type=council", None),
    ("search?q=Kirkless", None),
    ("search?q=grants&region=london&sort=title&size=25", None),
    ("search?q=&sort=none&page=0", None),
    ("search?q=spend&page=900", None),
    ("nowhere", None),
    ("multiplier", None),
    ("multiplier", FULL),
    ("multiplier", FULL | {"mode": "extended"}),
    ("multiplier", FULL | {"view": "council", "lines": [*LINES[:2], {"kind": "other"}]}),
    ("multiplier", FULL | {"lines": [LINES[0] | {"respend": None}, *LINES[1:]]}),
    ("multiplier", ROUNDS),
    ("multiplier", {"view": "moon", "lines": [{"kind": "x", "local_share": "2"}], "more": 1}),
    ("multiplier", "no JSON"),
    ("multiplier/shift", {"amount": "1000000", "respend": "0.76", "nonlocal_respend": "0.36"}),
    ("multiplier/shift", {"amount": "-1"}),
    ("multiplier/compare", {"a": FULL, "b": ROUNDS, "price_a": "524250", "price_b": "500000"}),
    ("multiplier/compare", {"a": FULL}),
    ("multiplier/check", {"claimed": "2.52", "respend": "0.35"}),
    ("multiplier/check", {"claimed": "0.5"}),
]
TYPED = {"view": "provider", "area": "Exampleton", "how": "guided", "income": "500,000"}
TYPED |= {"staff_amount": "300,000", "staff_local": "80", "staff_again": "35"}
POSTED = [  # forms of the calculator
    ("/multiplier/", TYPED),
    ("/multiplier/", TYPED | {"income": "much"}),
    ("/embed/multiplier/v1/", TYPED),
    ("/multiplier/shift/", {"how": "pounds", "amount": "1,000,000", "respend": "76"}),
    ("/multiplier/check/", {"claimed": "2.52", "respend": "35"}),
    ("/multiplier/compare/", {"view": "provider", "a-income": "500,000", "b-income": "1"}),
]


def model(name: str):
    """Return the model of this name, whichever app has it."""
    return next(each for each in apps.get_models() if each.__name__ == name)


def prepare() -> None:
    """Make what `serve --prepare` makes, and let the worker finish."""
    quiet = {"stdout": io.StringIO()}
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    for name in ("councils.csv", "other_bodies.csv"):
        [path] = ROOT.glob(f"*/data/{name}")
        call_command("load_councils", path, **quiet)
    call_command("seed_content", **quiet)
    call_command("seed_demo", **quiet)
    call_command("rebuild_search", **quiet)
    while any(not line.endswith(": 0") for line in ticked()):
        pass
    call_command("db_worker", batch=True, startup_delay=False, reload=False, queue_name="*")
    line_up_mails()


def ticked() -> list[str]:
    """Run `tick`, and return its line for each job."""
    said = io.StringIO()
    call_command("tick", stdout=said)
    return said.getvalue().splitlines()


def masked(text: str) -> str:
    """Return the text with a placeholder for whatever differs each time."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


class Snapshot:
    """The folder to write, and requests to the site."""

    def __init__(self, out: Path):
        self.out = out
        self.queries: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Write one file, masked; raise FileExistsError if it exists."""
        path = self.out / masked(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(masked(text))

    def answer(self, address: str, cookies=None, posted=None) -> tuple[str, int]:
        """Return the answer to one request as text, and its number of queries."""
        client = Client(SERVER_PORT=settings.PORT, raise_request_exception=False)
        client.defaults["SERVER_NAME"] = "localhost"
        client.cookies.load(cookies or {})
        is_json = address.startswith("/api/")
        more = {"content_type": "application/json"} if is_json and posted is not None else {}
        if posted is not None:
            more["headers"] = {"Origin": settings.SITE_URL, "Sec-Fetch-Site": "same-origin"}
        with transaction.atomic():
            for cache in caches.all():
                cache.clear()
            model("ContentType").objects.clear_cache()
            random.seed(0)  # Wagtail's editor names paragraphs by chance
            reset_queries()  # the log holds 9,000 and then counts no further
            with CaptureQueriesContext(connection) as queries:
                ask = client.get if posted is None else client.post
                response = ask(address, posted, **more)
                body = as_text(response.getvalue(), response.get("Content-Type", ""))
                if response.status_code >= 500:  # in DEBUG with a trace of the code
                    body = "A fault."
            transaction.set_rollback(True)
        heads = [f"{name}: {response[name]}" for name in HEADERS if name in response]
        return "\n".join([str(response.status_code), *heads, "", body]), len(queries)

    def page(self, role: str, address: str, cookies) -> None:
        """Write one page as one role sees it."""
        text, queries = self.answer(address, cookies)
        name = address.replace("/", "~")[:200]
        self.write(f"pages/{role}/{name}.txt", text)
        self.queries.append(masked(f"{role} {address}: {queries}"))


def as_text(body: bytes, kind: str) -> str:
    """Return a body to compare: the XML of a Word file, the hash of a picture."""
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return parts.read("word/document.xml").decode().replace("><", ">\n<")
    if re.search(r"text|json|xml|javascript|svg|calendar|csv", kind):
        return body.decode()
    return f"{len(body)} bytes, {hashlib.sha256(body).hexdigest()}" if body else ""


def patterns(resolver, names: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the whole pattern of every address."""
    for each in resolver.url_patterns:
        pattern = before + each.pattern.regex.pattern.removeprefix("^")
        if isinstance(each, URLResolver):
            inner = f"{names}{each.namespace}:" if each.namespace else names
            yield from patterns(each, inner, pattern)
        else:
            yield f"{names}{each.name or ''}", pattern


def filled(values: dict[str, list]) -> set[str]:
    """Return every address without arguments, and those with arguments in `values`."""
    found = set()
    for _, pattern in patterns(get_resolver()):
        for template, names in normalize(pattern):
            start = template.partition("%")[0]
            known = [values.get(f"{start}{name}", values.get(name, [])) for name in names]
            for chosen in product(*known):
                found.add("/" + template % dict(zip(names, chosen, strict=True)))
    return {address for address in found if not LEFT_OUT.search(address)}


def line_up_mails() -> None:
    """Move all sent emails into one file, in the order of the outbox.

    How many emails share one of Django's files depends on timing.
    """
    sent = {}
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        for part in filter(bytes.strip, path.read_bytes().split(AFTER_A_MAIL)):
            sent[email.message_from_bytes(part)["Message-ID"]] = part
        path.unlink()
    rows = model("OutboxMessage").objects.order_by("pk").values_list("message_id", flat=True)
    parts = [sent[message_id] for message_id in rows if message_id in sent]
    (Path(settings.EMAIL_FILE_PATH) / "sent.log").write_bytes(AFTER_A_MAIL.join(parts))


def mails() -> list[email.message.EmailMessage]:
    """Return the sent emails, oldest first."""
    parts = (Path(settings.EMAIL_FILE_PATH) / "sent.log").read_bytes().split(AFTER_A_MAIL)
    return [email.message_from_bytes(part, policy=email.policy.default) for part in parts]


def write_mails(snapshot: Snapshot, administrator) -> None:
    """Write every email that seeding sent, and every sample of the catalogue."""
    written: dict[str, list[str]] = {}
    for mail in mails():
        heads = [f"{name}: {mail[name]}" for name in sorted({"From", "To", "Subject"})]
        bodies = [mail.get_body([kind]).get_content() for kind in ("plain", "html")]
        name = f"{mail['To']} {mail['Subject']}".replace("/", "~")
        written.setdefault(name, []).append("\n".join([*heads, "", *bodies]))
    for name, texts in written.items():
        snapshot.write(f"mails/sent/{name}.txt", "\n\n".join(sorted(masked(t) for t in texts)))
    for kind in catalogue(snapshot, administrator):
        sample, _ = snapshot.answer(f"{CATALOGUE}{kind}/", administrator)
        main = re.search(r"<main.*</main>", sample, re.DOTALL).group()
        [frame] = re.findall(r'<iframe[^>]*src="([^"]+)"', main)
        html, _ = snapshot.answer(frame, administrator)
        snapshot.write(f"mails/samples/{kind}.txt", f"{main}\n\n{html}")


def catalogue(snapshot: Snapshot, administrator) -> list[str]:
    """Return every kind of email, from the catalogue's own page."""
    page, _ = snapshot.answer(CATALOGUE, administrator)
    return sorted(set(re.findall(rf'href="{CATALOGUE}([^"/]+)/"', page)))


def values(snapshot: Snapshot, administrator) -> dict[str, list]:
    """Return values for arguments of addresses, by name or by prefix and name."""
    councils = model("Council").objects.order_by("slug")
    members = councils.filter(memberships__isnull=False).values_list("slug", flat=True)
    some = ["bradford", "demo-samplebury", "demo-mockington"]
    others = councils.exclude(slug__in=members).filter(is_demonstration=False)
    others = others.values_list("slug", flat=True)[:5]
    texts = (mail.get_body(["plain"]).get_content() for mail in mails())
    links = [link.groups() for text in texts for link in LINK.finditer(text)]
    newest = {(place, row): token for place, token, row in links}
    tokens: dict[str, list[str]] = {}
    for (place, _), token in newest.items():
        tokens.setdefault(f"{place}token", []).append(token)
    return tokens | {
        "reference": model("SignUp").objects.order_by("pk").values_list("reference", flat=True),
        "slug": some,
        "councils/slug": sorted({*members, *others, *some, "nowhere"}),
        "office": ["leader", "chief_executive"],
        "version": [1, 2],
        "pk": [1, 2],
        "kind": catalogue(snapshot, administrator)[:1],
        "theme": ["light", "dark"],
        "colour": ["7a1f5c", "ffe"],
    }


def write_pages(snapshot: Snapshot, people: dict[str, dict]) -> None:
    """Write every page as each role sees it; emailed links only for two of the roles."""
    listed = import_module("tests.test_public_pages").PAGES
    live = model("Page").objects.live().filter(depth__gt=1)
    kinds = {page.content_type_id: page.pk for page in live.order_by("-pk")}
    addresses = filled(values(snapshot, people["administrator"])) | {*listed}
    addresses |= {page.get_url() for page in live}
    addresses |= {f"/admin/pages/{pk}/edit/" for pk in kinds.values()}
    for role, cookies in people.items():
        for address in sorted(addresses):
            if role in {"stranger", "officer"} or not TOKEN.search(address):
                snapshot.page(role, address, cookies)
    for number, (address, typed) in enumerate(POSTED, 1):
        name = f"pages/posted/{number:02}{address.replace('/', '~')}.txt"
        snapshot.write(name, snapshot.answer(address, posted=typed)[0])


def write_api(snapshot: Snapshot) -> None:
    """Write answers of the API."""
    for number, (address, body) in enumerate(ASKED, 1):
        text, _ = snapshot.answer(f"/api/v1/{address}", posted=body)
        name = f"api/{number:02} {address.replace('/', '~')}.txt"
        snapshot.write(name, f"{json.dumps(body)}\n{text}")


def ours() -> list:
    """Return this project's apps."""
    return [app for app in apps.get_app_configs() if Path(app.path).parent == ROOT]


def plain(value: object) -> object:
    """Return an argument of a field without the module of its code."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, str | bool | int | None):
        return value
    return getattr(value, "__name__", type(value).__name__)


def write_lists(snapshot: Snapshot, administrator) -> None:
    """Write lists of addresses, queries, permissions, and names of settings and models."""
    names = (f"{name}  {pattern}" for name, pattern in patterns(get_resolver()))
    snapshot.write("addresses.txt", "\n".join(sorted(names)))
    snapshot.write("queries.txt", "\n".join(sorted(snapshot.queries)))
    rights = []
    for group in model("Group").objects.all():
        allowed = group.permissions.values_list("content_type__app_label", "codename")
        rights += [f"{group}: {label}.{codename}" for label, codename in allowed]
        for given in group.page_permissions.all():
            rights.append(f"{group}: {given.permission.codename} at page {given.page.url_path}")
        for given in group.collection_permissions.all():
            rights.append(f"{group}: {given.permission.codename} in {given.collection.name}")
    snapshot.write("permissions.txt", "\n".join(sorted(rights)))
    source = Path(import_module(os.environ["DJANGO_SETTINGS_MODULE"]).__file__).read_text()
    read = r'(?:env|env_bool|env_list|local_secret|environ\.get)\(\s*"([A-Z_]+)"'
    lines = [f"setting {name}" for name in set(re.findall(read, source))]
    apps_of_ours = {app.name for app in ours()}
    lines += [f"command {name}" for name, app in get_commands().items() if app in apps_of_ours]
    lines += [f"job {line.rpartition(':')[0]}" for line in ticked()]
    lines += [f"mail {kind}" for kind in catalogue(snapshot, administrator)]
    for each in (each for app in ours() for each in app.get_models()):
        lines.append(f"model {each.__name__} is in {each._meta.app_label}")
        for field in (*each._meta.local_fields, *each._meta.local_many_to_many):
            given = json.dumps(plain(field.deconstruct()[3]), ensure_ascii=False)
            given = re.sub(r'("(?:to|through)": ")\w+\.', r"\1", given)
            lines.append(f"model {each.__name__}.{field.name} {type(field).__name__} {given}")
        for rule in (*each._meta.constraints, *each._meta.indexes):
            _, positional, given = rule.deconstruct()
            lines.append(f"model {each.__name__} {type(rule).__name__} {positional} {given}")
    snapshot.write("settings.txt", "\n".join(sorted(lines)))


def main() -> None:
    """Seed the site of this environment, and write it into the folder."""
    timezone.now = lambda: NOW  # before the fields of models refer to Django's own
    django.setup()
    logging.disable()
    prepare()
    people = {"stranger": {}}
    model("User").objects.create_superuser("administrator@demo.example", "correct horse battery")
    for role in ("officer", "manager", "editor", "administrator"):
        client = Client()
        client.force_login(
            model("User").objects.get(email=f"{role}@demo.example"),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        people[role] = {name: morsel.value for name, morsel in client.cookies.items()}
    snapshot = Snapshot(Path(sys.argv[1]))
    write_mails(snapshot, people["administrator"])
    write_pages(snapshot, people)
    write_api(snapshot)
    write_lists(snapshot, people["administrator"])


if __name__ == "__main__":
    main()
