"""Emails about the case studies that members send."""

from functools import partial

from django.conf import settings
from django.utils import timezone

from casestudies.models import CaseStudyPage, Submission
from network.emails import samples
from network.models import Membership
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row


def _author_and_lead(submission: Submission):
    """Yield who sent it and who started it, and the council's lead contact."""
    live = Membership.objects.filter(council=submission.council).live().first()
    lead = live.lead() if live else None
    people = {person for person in (submission.sent_by, submission.page.owner, lead) if person}
    acting = set(live.representatives.current().values_list("user", flat=True)) if live else set()
    for person in sorted(people, key=lambda each: each.pk):
        if person.is_active and person.pk in acting:
            yield person.email, person.pk


def _sample() -> Submission:
    page = CaseStudyPage(
        title="Sampleford: a market for the village",
        draft_title="Sampleford: a market for the village",
        slug="sampleford-a-market-for-the-village",
        council=samples.council(),
        live=True,
        content_type_id=1,  # else Wagtail reads one
    )
    membership = Membership(council=samples.council())
    return Submission(
        pk=1, page=page, membership=membership, sent_by=samples.person(), sent_at=timezone.now()
    )


SUBMISSION = Row(
    Submission.objects.select_related("page__council", "membership__council", "sent_by"), _sample
)
AUTHOR_AND_LEAD = Recipients(
    "Who sent it and who started it, and the council’s lead contact", _author_and_lead
)


def _about(submission: Submission, **about: object) -> dict[str, object]:
    return {
        "council": submission.council,
        "title": submission.title,
        "page": settings.SITE_URL + submission.page.address,
        "write": absolute("casestudies:submission", submission.council.slug, submission.pk),
    }


_of_submission = partial(Mail, to=AUTHOR_AND_LEAD, about={"submission": SUBMISSION}, context=_about)
case_study_sent = _of_submission(
    "casestudies.case_study_sent",
    "Case study of a member: we have it",
    once=lambda submission: (submission.pk, submission.sent_at.isoformat()),
)
case_study_sent_back = _of_submission(
    "casestudies.case_study_sent_back",
    "Case study of a member: please change it",
    lookups={
        "wanted": Lookup(
            lambda submission: submission.wanted, lambda: "Say where the figure of 41% is from."
        )
    },
    holds=lambda submission, wanted: submission.status == "sent_back",
    once=lambda submission: (submission.pk, submission.sent_at.isoformat()),
)
case_study_published = _of_submission(
    "casestudies.case_study_published",
    "Case study of a member: it is public",
    once=lambda submission: (submission.pk, submission.published_at.isoformat()),
)
