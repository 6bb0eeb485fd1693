"""Forms for staff who announce councils together."""

from django import forms

from network import permissions
from network.forms.reviews import HourField
from network.models import Membership
from portal.forms import OneLineField, ReasonField
from portal.models import User

NOBODY_ELSE = (
    "Everyone involved in a council whose day or time changes will read this. Do not name the "
    "other councils: their announcement is not public either."
)


class WaitingCouncils(forms.ModelMultipleChoiceField):
    """Accepted councils that wait for their announcement, and are in no cohort."""

    def __init__(self, **kwargs):
        super().__init__(
            queryset=Membership.objects.none(),
            label="Councils",
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Select the councils to announce together"},
            **kwargs,
        )

    def label_from_instance(self, obj) -> str:
        """Return the council, and when it is announced as things stand."""
        return f"{obj.council.official_name}, {obj.announce_text or 'on hold'}"


class AddToCohortForm(forms.Form):
    """Which councils are announced together, and why their time changes."""

    memberships = WaitingCouncils()
    why = ReasonField(label="Why the time changes", help_text=NOBODY_ELSE, max_length=1000)

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        field = self.fields["memberships"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        rows = Membership.objects.to_announce().filter(cohort=None)
        field.queryset = rows.select_related("council", "sign_up").order_by("council__name")

    def clean_memberships(self) -> list[Membership]:
        """Return the chosen councils, in none of which the manager has a part."""
        chosen = list(self.cleaned_data["memberships"])
        own = [each for each in chosen if not permissions.can_look_after(self.by, each)]
        if own:
            names = " and ".join(each.council.name for each in own)
            raise forms.ValidationError(
                f"You have a part in {names}, so you cannot decide about its announcement here. "
                "Leave it out: it keeps its own time"
            )
        return chosen


class MakeCohortForm(AddToCohortForm):
    """The same, with the name and the hour of a new cohort."""

    name = OneLineField(
        max_length=80,
        label="Name of the cohort",
        help_text="Each council’s public page shows it, for example “Spring 2027”.",
        error_messages={"required": "Enter the name of the cohort"},
    )
    announce_at = HourField(label="Announce them on", help_text="The time is in London.")
    field_order = ["memberships", "name", "announce_at", "why"]

    def clean(self):
        """Check that every council can be announced at that hour."""
        cleaned = super().clean()
        at = cleaned.get("announce_at")
        for membership in cleaned.get("memberships", []) if at else []:
            if reason := membership.sign_up.reason_not_to_announce_at(at):
                self.add_error("announce_at", f"{membership.council}: {reason}")
        return cleaned


class MoveCohortForm(forms.Form):
    """Another hour for a whole cohort, or none for now."""

    announce_at = HourField(
        required=False,
        label="Announce them at another time",
        help_text="The time is in London. Leave both blank to hold the announcement.",
    )
    why = ReasonField(help_text=NOBODY_ELSE, max_length=1000)


class TakeOutForm(forms.Form):
    """Why a council is not announced with the others."""

    why = ReasonField(
        help_text="Everyone involved in the council will read this. Do not name the others.",
        max_length=1000,
    )
