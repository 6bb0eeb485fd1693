"""Signing in with allauth: the same answers for known and unknown email addresses."""

import logging
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ConfirmLoginCodeView
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from anymail.exceptions import AnymailError
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from portal.account_history import ACCOUNT_CHANGED, CHANGES, note
from portal.mail import letters
from portal.mail.declarations import Mail, Recipients
from portal.mail.outbox import server_is_down
from portal.models import User

logger = logging.getLogger("portal.accounts")

NO_MAIL_NOW = "We cannot send email at the moment, so no code was sent. Try again in a few minutes."
MAIL_IS_DOWN = "mail_is_down"  # in the cache
ASK_AGAIN_AFTER = 30  # seconds
_asking = threading.Lock()
PATIENCE = 2  # seconds for each answer of the mail server, while someone waits
TOO_MANY = "There have been too many attempts. Wait a while, then try again."
NEW_CODE_AFTER = 60  # seconds
WAIT = (
    "We sent you a code less than a minute ago. It can take a minute to arrive. If it does not, "
    "select “Send a new code” again."
)
ASK_FIRST = "That code no longer works. Enter your email address and we’ll send you a new one."
WRONG_CODE = (
    "The code is not correct. Enter the 6 digits from our latest email, or select “Send a new code”"
)
WRONG_SECOND_CODE = "The code is not correct. Enter the one the app shows now, or a recovery code"
CONFIRM_BY = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code from your app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use your passkey",
}
MAX_ADDRESS = 254  # the length of our column and of allauth's
TOO_LONG = f"Email address must be {MAX_ADDRESS} characters or fewer"


class MailFailed(ImmediateHttpResponse):
    """Raised when an email that someone waits for was not sent; returns them to the page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def response(self) -> HttpResponse:
        """Redirect that allauth answers with; reading it adds the error message.

        Not every email is waited for, so the message is added only when allauth asks for it.
        """
        messages.error(self.request, NO_MAIL_NOW)
        # A page that sends an email on GET would redirect to itself for ever.
        return redirect(self.request.path if self.request.method == "POST" else "/")


class AccountAdapter(DefaultAccountAdapter):
    """allauth with six-digit codes and no sign-up except by confirming an email address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": TOO_MANY,
        "incorrect_code": WRONG_CODE,
    }

    def generate_login_code(self) -> str:
        """Return six random digits."""
        return f"{secrets.randbelow(10**6):06d}"

    generate_email_verification_code = generate_login_code

    def is_open_for_signup(self, request) -> bool:
        """Return False: an account is made only by `EmailCodeForm`."""
        return False

    def is_safe_url(self, url) -> bool:
        """Whether someone may be sent on to this address; not if it is no address at all."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def render_mail(self, *args, **kwargs) -> EmailMultiAlternatives:
        """Render an email as text, and as HTML in the frame of all our emails."""
        message = super().render_mail(*args, **kwargs)
        message.attach_alternative(letters.as_html(message.subject, message.body), "text/html")
        message.connection = mail_server()
        return message

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Send an email that someone waits for.

        Raises:
            MailFailed: If the mail server does not accept it. allauth answers with it.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, AnymailError) as problem:  # SMTPException is an OSError
            _log(problem)
            if server_is_down(problem):  # the next person need not wait for it
                cache.set(MAIL_IS_DOWN, True, ASK_AGAIN_AFTER)
            raise MailFailed(self.request) from problem

    def send_notification_mail(
        self, template_prefix: str, user, context: dict | None = None, email: str | None = None
    ) -> None:
        """Add a change to the account's history, and tell the person by our outbox."""
        with transaction.atomic():
            change = note(self.request, user, CHANGES[template_prefix])
            ACCOUNT_CHANGED.post(email or user.email, change.pk, change=change)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Whether someone must confirm who they are: 15 minutes after they last did, or signed in.

        Raises:
            ReauthenticationRequired: If they have neither password nor second factor, for which
                allauth would ask nothing.
        """
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        if not super().get_reauthentication_methods(self.request.user):
            raise ReauthenticationRequired
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Return the ways to confirm who they are; without any, to sign in again by code."""
        again = {
            "id": "sign_in_again",
            "description": "Sign in again with a code",
            "url": reverse("account_sign_in_again"),
        }
        methods = super().get_reauthentication_methods(user)
        for each in methods:
            each["description"] = CONFIRM_BY[each["id"]]
        if not is_mfa_enabled(user, types=["totp"]):  # a passkey, before its recovery codes
            methods.sort(key=lambda each: each["id"] == "mfa_reauthenticate")
        return methods or [again]


