"""Permissions about case studies. Actions check the person here, and the state themselves."""

from casestudies.models import CaseStudyPage
from network.models import Membership
from network.permissions import can_review, has_acted_for


def has_a_part_in(user, page: CaseStudyPage) -> bool:
    """Whether they represent or represented the council's membership, or worked on joining."""
    rows = Membership.objects.filter(council=page.council_id).select_related("sign_up")
    return any(has_acted_for(user, membership) for membership in rows)


def can_see_confirmations(user, page: CaseStudyPage) -> bool:
    """Whether they may see who is asked and what they said: who edits the page, and managers."""
    if not user.is_active:
        return False
    return can_review(user) or page.permissions_for_user(user).can_edit()


def can_look_after(user, page: CaseStudyPage) -> bool:
    """Whether they may ask, name who is asked, and record an answer: no one with a part in it."""
    return can_see_confirmations(user, page) and not has_a_part_in(user, page)


def can_settle(user, page: CaseStudyPage) -> bool:
    """Whether they may make a sentence public: who publishes the page, and managers."""
    if not can_look_after(user, page):
        return False
    return can_review(user) or page.permissions_for_user(user).can_publish()


def can_explain(user, listed_in) -> bool:
    """Whether they may tell readers why a case study is no longer published: who publishes."""
    return user.is_active and listed_in.permissions_for_user(user).can_publish_subpage()
