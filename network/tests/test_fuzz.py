"""Odd input in every form: never a server error, never a partial save.

Addresses come from the URL lists and fields from the pages, so that new forms are tested
without being named here.
"""

import re
from contextlib import suppress
from datetime import timedelta
from html.parser import HTMLParser
from itertools import combinations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from conftest import person
from councils.tests.factories import make_council
from network.actions import departures, memberships, offices, people, signing, trustees, wordings
from network.choices import Office, TrusteeAct
from network.models import (
    AccessRequest,
    Champion,
    EndorsementRequest,
    Event,
    Invitation,
    LaterEndorsement,
    OfficeChange,
    Removal,
    RemovalResponse,
    SignUp,
    TaskSave,
    TrusteeRequest,
    Upload,
    Withdrawal,
)
from network.tests.factories import EVIDENCE, Story, approve_wording, fresh
from portal.models import OutboxMessage
from portal.tests.security.test_doors import give_second_factor

NASTY = [
    "",
    " ",
    "\0",
    "a\0b",
    "\x0b\x1f\x7f",
    "x" * 1_000_000,
    "\U0001f3db\ufe0f" * 50,
    "\u202eright to left\u202c \u05d0\u0628",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "'; DROP TABLE network_signup; --",
    "\ud800",
    "0000-00-00",
    "9999-12-31",
    "-1",
    "99999999999999999999",
    "javascript:alert(1)",
    "a@b",
    "a@b.uk\nBcc: c@d.uk",
    "None",
]
TYPED = st.sampled_from(NASTY) | st.text(max_size=60) | st.dates().map(str)
STORED = [TaskSave, EndorsementRequest, Champion, Invitation, AccessRequest, Upload, OutboxMessage]
STORED += [Withdrawal, Removal, RemovalResponse, OfficeChange, LaterEndorsement, TrusteeRequest]


class Fields(HTMLParser):
    """Names of everything a page's forms send."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.names.add(given["name"])


def addresses(namespace: str) -> list[str]:
    """Return the names of every address in a namespace."""
    resolvers = [get_resolver()]
    while resolvers:
        resolver = resolvers.pop()
        for pattern in resolver.url_patterns:
            if getattr(pattern, "namespace", None) == namespace:
                return sorted({one.name for one in pattern.url_patterns if one.name})
            if hasattr(pattern, "url_patterns"):
                resolvers.append(pattern)
    raise LookupError(namespace)


def samples(sign_up: SignUp) -> dict[str, object]:
    """Return an existing row for each argument of an address."""
    asked = sign_up.requests.first()
    return {
        "reference": sign_up.reference,
        "office": "leader",
        "token": asked.token,
        "slug": sign_up.council.slug,
        "pk": sign_up.collaborators.get().pk,
        "version": 1,
        "part": "text",
        "kind": "political",
        "membership": 1,
        "name": "council",
    }


def address_of(name: str, known: dict[str, object]) -> str:
    """Return an address's path for an existing row."""
    for many in range(4):
        for parameters in combinations(known, many):
            with suppress(NoReverseMatch):
                return reverse(name, kwargs={one: known[one] for one in parameters})
    raise LookupError(f"Say in `samples` what {name} names.")


def fields_of(browser: Client, address: str) -> set[str]:
    page = browser.get(address)
    assert page.status_code < 500
    reader = Fields()
    if page.get("Content-Type", "").startswith("text/html"):
        reader.feed(page.content.decode())
    return reader.names | {"reason", "why", "name", "role", "version"}


def state() -> list:
    found = [list(model.objects.order_by("pk").values()) for model in STORED]
    return [*found, list(SignUp.objects.values()), Event.objects.count()]


def try_with(browser: Client, address: str, typed: dict[str, object], before: list) -> int:
    with transaction.atomic():
        answer = browser.post(address, typed)
        if "?typed=" in answer.get("Location", ""):  # the form again, behind an emailed link
            answer = browser.get(answer["Location"])
        assert answer.status_code < 500, (address, typed)
        if answer.status_code != 302 and not address.endswith("/new-link/"):  # says yes with 200
            assert state() == before, f"{address} refused, and stored something"
        transaction.set_rollback(True)
    return answer.status_code


