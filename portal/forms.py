"""Django forms in govuk-frontend's markup, by FORM_RENDERER, and fields of our own.

`{{ form }}` renders every field with label, hint, error and the right aria attributes, and
`{{ form.email.as_field_group }}` renders one. A widget keeps its own attributes, so
`forms.TextInput(attrs={"class": "govuk-input--width-10"})` narrows a field.

The forms of both admins are not affected: they use their own templates and never read a
bound field's `govuk_` properties.
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

# Labels that read on after "Enter" as they are; before others it takes an article.
_NAMED = ("a ", "an ", "the ", "their ", "what ", "which ", "your ")


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the data to bind a form to: POST data, even if empty, or None for a GET."""
    return request.POST if request.method == "POST" else None


class OneLineField(forms.CharField):
    """Text of one line; line breaks and control characters become spaces.

    A name goes into emails and records, where a line of its own would pass for our words. Format
    characters go: they are not seen, and can turn around the words that follow.
    """

    def to_python(self, value):
        """Return the text in one line."""
        text = super().to_python(value)
        if not text.isprintable():
            text = "".join(
                " " if unicodedata.category(sign) == "Cc" else sign
                for sign in text
                if unicodedata.category(sign) != "Cf"
            )
        return " ".join(text.split())


class LongTextField(forms.CharField):
    """A text area whose limit is checked on the server only.

    A browser that knows the limit cuts off pasted text without a word. Here text that is too
    long is kept, and the error gives its length.
    """

    def __init__(self, *, max_length: int, label: str, rows: int = 5, **kwargs):
        errors = {
            "max_length": f"“{label.replace('%', '%%')}” must be {max_length:,} characters or "
            "fewer (you entered %(show_value)d)"
        }
        super().__init__(
            max_length=max_length,
            label=label,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages=errors | kwargs.pop("error_messages", {}),
            **kwargs,
        )

    def to_python(self, value):
        """Return the text with one character a line end, as browsers count them."""
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        """Return the widget's attributes without `maxlength`."""
        return {
            name: value
            for name, value in super().widget_attrs(widget).items()
            if name != "maxlength"
        }


class ReasonField(LongTextField):
    """A reason someone else will read: it has a letter or digit, and no hidden characters."""

    def __init__(self, *, label: str = "Reason", max_length: int = 2000, rows: int = 3, **kwargs):
        errors = {"required": "Enter the reason"} | kwargs.pop("error_messages", {})
        super().__init__(
            label=label, max_length=max_length, rows=rows, error_messages=errors, **kwargs
        )

    def to_python(self, value):
        """Return the text without control and format characters; "" if no word is left."""
        text = super().to_python(value)
        kept = "".join(
            sign for sign in text if sign == "\n" or unicodedata.category(sign)[0] != "C"
        )
        return kept.strip() if any(sign.isalnum() for sign in kept) else ""


class TheirEmailField(forms.EmailField):
    """Someone else's address: the browser corrects no spelling and offers none of the user's."""

    def __init__(self, **kwargs):
        widget = forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"})
        super().__init__(max_length=254, widget=widget, **kwargs)


class GovukDateWidget(forms.SelectDateWidget):
    """A date in three text fields: day, month and year.

    Like `SelectDateWidget` it returns an ISO date, or None if all three are empty. What is not
    a date comes back as typed and fails the field's own check.
    """

    template_name = "forms/date.html"
    use_fieldset = True
    PARTS = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))

    def get_context(self, name, value, attrs):
        """Add `parts` to the widget's context: one entry for each of the three fields."""
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
        """Return the values of the three fields; keeps mistakes as they were typed."""
        parts = super().format_value(value)
        if isinstance(value, str) and value.count("-") == 2 and not any(parts.values()):
            typed = zip(("year", "month", "day"), value.split("-"), strict=True)
            parts = {name: "" if text == "0" else text for name, text in typed}
        return parts

    def value_from_datadict(self, data, files, name):
        """Return the date as typed; a month can be its name or its first three letters."""
        month = f"{name}_month"
        typed = str(data.get(month) or "").strip().casefold()
        for number, called in MONTHS.items():
            if typed in (str(called).casefold(), str(called).casefold()[:3]):
                parts = (f"{name}_{part}" for part, _, _ in self.PARTS)
                data = {part: data.get(part) for part in parts} | {month: str(number)}
        return super().value_from_datadict(data, files, name)

    def id_for_label(self, id_):
        """Return the id of the day, the first of the three fields."""
        return f"{id_}_day" if id_ else ""


