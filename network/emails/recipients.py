"""Who emails about the network go to, and what every letter about a sign-up says."""

from django.contrib.auth.models import Permission
from django.db.models import Q

from network.choices import RepresentativeRole
from network.models import Membership, SignUp
from portal.links import absolute
from portal.mail import outbox
from portal.models import User


def managers():
    """Everyone who reviews sign-ups."""
    permission = Permission.objects.filter(
        content_type__app_label="network", codename="review_signup"
    )
    has_it = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    return User.objects.filter(has_it, is_active=True).distinct()


def lead_of_member(membership: Membership) -> User | None:
    """Who leads for a member now."""
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    found = leads.select_related("user").first()
    return found.user if found else None


def about(sign_up: SignUp) -> dict[str, object]:
    return {
        "sign_up": sign_up,
        "council": sign_up.council,
        "task_list": absolute("network:sign_up", sign_up.reference),
    }


def sign_up_row(pk: int) -> SignUp:
    return SignUp.objects.select_related("council", "wording").get(pk=pk)


def to_applicant(kind: str, sign_up: SignUp) -> None:
    outbox.post(
        f"network.{kind}",
        to=sign_up.lead().email,
        event=f"{kind}:{sign_up.pk}",
        sign_up=sign_up.pk,
    )
