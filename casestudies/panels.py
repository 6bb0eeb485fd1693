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
