"""What the editor checks before a page of the campaign is saved."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from campaign.addresses import refusal


class ContentPageForm(WagtailAdminPageForm):
    """Refuses a reserved address while the parent is still known from the form alone.

    A page that is being created has no place in the tree yet, so `ContentPage.clean`
    cannot know its parent.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # The home page stands at depth 2, directly below the root.
        if self.parent_page and self.parent_page.depth == 2:
            if why := refusal(cleaned.get("slug") or ""):
                self.add_error("slug", why)
        return cleaned