def data_for(names: set[str]):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(names), TYPED))


def _stay(name: str) -> bool:
    return name != "sign_up_file"


NETWORK = [f"network:{name}" for name in addresses("network") if _stay(name)]
REVIEW = [f"network_staff:{name}" for name in addresses("network_staff")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "network:leave",
        "network:leave_confirm",
        "network:leave_decline",
        "network:removal",
        "network_staff:stop_leaving",
        "network_staff:leave_statement",
        "network_staff:open_removal",
        "network_staff:decide_removal",
    ],
)
def test_no_form_of_leaving_breaks_or_stores_half(council, officer, manager, as_, name):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, officer)
    known: dict[str, object] = {"slug": council.slug}
    if name != "network:leave":
        leaving = departures.ask_to_leave(
            member,
            by=officer,
            effective_on=timezone.localdate(),
            statement="We go.",
            office="leader",
            name="L",
            role="Leader",
            email="l@leeming.gov.uk",
        )
        known |= {"token": leaving.token, "pk": leaving.pk}
    if "removal" in name and not name.endswith("open_removal"):
        other = person("mia@network.example", group="Network managers")
        removal = departures.open_removal(member, by=other, grounds="x")
        Removal.objects.update(decide_from=timezone.localdate())
        known["pk"] = removal.pk
    give_second_factor(manager)
    browser = as_(officer if name.startswith("network:") else manager)
    address = address_of(name, known)
    names = fields_of(browser, address) | {"text", "publish", "remove"}
    before = state()
    signs = [text.encode("utf-8", "replace").decode() for text in NASTY]
    assert try_with(browser, address, {}, before) == 200
    for shift in range(len(signs)):
        shifted = signs[shift:] + signs[:shift]
        try_with(browser, address, dict(zip(sorted(names), shifted * 2, strict=False)), before)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["network:trustee", "network:trustee_decline", "network_staff:confirm_approval"]
)
def test_no_form_about_a_trustee_breaks_or_stores_half(manager, as_, name):
    made = wordings.write_wording(by=manager, text="On behalf of {council}, we agree.")
    wordings.approve_wording(made, by=manager, approved_by_name="x", evidence=EVIDENCE)
    known: dict[str, object] = {"version": made.version}
    if name.startswith("network:"):
        dana = {"name": "Dana", "role": "Chair", "email": "dana@trust.example", "why": "Alone"}
        made.refresh_from_db()
        asked = trustees.ask_trustee(
            TrusteeAct.APPROVE_WORDING, made, by=manager, answers={}, said=[], **dana
        )
        known["token"] = asked.token
    give_second_factor(manager)
    browser, address = as_(manager), address_of(name, known)
    names = fields_of(browser, address) | {f"trustee-{each}" for each in ("name", "role", "email")}
    names |= {"trustee-why", "shown", "change"}
    before = state()
    signs = [text.encode("utf-8", "replace").decode() for text in NASTY]
    try_with(browser, address, {}, before)
    for shift in range(len(signs)):
        shifted = signs[shift:] + signs[:shift]
        try_with(browser, address, dict(zip(sorted(names), shifted * 2, strict=False)), before)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "network:office",
        "network:endorse_again",
        "network:endorse_again_no",
        "network:endorse_again_report",
        "network_staff:member_office",
        "network_staff:confirm_later_signature",
        "network_staff:strike_out_later",
    ],
)
def test_no_form_about_a_new_office_holder_breaks_or_stores_half(
    council, officer, manager, as_, name
):
    approve_wording()
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(member, officer)
    holder = {"name": "L", "role": "Leader", "email": "l@leeming.gov.uk"}
    change = offices.record_office_change(
        member, by=officer, office=Office.LEADER, since=timezone.localdate(), **holder
    )
    change.refresh_from_db()
    known: dict[str, object] = {"slug": council.slug, "office": "leader", "token": change.token}
    if name.endswith(("report", "confirm_later_signature", "strike_out_later")):
        signed = signing.endorse(change, name="L", role="Leader", shown=change.fingerprint)
        known |= {"token": signed.report_token, "pk": signed.pk}
    give_second_factor(manager)
    browser = as_(officer if name.startswith("network:") else manager)
    address = address_of(name, known)
    names = fields_of(browser, address) | {"how", "why", "is_sure"}
    before = state()
    signs = [text.encode("utf-8", "replace").decode() for text in NASTY]
    assert try_with(browser, address, {}, before) == 200
    for shift in range(len(signs)):
        shifted = signs[shift:] + signs[:shift]
        try_with(browser, address, dict(zip(sorted(names), shifted * 2, strict=False)), before)


