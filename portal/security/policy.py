"""Content-Security-Policy, with nonces for the scripts in Wagtail's admin."""

import re
from typing import Any

from csp.constants import NONCE, SELF
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.utils.cache import patch_cache_control

# The inline scripts of Wagtail 8's widgets. InlinePanel's "Add" copies them, so that hashes
# would fail; nonces work (stack.md, section 1).
_WIDGET_SCRIPT = re.compile(
    rb"<script>(?=\s*(?:init(?:Date|Time|DateTime)Chooser\(|new \w*Chooser\("
    rb"|\(function\(\) \{\s*var panel = new (?:InlinePanel|MultipleChooserPanel)\())"
)
_ADMIN_POLICY = {
    "script-src": [SELF, NONCE],
    # Draftail injects two <style> elements of its own.
    "style-src-elem": [SELF, "'unsafe-inline'"],
    "img-src": ["blob:"],
}
# The preview panel shows the page in a frame.
_ADMIN_FRAMES = {"frame-ancestors": [SELF]}
# The content checks of Wagtail's userbar measure the page with <style> elements of their own.
_USERBAR_POLICY = {"style-src-elem": [SELF, "'unsafe-inline'"]}


def note_userbar(request: HttpRequest, items: object = None, page: object = None) -> None:
    """Note that this page has Wagtail's userbar; a `construct_wagtail_userbar` hook."""
    request.shows_userbar = True  # type: ignore[attr-defined]


class StrictPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware, with policies for the Wagtail admin, previews and the userbar.

    A preview is made by a request of Wagtail's own, which has the address of the page and not
    that of the admin, and whose headers are those that the browser gets.
    """

    def process_response(self, request: Any, response: Any) -> Any:
        """Add the header; in the admin also a nonce to each widget's script.

        A page with the userbar is for one member of staff, so no shared cache can keep it.
        """
        html = response.get("Content-Type", "").startswith("text/html")
        if request.path_info.startswith("/admin/") and html and not response.streaming:
            nonce = str(request.csp_nonce).encode()
            response.content = _WIDGET_SCRIPT.sub(b'<script nonce="%s">' % nonce, response.content)
            if response.has_header(
                "Content-Length"
            ):  # set before; the server would cut the end off
                response["Content-Length"] = str(len(response.content))
            response._csp_update = _ADMIN_POLICY
            response._csp_replace = _ADMIN_FRAMES
        elif getattr(request, "shows_userbar", False):
            response._csp_update = _USERBAR_POLICY
            patch_cache_control(response, private=True, no_store=True)
        if getattr(request, "is_preview", False):
            response._csp_replace = _ADMIN_FRAMES
        return super().process_response(request, response)
