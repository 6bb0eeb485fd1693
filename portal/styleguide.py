"""Style guide: every component in its states, at /styleguide/ in DEBUG."""

from types import SimpleNamespace

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.blocks import BoundBlock
from wagtail.fields import StreamField

from portal.facets import Chip, Facet, Option
from portal.forms import GovukDateWidget


class ExampleForm(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(label="Your name", max_length=80)
    email = forms.EmailField(
        label="Work email address",
        help_text="We send a code to it. Use the council’s own domain if you can.",
    )
    members = forms.IntegerField(
        label="How many organisations took part?",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    decided_on = forms.DateField(
        label="When was it decided?",
        help_text="For example, 26 7 2022.",
        widget=GovukDateWidget,
    )
    region = forms.ChoiceField(
        label="Region", choices=[("", "Choose"), ("north", "North"), ("south", "South")]
    )
    route = forms.ChoiceField(
        label="How will the council endorse?",
        widget=forms.RadioSelect,
        choices=[("signatures", "Two signatures"), ("decision", "A formal decision")],
        help_text="You can change this until you send it.",
    )
    parts = forms.MultipleChoiceField(
        label="Which of these do you have?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("strategy", "A strategy"), ("grants", "A grants programme")],
        required=False,
    )
    story = forms.CharField(
        label="What do you do already?", widget=forms.Textarea(attrs={"rows": 4})
    )
    agree = forms.BooleanField(
        label="I may speak for the council on this",
        help_text="Your line manager should know that you are doing this.",
    )


TASKS = [
    {"title": "About you", "url": "#", "status": "Completed"},
    {
        "title": "Champions",
        "url": "#",
        "hint": "One lead councillor, one senior officer",
        "status": "Incomplete",
        "tone": "mint",
    },
    {
        "title": "The leader",
        "url": "#",
        "hint": "Asked on 12 November",
        "status": "Waiting for the leader",
        "tone": "attention",
    },
    {
        "title": "The chief executive",
        "url": "#",
        "hint": "The message came back",
        "status": "Wrong address",
        "tone": "problem",
    },
    {"title": "Check and send", "url": "", "status": "Cannot start yet"},
]
FACETS = [
    Facet(
        "region",
        "Region",
        [Option("north", "North", 7, True), Option("south", "South", 3, False)],
        True,
    ),
    Facet(
        "status",
        "Standing",
        [Option("yes", "Members", 4, False), Option("no", "Others", 6, False)],
        False,
    ),
]
COLOURS = [
    "ink",
    "forest",
    "forest-deep",
    "leaf",
    "leaf-light",
    "leaf-pale",
    "marigold",
    "marigold-deep",
    "marigold-pale",
    "clay",
    "paper",
    "sand",
    "mint",
    "mint-deep",
    "white",
    "line",
    "mute",
    "red",
    "red-pale",
    "focus",
]


def every_block() -> list[BoundBlock]:
    """Return each block of every page's streams once, with its preview's value."""
    found: dict[tuple[str, type], BoundBlock] = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            children = field.stream_block.child_blocks if isinstance(field, StreamField) else {}
            for name, block in children.items():
                if getattr(block.meta, "template", None) and (name, type(block)) not in found:
                    found[name, type(block)] = block.bind(block.get_preview_value())
    return list(found.values())


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the style guide in DEBUG; raise Http404 otherwise."""
    if not settings.DEBUG:
        raise Http404
    wrong = ExampleForm(
        {"email": "nobody", "decided_on_day": "31", "decided_on_month": "2"}
        | {"decided_on_year": "2022", "members": "many"},
        prefix=None,
    )
    return render(
        request,
        "portal/styleguide.html",
        {
            "section": "principles",
            "blocks": every_block(),
            "colours": COLOURS,
            "form": ExampleForm(auto_id="plain_%s"),
            "wrong": wrong,
            "tasks": TASKS,
            "facets": FACETS,
            "chips": [Chip("North", "#"), Chip("Members", "#")],
            "orders": {
                "Sort by": [
                    {"label": "Best match", "url": "#", "is_now": True},
                    {"label": "Newest", "url": "#", "is_now": False},
                ]
            },
            "unknown": ("nowhere",),
            "rows": [
                {"key": "Council", "value": "Exampleshire", "url": "#"},
                {"key": "Reference", "value": "KIL-2026-0042"},
                {"key": "Champion", "value": "", "url": "#", "action": "Add"},
            ],
            "page_obj": Paginator(range(240), 24).get_page(4),
            "principle": SimpleNamespace(
                number=3, name="Increase local spend", short_name="Local spend"
            ),
            "links": [{"url": "#", "text": "Send it again"}],
            "steps": ["An officer starts", "Two people sign", "It is announced"],
        },
    )
