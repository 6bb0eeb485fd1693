"""Case studies from members: who writes them, what is kept, and what stays hidden."""

import datetime
import inspect
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.rich_text import RichText
from wagtail.users.models import UserProfile

from casestudies import readiness, submitted
from casestudies.actions import submissions
from casestudies.choices import SUBMISSION_TRANSITIONS, Section, SubmissionStatus
from casestudies.forms.submissions import SECTION_FORMS, MemberPictureForm
from casestudies.models import CaseStudyPage, Submission
from casestudies.plain_texts import to_html, to_plain
from casestudies.tests.factories import CaseStudyPageFactory
from casestudies.to_do import case_studies_sent_back
from conftest import person
from councils.tests.factories import make_council
from network import desk
from network.actions import memberships, people
from network.choices import MembershipStatus, Precision, RepresentativeRole
from network.models import ChangedMeanwhile, Event, Membership, Refused
from portal.mail import outbox
from portal.models import OutboxMessage, User
from portal.pictures import Picture
from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
MINE = "/my/members/leeming/case-studies/"
CONTRIBUTOR, VIEWER = RepresentativeRole.CONTRIBUTOR, RepresentativeRole.VIEWER
ABOUT = {
    "title": "Leeming: a market for the village",
    "summary": "Shops closed. The council opened a market. Forty traders came.",
    "what_changed": "Forty traders now sell in the square",
    "theme": "buying",
    "principles": ["1", "3"],
}
STEPS = {
    "step_1_date": "2021-03",
    "step_1_until": "",
    "step_1_what": "The council opened the market.",
    "story": "It began with one stall.\n\nThen came more.",
}
HARD = {"what_was_hard": "The first winter was too cold.", "advice": ""}


def joined(council):
    return memberships.record_existing_membership(
        council, by="seed", joined_on=datetime.date(2020, 1, 1), joined_precision=Precision.DAY
    )


@pytest.fixture
def member(council, officer, case_studies):
    """Leeming as a member of today, led by the officer."""
    membership = joined(council)
    people.represent(membership, officer)
    return membership


@pytest.fixture
def colleague(member):
    who = person("cara@leeming.gov.uk", first_name="Cara")
    people.represent(member, who, CONTRIBUTOR)
    return who


@pytest.fixture
def viewer(member):
    who = person("vera@leeming.gov.uk", first_name="Vera")
    people.represent(member, who, VIEWER)
    return who


@pytest.fixture
def neighbour(member):
    """The lead of another member."""
    who = person("nia@north.gov.uk", first_name="Nia")
    people.represent(joined(make_council(slug="north", name="North")), who)
    return who


@pytest.fixture
def draft(member, officer):
    return submissions.start(member, by=officer)


def again(submission) -> Submission:
    """Return the submission as the database has it."""
    return Submission.objects.get(pk=submission.pk)


def save(submission, section, by, **answers):
    """Save some answers of a section, and leave the others as they are."""
    found = again(submission)
    before = submitted.read(section, found.version, found.council)
    seen = found.version.latest_revision_id
    submissions.save_section(found, section, by=by, answers=before | answers, seen=seen)


@pytest.fixture
def filled_in(draft, officer):
    save(draft, Section.ABOUT, officer, **ABOUT)
    save(draft, Section.PROBLEM, officer, the_problem="Nobody sold food in the village.")
    save(draft, Section.STEPS, officer, **STEPS)
    save(draft, Section.HARD, officer, **HARD)
    return again(draft)


@pytest.fixture
def sent(filled_in, officer):
    submissions.send(filled_in, by=officer)
    return again(filled_in)


def decide(submission, action, by, comment=""):
    """Do what an editor does in Wagtail's workflow."""
    state = again(submission).workflow_state
    task = state.current_task_state
    task.task.specific.on_action(task, by, action, comment=comment)
    return again(submission)


def mailed(kind) -> set[str]:
    return set(
        OutboxMessage.objects.filter(kind=f"casestudies.{kind}").values_list("to", flat=True)
    )


# ---- Plain texts and back -----------------------------------------------------------


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("One.\n\nTwo & three.", "<p>One.</p><p>Two &amp; three.</p>"),
        ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("See [[LocalGov, 2019]].", "<p>See [[LocalGov, 2019]].</p>"),
        ("", ""),
    ],
)
def test_plain_text_becomes_paragraphs_and_comes_back(plain, html):
    assert to_html(plain) == html
    assert to_plain(html) == plain


def test_typed_markup_stays_text():
    assert to_html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_typed_address_becomes_a_link():
    assert '<a href="https://leeming.gov.uk/a">' in to_html("See https://leeming.gov.uk/a")


def test_paragraph_nobody_changed_keeps_an_editors_link():
    before = '<p>See <a id="3" linktype="page">the plan</a>.</p><p>Old.</p>'
    after = to_html("See the plan.\n\nNew.", before=before)
    assert after == '<p>See <a id="3" linktype="page">the plan</a>.</p><p>New.</p>'


# ---- Starting and saving ------------------------------------------------------------