class MFAAdapter(DefaultMFAAdapter):
    """allauth's second factor in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_SECOND_CODE,
        "cannot_delete_authenticator": "You cannot remove your last second step.",
    }

    def generate_authenticator_name(self, user, type) -> str:
        """Return a name for a new passkey, which the person can change."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"


@dataclass(frozen=True, eq=False)
class CodeMail(Mail):
    """An email with a code. allauth sends it while someone waits, so it is in no outbox."""

    def render(self, about: Mapping[str, object]) -> tuple[str, str]:
        """Render subject and text as allauth does."""
        message = get_adapter().render_mail(f"account/email/{self.name}", "", about)
        return message.subject, message.body


_of_code = partial(CodeMail, about={"code": "012345"}, context=lambda code: {})
CODE_MAILS = [
    _of_code("account.login_code", "Code to sign in", Recipients("The person who signs in")),
    _of_code(
        "account.email_confirmation",
        "Code to confirm an email address",
        Recipients("The person who asks to use the address"),
    ),
    _of_code(
        "account.password_reset_code",
        "Code to set a new password",
        Recipients("The person who asks for a new password"),
    ),
]


def _log(problem: Exception) -> None:
    # Log only the exception class. The message may contain the address.
    logger.error("The mail server refused a mail for signing in: %s", type(problem).__name__)


def mail_server() -> BaseEmailBackend:
    """Return a connection for an email that is sent while someone waits, with little patience."""
    connection = get_connection()
    if hasattr(connection, "timeout"):  # SMTP, or a provider's API
        connection.timeout = PATIENCE
    return connection


def check_mail_server() -> None:
    """Connect to the mail server, for known and unknown addresses alike.

    If a fault showed only on sending, an address that gets no email (unknown or closed) would
    get a different answer from one with an account. After a failure it is not asked again for
    half a minute, so that a server that hangs does not hold up the whole site.

    Raises:
        ValidationError: If the mail server does not answer, or did not a moment ago.
    """
    connection = mail_server()
    if not hasattr(connection, "timeout"):
        return  # no server, for example the file backend
    if cache.get(MAIL_IS_DOWN):
        raise ValidationError(NO_MAIL_NOW)
    if not isinstance(connection, EmailBackend):
        return  # a provider's API is asked only to send
    # Only one person's request waits for a server that hangs; other pages need the threads.
    if not _asking.acquire(timeout=PATIENCE / 10):
        raise ValidationError(NO_MAIL_NOW)
    try:
        connection.open()
        connection.close()
    except OSError as problem:
        _log(problem)
        cache.set(MAIL_IS_DOWN, True, ASK_AGAIN_AFTER)
        raise ValidationError(NO_MAIL_NOW) from problem
    finally:
        _asking.release()


