"""Processes for `test_faults` to kill, on a copy of the test database.

`mails N` puts N emails into the outbox, then starts a worker for each line of its standard
input and prints its process id. `newsletter N` sends one to N supporters: see there. `saves`
posts each form again and again, killed after its first write, its second and so on until it
succeeds, and prints the database's content each time.
"""

import json
import os
import shutil
import signal
import sys
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaign.models import Newsletter, Supporter  # noqa: E402
from campaign.supporters.actions import newsletters  # noqa: E402
from councils.choices import Kind, Region  # noqa: E402
from councils.models import Council  # noqa: E402
from network.tests.factories import CHAMPIONS, ENDORSERS, Story, approve_wording  # noqa: E402
from portal.jobs import worker  # noqa: E402
from portal.mail import bulk, outbox  # noqa: E402
from portal.mail.declarations import Mail, Recipients  # noqa: E402
from portal.models import User  # noqa: E402

DATABASE = Path(connection.settings_dict["NAME"])  # of SQLite
# Columns that differ from one run to the next.
VOLATILE = ("_at", "_since", "_id")


FAULT = Mail(
    "test.fault",
    "A fault",
    Recipients("Ann", lambda number: [("ann@example.org",)]),
    about={"number": 1},
    context=lambda number: {},
    once=lambda number: (number,),
    template="footer",
)
outbox.register([FAULT])


def fork(act) -> int:
    """Run `act` in a child process, and return its id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    act()
    os._exit(0)


def mails(how_many: int) -> None:
    """Put emails into the outbox, and start a worker for each line of standard input."""
    # A dead worker's email stays claimed for five minutes, too long for a test.
    outbox.CLAIM, worker.TICK_SECONDS = timedelta(seconds=0.3), 0.2
    with transaction.atomic():
        for number in range(how_many):
            FAULT(number)
    for _ in sys.stdin:
        pid = fork(lambda: worker.run("fault"))
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("ended", flush=True)


def newsletter(how_many: int) -> None:
    """Begin to send a newsletter to supporters, then do what each line of standard input says.

    `worker` starts one and prints its id, `reap` waits until the last one has ended, `pause` and
    `resume` do that, and `how` prints the status of the mailing and of its deliveries.
    """
    bulk.CLAIM, worker.TICK_SECONDS = timedelta(seconds=3), 0.5
    settings.DEBUG = False  # else Django keeps thousands of queries in memory
    boss = User.objects.create_superuser("boss@faults.example", None)
    now = timezone.now()
    rows = (
        Supporter(email=f"s{n}@faults.example", status="confirmed", confirmed_at=now)
        for n in range(how_many)
    )
    while some := list(islice(rows, 500)):
        Supporter.objects.bulk_create(some)
    made = Newsletter.objects.create(subject="News", introduction="Hello.\n\n" + "Word " * 200)
    newsletters.send(made, by=boss, recipients=how_many)
    print("begun", flush=True)
    pid = 0
    for line in sys.stdin:
        match line.strip():
            case "worker":
                pid = fork(lambda: worker.run("fault"))
                print(pid, flush=True)
            case "reap":
                os.waitpid(pid, 0)
                print("ended", flush=True)
            case "pause":
                newsletters.pause(made, by=boss)
                print("paused", flush=True)
            case "resume":
                newsletters.resume(made, by=boss)
                print("resumed", flush=True)
            case "how":
                found = made.mailing
                print(json.dumps([found.status, found.counts()]), flush=True)
        connections.close_all()


def dump() -> dict[str, list]:
    """Return every row that a form can write, without the columns that differ each time."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == "councils_registerstamp":  # random on every write
                continue
            if table.startswith(("councils_", "network_", "portal_outbox")):
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                names = [column[0] for column in cursor.description]
                kept = [i for i, name in enumerate(names) if not f"_{name}".endswith(VOLATILE)]
                found[table] = [[str(row[i]) for i in kept] for row in cursor.fetchall()]
    connections.close_all()
    return found


def killer(after: int):
    """Return an execute wrapper that kills this process after some number of writes."""
    left = count(after, -1)

    def wrapper(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.lstrip()[:6] in ("INSERT", "UPDATE", "DELETE") and next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return wrapper


def post(person: User, address: str, data: dict, after: int) -> None:
    """Post a form, killed after some number of writes."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    with connection.execute_wrapper(killer(after)):
        answer = client.post(address, data)
    assert answer.status_code == 302, answer.content.decode()


def saves() -> None:
    """Post each form until it succeeds, and print what the database held each time."""
    council = Council.objects.create(
        key="f",
        slug="f",
        name="F",
        official_name="F Council",
        kind=Kind.DISTRICT,
        region=Region.LONDON,
    )
    officer = User.objects.create_user("olive@f.example", first_name="Olive")
    sign_up = Story(council, officer).filled_in()
    approve_wording()
    changed = {name: f"New {value}" for name, value in CHAMPIONS.items()}
    people = {
        f"{office}-{name}": f"new-{value}"
        for office, who in ENDORSERS.items()
        for name, value in who.items()
    }
    forms = {
        "champions": changed | {"version": "1"},
        "endorsers": people,
        "ask": {"send": "yes"},
    }
    start = Path(f"{DATABASE}.start")
    for name, data in forms.items():
        if name == "ask":  # what is typed there is saved first, and stays if no link can be sent
            post(officer, f"/join/{sign_up.reference}/ask/", {}, after=0)
        _settle(start)
        before, seen = dump(), []
        for after in count(1):
            _back_to(start)
            address = f"/join/{sign_up.reference}/{name}/"
            pid = fork(lambda: post(officer, address, data, after))  # noqa: B023 (at once)
            how = os.waitpid(pid, 0)[1]
            seen.append(dump())
            if not os.WIFSIGNALED(how):
                break
        print(json.dumps([name, os.waitstatus_to_exitcode(how), before, seen]), flush=True)


def _settle(start: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    shutil.copy(DATABASE, start)


def _back_to(start: Path) -> None:
    connections.close_all()
    for end in ("-wal", "-shm"):
        Path(f"{DATABASE}{end}").unlink(missing_ok=True)
    shutil.copy(start, DATABASE)


if __name__ == "__main__":
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    assert is_sqlite or sys.argv[1] == "newsletter"
    if sys.argv[1] == "newsletter":
        newsletter(int(sys.argv[2]))
    elif sys.argv[1] == "mails":
        mails(int(sys.argv[2]))
    else:
        saves()
