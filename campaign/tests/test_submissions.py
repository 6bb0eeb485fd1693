"""Case studies from members in the editors' workflow, and nowhere public before its end."""

import datetime

import pytest
from django.urls import reverse
from wagtail.models import TaskState

from campaign import roles, workflow
from campaign.roles import Role
from casestudies import submitted
from casestudies.actions import submissions
from casestudies.models import CaseStudyPage, Submission
from casestudies.tests.factories import CaseStudyPageFactory
from conftest import person
from network.actions import memberships, people
from network.choices import Precision, RepresentativeRole
from portal.tests.security.test_doors import give_second_factor

SECRET = "Quagmirely"
ANSWERS = {
    "about": {
        "title": f"Leeming: {SECRET}",
        "summary": f"{SECRET} helped.",
        "what_changed": f"{SECRET} is here",
        "theme": "buying",
        "principles": ["3"],
    },
    "problem": {"the_problem": f"{SECRET} was missing."},
    "steps": {
        "step_1_date": "2021",
        "step_1_until": "",
        "step_1_what": f"{SECRET} came.",
        "story": f"{SECRET}.",
    },
    "hard": {"what_was_hard": f"{SECRET} was slow.", "advice": ""},
    "figures": {
        "figure_1_figure": "73%",
        "figure_1_unit": "",
        "figure_1_measures": f"of {SECRET}",
        "figure_1_period": "2021",
        "figure_1_claimed_by": SECRET,
        "figure_1_source": "",
        "on_the_figures": "",
    },
}


@pytest.fixture
def member(council, officer, case_study_index):
    workflow.seed()
    roles.make()
    membership = memberships.record_existing_membership(
        council, by="seed", joined_on=datetime.date(2020, 1, 1), joined_precision=Precision.DAY
    )
    people.represent(membership, officer)
    return membership


def fill_in(submission, by):
    for section, answers in ANSWERS.items():
        found = Submission.objects.get(pk=submission.pk)
        if section == "figures":
            (source,) = found.version.sources.all()
            answers = answers | {"figure_1_source": source.label}
        before = submitted.read(section, found.version, found.council)
        seen = found.version.latest_revision_id
        submissions.save_section(found, section, by=by, answers=before | answers, seen=seen)
    return Submission.objects.get(pk=submission.pk)


@pytest.fixture
def sent(member, officer):
    submission = fill_in(submissions.start(member, by=officer), officer)
    submissions.send(submission, by=officer)
    return Submission.objects.get(pk=submission.pk)


def publisher(email="pia@kil.example"):
    user = person(email, group=Role.PUBLISHER, first_name="Pia")
    give_second_factor(user)
    return user


def act(client, page, action, comment=""):
    state = TaskState.objects.latest("pk")
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return client.post(address, {"comment": comment})


def test_publisher_reads_sends_back_and_publishes(as_, sent, officer):
    editor = as_(publisher())
    assert SECRET in editor.get("/admin/").content.decode()
    act(editor, sent.page, "reject", "Say who paid.")
    found = Submission.objects.get()
    assert (found.status, found.wanted) == ("sent_back", "Say who paid.")

    submissions.send(found, by=officer)
    act(editor, sent.page, "approve")
    assert Submission.objects.get().status == "published"


@pytest.mark.parametrize("is_administrator", [False, True])
def test_publisher_who_represents_the_council_can_neither_approve_nor_publish(
    as_, sent, member, is_administrator
):
    own = publisher()
    own.is_superuser = is_administrator
    own.save()
    people.represent(member, own, RepresentativeRole.VIEWER)
    editor = as_(own)

    act(editor, sent.page, "approve")
    assert not TaskState.objects.reviewable_by(own).exists()
    edit = reverse("wagtailadmin_pages:edit", args=[sent.page_id])
    assert 'name="action-publish"' not in editor.get(edit).content.decode()
    assert Submission.objects.get().status == "waiting"


def test_publisher_cannot_publish_what_was_not_sent(as_, member, officer):
    draft = fill_in(submissions.start(member, by=officer), officer)
    editor = as_(publisher())
    edit = reverse("wagtailadmin_pages:edit", args=[draft.page_id])
    assert 'name="action-publish"' not in editor.get(edit).content.decode()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    editor.post(f"{bulk}?id={draft.page_id}")
    assert not CaseStudyPage.objects.get().live


PUBLIC = [
    "/",
    "/case-studies/",
    "/case-studies/?q=quagmirely",
    "/case-studies/?principle=local-spend&like=leeming",
    "/case-studies/feed/",
    "/case-studies/corrections/",
    "/case-studies/pack/?principle=local-spend",
    "/case-studies/pack/?page={slug}&page=old",
    "/case-studies/leeming-quagmirely/",
    "/case-studies/{slug}/",
    "/case-studies/old/",
    "/cards/case-studies/{slug}.png",
    "/councils/",
    "/councils/leeming/",
    "/principles/local-spend/",
    "/search/?q=quagmirely",
    "/search/suggest/?q=quagm",
    "/sitemap.xml",
    "/news/feed/",
    "/api/v1/case-studies",
    "/api/v1/search?q=quagmirely",
    "/data/",
    "/data/case-studies.csv",
    "/data/case-studies.json",
    "/data/figures.csv",
    "/data/figures.json",
    "/my/members/leeming/case-studies/1/preview/",
]


@pytest.mark.parametrize("is_sent", [False, True])
def test_draft_and_change_are_nowhere_public(
    as_, client, member, officer, stranger, case_study_index, is_sent
):
    old = CaseStudyPageFactory(
        parent=case_study_index, council=member.council, title="Leeming: old", slug="old"
    )
    old.save_revision().publish()
    slug = submissions.start(member, by=officer).page.slug
    for path in PUBLIC:
        client.get(path.format(slug=slug))  # and so it is kept
    new = Submission.objects.get()
    change = submissions.start_change(member, CaseStudyPage.objects.get(pk=old.pk), by=officer)
    for submission in (new, change):
        found = fill_in(submission, officer)
        if is_sent:
            submissions.send(found, by=officer)

    for browser in (client, as_(stranger)):
        for path in PUBLIC:
            answer = browser.get(path.format(slug=slug), follow=True)
            body = b"".join(answer) if answer.streaming else answer.content
            said = body.decode(errors="replace")
            # An echo of what was searched for is no leak.
            said = said.replace(f'value="{SECRET.lower()}"', "")
            assert f"{SECRET} " not in said, path
            assert f": {SECRET}" not in said, path
            assert "73%" not in said, path
            assert slug not in said or "{slug}" in path, path  # an address is echoed
    assert CaseStudyPage.objects.listed().count() == 1
    assert client.get("/api/v1/case-studies").json()["count"] == 1
    assert client.get("/case-studies/leeming-quagmirely/").status_code == 404
    assert client.get(f"/case-studies/{slug}/").status_code == 404
    assert client.get(f"/cards/case-studies/{slug}.png").status_code == 404
