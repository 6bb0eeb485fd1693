"""Editing forms of the editors' pages: reserved addresses, and what must be known to publish."""

from datetime import datetime
from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

from campaign.addresses import slug_problem
from campaign.choices import Topic

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


class NewsPageForm(WagtailAdminPageForm):
    """The form of some news, with its topics as checkboxes."""

    topics = forms.MultipleChoiceField(
        choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        """Ask what the picture shows, unless a draft is saved."""
        cleaned = super().clean()
        is_undescribed = cleaned.get("picture") and not (
            cleaned.get("picture_alt") or cleaned.get("picture_is_decorative")
        )
        if is_undescribed and not self.is_deferred_validation:
            self.add_error("picture_alt", "Describe the picture, or select that it is decorative")
        picture = cleaned.get("picture")
        if picture and not picture.rights and not self.is_deferred_validation:
            problem = "Open this picture under Images and select why we can publish it"
            self.add_error("picture", problem)
        return cleaned


NOT_TO_BE_OPENED = "Enter a web address, or choose a document"


class ResourcePageForm(WagtailAdminPageForm):
    """The form of a resource. A draft can lack anything, so that nothing typed is lost."""

    def clean(self) -> dict[str, Any]:
        """Ask where readers can open it, unless a draft is saved."""
        cleaned = super().clean()
        is_somewhere = cleaned.get("web_address") or cleaned.get("document")
        if not (is_somewhere or self.is_deferred_validation or self.has_error("web_address")):
            self.add_error("web_address", NOT_TO_BE_OPENED)
        return cleaned


CLOCKS_CHANGE = "The clocks change in this hour. Enter an earlier or a later time"


class EventPageForm(WagtailAdminPageForm):
    """The form of an event. A draft can lack anything, so that nothing typed is lost."""

    def clean(self) -> dict[str, Any]:
        """Show what prevents publishing beside its field, unless a draft is saved."""
        cleaned = super().clean()
        for name in ("begins", "ends"):
            if self.has_error(name, "ambiguous_timezone"):
                self.errors[name] = self.error_class([CLOCKS_CHANGE], renderer=self.renderer)
        if not self.is_deferred_validation:
            given = {name: cleaned.get(name) for name in ("begins", "ends", "place", "online_url")}
            for name, problem in event_problems(**given).items():
                if not self.has_error(name):  # else what was entered is not understood
                    self.add_error(name, problem)
        return cleaned


def event_problems(
    begins: datetime | None, ends: datetime | None, place: str | None, online_url: str | None
) -> dict[str, str]:
    """Return what prevents the publishing of an event, by field."""
    problems = {}
    if begins is None:
        problems["begins"] = "Enter when the event begins"
    if ends is None:
        problems["ends"] = "Enter when the event ends"
    if begins and ends and ends <= begins:
        problems["ends"] = "The end must be after the beginning"
    if not (place or online_url):
        problems["place"] = "Enter a place, or the link of an online event"
    return problems
