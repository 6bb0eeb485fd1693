"""What editors find in the Wagtail admin: the sector's words, pages first, what was asked."""

from django.http import HttpRequest
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from search import reports
from search.condition import ConditionPanel
from search.models import PromotedResult, SectorWords


class SectorWordsViewSet(SnippetViewSet):
    """Which words find what else. A change holds from the next question on."""

    model = SectorWords
    icon = "openquote"
    list_display = ["words_in_a_row", "also_in_a_row", "as_written", "unlike_in_a_row"]
    list_per_page = 50


class PromotedResultViewSet(SnippetViewSet):
    """Which pages come first for which questions."""

    model = PromotedResult
    icon = "pick"
    menu_label = "Pages that come first"
    list_display = ["page", "questions", "when_nothing_is_found", "sort_order"]


class SearchGroup(SnippetViewSetGroup):
    """One place for what editors can do about search."""

    menu_label = "Search"
    menu_icon = "search"
    menu_order = 260
    items = (SectorWordsViewSet, PromotedResultViewSet)


register_snippet(SearchGroup)


@hooks.register("register_admin_urls")
def report_urls():
    """The report, beside Wagtail's own."""
    return [path("reports/questions/", reports.questions, name="search_questions")]


class QuestionsMenuItem(MenuItem):
    """Shown to those who may read the counts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("search.view_questioncount")


@hooks.register("register_reports_menu_item")
def questions_item() -> QuestionsMenuItem:
    """The report's place in the menu."""
    return QuestionsMenuItem(
        "What people search for", reverse("search_questions"), icon_name="search", order=900
    )


@hooks.register("construct_homepage_panels")
def tell_how_search_is(request: HttpRequest, panels: list) -> None:
    """Staff see at once that search is limited, and why."""
    panels.append(ConditionPanel())
