"""What case studies ask of people: lines in the member area and on a manager's desk, and mail."""

from collections.abc import Iterator

from django.utils.dateformat import format as format_date
from wagtail.models import Page
from wagtail.signals import page_published, workflow_rejected

from casestudies.actions import submissions
from casestudies.choices import SubmissionStatus
from casestudies.models import CaseStudyPage, Confirmation, Submission
from network import permissions
from network.desk import SOON, WAITING, Kind, Row
from network.member_area import ToDo
from network.models import Membership
from portal.models import User

EDITOR = "an editor"  # who publishes what was scheduled


def case_studies_sent_back(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield the case studies that editors sent back, for whoever can change them."""
    if permissions.can_act_for(user, membership):
        for found in Submission.objects.of_council(membership.council).with_pages():
            if found.status == SubmissionStatus.SENT_BACK:
                words = f"Change the case study we sent back: {found.title}"
                yield ToDo(words, found.address, found.wanted)


def _sent_on(row: Row) -> str:
    return f", sent on {format_date(row.day, 'j F')}" if row.day else ""


#: On the desk of a manager: what waits for editors too, so that no member waits unseen.
KINDS = {
    "case_studies": Kind(
        WAITING,
        lambda user, today: Submission.objects.waiting(),
        lambda row, today: f"A case study of a member, for our editors to read{_sent_on(row)}",
        "casestudies_staff:submission",
        "sent_at",
        council="membership__council__name",
    ),
    "case studies to read": Kind(
        WAITING,
        lambda user, today: Confirmation.objects.to_read(),
        lambda row, today: f"What the council said of “{row.more}”, to read",
        "case_study_confirmations:one",
        "answered_at",
        council="page__council__name",
        key="page_id",
        more="page__title",
    ),
    "case studies without contact": Kind(
        SOON,
        lambda user, today: Confirmation.objects.without_contact(),
        lambda row, today: f"No one to ask whether “{row.more}” is still true",
        "case_study_confirmations:one",
        "asked_on",
        council="page__council__name",
        key="page_id",
        more="page__title",
    ),
}


def listen_to_wagtail() -> None:
    """Tell the council when an editor sends its case study back or publishes it."""
    workflow_rejected.connect(_rejected, dispatch_uid="case study sent back")
    page_published.connect(_published, sender=CaseStudyPage, dispatch_uid="case study published")


def _rejected(sender, instance, user=None, **kwargs) -> None:
    if isinstance(instance.content_object, Page):
        submissions.note_sent_back(instance, by=user or EDITOR)


def _published(sender, instance, revision=None, user=None, **kwargs) -> None:
    submissions.note_published(instance, by=user or EDITOR)
