"""The page for people who run a community organisation: what they can ask their council."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network import profile
from network.choices import LIVE_MEMBERSHIP, ProfilePart
from network.forms.councils import CouncilForm
from network.models import Membership
from portal.page_cache import kept
from principles.models import Principle

CASE_STUDIES = 3


@dataclass(frozen=True)
class Ask:
    """What to ask about one principle, and what the council itself says of it ("" if nothing)."""

    principle: Principle
    question: str
    said: str


@kept("council")  # not "q": words that people type
@require_safe
def community_organisations(request: HttpRequest) -> HttpResponse:
    """Show whether a council is a member, whom to contact and what to ask it. Stores nothing."""
    form = CouncilForm.asked_by(request.GET)
    form.fields["council"].label = "Which council do you work with?"
    form.fields["council"].help_text = "Start typing its name."
    context: dict[str, object] = {"form": form, "section": "community-organisations"}
    if form.is_bound and form.is_valid():
        council = form.cleaned_data["council"]
        membership = next(iter(Membership.objects.public_of(council)), None)
        is_member = membership is not None and membership.status in LIVE_MEMBERSHIP
        words = profile.profile_of(membership) if membership and is_member else None
        # Methods of casestudies' queryset, which this app cannot import.
        case_studies = council.case_studies.live().public().for_cards()
        context |= {
            "council": council,
            "membership": membership,
            "is_member": is_member,
            "champions": membership.published_champions() if membership and is_member else [],
            "successors": council.in_its_place() if council.is_abolished else [],
            "asks": _asks(dict(words.practices) if words is not None else {}),
            "written_on": words.practices_on if words is not None else None,
            "source": words.sources.get(ProfilePart.PRACTICE) if words is not None else None,
            "case_studies": case_studies.order_by("title")[:CASE_STUDIES],
        }
    return render(request, "network/community_organisations.html", context)


def _asks(said: dict[Principle, str]) -> list[Ask]:
    """Return the first question of each principle that has one, in the principles' order."""
    return [
        Ask(principle, principle.page.questions[0].value, said.get(principle, ""))
        for principle in Principle.objects.published()
        if principle.page.questions
    ]