def test_start_makes_a_page_that_is_not_public_and_whose_address_cannot_be_guessed(draft, officer):
    page = draft.page
    assert not page.live
    assert page.owner == officer
    assert page.slug.startswith("from-a-member-")
    assert draft.status == "draft"
    assert Event.objects.get(what="case_study.started").membership == draft.membership


def test_every_section_is_read_back_as_it_was_saved(draft, officer):
    figure = {
        "figure_1_figure": "41%",
        "figure_1_unit": "",
        "figure_1_measures": "of food is local",
        "figure_1_period": "2024",
        "figure_1_claimed_by": "Leeming council",
        "figure_1_source": submitted.own_source(draft.council).label,
    }
    source = {f"source_2_{name}": "" for name in submitted.SOURCE} | {
        "source_2_label": "Echo, 2024",
        "source_2_title": "A market",
    }
    partner = {
        "partner_1_name": "The Trust",
        "partner_1_kind": "vcse",
        "partner_1_role": "ran it",
    }
    quote = {
        "quote_text": "I like it.",
        "quote_who": "Ria",
        "quote_role": "Resident",
        "quote_as_at": "May 2024",
        "quote_source": "Echo, 2024",
        "quote_agreed": True,
    }
    given = {
        Section.ABOUT: ABOUT,
        Section.PROBLEM: {"the_problem": "No food.\n\nNo shops."},
        Section.STEPS: STEPS,
        Section.PEOPLE: {"who_decided": "The cabinet.", **partner},
        Section.SOURCES: source,
        Section.FIGURES: figure | {"on_the_figures": "One year only."},
        Section.TOOK: {"money": "£4,000", "cost_band": "under_50k", "procurement_route": "grant"},
        Section.HARD: HARD,
        Section.QUOTE: quote,
        Section.CONTACT: {
            "contact": "The market team",
            "author_name": "Olive",
            "status": "running",
        },
    }
    for section, answers in given.items():
        save(draft, section, officer, **answers)

    version = again(draft).version
    for section, answers in given.items():
        now = submitted.read(section, version, draft.council)
        assert {name: now[name] for name in answers} == answers, section
    assert [block.block_type for block in version.story] == ["paragraph", "quote"]
    assert version.principle_numbers in {"", "13"}
    assert not CaseStudyPage.objects.get(pk=draft.page_id).live


def test_quotation_stays_behind_its_paragraph_when_the_story_changes(draft, officer):
    page = draft.version
    page.story = [
        ("heading", "Before"),
        ("paragraph", RichText("<p>One.</p>")),
        ("quote", {"text": "Q", "who": "w", "role": "r", "as_at": "2020", "source": "s"}),
        ("paragraph", RichText('<p><a href="/x">Two.</a></p>')),
    ]
    page.save_revision(clean=False)
    save(draft, Section.STEPS, officer, story="Before\n\nOne.\n\nNew.\n\nTwo.")

    story = again(draft).version.story
    assert [block.block_type for block in story] == ["heading", "paragraph", "quote", "paragraph"]
    assert story[3].value.source == '<p>New.</p><p><a href="/x">Two.</a></p>'


def test_row_left_blank_is_removed_and_a_kept_figure_keeps_its_key(draft, officer):
    label = submitted.own_source(draft.council).label
    rows = {
        f"figure_{n}_{name}": f"{n}0%" if name == "figure" else label
        for n in (1, 2)
        for name in submitted.FIGURE
    }
    save(draft, Section.FIGURES, officer, **rows)
    key = again(draft).version.results.all()[1].key
    save(draft, Section.FIGURES, officer, **{n: "" for n in rows if n.startswith("figure_1")})

    (left,) = again(draft).version.results.all()
    assert (left.figure, left.key) == ("20%", key)


def test_saving_what_a_colleague_changed_meanwhile_loses_nothing(draft, officer, colleague):
    seen = draft.version.latest_revision_id
    save(draft, Section.PROBLEM, colleague, the_problem="Hers.")

    with pytest.raises(ChangedMeanwhile) as clash:
        submissions.save_section(
            draft, Section.PROBLEM, by=officer, answers={"the_problem": "Mine."}, seen=seen
        )

    assert clash.value.save.by == colleague
    assert clash.value.save.answers == {"the_problem": "Hers."}
    assert to_plain(again(draft).version.the_problem) == "Hers."


def test_saving_without_a_version_overwrites_nothing(draft, officer):
    save(draft, Section.PROBLEM, officer, the_problem="There.")
    with pytest.raises(ChangedMeanwhile):
        submissions.save_section(
            draft, Section.PROBLEM, by=officer, answers={"the_problem": "Mine."}, seen=0
        )


def test_saving_another_section_meanwhile_is_no_clash_and_keeps_both(draft, officer, colleague):
    seen = draft.version.latest_revision_id
    save(draft, Section.HARD, colleague, **HARD)
    submissions.save_section(
        draft, Section.PROBLEM, by=officer, answers={"the_problem": "Mine."}, seen=seen
    )

    version = again(draft).version
    assert to_plain(version.the_problem) == "Mine."
    assert to_plain(version.what_was_hard) == HARD["what_was_hard"]


