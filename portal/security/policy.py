"""Content-Security-Policy, with nonces for the scripts in Wagtail's admin."""

import re
from typing import Any

from csp.constants import NONCE, SELF
from csp.middleware import CSPMiddleware

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


class StrictPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware, with a policy of its own for pages of the Wagtail admin."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Add the header; in the admin also a nonce to each widget's script."""
        html = response.get("Content-Type", "").startswith("text/html")
        if request.path_info.startswith("/admin/") and html and not response.streaming:
            nonce = str(request.csp_nonce).encode()
            response.content = _WIDGET_SCRIPT.sub(b'<script nonce="%s">' % nonce, response.content)
            response._csp_update = _ADMIN_POLICY
            response._csp_replace = _ADMIN_FRAMES
        return super().process_response(request, response)
