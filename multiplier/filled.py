"""A form's markup, rendered once by its template and filled in for each visitor.

A form of dozens of fields takes Django's templates several times as long as the whole
answer. What differs between two visitors is what stands in the fields, so only that is
written anew. A form with faults differs in more and is rendered whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.forms import Form
from django.template.loader import get_template
from django.utils.safestring import SafeString

_CONTROL = re.compile(r"<(input|select|option)\b[^>]*>")
_EMPTY = '<option value="">'
_NAME = re.compile(r' name="([^"]*)"')
_VALUE = re.compile(r' value="([^"]*)"')
_TYPE = re.compile(r' type="([^"]*)"')

# A piece of markup and what follows it: nothing, a text, or a mark if the value is this one.
Piece = tuple[str, str, str | None]


class Blank(dict[str, str]):
    """What an empty form starts with: nothing in any field."""

    def __bool__(self) -> bool:
        """True, or Django would take what the fields start with."""
        return True

    def get(self, key: str, default: object = None) -> str:
        """Nothing, whatever the field would start with."""
        return ""


def render(template: str, context: dict[str, Any], *forms: Form) -> SafeString:
    """The template with its context, quickly if no form has faults.

    `context["form"]` is the form, or what holds the forms that stand in the template.
    """
    if settings.DEBUG or any(form.is_bound and form.errors for form in forms):
        return SafeString(get_template(template).render(context))
    form = context["form"]
    rest = tuple((name, value) for name, value in context.items() if name != "form")
    names = tuple((name, getattr(form, name, None)) for name in ("prefix", "auto_id"))
    form_class: Any = type(form)
    pieces = _skeleton(template, rest, form_class, names)
    values: dict[str, object] = {}
    for part in forms:
        values |= values_of(part)
    return SafeString("".join(_written(pieces, values)))  # escaped below, or by the template


def values_of(form: Form) -> dict[str, object]:
    """What stands in each field of a form, by the name that it is sent under."""
    found: dict[str, object] = {}
    for name, field in form.fields.items():
        html_name = form.add_prefix(name)
        if form.is_bound:
            found[html_name] = field.widget.value_from_datadict(form.data, form.files, html_name)
        else:
            found[html_name] = form.get_initial_for_field(field, name)
    return found


@lru_cache(maxsize=64)
def _skeleton(
    template: str,
    rest: tuple[tuple[str, object], ...],
    form_class: type,
    names: tuple[tuple[str, str | None], ...],
) -> tuple[Piece, ...]:
    """The empty form's markup, cut after each control's name."""
    named = {name: value for name, value in names if value is not None}
    context = {**dict(rest), "form": form_class(initial=Blank(), **named)}
    # In a list of an empty form the empty choice stands chosen.
    markup = get_template(template).render(context).replace('<option value="" selected>', _EMPTY)
    pieces: list[Piece] = []
    done, select = 0, ""
    for control in _CONTROL.finditer(markup):
        tag, name, value = control[0], _NAME.search(control[0]), _VALUE.search(control[0])
        if control[1] == "select" and name:
            select = name[1]
        elif control[1] == "option" and value:
            pieces.append((markup[done : control.end() - 1], f"selected {select}", value[1]))
            done = control.end() - 1
        elif name and (kind := _TYPE.search(tag)) and kind[1] in ("text", "radio", "checkbox"):
            how = "value" if kind[1] == "text" else "checked"
            wanted = value[1] if kind[1] == "radio" and value else None
            cut = control.start() + name.end() if how == "value" else control.end() - 1
            pieces.append((markup[done:cut], f"{how} {name[1]}", wanted))
            done = cut
    return (*pieces, (markup[done:], "", None))


def _written(pieces: tuple[Piece, ...], values: dict[str, object]) -> list[str]:
    out = []
    for markup, mark, wanted in pieces:
        out.append(markup)
        how, _, name = mark.partition(" ")
        value = values.get(name)
        if value is None or value == "" or value is False:
            # an option of nothing is chosen where nothing is
            if how == "selected" and wanted == "":
                out.append(" selected")
        elif how == "value":
            out.append(f' value="{escape(str(value))}"')
        elif how and (wanted is None or wanted == str(value)):
            out.append(f" {how}")
    return out
