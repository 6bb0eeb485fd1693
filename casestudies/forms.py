"""The editor's form of a case study: what may wait in a draft, and what may not be published."""

from wagtail.admin.forms import WagtailAdminPageForm


class CaseStudyPageForm(WagtailAdminPageForm):
    """Asks the model's own rules for publishing, and puts each answer beside its field.

    A draft may break all of them: nothing that was typed is lost for want of a source.
    """

    def clean(self):
        cleaned = super().clean()
        if not self.is_deferred_validation:
            self._check_summary(cleaned.get("summary") or "")
            self._check_results()
        return cleaned

    def _check_summary(self, summary: str) -> None:
        problem = self.instance.summary_problem(summary)
        if problem:
            self.add_error("summary", problem)

    def _check_results(self) -> None:
        labels = {form.cleaned_data.get("label") for form in self._rows("sources")}
        for row in self._rows("results"):
            result = row._meta.model(
                **{
                    name: row.cleaned_data.get(name) or ""
                    for name in ("figure", "measures", "period", "claimed_by", "source")
                }
            )
            for field, problem in result.problems(labels).items():
                # "This field is required" says the same with fewer words.
                row.errors.pop(field, None)
                row.add_error(field, problem)

    def _rows(self, name: str):
        """The forms of one inline panel that will be kept."""
        formset = self.formsets.get(name)
        if formset is None:
            return []
        formset.is_valid()
        return [
            form
            for form in formset.forms
            if hasattr(form, "cleaned_data")
            and not form.cleaned_data.get("DELETE")
            and (form.has_changed() or form.instance.pk)
        ]
