"""The form that editors edit a case study with."""

from collections.abc import Iterator

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from casestudies import citations, rules
from casestudies.choices import ALWAYS, Part


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
