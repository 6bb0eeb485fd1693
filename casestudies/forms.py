"""Editing form of a case study."""

from collections.abc import Iterator

from wagtail.admin.forms import WagtailAdminPageForm

from casestudies import citations, rules


class CaseStudyPageForm(WagtailAdminPageForm):
    """The form that shows what `rules` finds beside the fields concerned.

    A draft can break every rule, so that nothing typed is lost.
    """

    def clean(self):
        """Check the rules, unless a draft is saved."""
        cleaned = super().clean()
        if not self.is_deferred_validation:
            if problem := rules.summary_problem(cleaned.get("summary") or ""):
                self.add_error("summary", problem)
            self._check_figures(cleaned)
        return cleaned

    def _check_figures(self, cleaned: dict) -> None:
        labels = [row.cleaned_data.get("label", "") for row in self._rows("sources")]
        for name in (*citations.BEFORE_FIGURES, *citations.AFTER_FIGURES):
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

    def _rows(self, panel: str) -> Iterator:
        """Yield the forms of one inline panel that will be saved."""
        formset = self.formsets[panel]
        formset.is_valid()  # fills `cleaned_data`
        for row in formset.forms:
            kept = row.has_changed() or row.instance.pk
            if kept and not row.cleaned_data.get("DELETE"):
                yield row
