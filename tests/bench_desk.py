"""Benchmark of staff's pages: 5,000 applications, 2,000 members, 200,000 events.

Makes a site of its own, fills it, and asks for each page as a network manager, in this process.
Prints the queries and the times of each.
"""

import os
import random
import statistics
import sys
import tempfile
from datetime import timedelta
from time import perf_counter

COUNCILS, SIGN_UPS, MEMBERS, EVENTS, NOTES, MAILS = 5000, 5000, 2000, 200_000, 10_000, 50_000
ROUNDS = 30
QUERIES, MILLISECONDS = 15, 150  # at most, by page
PAGES = {
    "desk": "/admin/",
    "applications": "/admin/sign-ups/",
    "members": "/admin/members/",
    "contact log": "/admin/log/",
    "one member": "/admin/members/bench-1/",
    "history": "/admin/history/",
}


def fill() -> None:
    """Make councils, applications in every state, members, events, log entries and emails."""
    from django.contrib.auth.models import Group  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from councils.models import Council  # noqa: PLC0415
    from network import models  # noqa: PLC0415
    from network.choices import RepresentativeRole, SignUpStatus  # noqa: PLC0415
    from portal.models import OutboxMessage, User  # noqa: PLC0415

    rng, now = random.Random(1), timezone.now()
    today = timezone.localdate(now)
    managers = [User.objects.create_user(f"m{n}@network.example") for n in range(3)]
    for each in managers:
        each.groups.add(Group.objects.get(name="Network managers"))
    people = User.objects.bulk_create(
        User(email=f"p{n}@bench.example", password="!") for n in range(MEMBERS)
    )
    councils = Council.objects.bulk_create(
        Council(
            key=f"bench-{n}",
            slug=f"bench-{n}",
            name=f"Bench {n}",
            official_name=f"Bench {n} District Council",
            kind="district",
            region="north_west",
        )
        for n in range(COUNCILS)
    )
    wording = models.EndorsementWording.objects.first()
    sent = [now - timedelta(days=rng.randint(0, 40)) for _ in range(SIGN_UPS)]
    status = [
        SignUpStatus.ACCEPTED if n < MEMBERS else rng.choice(SignUpStatus.values)
        for n in range(SIGN_UPS)
    ]
    status = [s if n < MEMBERS or s != "accepted" else "draft" for n, s in enumerate(status)]
    sign_ups = models.SignUp.objects.bulk_create(
        models.SignUp(
            reference=f"KIL-2026-{n + 1:04d}",
            number=n + 1,
            council=councils[n],
            status=status[n],
            wording=wording,
            owner=rng.choice([None, *managers]),
            submitted_at=sent[n],
        )
        for n in range(SIGN_UPS)
    )
    members = models.Membership.objects.bulk_create(
        models.Membership(
            council=councils[n],
            sign_up=sign_ups[n],
            joined_on=today,
            announce_at=now + timedelta(days=rng.randint(0, 30)),
            announced_at=None if n % 20 == 0 else now,
        )
        for n in range(MEMBERS)
    )
    models.Representative.objects.bulk_create(
        models.Representative(membership=each, user=people[n], role=RepresentativeRole.LEAD)
        for n, each in enumerate(members)
        if n % 5
    )
    models.AccessRequest.objects.bulk_create(
        models.AccessRequest(membership=members[n], user=people[n], name="Ann", job_title="x")
        for n in range(0, MEMBERS, 10)
    )
    models.Note.objects.bulk_create(
        models.Note(
            council=rng.choice(councils),
            by=rng.choice(managers),
            on=today - timedelta(days=rng.randint(0, 400)),
            text="We spoke about the cabinet meeting. " * 5,
            stage=rng.choice(["", "", "in_touch", "interested"]),
            next_step="Call back" if n % 10 == 0 else "",
            next_step_on=today + timedelta(days=rng.randint(-5, 60)) if n % 10 == 0 else None,
        )
        for n in range(NOTES)
    )
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind="network.sign_up_started",
            event=f"bench:{n}",
            to="a@bench.example",
            message_id=f"<{n}@bench>",
            concerns=str(rng.choice(councils)),
            status="failed" if n % 500 == 0 else "sent",
        )
        for n in range(MAILS)
    )
    with transaction.atomic():
        for start in range(0, EVENTS, 10_000):
            models.Event.objects.bulk_create(
                models.Event(
                    by_label="m0@network.example",
                    what="sign_up.in_review",
                    sign_up=(each := rng.choice(sign_ups)),
                    membership=members[each.number - 1] if each.number <= MEMBERS else None,
                )
                for _ in range(start, start + 10_000)
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure() -> None:
    """Print the queries, median and 95th percentile of each page."""
    from allauth.account.internal.flows.login import record_authentication  # noqa: PLC0415
    from allauth.mfa.models import Authenticator  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from portal.models import User  # noqa: PLC0415
    from portal.page_cache import Remembered, generation  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    user_logged_in.connect(
        lambda request, user, **kwargs: record_authentication(request, user, "mfa"), weak=False
    )
    manager, browser = User.objects.get(email="m0@network.example"), Client()
    Authenticator.objects.get_or_create(user=manager, type="totp", data={"secret": "x"})
    browser.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    sizes = f"{SIGN_UPS:,} applications, {MEMBERS:,} members, {EVENTS:,} events"
    print(f"\n{sizes:60}{'queries':>8}{'p50 ms':>8}{'p95 ms':>8}{'budget':>8}")
    Remembered.look(generation())  # as in a process that serves
    for name, path in PAGES.items():
        times = []
        for _ in range(ROUNDS):
            began = perf_counter()
            assert browser.get(path).status_code == 200, path
            times.append((perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as made:
            browser.get(path)
        read = sum(each["sql"].startswith("SELECT") for each in made)
        if "-v" in sys.argv:
            slow = sorted(made, key=lambda each: -float(each["time"]))[:9]
            print(*(f"{each['time']} {each['sql'][-900:]}" for each in slow), sep="\n")
        late = sorted(times)[int(ROUNDS * 0.95)]
        middle = statistics.median(times)
        print(f"{name:60}{read:8}{middle:8.1f}{late:8.1f}{MILLISECONDS:8}", flush=True)


def main() -> None:
    """Make the site, fill it and measure it."""
    with tempfile.TemporaryDirectory() as var:
        os.environ |= {
            "VAR_DIR": os.environ.get("BENCH_DESK", var),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        os.environ |= {"SECRET_KEY": "bench", "LINK_KEY": "bench", "SITE_URL": "http://testserver"}
        os.environ |= {"DEBUG": "", "DATABASE_URL": os.environ.get("BENCH_POSTGRES", "")}
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        from portal.models import User  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        call_command("createcachetable")
        call_command("collectstatic", interactive=False, verbosity=0)
        if not User.objects.exists():
            fill()
        measure()


if __name__ == "__main__":
    main()