@pytest.mark.django_db
def test_dates_far_away_are_answered_in_words(as_, story, officer):
    sign_up = story.started()
    address = reverse("network:sign_up_conversation", args=[sign_up.reference])
    far = timezone.localdate() + timedelta(days=365 * 200)
    for day, month, year in [
        ("31", "2", "2026"),
        ("0", "0", "0"),
        ("1", "1", "99999"),
        (str(far.day), str(far.month), str(far.year)),
        ("x", "\0", "é"),
    ]:
        typed = {
            "conversation": "held",
            "conversation_on_day": day,
            "conversation_on_month": month,
            "conversation_on_year": year,
        }
        page = as_(officer).post(address, typed)
        assert page.status_code == 200
        assert "error-summary" in page.content.decode()
        assert not TaskSave.objects.exists()


@pytest.mark.django_db
def test_a_name_of_a_megabyte_for_a_file_is_no_fault(as_, story, officer):
    sign_up = story.started()
    address = reverse("network:sign_up_logo", args=[sign_up.reference])
    file = SimpleUploadedFile("x.png", b"x")
    file._name = "a" * 2**20 + ".png"
    assert as_(officer).post(address, {"logo": file}).status_code < 500


def test_every_form_of_joining_is_tried():
    names = " ".join([*NETWORK, *REVIEW])
    for part in ("about_you", "endorsers", "endorse_no", "colleagues", "decline", "strike_out"):
        assert re.search(rf"\b\S*{part}\b", names), part


@pytest.fixture(scope="module")
def applications(shared_rows):
    """An application whose endorsers are asked, one in review, its officer and its manager.

    The tests with them are the last, because their rows stay until the end of the module.
    """
    officer = person("olga@leeming.gov.uk")
    manager = person("max@network.example", group="Network managers")
    give_second_factor(manager)
    asked, in_review = (Story(make_council(), officer) for _ in range(2))
    return asked.asked(), in_review.in_review(manager), officer, manager


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*NETWORK, *REVIEW])
def test_no_form_breaks_or_stores_half(applications, as_, name):
    asked, in_review, officer, manager = applications
    is_for_staff = name.startswith("network_staff")
    address = address_of(name, samples(fresh(in_review if is_for_staff else asked)))
    browser = as_(manager if is_for_staff else officer)
    browser.raise_request_exception = True
    names = fields_of(browser, address)
    before = state()

    @examples(max_examples=3, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def try_it(data):
        typed = data.draw(data_for(names))
        file = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n broken")
        encodable = {
            key: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            for key, value in typed.items()
        }
        logo = {"logo": file} if "logo" in names else {}
        try_with(browser, address, encodable | logo, before)

    if try_with(browser, address, {}, before) in (404, 405):
        return  # nothing to send, or nothing there yet
    try_it()
    for shift in range(0, len(NASTY), 5):
        signs = [text.encode("utf-8", "replace").decode() for text in NASTY]
        signs = signs[shift:] + signs[:shift]
        try_with(browser, address, dict(zip(sorted(names), signs, strict=False)), before)
