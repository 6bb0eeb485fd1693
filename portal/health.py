"""Health checks for load balancers and people on call."""

from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from portal.models import OutboxMessage
from search.engines.asking import get_engine

# If anything waits longer than this, no worker is running.
QUEUE_PATIENCE = timedelta(minutes=2)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Return 200 if every part works, else 503; the body says which part does not."""
    parts = {name: _answers(check) for name, check in CHECKS.items()}
    ready = all(parts.values())
    body = {name: "ok" if fine else "not ok" for name, fine in parts.items()}
    return JsonResponse(body, status=200 if ready else 503)


def _answers(check) -> bool:
    try:
        return check()
    except Exception:  # whatever the fault, the part is not ready
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _search() -> bool:
    get_engine().count()
    return True


def _queue() -> bool:
    since = timezone.now() - QUEUE_PATIENCE
    stuck_tasks = DBTaskResult.objects.ready().filter(enqueued_at__lt=since).exists()
    stuck_mail = OutboxMessage.objects.filter(
        status=OutboxMessage.Status.PENDING, next_try_at__lt=since
    ).exists()
    return not (stuck_tasks or stuck_mail)


CHECKS = {"database": _database, "search": _search, "queue": _queue}
