"""Case studies in the Wagtail admin: their list."""

from django.urls import include, path
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet

from casestudies.models import CaseStudyPage
from casestudies.views.staff import submissions


class PagesMenuItem(MenuItem):
    """A menu item for those who may open lists of pages."""

    def is_shown(self, request) -> bool:
        """Return whether they have a page to look after."""
        return user_has_any_page_permission(request.user)


class CaseStudyListing(PageListingViewSet):
    """Every case study, drafts too, with its status and when it was last confirmed."""

    model = CaseStudyPage
    icon = "doc-full-inverse"
    menu_label = "Case studies"
    menu_order = 210
    add_to_admin_menu = True
    menu_item_class = PagesMenuItem
    list_filter = ["status", "theme", "council__region"]
    columns = [
        PageTitleColumn("title", label="Title", sort_key="title", classname="title"),
        Column("council", label="Council", sort_key="council__name"),
        Column("status", label="Still running?", accessor="get_status_display"),
        Column("as_at", label="Last confirmed", sort_key="as_at", width="12%"),
        DateColumn("review_date", label="Review by", sort_key="review_date", width="12%"),
        PageStatusColumn("page_status", label="Published", sort_key="live", width="12%"),
    ]


@hooks.register("register_admin_viewset")
def register_listing() -> CaseStudyListing:
    """Register the list."""
    return CaseStudyListing("case_studies")


@hooks.register("register_admin_urls")
def staff_urls():
    """Return the page where staff read what a member sent."""
    address = "case-studies-of-members/<int:pk>/"
    patterns = [path(address, submissions.submission, name="submission")]
    return [path("", include((patterns, "casestudies_staff")))]
