"""Recipients of mails about the network."""

from django.contrib.auth.models import Permission
from django.db.models import Q

from network.choices import RepresentativeRole
from network.models import Membership
from portal.mail.declarations import Recipients
from portal.models import User


def managers():
    """Return everyone who reviews sign-ups."""
    permission = Permission.objects.filter(
        content_type__app_label="network", codename="review_signup"
    )
    has_it = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    return User.objects.filter(has_it, is_active=True).distinct()


def lead_of_member(membership: Membership) -> User | None:
    """Return the current lead of a member."""
    leads = membership.representatives.current().filter(role=RepresentativeRole.LEAD)
    found = leads.select_related("user").first()
    return found.user if found else None


def _applicant(**about):
    """Yield the lead of the sign-up that the mail is about, or that its row belongs to."""
    [first, *_] = about.values()
    yield (getattr(first, "sign_up", first).lead().email,)


APPLICANT = Recipients("The applicant", _applicant)
MANAGERS = Recipients("Each network manager", lambda **about: managers().values_list("email", "pk"))
OFFICE_HOLDER = Recipients(
    "The leader or the chief executive", lambda endorsement: [(endorsement.request.email,)]
)