def test_double_click_makes_one_version_and_is_no_clash(as_, draft, officer):
    client, path = as_(officer), f"{MINE}{draft.pk}/steps/"
    typed = {**STEPS, "story": "Two  spaces. \r\n\r\n\r\nMore.", "step_2_what": ""}
    typed["version"] = client.get(path).context["form"]["version"].value()
    assert client.post(path, typed).status_code == 302
    before = draft.page.revisions.count()
    assert client.post(path, typed).status_code == 302
    assert draft.page.revisions.count() == before


def test_member_can_have_only_so_many_unfinished(member, officer, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_UNFINISHED", 1)
    submissions.start(member, by=officer)
    with pytest.raises(Refused, match="unfinished"):
        submissions.start(member, by=officer)


def test_start_without_the_list_of_case_studies_is_refused(member, officer, case_studies):
    case_studies.delete()
    with pytest.raises(Refused):
        submissions.start(member, by=officer)


# ---- Who may ------------------------------------------------------------------------


def acts(member, draft, published):
    """Yield each action on what Leeming writes, as a function of a person."""
    return {
        "start": lambda by: submissions.start(member, by=by),
        "start_change": lambda by: submissions.start_change(member, published, by=by),
        "save_section": lambda by: submissions.save_section(
            draft, Section.HARD, by=by, answers=HARD, seen=0
        ),
        "add_picture": lambda by: submissions.add_picture(draft, None, by=by),
        "remove_picture": lambda by: submissions.remove_picture(draft, "x", by=by),
        "send": lambda by: submissions.send(draft, by=by),
        "take_back": lambda by: submissions.take_back(draft, by=by),
        "withdraw": lambda by: submissions.withdraw(draft, by=by),
    }


def test_every_action_of_a_council_is_in_the_table(member, draft):
    actions = {
        name
        for name, each in vars(submissions).items()
        if inspect.isfunction(each)
        and each.__module__ == submissions.__name__
        and "by" in inspect.signature(each).parameters
        and not name.startswith("_")
    }
    of_editors = {"note_sent_back", "note_published"}  # Wagtail has asked who may
    assert actions == {*acts(member, draft, None), *of_editors}


@pytest.mark.parametrize("who", ["stranger", "viewer", "neighbour", "manager", "editor"])
def test_nobody_but_those_who_act_for_the_member_can_do_anything(
    request, member, draft, case_studies, who
):
    user = request.getfixturevalue(who)
    published = CaseStudyPageFactory(parent=case_studies, council=member.council)
    for name, act in acts(member, draft, published).items():
        with pytest.raises(PermissionDenied):
            act(user)
            pytest.fail(f"{who} can {name}")


def test_member_that_left_can_do_nothing(member, draft, officer, case_studies):
    published = CaseStudyPageFactory(parent=case_studies, council=member.council)
    every = acts(member, draft, published)
    member.move_to(MembershipStatus.WITHDRAWN, by="test")
    for act in every.values():
        with pytest.raises((Refused, PermissionDenied)):
            act(officer)


def test_contributor_can_write_and_send(filled_in, colleague):
    submissions.send(filled_in, by=colleague)
    assert again(filled_in).status == "waiting"


# ---- Sending ------------------------------------------------------------------------


def test_empty_draft_says_what_is_missing_and_cannot_be_sent(draft, officer):
    problems = readiness.problems(draft.version, draft.council)
    assert set(problems) == {Section.ABOUT, Section.PROBLEM, Section.STEPS, Section.HARD}
    with pytest.raises(Refused):
        submissions.send(draft, by=officer)


@pytest.mark.parametrize(
    ("section", "answers", "words"),
    [
        (Section.ABOUT, {"summary": "word " * 61}, "60 words or fewer"),
        (Section.STEPS, {"step_1_what": "", "step_1_date": "2020"}, "what was done in each step"),
        (Section.PEOPLE, {"partner_1_role": "ran it"}, "name and the type of each partner"),
        (
            Section.PROBLEM,
            {"the_problem": "Bad [[Nowhere, 2020]]."},
            "“Nowhere, 2020” is not the short name",
        ),
        (Section.SOURCES, {"source_2_label": "Echo"}, "Echo: enter its short name"),
        (Section.FIGURES, {"figure_1_figure": "41%"}, "41%: enter what the figure measures"),
        (Section.FIGURES, {"figure_1_figure": "41%"}, "41%: select the source of this figure"),
        (Section.QUOTE, {"quote_text": "Good."}, "Enter who said it"),
        (Section.CONTACT, {"author_agrees": True}, "name of the author"),
    ],
)
def test_each_gap_is_said_in_its_section(filled_in, officer, section, answers, words):
    rows = {"partner": submitted.PARTNER, "source": submitted.SOURCE, "figure": submitted.FIGURE}
    called, _, rest = next(iter(answers)).partition("_")
    blank = {f"{called}_{rest[:1]}_{name}": "" for name in rows.get(called, ())}
    save(filled_in, section, officer, **blank | answers)

    found = readiness.problems(again(filled_in).version, filled_in.council)
    assert words in " ".join(found[section])
    with pytest.raises(Refused):
        submissions.send(filled_in, by=officer)


def test_two_sources_with_one_name_cannot_be_sent(filled_in, officer):
    label = submitted.own_source(filled_in.council).label
    save(
        filled_in,
        Section.SOURCES,
        officer,
        source_2_label=label,
        source_2_title="T",
        source_2_publisher="P",
        source_2_published="",
        source_2_url="",
    )
    found = readiness.problems(again(filled_in).version, filled_in.council)
    assert "2 sources have the short name" in found[Section.SOURCES][0]


def test_source_named_twice_in_a_section_is_missed_once(filled_in, officer):
    save(filled_in, Section.STEPS, officer, story="Bad [[Nowhere]]. Worse [[Nowhere]].")
    found = readiness.problems(again(filled_in).version, filled_in.council)
    assert len(found[Section.STEPS]) == 1


def test_quotation_needs_the_yes_of_whoever_is_quoted(filled_in, officer):
    quote = {"quote_text": "I like it.", "quote_who": "Ria", "quote_role": "Resident"}
    save(filled_in, Section.QUOTE, officer, **quote, quote_as_at="2024")
    found = readiness.problems(again(filled_in).version, filled_in.council)
    assert found[Section.QUOTE] == [
        "Select where the quotation is from",
        "Confirm that the person quoted has agreed",
    ]


def test_quotation_whose_source_has_gone_says_so_in_its_own_section(filled_in, officer):
    quote = {"quote_text": "I like it.", "quote_who": "Ria", "quote_role": "Resident"}
    quote |= {"quote_as_at": "2024", "quote_source": "Echo, 2019", "quote_agreed": True}
    save(filled_in, Section.QUOTE, officer, **quote)
    found = readiness.problems(again(filled_in).version, filled_in.council)
    assert found == {Section.QUOTE: ["Select where the quotation is from"]}


def test_sent_one_waits_in_the_workflow_in_the_senders_name(sent, officer):
    state = sent.workflow_state
    assert sent.status == "waiting"
    assert state.requested_by == officer
    assert not sent.page.locked
    assert sent.version.slug == "leeming-a-market-for-the-village"
    assert CaseStudyPage.objects.get(pk=sent.page_id).slug.startswith("from-a-member-")
    assert mailed("case_study_sent") == {officer.email}
    assert list(Submission.objects.waiting()) == [sent]


def test_waiting_one_cannot_be_changed_until_it_is_taken_back(sent, officer, colleague):
    with pytest.raises(Refused):
        save(sent, Section.HARD, officer, what_was_hard="Else.")
    submissions.take_back(sent, by=colleague)
    assert again(sent).status == "draft"
    assert list(Submission.objects.waiting()) == []
    save(sent, Section.HARD, officer, what_was_hard="Else.")


def test_draft_cannot_be_taken_back(draft, officer):
    with pytest.raises(Refused):
        submissions.take_back(draft, by=officer)


def test_sending_is_refused_where_no_one_reads(filled_in, officer, monkeypatch):
    monkeypatch.setattr(CaseStudyPage, "get_workflow", lambda page: None)
    with pytest.raises(Refused, match="no one is set to read it"):
        submissions.send(filled_in, by=officer)


def test_sending_is_refused_for_what_no_section_can_say(filled_in, officer, monkeypatch):
    monkeypatch.setattr(readiness, "problems", lambda page, council: {})
    save(filled_in, Section.ABOUT, officer, summary="")
    with pytest.raises(Refused):
        submissions.send(filled_in, by=officer)


def test_editor_sends_back_and_the_council_reads_why_and_sends_again(
    sent, officer, colleague, admin_user
):
    found = decide(sent, "reject", admin_user, "Say who paid.")

    assert (found.status, found.wanted) == ("sent_back", "Say who paid.")
    assert found.page.locked
    assert mailed("case_study_sent_back") == {officer.email}
    outbox.send_due.func()
    (told,) = [each for each in mail.outbox if "Please change" in each.subject]
    assert "Say who paid." in told.body
    assert MINE in told.body
    assert "/admin/" not in told.body
    (line,) = case_studies_sent_back(found.membership, colleague)
    assert line.why == "Say who paid."

    save(found, Section.TOOK, officer, money="The council paid.")
    submissions.send(again(found), by=officer)
    assert again(found).status == "waiting"


def test_wagtail_itself_mails_no_representative(sent, officer, admin_user):
    decide(sent, "reject", admin_user, "Say who paid.")
    assert [each for each in mail.outbox if officer.email in each.to] == []


def test_sender_who_works_in_the_admin_keeps_wagtails_mails(filled_in, officer):
    officer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    submissions.send(filled_in, by=User.objects.get(pk=officer.pk))
    assert UserProfile.get_for_user(officer).rejected_notifications


def test_published_one_is_public_credits_the_council_and_tells_it(
    filled_in, officer, admin_user, client
):
    save(filled_in, Section.CONTACT, officer, author_name="Olive Officer", author_agrees=True)
    submissions.send(again(filled_in), by=officer)
    found = decide(filled_in, "approve", admin_user)

    assert found.status == "published"
    assert found.page.address == "/case-studies/leeming-a-market-for-the-village/"
    said = client.get(found.page.address).content.decode()
    assert f"Written by Olive Officer, for {found.council.official_name}." in said
    assert "Confirmed by the council on" in said
    assert mailed("case_study_published") == {officer.email}
    outbox.send_due.func()
    (told,) = [each for each in mail.outbox if "is public" in each.subject]
    assert found.page.address in told.body


def test_author_who_did_not_agree_is_not_named(sent, admin_user, client):
    found = decide(sent, "approve", admin_user)
    said = client.get(found.page.address).content.decode()
    assert f"Written by {found.council.official_name}." in said
    assert "Olive" not in said


def test_withdrawn_draft_is_kept_and_can_be_continued(filled_in, officer):
    submissions.withdraw(filled_in, by=officer)
    found = again(filled_in)
    assert found.status == "withdrawn"
    with pytest.raises(Refused):
        submissions.withdraw(found, by=officer)
    submissions.take_back(found, by=officer)
    assert to_plain(again(found).version.what_was_hard) == HARD["what_was_hard"]


def test_withdrawn_one_no_longer_waits(sent, officer):
    submissions.withdraw(sent, by=officer)
    assert list(Submission.objects.waiting()) == []
    assert again(sent).page.current_workflow_state is None


# ---- A change of a published one ----------------------------------------------------


@pytest.fixture
def public(member, case_studies):
    page = CaseStudyPageFactory(
        parent=case_studies, council=member.council, title="Leeming: old", slug="old"
    )
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


def test_change_leaves_the_public_text_until_it_is_published(
    member, public, officer, admin_user, client
):
    change = submissions.start_change(member, public, by=officer)
    assert submissions.start_change(member, public, by=officer) == change
    save(change, Section.HARD, officer, what_was_hard="The cold.")
    save(change, Section.ABOUT, officer, principles=["1"])
    assert again(change).status == "changing"
    submissions.send(again(change), by=officer)
    assert "The cold." not in client.get(public.address).content.decode()

    decide(change, "approve", admin_user)
    assert "The cold." in client.get(public.address).content.decode()
    assert again(change).status == "published"


def test_discarded_change_leaves_the_page_as_it_was(member, public, officer):
    change = submissions.start_change(member, public, by=officer)
    save(change, Section.HARD, officer, what_was_hard="The cold.")
    submissions.withdraw(again(change), by=officer)

    page = CaseStudyPage.objects.get(pk=public.pk)
    assert not page.has_unpublished_changes
    assert "cold" not in page.get_latest_revision_as_object().what_was_hard
    assert again(change).status == "published"


def test_quotation_that_is_public_already_needs_no_yes_until_it_is_changed(
    member, case_studies, officer
):
    said = {"text": "I like it.", "who": "Ria", "role": "Resident", "as_at": "2019"}
    page = CaseStudyPageFactory(parent=case_studies, council=member.council, slug="quoted")
    page.story = [("quote", said | {"source": "LocalGov, 2019"})]
    page.save_revision().publish()
    change = submissions.start_change(member, CaseStudyPage.objects.get(pk=page.pk), by=officer)
    found = readiness.problems(change.version, member.council)
    assert Section.QUOTE not in found

    save(change, Section.QUOTE, officer, quote_text="I love it.")
    found = readiness.problems(again(change).version, member.council)
    assert found[Section.QUOTE] == ["Confirm that the person quoted has agreed"]


def test_change_is_refused_while_editors_have_a_draft_of_their_own(member, public, officer):
    public.summary = "What only editors know."
    public.save_revision()
    with pytest.raises(Refused, match="working on it"):
        submissions.start_change(member, public, by=officer)


def test_change_of_another_councils_page_is_refused(member, officer, case_studies):
    other = CaseStudyPageFactory(parent=case_studies)
    with pytest.raises(Refused):
        submissions.start_change(member, other, by=officer)


def test_change_of_what_another_council_wrote_is_refused(member, public, officer, neighbour):
    north = Membership.objects.get(council__slug="north")
    Submission.objects.create(page=public, membership=north, is_open=False)
    with pytest.raises(Refused, match="Another council"):
        submissions.start_change(member, public, by=officer)


def test_unpublished_one_says_so(sent, admin_user):
    found = decide(sent, "approve", admin_user)
    found.page.unpublish()
    assert again(found).status == "unpublished"


def test_editors_own_publishing_later_sends_no_second_mail(sent, admin_user):
    found = decide(sent, "approve", admin_user)
    CaseStudyPage.objects.get(pk=found.page_id).save_revision().publish()
    assert OutboxMessage.objects.filter(kind="casestudies.case_study_published").count() == 1


# ---- Editors ------------------------------------------------------------------------


def test_nobody_publishes_what_the_council_has_not_sent(filled_in, admin_user):
    assert not filled_in.page.permissions_for_user(admin_user).can_publish()


def test_nobody_publishes_for_a_council_they_represent(sent, admin_user):
    assert sent.page.permissions_for_user(admin_user).can_publish()
    people.represent(sent.membership, admin_user, CONTRIBUTOR)
    assert not sent.page.permissions_for_user(admin_user).can_publish()


def test_desk_of_a_manager_shows_what_a_member_sent(sent, manager):
    assert desk.numbers(manager)["case_studies"] == 1
    lines = [line for panel in desk.panels(manager) for line in panel.lines]
    (line,) = [line for line in lines if "case study" in line.what]
    assert line.title == sent.council.name
    assert line.address == reverse("casestudies_staff:submission", args=[sent.pk])


# ---- Pages --------------------------------------------------------------------------


def test_manager_reads_and_editor_edits_what_was_sent(as_, sent, manager, admin_user):
    address = reverse("casestudies_staff:submission", args=[sent.pk])
    give_second_factor(manager)
    give_second_factor(admin_user)
    assert ABOUT["title"] in as_(manager).get(address).content.decode()
    assert as_(admin_user).get(address).url == f"/admin/pages/{sent.page_id}/edit/"


def every_address(submission) -> list[str]:
    one = f"{MINE}{submission.pk}/"
    return [MINE, one, f"{one}preview/", *(f"{one}{section}/" for section in Section)]


@pytest.mark.parametrize("who", ["stranger", "neighbour", "manager", "editor"])
def test_pages_are_not_found_by_anybody_else(request, as_, filled_in, who):
    client = as_(request.getfixturevalue(who))
    assert {client.get(path).status_code for path in every_address(filled_in)} == {404}


def test_another_councils_lead_finds_nothing_below_her_own_address(as_, filled_in, neighbour):
    client = as_(neighbour)
    own = "/my/members/north/case-studies/"
    assert client.get(own).status_code == 200
    assert ABOUT["title"] not in client.get(own).content.decode()
    for rest in ("", "preview/", "about/", "pictures/"):
        assert client.get(f"{own}{filled_in.pk}/{rest}").status_code == 404
    for what in ("send", "take-back", "withdraw", "about", "pictures", "pictures/remove"):
        assert client.post(f"{own}{filled_in.pk}/{what}/").status_code == 404
    assert again(filled_in).status == "draft"


def test_viewer_reads_and_cannot_write(as_, filled_in, viewer):
    client = as_(viewer)
    one = f"{MINE}{filled_in.pk}/"
    for path in (MINE, one, f"{one}preview/"):
        said = client.get(path)
        assert said.status_code == 200
        assert ABOUT["title"] in said.content.decode()
        assert f'action="{one}send/"' not in said.content.decode()
    assert client.get(f"{one}about/").status_code == 403
    assert client.post(f"{one}send/").status_code == 403


def test_stranger_without_an_account_is_asked_to_sign_in(client, filled_in):
    for path in every_address(filled_in):
        assert client.get(path).status_code == 302


def posted_of(client, path, **changes):
    """Send a section's form as its page shows it, with some answers changed."""
    form = client.get(path).context["form"]
    data = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        elif value is not None:
            data[field.html_name] = value
    return client.post(path, data | changes)


def test_whole_case_study_is_written_through_the_pages(as_, member, officer, colleague):
    client = as_(officer)
    at = client.post(f"{MINE}new/").url
    assert "Not started" in client.get(at).content.decode()
    said = posted_of(client, f"{at}about/", **ABOUT)
    assert said.url == at
    posted_of(client, f"{at}problem/", the_problem="No food.")
    said = posted_of(client, f"{at}steps/", **STEPS, more="yes")
    assert said.url == f"{at}steps/"
    assert "Step 3" in client.get(f"{at}steps/").content.decode()
    half = client.get(at).content.decode()
    assert "Enter what was hard" in half
    assert "Send to our editors" not in half
    posted_of(as_(colleague), f"{at}hard/", **HARD)

    client = as_(officer)
    look = client.get(f"{at}preview/")
    assert "It began with one stall." in look.content.decode()
    assert "/case-studies/leeming-a-market-for-the-village/" in look.content.decode()
    assert "Confirmed by the council on" in look.content.decode()
    assert "noindex" in look["X-Robots-Tag"]
    assert "no-store" in look["Cache-Control"]
    assert client.post(f"{at}send/").url == at
    assert "sent this on" in client.get(at).content.decode()
    assert Submission.objects.get().status == "waiting"
    assert client.get(f"{at}about/").url == at


def test_typing_that_is_not_valid_comes_back_with_what_is_wrong(as_, draft, officer):
    client = as_(officer)
    said = posted_of(client, f"{MINE}{draft.pk}/steps/", step_1_date="last year", step_1_what="We.")
    page = said.content.decode()
    assert "Enter a real year, month or day" in page
    assert 'value="last year"' in page


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("2019", "2019", "2019"),
        ("july 2019", "2019-07", "July 2019"),
        ("7/2019", "2019-07", "July 2019"),
        ("2019-07", "2019-07", "July 2019"),
        (" 5  July 2019", "2019-07-05", "5 July 2019"),
        ("5 Jul 2019", "2019-07-05", "5 July 2019"),
        ("05/07/2019", "2019-07-05", "5 July 2019"),
        ("2019-07-05", "2019-07-05", "5 July 2019"),
    ],
)
def test_date_is_entered_and_shown_in_words(as_, draft, officer, typed, kept, shown):
    client, path = as_(officer), f"{MINE}{draft.pk}/contact/"
    posted_of(client, path, as_at=typed)
    assert again(draft).version.as_at == kept
    form = client.get(path).context["form"]
    assert form["as_at"].value() == form.in_words("as_at", kept) == shown