class TypedDateField(forms.DateField):
    """A date in three fields, in a plausible year, so that typing mistakes are refused."""

    widget = GovukDateWidget
    FIRST_YEAR, YEARS_AHEAD = 2000, 10

    def validate(self, value):
        """Raise ValidationError for a year before 2000 or more than 10 years ahead."""
        super().validate(value)
        last = timezone.localdate().year + self.YEARS_AHEAD
        if value and not self.FIRST_YEAR <= value.year <= last:
            raise forms.ValidationError(f"Year must be between {self.FIRST_YEAR} and {last}")


# The first kind of widget that fits counts: CheckboxSelectMultiple is a RadioSelect too.
_KINDS = {
    forms.CheckboxSelectMultiple: "checkboxes",
    forms.RadioSelect: "radios",
    forms.CheckboxInput: "checkbox",
    GovukDateWidget: "date",
}
_CLASSES = {
    forms.Textarea: "govuk-textarea",
    forms.Select: "govuk-select",
    forms.FileInput: "govuk-file-upload",
    forms.CheckboxInput: "govuk-checkboxes__input",
}


class GovukBoundField(BoundField):
    """A bound field with properties for govuk-frontend's markup."""

    def value(self):
        """Return the field's value; in an unbound form also the input kept by form_recovery."""
        typed = shown_again()
        if typed is None or self.form.is_bound or not self._was_on(typed):
            return super().value()
        given = self.field.widget.value_from_datadict(typed, {}, self.html_name)
        return self.field.prepare_value(self.field.bound_data(given, self.initial))

    def _was_on(self, typed: QueryDict) -> bool:
        """Whether the recovered input comes from this form.

        Looks for any of the form's fields, because an empty checkbox sends nothing.
        """
        if isinstance(self.field.widget, forms.FileInput):
            return False
        return any(
            name == other or name.startswith(f"{other}_")
            for name in typed
            for other in map(self.form.add_prefix, self.form.fields)
        )

    @property
    def govuk_kind(self) -> str:
        """Kind of markup: checkboxes, radios, checkbox, date or, for the rest, input."""
        widget = self.field.widget
        return next((name for kind, name in _KINDS.items() if isinstance(widget, kind)), "input")

    @property
    def govuk_control(self) -> SafeString:
        """Widget with govuk-frontend's class for its kind beside its own classes."""
        widget = self.field.widget
        fitting = (name for kind, name in _CLASSES.items() if isinstance(widget, kind))
        name = next(fitting, "govuk-input")
        classes = [name, widget.attrs.get("class", "")]
        if self.govuk_longest:
            classes.append("govuk-js-character-count")
        if self.errors:
            classes.append(f"{name}--error")
        # allauth sets placeholders, but they vanish on typing and are not labels.
        return self.as_widget(
            attrs={"class": " ".join(filter(None, classes)), "placeholder": False}
        )

    @property
    def govuk_longest(self) -> int | None:
        """Limit for the character count, or None if the field has no count."""
        return self.field.max_length if isinstance(self.field, LongTextField) else None

    @property
    def aria_describedby(self):
        """Ids of the field's hint, errors and character count."""
        described = super().aria_describedby
        if not (self.govuk_longest and self.auto_id):
            return described
        return f"{described or ''} {self.id_for_label}-info".strip()

    @property
    def govuk_is_optional(self) -> bool:
        """Whether to show "(optional)"; not if all fields are optional, as in a filter.

        A form in which drafts may be blank says itself what is optional, by `is_optional`.
        """
        if said := getattr(self.form, "is_optional", None):
            return self.govuk_kind != "checkbox" and said(self.name)
        anything_required = any(field.required for field in self.form.fields.values())
        return anything_required and not self.field.required

    @property
    def govuk_errors(self) -> list[str]:
        """Errors. Django's "This field is required." becomes a text that names the question."""
        if not (errors := self.errors):
            return []
        bare = str(forms.Field.default_error_messages["required"])
        return [self.govuk_required if error == bare else str(error) for error in errors]

    @property
    def govuk_required(self) -> str:
        """What to do about a blank field, unless its form has better words: "Enter your name"."""
        label = str(self.label)
        if self.govuk_kind == "checkbox":
            return f"Select “{label}” to continue"
        is_picked = isinstance(
            self.field.widget, forms.Select | forms.RadioSelect | forms.FileInput
        )
        do = "Select" if is_picked or self.govuk_kind == "checkboxes" else "Enter"
        if label.endswith("?"):
            return f"{do} an answer to “{label}”"
        if label[1:2].islower():
            label = label[0].lower() + label[1:]
        return f"{do} {'' if label.startswith(_NAMED) else 'the '}{label}"

    @property
    def govuk_options(self) -> list[BoundWidget]:
        """Radio buttons or checkboxes, with govuk-frontend's class."""
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
        """Id to link to from the error summary."""
        if self.govuk_kind in ("radios", "checkboxes"):
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id


class GovukRenderer(TemplatesSetting):
    """Our templates for forms and fields, Django's own for widgets."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = GovukBoundField
