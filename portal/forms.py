"""How forms look: Django's own forms in govuk-frontend's markup, by one FORM_RENDERER.

`{{ form }}` writes every field with label, hint, error and the right aria attributes;
`{{ form.email.as_field_group }}` writes one. A widget's own attributes are kept, so
`forms.TextInput(attrs={"class": "govuk-input--width-10"})` narrows a field.
Nothing here touches how both admins draw theirs: they use their own templates and
never ask a bound field for its `govuk_` parts.
"""

import unicodedata

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.safestring import SafeString

from portal.form_recovery import shown_again

_PICK_ONE_OR_MORE = {
    forms.CheckboxSelectMultiple: "checkboxes",
    forms.RadioSelect: "radios",
}


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: the POST's data, even when empty, or None for a GET."""
    return request.POST if request.method == "POST" else None


class OneLineField(forms.CharField):
    """Text of one line: breaks and control characters become blanks.

    A name goes into mails and records, where a line of its own would pass for our words.
    """

    def to_python(self, value):
        text = super().to_python(value)
        shown = (" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
        return " ".join("".join(shown).split())


class LongTextField(forms.CharField):
    """Several lines in a box of so many rows. What is too long is kept and refused with its
    length: a browser that is told the limit cuts off what is pasted, without a word."""

    def __init__(self, *, max_length: int, label: str, rows: int = 5, **kwargs):
        errors = {
            "max_length": f"“{label.replace('%', '%%')}” has %(show_value)d characters: shorten it "
            f"to {max_length:,} at most"
        }
        super().__init__(
            max_length=max_length,
            label=label,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages=errors | kwargs.pop("error_messages", {}),
            **kwargs,
        )

    def to_python(self, value):
        """Browsers send a line's end as two characters, and count one."""
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        return {
            name: value
            for name, value in super().widget_attrs(widget).items()
            if name != "maxlength"
        }


class GovukDateWidget(forms.SelectDateWidget):
    """A date typed as day, month and year: three small number fields, no calendar.

    Gives what `SelectDateWidget` gives: an ISO date, or None where all three are empty;
    what is no date comes back as typed and fails the field's own check.
    """

    template_name = "forms/date.html"
    use_fieldset = True
    PARTS = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))

    def get_context(self, name, value, attrs):
        context = super(forms.SelectDateWidget, self).get_context(name, value, attrs)
        parts = self.format_value(value)
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{part}",
                "id": f"{context['widget']['attrs'].get('id', name)}_{part}",
                "label": label,
                "length": length,
                "value": parts.get(part) or "",
            }
            for part, label, length in self.PARTS
        ]
        return context

    def format_value(self, value):
        """What stands in the three fields; what was typed wrongly is kept as it was."""
        parts = super().format_value(value)
        if isinstance(value, str) and value.count("-") == 2 and not any(parts.values()):
            typed = zip(("year", "month", "day"), value.split("-"), strict=True)
            parts = {name: "" if text == "0" else text for name, text in typed}
        return parts

    def value_from_datadict(self, data, files, name):
        """The date as typed; a month may be a name, whole or its first three letters."""
        month = f"{name}_month"
        typed = str(data.get(month) or "").strip().casefold()
        for number, called in MONTHS.items():
            if typed in (str(called).casefold(), str(called).casefold()[:3]):
                parts = (f"{name}_{part}" for part, _, _ in self.PARTS)
                data = {part: data.get(part) for part in parts} | {month: str(number)}
        return super().value_from_datadict(data, files, name)

    def id_for_label(self, id_):
        """The first of the three, which is the day here."""
        return f"{id_}_day" if id_ else ""


class TypedDateField(forms.DateField):
    """A date typed in three fields, in a year that somebody can mean: a slip of the keyboard
    would stand for ever, and some years are none that one can count from."""

    widget = GovukDateWidget
    FIRST_YEAR, YEARS_AHEAD = 2000, 10

    def validate(self, value):
        super().validate(value)
        last = timezone.localdate().year + self.YEARS_AHEAD
        if value and not self.FIRST_YEAR <= value.year <= last:
            raise forms.ValidationError(
                f"Check the year: it is one from {self.FIRST_YEAR} to {last}"
            )


