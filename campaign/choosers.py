"""A chooser of councils for blocks."""

from typing import Any

from django import forms
from django.db.models import Q
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from councils.models import Council


class CouncilFilter(BaseFilterForm):
    """The search box of the chooser."""

    q = forms.CharField(required=False, label="Name of the council")

    def filter(self, objects: Any) -> Any:
        """Return the councils with these words in one of their names."""
        words = self.cleaned_data["q"]
        self.is_searching, self.search_query = bool(words), words
        named = Q(name__icontains=words) | Q(aliases__name__icontains=words)
        return objects.filter(named).distinct() if words else objects


class ChooseCouncil(chooser.BaseChooseView):
    """What the chooser lists: real councils, by name."""

    filter_form_class = CouncilFilter
    ordering = "name"

    def get_object_list(self) -> Any:
        """Return the councils that pages can show."""
        return Council.objects.real()

    @property
    def columns(self) -> list[Column]:
        """The name, and what kind of council it is."""
        return [*super().columns, Column("kind", label="Kind", accessor="get_kind_display")]


class ChooseView(chooser.ChooseViewMixin, chooser.CreationFormMixin, ChooseCouncil):
    """The chooser."""


class ChooseResultsView(chooser.ChooseResultsViewMixin, chooser.CreationFormMixin, ChooseCouncil):
    """The list in the chooser, after a search."""


class CouncilChooser(ChooserViewSet):
    """A chooser of councils."""

    model = Council
    icon = "home"
    register_widget = False
    choose_one_text = "Choose a council"
    choose_another_text = "Choose another council"
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView


council_chooser = CouncilChooser("council_cards")
CouncilChooserBlock = council_chooser.get_block_class("CouncilChooserBlock", __name__)
