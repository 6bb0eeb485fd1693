"""The way of one sign-up: the modules it enters, against those that docs/architecture.md names."""

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from network.actions import memberships
from network.choices import Office
from network.desk import KINDS, UNCLAIMED
from network.models import Membership, SignUp
from network.tests.factories import ABOUT_YOU, CHAMPIONS, ENDORSERS, approve_wording, typed_hour
from network.views.staff import home
from portal.mail.declarations import token_of

MOST = 48  # modules of network and councils


def from_start_to_announcement(council, browser, client, staff) -> Membership:
    """Take a sign-up from its first POST to the membership, through the pages."""

    def send(client, name: str, typed: dict, *args: str):
        page = client.post(reverse(name, args=args), typed)
        assert page.status_code == 302, (name, page.content.decode())

    send(browser, "network:join_council", {"council": council.slug, "start": "yes"})
    reference = SignUp.objects.get().reference
    endorsers = {
        f"{office}-{name}": text for office, who in ENDORSERS.items() for name, text in who.items()
    }
    send(browser, "network:sign_up_about_you", ABOUT_YOU, reference)
    send(browser, "network:sign_up_champions", CHAMPIONS, reference)
    send(browser, "network:sign_up_endorsers", endorsers, reference)
    send(browser, "network:sign_up_ask", {"send": "yes"}, reference)
    for office in Office:
        asked = SignUp.objects.get().request_of(office)
        page = client.get(reverse("network:endorse", args=[token_of(asked)])).content.decode()
        signed = {"shown": re.search(r'name="shown" value="(\w+)"', page)[1], "sign": "yes"}
        signed |= {"name": asked.name, "role": asked.role, "has_authority": "on"}
        send(client, "network:endorse", signed, token_of(asked))
    send(browser, "network:sign_up_check", {"declaration": "on", "without": "on"}, reference)
    send(staff, "network_staff:take_on", {}, reference)
    tomorrow = timezone.localdate() + timedelta(days=1)
    send(staff, "network_staff:accept", typed_hour(tomorrow), reference)
    with pytest.MonkeyPatch.context() as clock:
        hour = Membership.objects.get().announce_at
        clock.setattr(timezone, "now", lambda: hour)
        memberships.announce_due()
    return Membership.objects.get()


def test_sign_up_from_start_to_announcement_enters_the_modules_of_the_architecture(
    officer, manager, as_, staff, client, council, monkeypatch
):
    # The numbers of the admin's menu are about everything that waits, not about this sign-up.
    monkeypatch.setattr(home, "numbers", lambda request: dict.fromkeys([*KINDS, UNCLAIMED], 0))
    approve_wording()
    for browser in (client, staff(manager)):  # so that nothing is imported on the way
        browser.get("/join/")
        browser.get("/admin/")
    entered = set()

    def note(frame, event, argument):
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(settings.BASE_DIR):
            app, _, name = str(path.relative_to(settings.BASE_DIR)).partition("/")
            if app in ("network", "councils") and not name.startswith("tests/"):
                entered.add(name.removesuffix(".py"))

    sys.setprofile(note)
    try:
        made = from_start_to_announcement(council, as_(officer), client, staff(manager))
    finally:
        sys.setprofile(None)

    assert made.announced_at
    page = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    way = page.partition("## One sign-up")[2].partition("##")[0]
    rooms = r"`((?:views/staff|views|actions|models|forms|emails)/\w+|readiness|permissions)"
    assert set(re.findall(rooms, way)) - entered == {"models/tasks"}  # it has fields alone
    assert len(entered) <= MOST, sorted(entered)
