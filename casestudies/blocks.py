"""Parts of a case study that editors add one by one."""

from wagtail import blocks

from casestudies.choices import PartnerKind


class PartnerValue(blocks.StructValue):
    """A partner as templates see it."""

    @property
    def kind_label(self) -> str:
        return PartnerKind(self["kind"]).label if self["kind"] else ""


class PartnerBlock(blocks.StructBlock):
    """One body that did the work with the council, and what it did."""

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
