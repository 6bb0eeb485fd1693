"""How people sign in: allauth, with one door for known and unknown addresses."""

import logging
import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import AddEmailForm, RequestLoginCodeForm, ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.models import User

logger = logging.getLogger("portal.accounts")

NO_MAIL_NOW = "We cannot send email at the moment, so no code was sent. Try again in a few minutes."
TOO_MANY = "There have been too many attempts. Wait a while, then try again."
MAX_ADDRESS = 254  # of the columns: ours and allauth's
TOO_LONG = f"Use an email address of up to {MAX_ADDRESS} characters."


class MailFailed(ImmediateHttpResponse):
    """A mail that somebody waits for did not go: back to the page, with why."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def response(self) -> HttpResponse:
        """allauth answers with this. Made when it is asked for: not every mail is waited for."""
        messages.error(self.request, NO_MAIL_NOW)
        # A page that sends mail when it is read would send the reader round for ever.
        return redirect(self.request.path if self.request.method == "POST" else "/")


class AccountAdapter(DefaultAccountAdapter):
    """Six digits in a code; nobody signs up but by confirming an address."""

    error_messages = DefaultAccountAdapter.error_messages | {"too_many_login_attempts": TOO_MANY}

    def generate_login_code(self) -> str:
        return self._six_digits()

    def generate_email_verification_code(self) -> str:
        return self._six_digits()

    def is_open_for_signup(self, request) -> bool:
        return False  # the code form below is the only door

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Send one. Raises MailFailed, which allauth answers, when the mail server does not
        take it."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as problem:  # SMTPException is one
            _log(problem)
            raise MailFailed(self.request) from problem

    def send_notification_mail(self, *args, **kwargs) -> None:
        """Tell of something that was done. That nobody can be told undoes nothing."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except MailFailed:
            return

    @staticmethod
    def _six_digits() -> str:
        return f"{secrets.randbelow(10**6):06d}"


def _log(problem: OSError) -> None:
    # Only the kind: its text could name the address.
    logger.error("The mail server refused a mail for signing in: %s", type(problem).__name__)


def refuse_while_mail_is_down() -> None:
    """Raise ValidationError when the mail server does not answer.

    Asked for every address alike. Were it only noticed on sending, an address that nothing
    is sent to (unknown, closed) would get another answer than one with an account.
    """
    connection = get_connection()
    if not isinstance(connection, EmailBackend):
        return  # files and the like: nobody to answer
    try:
        connection.open()
        connection.close()
    except OSError as problem:
        _log(problem)
        raise ValidationError(NO_MAIL_NOW) from problem


class AsksForAddress(forms.Form):
    """What our forms add to allauth's that send a code to the address typed in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django's own limit is 320, the column's 254: PostgreSQL would raise.
        field = self.fields["email"]
        others = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
        field.validators = [*others, MaxLengthValidator(MAX_ADDRESS, TOO_LONG)]

    def clean_email(self) -> str:
        email = super().clean_email()  # type: ignore[misc]  # allauth's
        refuse_while_mail_is_down()
        return email


class EmailCodeForm(AsksForAddress, RequestLoginCodeForm):
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


class PasswordResetForm(AsksForAddress, ResetPasswordForm):
    """Ask for a code to set a new password."""


class NewAddressForm(AsksForAddress, AddEmailForm):
    """Change to another address, which a code sent there confirms."""


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
