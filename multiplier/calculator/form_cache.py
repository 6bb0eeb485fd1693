"""A form's markup, rendered once by its template and filled in for each visitor.

A form of dozens of fields takes Django's templates several times as long as the whole
answer. What differs between two visitors is what stands in the fields, so the template is
rendered once with a slot in each, and only the slots are written anew. A form with errors
differs in more and is rendered whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import chain
from typing import Any

from django.conf import settings
from django.forms import CheckboxInput, Form, RadioSelect, Select
from django.forms.widgets import ChoiceWidget
from django.template.loader import get_template
from django.utils.safestring import SafeString

# No text in a template or a field's choices has these (Unicode's private use).
_START, _END, _OF = "\ue000", "\ue001", "\ue002"
_SLOT = re.compile(rf' (?:value=")?{_START}([^{_END}]*){_END}"?')


class Slots(dict[str, str]):
    """What a form starts with if each field is to hold its slot."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def __bool__(self) -> bool:
        """Return True, or Django would take what the fields start with."""
        return True

    def get(self, key: str, default: object = None) -> str:
        """Return the slot of a field, by the name that it is sent under."""
        return f"{_START}{self.prefix}{key}{_END}"


class _SlottedOptions(ChoiceWidget):
    def optgroups(self, name: str, value: list[str], attrs: dict | None = None) -> list:
        """Return the options as Django does, each with a slot if the field holds one."""
        groups = super().optgroups(name, value, attrs)
        if value and value[0].startswith(_START):
            (mark,) = self.checked_attribute
            for _, options, _ in groups:
                for option in options:
                    slot = f"{value[0][:-1]}{_OF}{mark}{_OF}{option['value']}{_END}"
                    option["attrs"] = {**option["attrs"], slot: True}
        return groups


class SlottedRadios(_SlottedOptions, RadioSelect):
    """Radio buttons that can hold slots."""


class SlottedSelect(_SlottedOptions, Select):
    """A list to choose from that can hold slots."""


class SlottedTick(CheckboxInput):
    """A box to tick that can hold a slot."""

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        """Return the context as Django does, with a slot for the tick if the field holds one."""
        if isinstance(value, str) and value.startswith(_START):
            value, attrs = None, {**(attrs or {}), f"{value[:-1]}{_OF}checked{_END}": True}
        return super().get_context(name, value, attrs)


def render(template: str, context: dict[str, Any], *forms: Form) -> SafeString:
    """Render the template with its context, quickly if no form has errors.

    `context["form"]` is the form, or what holds the forms that stand in the template.
    """
    if any(form.is_bound and form.errors for form in forms):
        return SafeString(get_template(template).render(context))
    form = context["form"]
    rest = tuple((name, value) for name, value in context.items() if name != "form")
    # While developing, a changed template shows at once.
    skeleton = _skeleton.__wrapped__ if settings.DEBUG else _skeleton
    form_class: Any = type(form)
    pieces = skeleton(template, rest, form_class, getattr(form, "auto_id", None))
    values = {name: value for part in forms for name, value in _values(part)}
    slots = (_filled(slot, values) for slot in pieces[1::2])
    # What was typed is escaped in _filled, the rest by the template.
    return SafeString("".join(chain(*zip(pieces[::2], slots, strict=False), pieces[-1:])))


def _values(form: Form) -> Iterator[tuple[str, object]]:
    """Yield what stands in each field of a form, by the name that it is sent under."""
    for name, field in form.fields.items():
        sent = form.add_prefix(name)
        if form.is_bound:
            yield sent, field.widget.value_from_datadict(form.data, form.files, sent)
        else:
            yield sent, form.get_initial_for_field(field, name)


@lru_cache(maxsize=64)
def _skeleton(
    template: str,
    rest: tuple[tuple[str, object], ...],
    form_class: Any,
    auto_id: str | None,
) -> list[str]:
    """Return the form's markup cut at its slots: markup and slots by turns."""
    named = {"auto_id": auto_id} if auto_id else {}
    context = {**dict(rest), "form": form_class(initial=Slots(), **named)}
    return _SLOT.split(get_template(template).render(context))


def _filled(slot: str, values: dict[str, object]) -> str:
    """Return what stands in a slot: a value, or a mark if the value is this one."""
    name, *mark = slot.split(_OF)  # a mark, and the value that it stands for: without, any
    value = values.get(name)
    text = "" if value is None or value is False else str(value)
    if mark:
        return f" {mark[0]}" if (text == mark[1] if mark[1:] else text) else ""
    return f' value="{escape(text)}"' if text else ""
