"""Whoever can enter an admin needs a second factor, outside DEBUG."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect

ADMIN_PATHS = ("/admin/", "/django-admin/")
# Recovery codes only stand in for one of these.
SECOND_FACTORS = ["totp", "webauthn"]


def may_enter_an_admin(user) -> bool:
    """True for active staff and for people with Wagtail's access permission."""
    return user.is_active and (user.is_staff or user.has_perm("wagtailadmin.access_admin"))


class RequireSecondFactorMiddleware:
    """Sends an administrator without a second factor to the page that sets one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        if self._has_no_business_here(request):
            # Wagtail would send the person to sign in, and that page straight back.
            raise PermissionDenied
        if self._must_set_one_up(request):
            messages.warning(
                request,
                "Set up an authenticator app or a passkey before you use the admin.",
            )
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _has_no_business_here(request: HttpRequest) -> bool:
        if not request.path_info.startswith(ADMIN_PATHS):
            return False
        return request.user.is_authenticated and not may_enter_an_admin(request.user)

    @staticmethod
    def _must_set_one_up(request: HttpRequest) -> bool:
        if settings.DEBUG or not request.path_info.startswith(ADMIN_PATHS):
            return False
        user = request.user
        if not (user.is_authenticated and may_enter_an_admin(user)):
            return False
        return not is_mfa_enabled(user, types=SECOND_FACTORS)
