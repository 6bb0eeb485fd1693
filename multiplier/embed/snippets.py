"""The snippet that another site pastes: chosen in a form, shown, previewed, explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from multiplier.calculator.forms import GUIDED, QUICK
from multiplier.embed import accents
from multiplier.embed.frame import LANGUAGES, SHORT
from multiplier.engine import AREA_LENGTH
from multiplier.words import WHOSE
from portal.page_cache import kept

TITLE = "Local multiplier calculator, Keep it Local"

# How tall the first view is in columns of this width, in pixels, with some room for other
# fonts; with a short answer also how tall that is. multiplier/tests/embed/test_browser.py
# measures it.
HEIGHTS = {
    QUICK: {320: 1800, 480: 1500, 640: 1360, 960: 940},
    SHORT: {320: 1800, 480: 1500, 640: 1360, 960: 1150},
    GUIDED: {320: 4400, 480: 3900, 640: 3500, 960: 1900},
}
WIDTHS = tuple(HEIGHTS[QUICK])
# As wide as its column; as wide as the column was said to be where a site drops the style.
_FRAME = (
    '<iframe data-keepitlocal="multiplier" src="{}" title="{}" width="{}" height="{}"'
    ' loading="lazy" style="border: 0; width: 100%"></iframe>'
)
_THEME_NAMES = {
    "light": "Light",
    "dark": "Dark",
    "contrast": "High contrast: black on white, 7 to 1 and more",
}


def height_for(width: int, how: str = QUICK) -> int:
    """Return the height that fits the first view in a column of this width."""
    heights = HEIGHTS.get(how, HEIGHTS[QUICK])
    fitting = [known for known in heights if known <= width]
    return heights[max(fitting, default=min(heights))]


@dataclass(frozen=True)
class Snippet:
    """What to paste.

    `query` holds the look and what is filled in beforehand; `tall` a height that was asked for,
    instead of the one that fits.
    """

    query: dict[str, str]
    width: int = 640
    tall: int = 0

    @property
    def address(self) -> str:
        """The frame's address."""
        path = settings.SITE_URL + reverse("multiplier:embed_v1")
        return f"{path}?{urlencode(self.query)}" if self.query else path

    @property
    def preview(self) -> str:
        """The frame's address on this site, whichever of its names it was asked under."""
        return self.address.removeprefix(settings.SITE_URL)

    @property
    def title(self) -> str:
        """The frame's title, which no other frame on the page should bear."""
        area = self.query.get("area", "")
        return f"{TITLE}: {area}" if area else TITLE

    @property
    def height(self) -> int:
        """The frame's height, for its column."""
        first = self.query.get("how") or self.query.get("result") or QUICK
        return self.tall or height_for(self.width, first)

    @property
    def frame(self) -> str:
        """The markup of the frame alone."""
        return format_html(_FRAME, self.address, self.title, self.width, self.height)

    @property
    def loader(self) -> str:
        """The address of the script that keeps the frame as tall as its content."""
        return settings.SITE_URL + reverse("multiplier:loader_v1")

    @property
    def with_script(self) -> str:
        """The frame, and the script."""
        return f'{self.frame}\n<script async src="{self.loader}"></script>'


class SnippetForm(forms.Form):
    """What the widget looks like and what is filled in. Everything has a usual answer."""

    theme = forms.ChoiceField(
        label="Theme",
        choices=list(_THEME_NAMES.items()),
        widget=forms.RadioSelect,
        initial="light",
        required=False,
    )
    accent = forms.CharField(
        label="Your colour for links and buttons",
        help_text="6 digits or letters a to f, like #0c5549. Leave blank for ours. "
        "The colours of the picture stay the same, because they have a meaning.",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "spellcheck": "false"}),
    )
    lang = forms.ChoiceField(
        label="Language",
        help_text="English only, for now. You will not need new code if we add another language.",
        choices=list(LANGUAGES.items()),
        required=False,
    )
    result = forms.ChoiceField(
        label="Answer",
        choices=[
            ("", "Whole: with its table, what it is based on and its limits"),
            (SHORT, "Short: the sentence, the figure and the picture"),
        ],
        widget=forms.RadioSelect,
        initial="",
        required=False,
    )
    view = forms.ChoiceField(
        label="Whose money are you tracing?",
        choices=[("", "The visitor chooses"), *WHOSE.items()],
        required=False,
    )
    area = forms.CharField(
        label="Which area counts as local?",
        help_text="Leave this and the fields below blank for the visitor to fill in.",
        max_length=AREA_LENGTH,
        required=False,
    )
    how = forms.ChoiceField(
        label="Starts with",
        choices=[(QUICK, "Three numbers"), (GUIDED, "The table of lines")],
        widget=forms.RadioSelect,
        initial=QUICK,
        required=False,
    )
    r1 = forms.CharField(label="Round 1, pounds", max_length=40, required=False)
    r2 = forms.CharField(label="Round 2, pounds", max_length=40, required=False)
    r3 = forms.CharField(label="Round 3, pounds", max_length=40, required=False)
    width = forms.TypedChoiceField(
        label="How wide is the column on your page?",
        help_text="This sets the height of the frame if scripts do not run.",
        choices=[(width, f"{width} pixels or more") for width in WIDTHS],
        coerce=int,
        initial=640,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an accent that could not be read, and say which shade could."""
        cleaned = super().clean() or {}
        theme = accents.THEMES[cleaned.get("theme") or "light"]
        colour = accents.read(cleaned.get("accent", ""))
        if not cleaned.get("accent"):
            return cleaned
        if colour is None:
            advice = "Enter the colour as 6 digits or letters a to f, like #0c5549"
            self.add_error("accent", advice)
        elif not accents.passes(colour, theme):
            found = int(accents.worst_contrast(colour, theme) * 10) / 10
            self.add_error(
                "accent",
                f"{colour} is hard to read in the {theme.name} theme: its contrast is {found}"
                f" to 1, and links need {theme.needs:g} to 1. The nearest shade that works is"
                f" {accents.nearest(colour, theme)}",
            )
        else:
            cleaned["accent"] = colour
        return cleaned

    @property
    def snippet(self) -> Snippet:
        """What was chosen; what was refused is left out, and what is usual."""
        chosen = dict(getattr(self, "cleaned_data", {}))
        width = chosen.pop("width", "") or 640
        if chosen.get("how") == GUIDED:  # the table calls its first number the income
            chosen["income"] = chosen.pop("r1", "")
        usual = {"theme": "light", "lang": "en", "how": QUICK}
        said = {name: value for name, value in chosen.items() if value != usual.get(name)}
        said["accent"] = said.get("accent", "").removeprefix("#")
        return Snippet({name: value for name, value in said.items() if value}, width)


@kept()
@require_safe
def embed_builder(request: HttpRequest) -> HttpResponse:
    """Choose, see, copy. Nothing is kept: the address of the page holds what was chosen."""
    fields = SnippetForm.base_fields.items()
    usual = {name: field.initial for name, field in fields if field.initial is not None}
    form = SnippetForm(usual | request.GET.dict())
    form.is_valid()
    snippet = form.snippet
    context = {
        "form": form,
        "snippet": snippet,
        "heights": [(width, *(HEIGHTS[view][width] for view in HEIGHTS)) for width in WIDTHS],
        "origin": settings.SITE_URL,
        "section": "multiplier",
    }
    return render(request, "multiplier/embed_builder.html", context)


@kept()
@require_safe
def embed_terms(request: HttpRequest) -> HttpResponse:
    """Show on what terms others may use the widget; its privacy, accessibility, a contact."""
    return render(request, "multiplier/embed_terms.html", {"section": "multiplier"})
