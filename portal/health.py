"""What works and what does not: for load balancers, monitoring and staff.

Apps register their parts in `AppConfig.ready()`.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from wagtail.admin.ui.components import Component

from portal.models import OutboxMessage, SignOfLife

logger = logging.getLogger("portal.health")

LONGEST = 1.8  # seconds for an answer, also if the database hangs
FRESH_FOR = 1  # seconds for which every caller gets the same answer
# If anything waits longer than this, no worker is running.
QUEUE_PATIENCE = timedelta(minutes=2)
# If any email waits longer than this, something is wrong with the mail server.
MAIL_PATIENCE = timedelta(minutes=30)
# These say that something is wrong with one address.
REFUSED = ("SMTPRecipientsRefused", "AnymailRecipientsRefused")
LEAST_FREE, LEAST_SHARE = 500_000_000, 0.05  # a disk with less than both is nearly full


class Unwell(Exception):
    """Raised by a part that does not work; says what is wrong, in words for staff."""


@dataclass(frozen=True)
class Part:
    """A part of the site that can fail.

    `look` returns a sentence about a part that works, and raises `Unwell`, or anything else,
    for one that does not. `advice` tells staff what that means and what to do.
    """

    title: str
    look: Callable[[], str]
    advice: str

    def state(self) -> "State":
        """Look, whatever happens."""
        try:
            return State(self.title, True, self.look(), "")
        except Unwell as problem:
            return State(self.title, False, str(problem), self.advice)
        except Exception as problem:  # whatever the fault, the part does not work
            logger.warning("%s: %s", self.title, type(problem).__name__)
            return State(self.title, False, "It does not answer as it should.", self.advice)


@dataclass(frozen=True)
class State:
    """How a part is now, in words for staff; `advice` is empty if it works."""

    title: str
    is_well: bool
    said: str
    advice: str


_parts: dict[str, Part] = {}


def register(parts: dict[str, Part]) -> None:
    """Add parts of the site, by the name that monitoring reads.

    The database is looked at last, because its answer can be the one to wait for.
    """
    both = _parts | parts
    _parts.clear()
    _parts.update(sorted(both.items(), key=lambda part: part[0] == "database"))


def states() -> dict[str, State]:
    """Look at every part, and return its state by its name."""
    return {name: part.state() for name, part in _parts.items()}


class Look(threading.Thread):
    """One look at every part, in a thread that nobody has to wait for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.found: dict[str, State] = {}
        self.began = time.monotonic()

    def run(self) -> None:
        """Look at one part after the other."""
        try:
            for name, part in _parts.items():
                self.found[name] = part.state()
        finally:
            connections.close_all()

    def left(self) -> float:
        """Return the seconds that one can still wait for it."""
        return max(0, self.began + LONGEST - time.monotonic())


_lock = threading.Lock()
_latest: list[Look] = []


def report() -> dict[str, State]:
    """Return the state of every part within two seconds, at most a second old.

    While one look hangs, it is the only one: nobody starts another.
    """
    with _lock:
        if not _latest or (
            not _latest[0].is_alive() and time.monotonic() > _latest[0].began + FRESH_FOR
        ):
            _latest[:] = [Look()]
            _latest[0].start()
        look = _latest[0]
    look.join(look.left())
    found = dict(look.found)
    silent = "It does not answer in time."
    return {
        name: found.get(name) or State(part.title, False, silent, part.advice)
        for name, part in _parts.items()
    }


# ---- The portal's own parts --------------------------------------------------------------


def moment(when: datetime) -> str:
    """Return a time as staff read it."""
    return date_format(timezone.localtime(when), "j F Y, H:i")


def look_at_disk() -> str:
    """Look at the disks that hold uploads, pictures, and a database that is a file."""
    folders = {Path(settings.MEDIA_ROOT), Path(settings.UPLOADS_ROOT), settings.VAR_DIR}
    usages = [shutil.disk_usage(folder) for folder in folders if folder.exists()]
    least = min(usages, key=lambda usage: usage.free)
    free = f"{least.free / 1e9:.1f} GB of disk space left"
    if least.free < LEAST_FREE and least.free < LEAST_SHARE * least.total:
        raise Unwell(f"There is only {free}.")
    return f"There is {free}."


def look_at_queue() -> str:
    """Look for a sign of life of the worker, and for what has waited too long."""
    now = timezone.now()
    seen = SignOfLife.of("worker")
    if seen is None:
        raise Unwell("No worker has been seen yet.")
    if seen < now - QUEUE_PATIENCE:
        raise Unwell(f"The worker was last seen on {moment(seen)}.")
    stuck = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - QUEUE_PATIENCE)
    if first := stuck.order_by("enqueued_at").first():
        raise Unwell(f"A task has been waiting since {moment(first.enqueued_at)}.")
    waiting = OutboxMessage.objects.filter(status=OutboxMessage.Status.PENDING)
    late = waiting.filter(next_try_at__lt=now - QUEUE_PATIENCE)
    late |= waiting.filter(created_at__lt=now - MAIL_PATIENCE).exclude(last_error__in=REFUSED)
    if oldest := late.order_by("created_at").first():
        reason = f" The last attempt failed ({oldest.last_error})." if oldest.last_error else ""
        raise Unwell(f"An email has been waiting since {moment(oldest.created_at)}.{reason}")
    return f"The worker was last seen on {moment(seen)}, and nothing has waited too long."


def look_at_database() -> str:
    """Write a row, always the same one."""
    SignOfLife.give("database")
    return "It can be read and written to."


PARTS = {
    "disk": Part(
        "Disk space",
        look_at_disk,
        "Saving and uploading will stop working when the disk is full. Tell the person who runs "
        "the site. They need to free some space.",
    ),
    "queue": Part(
        "Emails and background work",
        look_at_queue,
        "Emails, announcements and scheduled pages are waiting. They will follow by themselves "
        "once this works again. Tell the person who runs the site. They should check that a "
        "worker is running and that the mail server accepts our emails.",
    ),
    "database": Part(
        "Database",
        look_at_database,
        "Nothing can be saved. Tell the person who runs the site straight away. They should check "
        "that the database is running and that its disk is not full.",
    ),
}


# ---- Who asks ----------------------------------------------------------------------------


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Return 200 if every part works, else 503; the body says which part does not."""
    found = report()
    body = {name: "ok" if state.is_well else "not ok" for name, state in found.items()}
    is_ready = all(state.is_well for state in found.values())
    response = JsonResponse(body, status=200 if is_ready else 503)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def for_staff(request: HttpRequest) -> HttpResponse:
    """Show everyone who enters the admin which parts work, and what to do about the others."""
    return render(request, "portal/health.html", {"states": report().values()})


class HealthPanel(Component):
    """A panel on the admin's first page, shown only while something is wrong."""

    template_name = "portal/health_panel.html"
    order = 1

    def __init__(self, also: Callable[[], list[State]] = list):
        """Show the parts that do not work, and what `also` returns."""
        self.also = also

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the parts that do not work."""
        parts = [state for state in report().values() if not state.is_well]
        return {"states": [*parts, *self.also()]}
