"""Second factor, required outside DEBUG of everyone who can enter an admin."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect

ADMIN_PATHS = ("/admin/", "/django-admin/")
# Recovery codes are only a spare for one of these.
SECOND_FACTORS = ["totp", "webauthn"]


def can_enter_admin(user) -> bool:
    """Whether the user is active, and staff or has Wagtail's access permission."""
    return user.is_active and (user.is_staff or user.has_perm("wagtailadmin.access_admin"))


class RequireSecondFactorMiddleware:
    """Redirects an administrator without a second factor to the page that sets one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        if request.path_info.startswith(ADMIN_PATHS) and request.user.is_authenticated:
            if not can_enter_admin(request.user):
                # Wagtail would redirect to the login page, and that page back again.
                raise PermissionDenied
            if not (settings.DEBUG or is_mfa_enabled(request.user, types=SECOND_FACTORS)):
                text = "Set up an authenticator app or a passkey before you use the admin."
                messages.warning(request, text)
                return redirect("mfa_index")
        return self.get_response(request)