class AddressFormMixin(forms.Form):
    """Checks for allauth's forms that send a code to the address typed in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django allows 320 characters and the column 254, so PostgreSQL would raise an error.
        field = self.fields["email"]
        others = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
        field.validators = [*others, MaxLengthValidator(MAX_ADDRESS, TOO_LONG)]

    def clean_email(self) -> str:
        """Return the address if the mail server answers, else raise ValidationError."""
        email = super().clean_email()  # type: ignore[misc]  # allauth's
        check_mail_server()
        return email


class EmailCodeForm(AddressFormMixin, RequestLoginCodeForm):
    """Request a sign-in code by email; a new address gets an account too.

    Both cases answer alike, so no one learns who has an account. An account that never
    enters its code can do nothing, and `portal.jobs.cleanup` deletes it.
    """

    _user: User | None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Work email address"
        self.fields["email"].widget.attrs = {"autocomplete": "email", "spellcheck": "false"}
        self.fields["email"].error_messages["invalid"] = (
            "Enter an email address in the correct format, like name@example.gov.uk"
        )

    def clean_email(self) -> str:
        """Return the address, and make its account if no one has confirmed it.

        allauth also finds a user who has only asked to change to this address. The address's
        real owner would then enter that user's account, so only a confirmed one counts.
        """
        email = super().clean_email()
        confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True)
        if self._user is None or not confirmed.filter(user=self._user).exists():
            self._user = account_for(email)
        return email


class PasswordResetForm(AddressFormMixin, ResetPasswordForm):
    """Request a code to set a new password."""


class NewAddressForm(AddressFormMixin, AddEmailForm):
    """Change to another address, confirmed by a code sent to it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New email address"


class CodeFormMixin(forms.Form):
    """A narrow field for the six digits, which a phone fills in from the email."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label, code.help_text = "Code", "6 digits, for example 012345"
        code.error_messages["required"] = "Enter the code from the email"
        code.widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "spellcheck": "false",
            "class": "govuk-input--width-10",
        }


class LoginCodeForm(CodeFormMixin, ConfirmLoginCodeForm):
    """Sign in with the code that was emailed."""


class AddressCodeForm(CodeFormMixin, ConfirmEmailVerificationCodeForm):
    """Confirm an email address with the code that was sent to it."""


class PasswordCodeForm(CodeFormMixin, ConfirmPasswordResetCodeForm):
    """Go on to a new password with the code that was emailed."""


class AddPasskeyForm(AddWebAuthnForm):
    """Add a passkey or security key."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = "Sign in with it alone"
        alone.help_text = "Without a password or an emailed code. Not every security key can."


class SetUpAppForm(ActivateTOTPForm):
    """Set up an authenticator app; the code that does so does not sign in as well."""

    def clean_code(self) -> str:
        """Return the code, and count it as used, as allauth does on signing in."""
        code = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code


class LoginCodeView(ConfirmLoginCodeView):
    """allauth's page for the code, on which each new code waits a minute and works in full.

    Someone whose code has expired is told so, and still goes on to where they were going.
    """

    def dispatch(self, request, *args, **kwargs):
        """Answer; if there is no code to enter any more, say why on the page that sends one."""
        response = super().dispatch(request, *args, **kwargs)
        ask = reverse("account_request_login_code")
        if getattr(response, "url", "") != ask:
            return response
        if not getattr(self, "_process", None):
            messages.warning(request, ASK_FIRST)
        return redirect(self.passthrough_next_url(ask))

    def form_valid(self, form):
        """Sign in, or send a new code, but not within a minute of the last one."""
        if self.request.POST.get("action") == "resend":
            state = self._process.state
            if time.time() - state["at"] < NEW_CODE_AFTER:
                messages.error(self.request, WAIT)
                return redirect(self.passthrough_next_url(self.request.path))
            state["at"] = time.time()
        return super().form_valid(form)


@login_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Confirm who someone is who has only emailed codes: they sign in again, then go on."""
    onward = get_next_redirect_url(request) or ""
    if request.method != "POST":
        return render(request, "account/sign_in_again.html", {"next": onward})
    logout(request)
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return redirect(reverse("account_request_login_code") + query)


@transaction.atomic
def account_for(email: str) -> User | None:
    """Get or create the user with this address.

    A new account is unverified and has no usable password.

    Returns:
        The user, or None if the account was closed; nothing is sent to a closed account.
    """
    email = email.lower()
    user, _ = User.objects.get_or_create(email=email, defaults={"password": "!"})
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"primary": True, "verified": False}
    )
    return user if user.is_active else None
