"""StreamField blocks of a case study."""

from wagtail import blocks

from casestudies.choices import PartnerKind


class PartnerValue(blocks.StructValue):
    """A partner, with its type in words for templates."""

    @property
    def kind_label(self) -> str:
        """Type in words, or ""."""
        return PartnerKind(self["kind"]).label if self["kind"] else ""


class PartnerBlock(blocks.StructBlock):
    """An organisation that did the work with the council, and its part in it."""

    name = blocks.CharBlock(max_length=120)
    kind = blocks.ChoiceBlock(choices=PartnerKind.choices)
    role = blocks.CharBlock(
        max_length=200, required=False, help_text="What it did, in a few words."
    )

    class Meta:
        value_class = PartnerValue
        icon = "group"
        label = "Partner"
        description = "A body that did the work with the council."
        preview_value = {
            "name": "Bradford Trident",
            "kind": PartnerKind.VCSE,
            "role": "community anchor",
        }
