"""The weekday email to a network manager: what is on their desk, and what happened since."""

from datetime import date, datetime, time

from django.utils import timezone

from network import desk
from network.emails import samples
from network.models import Event, periods
from network.models.events import NEWS
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row
from portal.models import User

MORNING = time(7)  # of a working day: then it is sent


def _since(day: date) -> datetime:
    """Return when the digest before a day's was due."""
    return timezone.make_aware(datetime.combine(periods.before_working_days(day, 1), MORNING))


def _news(manager: User, day: str) -> list[Event]:
    """Return what others did between the digest before and a day's, oldest first."""
    until = timezone.make_aware(datetime.combine(date.fromisoformat(day), MORNING))
    events = Event.objects.filter(what__in=NEWS, at__gte=_since(until.date()), at__lt=until)
    rows = events.exclude(by=manager).select_related("sign_up__council", "membership__council")
    return list(rows[:50])


def _desk(manager: User, day: str) -> list[desk.Panel]:
    return [panel for panel in desk.panels(manager) if panel.lines]


def _invent_desk() -> list[desk.Panel]:
    line = desk.Line("Sampleford", "Start the review. With us for 3 working days", "", is_late=True)
    step = desk.Line("Sampleford", "Call back about the cabinet meeting, Monday 7 December", "")
    return [desk.Panel(desk.WAITING, [line]), desk.Panel(desk.SOON, [step], more=2)]


def _invent_news() -> list[Event]:
    event = Event(what="sign_up.submitted", by_label="Sam Sample", sign_up=samples.sign_up())
    return [event]


DIGEST = Mail(
    "network.digest",
    "What is on your desk, on working days",
    Recipients("Each network manager who is not away, if there is something to say"),
    about={
        "manager": Row(
            User.objects.all(), lambda: User(email="nell@network.example", first_name="Nell")
        ),
        "day": "2026-12-01",
    },
    lookups={"panels": Lookup(_desk, _invent_desk), "news": Lookup(_news, _invent_news)},
    holds=lambda manager, day, panels, news: bool(panels or news),
    context=lambda manager, day, panels, news: {
        "desk": absolute("wagtailadmin_home"),
        "number": sum(len(panel.lines) + panel.more for panel in panels),
    },
)


def digest(manager: User, day: date) -> bool:
    """Send a manager the digest of a day, once; return whether there is anything to say."""
    if not (_desk(manager, day.isoformat()) or _news(manager, day.isoformat())):
        return False
    DIGEST.post(manager.email, manager.pk, day.isoformat(), manager=manager, day=day.isoformat())
    return True
