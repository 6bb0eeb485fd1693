"""Search in the Wagtail admin: sector words, promoted results, the report, the health panel."""

from django.http import HttpRequest
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from search.models import AskedAs, PromotedResult, SectorWords
from search.views import staff


class SectorWordsViewSet(SnippetViewSet):
    """Words and what else they find. A change holds from the next question on."""

    model = SectorWords
    icon = "openquote"
    list_display = ["words_in_a_row", "also_in_a_row", "as_written", "unlike_in_a_row"]
    list_per_page = 50


class AskedAsViewSet(SnippetViewSet):
    """Words in which people ask for pages. A change holds once the page is indexed again."""

    model = AskedAs
    icon = "comment"
    menu_label = "Asked as"
    list_display = ["page", "words"]


class PromotedResultViewSet(SnippetViewSet):
    """Pages that come first for some questions."""

    model = PromotedResult
    icon = "pick"
    menu_label = "Pages that come first"
    list_display = ["page", "questions", "when_nothing_is_found", "sort_order"]


class SearchGroup(SnippetViewSetGroup):
    """The menu of what editors can change about search."""

    menu_label = "Search results"
    menu_icon = "search"
    menu_order = 260
    items = (SectorWordsViewSet, AskedAsViewSet, PromotedResultViewSet)


register_snippet(SearchGroup)


@hooks.register("register_admin_urls")
def report_urls():
    """Add the report beside Wagtail's own."""
    return [path("reports/questions/", staff.questions, name="search_questions")]


class QuestionsMenuItem(MenuItem):
    """A menu item for those who may read the counts."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this user may read the counts."""
        return request.user.has_perm("search.view_questioncount")


@hooks.register("register_reports_menu_item")
def questions_item() -> QuestionsMenuItem:
    """Add the report to the menu."""
    return QuestionsMenuItem(
        "What people search for", reverse("search_questions"), icon_name="search", order=900
    )