class GovukBoundField(BoundField):
    """A bound field that also knows its govuk-frontend parts."""

    def value(self):
        """What stands in the field: in a form that was not sent, also what this person typed
        into it before their session ended."""
        typed = shown_again()
        if typed is None or self.form.is_bound or not self._was_on(typed):
            return super().value()
        given = self.field.widget.value_from_datadict(typed, {}, self.html_name)
        return self.field.prepare_value(self.field.bound_data(given, self.initial))

    def _was_on(self, typed: QueryDict) -> bool:
        """Whether what was typed was typed into this form. A box without a tick sends nothing,
        so its neighbours are asked."""
        if isinstance(self.field.widget, forms.FileInput):
            return False
        return any(
            name == other or name.startswith(f"{other}_")
            for name in typed
            for other in map(self.form.add_prefix, self.form.fields)
        )

    @property
    def govuk_kind(self) -> str:
        """Which markup: checkboxes, radios, checkbox, date, or input for all the rest."""
        widget = self.field.widget
        for kind, name in _PICK_ONE_OR_MORE.items():
            if isinstance(widget, kind):
                return name
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, GovukDateWidget):
            return "date"
        return "input"

    @property
    def govuk_control(self) -> SafeString:
        """The widget with govuk-frontend's class for its kind, kept beside its own."""
        widget = self.field.widget
        if isinstance(widget, forms.Textarea):
            name = "govuk-textarea"
        elif isinstance(widget, forms.Select):
            name = "govuk-select"
        elif isinstance(widget, forms.FileInput):
            name = "govuk-file-upload"
        elif isinstance(widget, forms.CheckboxInput):
            name = "govuk-checkboxes__input"
        else:
            name = "govuk-input"
        classes = [name, widget.attrs.get("class", "")]
        if self.govuk_longest:
            classes.append("govuk-js-character-count")
        if self.errors:
            classes.append(f"{name}--error")
        # A placeholder vanishes when one types and is no label: allauth sets some.
        return self.as_widget(
            attrs={"class": " ".join(filter(None, classes)), "placeholder": False}
        )

    @property
    def govuk_longest(self) -> int | None:
        """How many characters it takes, where that is counted while somebody types."""
        return self.field.max_length if isinstance(self.field, LongTextField) else None

    @property
    def aria_describedby(self):
        described = super().aria_describedby
        if not (self.govuk_longest and self.auto_id):
            return described
        return f"{described or ''} {self.id_for_label}-info".strip()

    @property
    def govuk_is_optional(self) -> bool:
        """Worth saying "(optional)": where all fields are, as in a filter, it is noise."""
        anything_required = any(field.required for field in self.form.fields.values())
        return anything_required and not self.field.required

    @property
    def govuk_errors(self) -> list[str]:
        """The errors, where Django's own "This field is required." is told apart.

        A summary of several of those says nothing, so ours names the question.
        """
        bare = str(forms.Field.default_error_messages["required"])
        tick = self.govuk_kind == "checkbox"
        ours = f"“{self.label}” {'must be ticked' if tick else 'needs an answer'}."
        return [ours if error == bare else str(error) for error in self.errors]

    @property
    def govuk_options(self) -> list[BoundWidget]:
        """The radio buttons or checkboxes, each with govuk-frontend's class."""
        attrs: dict[str, str | bool] = {"class": f"govuk-{self.govuk_kind}__input"}
        if self.auto_id:
            attrs["id"] = self.auto_id
        attrs = self.build_widget_attrs(attrs)
        return [
            BoundWidget(self.field.widget, option, self.form.renderer)
            for option in self.field.widget.subwidgets(self.html_name, self.value(), attrs=attrs)
        ]

    @property
    def govuk_focus_id(self) -> str:
        """The id that a link in the error summary leads to."""
        if self.govuk_kind in ("radios", "checkboxes"):
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id


class GovukRenderer(TemplatesSetting):
    """Forms and fields in our markup; widgets by Django's own templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = GovukBoundField
