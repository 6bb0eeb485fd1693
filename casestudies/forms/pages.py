"""Forms of case studies: for editing one, and for whether it is still true."""

from collections.abc import Iterator

from django import forms
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm

from casestudies import citations, rules
from casestudies.choices import ALWAYS, Part, Status
from portal.forms import OneLineField, ReasonField, TheirEmailField


class CaseStudyPageForm(WagtailAdminPageForm):
    """The form that shows what `rules` finds beside the fields concerned.

    A draft can break every rule, so that nothing typed is lost.
    """

    nothing_found = forms.MultipleChoiceField(
        label="We found nothing published about",
        choices=[(part.value, part.label) for part in Part if part not in ALWAYS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Select a part only after you have looked. The page then says so there.",
    )

    def clean(self):
        """Check the rules, unless a draft is saved."""
        cleaned = super().clean()
        if not self.is_deferred_validation:
            if problem := rules.summary_problem(cleaned.get("summary") or ""):
                self.add_error("summary", problem)
            hard = cleaned.get("what_was_hard")
            is_answered = hard or Part.WHAT_WAS_HARD in cleaned.get("nothing_found", [])
            if problem := rules.hard_problem(bool(is_answered)):
                self.add_error("what_was_hard", problem)
            self._check_figures(cleaned)
        return cleaned

    def _check_figures(self, cleaned: dict) -> None:
        labels = [row.cleaned_data.get("label", "") for row in self._rows("sources")]
        for name in (*citations.TEXTS, *citations.STREAMS):
            if problem := citations.unknown_problem(cleaned.get(name) or "", labels):
                self.add_error(name, problem)
        if problem := rules.labels_problem(labels):
            self.add_error(None, problem)
        for row in self._rows("results"):
            given = {part: row.cleaned_data.get(part) or "" for part in rules.FIGURE_PARTS}
            for part, problem in rules.figure_problems(given, labels).items():
                # Replaces "This field is required", which says less.
                row.errors.pop(part, None)
                row.add_error(part, problem)
            unit = row.cleaned_data.get("unit") or ""
            if problem := rules.unit_problem(given["figure"], unit):
                row.add_error("unit", problem)

    def _rows(self, panel: str) -> Iterator:
        """Yield the forms of one inline panel that will be saved."""
        formset = self.formsets[panel]
        formset.is_valid()  # fills `cleaned_data`
        for row in formset.forms:
            kept = row.has_changed() or row.instance.pk
            if kept and not row.cleaned_data.get("DELETE"):
                yield row


class StillTrueForm(forms.Form):
    """What a contact says: whether the work still runs, and one sentence."""

    answer = forms.ChoiceField(
        label="How does this work stand today?",
        choices=[
            (Status.RUNNING, "It is still running, much as described"),
            (Status.CHANGED, "It has changed into something else"),
            (Status.ENDED, "It has ended"),
            (Status.UNKNOWN, "I do not know"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select how this work stands today"},
    )
    sentence = ReasonField(
        label="One sentence for readers",
        max_length=300,
        rows=2,
        required=False,
        help_text="For example, what is different now, or what came after it. An editor reads it "
        "before it appears on the page.",
    )


class RecordAnswerForm(StillTrueForm):
    """What someone at the council told staff in another way."""

    told_by = OneLineField(
        max_length=160,
        label="Who told you?",
        help_text="Their name and role, and how: for example, Robin Reed, Head of Communities, by "
        "phone. Never public.",
        error_messages={"required": "Enter who told you"},
    )
    told_on = forms.DateField(
        label="On which day?",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the day", "invalid": "Day must be a real date"},
    )

    field_order = ("told_by", "told_on", "answer", "sentence")

    def clean_told_on(self):
        """Check that it is not in the future."""
        day = self.cleaned_data["told_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Day must be today or in the past")
        return day


class NamedContactForm(forms.Form):
    """Who is asked about a case study, instead of the member's lead contact."""

    name = OneLineField(max_length=120, required=False, label="Name")
    email = TheirEmailField(
        required=False,
        label="Email address",
        help_text="Leave both blank to ask the council’s lead contact. Never public.",
    )

    def clean(self):
        """Check that both are given, or neither."""
        cleaned = super().clean()
        for one, other, what in (("name", "email", "name"), ("email", "name", "email address")):
            if cleaned.get(other) and not cleaned.get(one) and one not in self.errors:
                self.add_error(one, f"Enter their {what}")
        return cleaned


class WhyForm(forms.Form):
    """Why a case study is no longer published, in words for readers."""

    why = OneLineField(
        max_length=300,
        required=False,
        label="Why it is no longer published",
        help_text="Readers see this, with the title and the council. If you leave it blank, they "
        "read only that a case study is no longer published.",
    )