@pytest.mark.parametrize("typed", ["31 June 2019", "30/2/2019", "13/2019", "soon", "5 July"])
def test_date_that_is_not_real_is_refused(as_, draft, officer, typed):
    said = posted_of(as_(officer), f"{MINE}{draft.pk}/contact/", as_at=typed)
    assert said.context["form"].errors["as_at"]
    assert said.context["form"]["as_at"].value() == typed


def test_clash_shows_both_versions_and_saves_mine_when_told_to(as_, draft, officer, colleague):
    client, path = as_(officer), f"{MINE}{draft.pk}/problem/"
    seen = client.get(path).context["form"]["version"].value()
    save(draft, Section.PROBLEM, colleague, the_problem="Hers.")

    clash = client.post(path, {"the_problem": "Mine.", "version": seen})
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "Hers." in page
    assert "Mine." in page
    newer = clash.context["clash"].version
    assert client.post(path, {"the_problem": "Mine.", "version": newer}).status_code == 302
    assert to_plain(again(draft).version.the_problem) == "Mine."


def test_refused_acts_are_said_on_the_next_page(as_, draft, officer):
    said = as_(officer).post(f"{MINE}{draft.pk}/send/", follow=True).content.decode()
    assert "You cannot send this yet" in said


def test_saving_what_waits_says_so_and_loses_nothing(as_, filled_in, officer):
    client, path = as_(officer), f"{MINE}{filled_in.pk}/problem/"
    seen = client.get(path).context["form"]["version"].value()
    submissions.send(filled_in, by=officer)
    page = client.post(path, {"the_problem": "Too late.", "version": seen}).content.decode()
    assert "Too late." in page
    assert "waiting to be read" in page


