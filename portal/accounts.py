"""How people sign in: allauth, with one door for known and unknown addresses."""

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.account.models import EmailAddress
from django.db import transaction

from portal.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Six digits in a code; nobody signs up but by confirming an address."""

    def generate_login_code(self) -> str:
        return self._six_digits()

    def generate_email_verification_code(self) -> str:
        return self._six_digits()

    def is_open_for_signup(self, request) -> bool:
        return False  # the code form below is the only door

    @staticmethod
    def _six_digits() -> str:
        return f"{secrets.randbelow(10**6):06d}"


class EmailCodeForm(RequestLoginCodeForm):
    """Ask for a code by email. An address that is not known gets an account too.

    Both cases answer alike, so nobody learns who has an account; an account that never
    enters its code can do nothing and is swept away by `tick`.
    """

    _user: User | None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Work email address"
        self.fields["email"].help_text = "We will send a six-digit code to it."
        self.fields["email"].widget.attrs = {
            "type": "email",
            "autocomplete": "email",
            "spellcheck": "false",
        }

    def clean_email(self) -> str:
        email = super().clean_email()
        if not self._has_confirmed(email):
            self._user = account_for(email)
        return email

    def _has_confirmed(self, email: str) -> bool:
        """Whether the address is this user's for certain.

        allauth also finds somebody who merely asked to change to it: whoever it really
        belongs to would then enter the other's account.
        """
        confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True)
        return self._user is not None and confirmed.filter(user=self._user).exists()


@transaction.atomic
def account_for(email: str) -> User | None:
    """The person with this address, made when new, unverified and without a password.

    Returns None for an account that was closed: nothing is sent to it.
    """
    email = email.lower()
    user, _ = User.objects.get_or_create(email=email, defaults={"password": "!"})
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"primary": True, "verified": False}
    )
    return user if user.is_active else None
