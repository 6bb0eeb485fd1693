"""The Content-Security-Policy: strict for everyone, with nonces for Wagtail's own scripts."""

import re
from typing import Any

from csp.constants import NONCE, SELF
from csp.middleware import CSPMiddleware

# The bare scripts that Wagtail 8 prints for its widgets. InlinePanel's "Add" clones
# them, so that hashes fail where nonces work (stack.md, section 1).
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
# The preview panel frames the page that it previews.
_ADMIN_FRAMES = {"frame-ancestors": [SELF]}


class StrictPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware; pages of the Wagtail admin get a nonce for its widgets."""

    def process_response(self, request: Any, response: Any) -> Any:
        html = response.get("Content-Type", "").startswith("text/html")
        if request.path_info.startswith("/admin/") and html and not response.streaming:
            nonce = str(request.csp_nonce).encode()
            response.content = _WIDGET_SCRIPT.sub(b'<script nonce="%s">' % nonce, response.content)
            response._csp_update = _ADMIN_POLICY
            response._csp_replace = _ADMIN_FRAMES
        return super().process_response(request, response)