def test_what_waits_does_not_say_that_sections_can_be_left_blank(as_, sent, officer):
    assert "You can leave this blank" not in as_(officer).get(sent.address).content.decode()


def test_preview_says_whether_what_it_shows_is_public(as_, sent, officer, admin_user):
    client = as_(officer)
    said = client.get(f"{sent.address}preview/").content.decode()
    assert "This version is not public" in said
    assert 'role="region" aria-label="Preview"' in said

    found = decide(sent, "approve", admin_user)
    assert f"{found.address}preview/" not in client.get(found.address).content.decode()
    said = client.get(f"{found.address}preview/").content.decode()
    assert "This is how the public page looks" in said
    assert "not public" not in said


def test_public_one_is_changed_from_the_list(as_, public, officer):
    client = as_(officer)
    assert f"{MINE}change/old/" in client.get(MINE).content.decode()
    at = client.post(f"{MINE}change/old/").url
    assert "The public text stays as it is" in client.get(at).content.decode()
    posted_of(client, f"{at}contact/", author_name="O")
    assert "Discard this change" in client.get(at).content.decode()


def test_list_needs_the_same_queries_for_1_and_10(as_, member, officer, connection_queries):
    client = as_(officer)

    def needed():
        with connection_queries() as found:
            client.get(MINE)
        return len(found)

    submissions.start(member, by=officer)
    client.get(MINE)
    one = needed()
    for _ in range(9):
        submissions.start(member, by=officer)
    client.get(MINE)  # what each process remembers of the site is read anew
    assert needed() == one


