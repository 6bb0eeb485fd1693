"""Editing forms that refuse reserved addresses."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

from campaign.addresses import slug_problem

HOME_DEPTH = 2  # the home page is directly below the root of the tree


def is_home(parent: Page | None) -> bool:
    """Whether pages below `parent` have a first-level address."""
    return parent is not None and parent.depth == HOME_DEPTH


class ContentPageForm(WagtailAdminPageForm):
    """The form of a content page.

    A new page has no place in the tree yet, so that the model's `clean` does not know its
    parent. The form does.
    """

    def clean(self) -> dict[str, Any]:
        """Add an error for a reserved address."""
        cleaned = super().clean()
        if is_home(self.parent_page) and (why := slug_problem(cleaned.get("slug") or "")):
            self.add_error("slug", why)
        return cleaned


class ContentCopyForm(CopyForm):
    """The form to copy a content page."""

    def clean(self) -> dict[str, Any]:
        """Add an error if the copy would have a reserved address."""
        cleaned = super().clean()
        parent = cleaned.get("new_parent_page") or self.page.get_parent()
        if is_home(parent) and (why := slug_problem(cleaned.get("new_slug") or "")):
            self.add_error("new_slug", why)
        return cleaned
