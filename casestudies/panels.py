"""A panel of the editing form that no field fills."""

from typing import Any

from wagtail.admin.panels import Panel

from casestudies import parts
from casestudies.reading_age import reading_age

AIM = 15  # years; what people read at ease, and what voice.md aims at


class CompletenessPanel(Panel):
    """Says what a full case study still needs, and its reading age, as last saved."""

    class BoundPanel(Panel.BoundPanel):
        """The panel for one case study."""

        template_name = "casestudies/admin_completeness.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add `missing`, `reading_age` (years or None) and `aim`."""
            return {
                **super().get_context_data(parent_context),
                "missing": parts.missing(self.instance),
                "reading_age": reading_age(self.instance.plain_text),
                "aim": AIM,
            }


class FromMemberPanel(Panel):
    """Says which council wrote the page, and who has agreed to what, for editors."""

    class BoundPanel(Panel.BoundPanel):
        """The panel for one case study."""

        template_name = "casestudies/admin_from_member.html"

        def is_shown(self) -> bool:
            """Whether a council wrote it or is changing it."""
            return bool(self.instance.pk and hasattr(self.instance, "submission"))

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Add `submission`, `notes` and `pictures` (each with who is in it)."""
            notes = self.instance.council_notes
            people = notes.get("people_in_pictures", {})
            blocks = [b for b in self.instance.story if b.block_type == "image" and b.value]
            pictures = [(b.value.title, people.get(str(b.value.pk), "")) for b in blocks]
            return {
                **super().get_context_data(parent_context),
                "submission": self.instance.submission,
                "notes": notes,
                "pictures": pictures,
                "has_quote": any(b.block_type == "quote" for b in self.instance.story),
            }