@pytest.fixture
def connection_queries():
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    return lambda: CaptureQueriesContext(connection)


# ---- Pictures -----------------------------------------------------------------------


def drawn(name="our market.jpg", image_format="JPEG") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, image_format)
    return SimpleUploadedFile(name, out.getvalue())


PICTURE = {"alt": "A stall", "credit": "Olive", "rights": "ours", "people": "no one"}


def test_picture_is_added_shown_in_the_preview_and_removed(as_, draft, officer):
    client, path = as_(officer), f"{MINE}{draft.pk}/pictures/"
    assert client.post(path, {**PICTURE, "file": drawn()}).status_code == 302
    picture = Picture.objects.get()
    assert "market" not in picture.file.name
    assert len(picture.file.name.rpartition("/")[2]) > 32
    page = client.get(path).content.decode()
    assert 'alt="A stall"' in page
    assert "no one" in page
    assert 'alt="A stall"' in client.get(f"{MINE}{draft.pk}/preview/").content.decode()

    (block,) = submitted.pictures(again(draft).version)
    client.post(f"{path}remove/", {"picture": block.id})
    assert submitted.pictures(again(draft).version) == []
    said = client.post(f"{path}remove/", {"picture": block.id}, follow=True).content.decode()
    assert "no longer here" in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alt": ""}, "Enter what the picture shows"),
        ({"rights": ""}, "Select why we can publish it"),
        ({"credit": ""}, "Enter who made the picture"),
        ({"people": ""}, "Enter who can be recognised"),
        ({"file": ""}, "Select a picture"),
        ({"file": SimpleUploadedFile("a.jpg", b"not a picture")}, "picture"),
    ],
)
def test_picture_that_lacks_something_is_refused_with_a_clear_message(
    as_, draft, officer, changes, words
):
    data = {**PICTURE, "file": drawn(), **changes}
    page = as_(officer).post(f"{MINE}{draft.pk}/pictures/", data)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Picture.objects.exists()


