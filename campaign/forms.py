"""What is checked before an editor's page gets an address."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

from campaign.addresses import refusal

HOME_DEPTH = 2  # the home page stands directly below the root of the tree


def is_home(parent: Page | None) -> bool:
    """Whether pages below `parent` have a first-level address."""
    return parent is not None and parent.depth == HOME_DEPTH


class ContentPageForm(WagtailAdminPageForm):
    """Refuses a reserved address.

    A page that is being created has no place in the tree yet, so that the model's own
    `clean` cannot know its parent: the form does.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if is_home(self.parent_page) and (why := refusal(cleaned.get("slug") or "")):
            self.add_error("slug", why)
        return cleaned


class ContentCopyForm(CopyForm):
    """Refuses a reserved address for a copy."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        parent = cleaned.get("new_parent_page") or self.page.get_parent()
        if is_home(parent) and (why := refusal(cleaned.get("new_slug") or "")):
            self.add_error("new_slug", why)
        return cleaned