def test_picture_form_says_each_thing_once(as_, draft, officer):
    path = f"{MINE}{draft.pk}/pictures/"
    form = as_(officer).post(path, {"rights": ""}).context["form"]
    assert form.errors["rights"] == ["Select why we can publish it"]
    text = SimpleUploadedFile("market.jpg", b"hello", "image/jpeg")
    form = as_(officer).post(path, {**PICTURE, "file": text}).context["form"]
    assert form.errors == {"file": ["Picture must be a JPEG, PNG or WebP file"]}


def test_picture_of_more_than_10_mb_is_refused(as_, draft, officer, monkeypatch):
    field = MemberPictureForm.base_fields["file"]
    assert field.max_upload_size == 10 * 1024 * 1024
    monkeypatch.setattr(field, "max_upload_size", 10)
    page = as_(officer).post(f"{MINE}{draft.pk}/pictures/", {**PICTURE, "file": drawn()})
    assert not Picture.objects.exists()
    assert "too big" in page.content.decode()


def test_only_so_many_pictures(as_, draft, officer, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_PICTURES", 0)
    path = f"{MINE}{draft.pk}/pictures/"
    said = as_(officer).post(path, {**PICTURE, "file": drawn()}, follow=True).content.decode()
    assert "Remove one first" in said
    assert not Picture.objects.exists()


def test_pictures_of_what_waits_lead_back(as_, sent, officer):
    assert as_(officer).get(f"{MINE}{sent.pk}/pictures/").url == f"{MINE}{sent.pk}/"


# ---- The whole ----------------------------------------------------------------------


def test_docs_show_the_statuses_of_the_code(settings):
    docs = (settings.BASE_DIR / "docs" / "lifecycles.md").read_text()
    for status in SubmissionStatus:
        onward = [
            f"`{each}`" for each in SubmissionStatus if each in SUBMISSION_TRANSITIONS[status]
        ]
        assert f"| `{status}` | {status.label} | {', '.join(onward)} |" in docs


def test_each_move_is_one_of_the_table(filled_in, officer, admin_user):
    """Walk through the moves that a council and its editors can make."""

    def change(found):
        submissions.start_change(found.membership, CaseStudyPage.objects.get(), by=officer)

    moves = [
        lambda found: submissions.withdraw(found, by=officer),
        lambda found: submissions.take_back(found, by=officer),
        lambda found: submissions.send(found, by=officer),
        lambda found: submissions.take_back(found, by=officer),
        lambda found: submissions.send(found, by=officer),
        lambda found: decide(found, "reject", admin_user, "Why?"),
        lambda found: submissions.send(found, by=officer),
        lambda found: decide(found, "approve", admin_user),
        change,
        lambda found: submissions.withdraw(found, by=officer),
        change,
        lambda found: submissions.send(found, by=officer),
        lambda found: submissions.take_back(found, by=officer),
        lambda found: submissions.send(found, by=officer),
        lambda found: decide(found, "reject", admin_user, "Why?"),
        lambda found: submissions.withdraw(found, by=officer),
        lambda found: CaseStudyPage.objects.get().unpublish(),
    ]
    seen = ["draft"]
    for move in moves:
        move(again(filled_in))
        seen.append(str(again(filled_in).status))
        assert seen[-1] in SUBMISSION_TRANSITIONS[seen[-2]], seen
    assert {*seen} == {str(status) for status in SubmissionStatus}


@pytest.mark.parametrize(
    "nasty", ["\0", "x" * 30_000, "<script>", "\u202e", "9" * 5000, "[[", "-1"]
)
def test_odd_input_in_every_section_is_no_server_error(as_, draft, officer, nasty):
    client = as_(officer)
    for section in SECTION_FORMS:
        path = f"{MINE}{draft.pk}/{section}/"
        names = [field.html_name for field in client.get(path).context["form"]]
        odd = dict.fromkeys(names, nasty) | {f"step_{nasty[:5000]}_what": nasty}
        assert client.post(path, odd).status_code in {200, 302, 400, 409}
    assert client.get(f"{MINE}{draft.pk}/").status_code == 200
    assert client.get(f"{MINE}{draft.pk}/preview/").status_code == 200


def test_editors_see_who_wrote_it_and_who_agreed(as_, sent, officer, admin_user):
    give_second_factor(admin_user)
    page = as_(admin_user).get(f"/admin/pages/{sent.page_id}/edit/").content.decode()
    assert "wrote this in its member area" in page
    assert "no name was given" in page
