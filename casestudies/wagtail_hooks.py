"""Case studies in the Wagtail admin: their list, and whether they are still true."""

from django.contrib import messages
from django.urls import include, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.log_actions import LogFormatter

from casestudies.models import CaseStudyPage, FormerCaseStudy
from casestudies.views.staff import confirmations, submissions


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
    """Return the pages about what members sent, what is still true and what is unpublished."""
    patterns = [
        *confirmations.StillTrue.addresses("", "all"),
        *confirmations.Former.addresses("former/", "former"),
        path("former/<int:pk>/", confirmations.former_one, name="former_one"),
        path("<int:pk>/", confirmations.one, name="one"),
        path("<int:pk>/ask/", confirmations.ask, name="ask"),
        path("<int:pk>/contact/", confirmations.contact, name="contact"),
        path("<int:pk>/record/", confirmations.record, name="record"),
        path("<int:pk>/answers/<int:row>/", confirmations.settle, name="settle"),
    ]
    sent = [path("<int:pk>/", submissions.submission, name="submission")]
    return [
        path("case-studies-of-members/", include((sent, "casestudies_staff"))),
        path("still-true/", include((patterns, "case_study_confirmations"))),
    ]


class EditorsMenuItem(MenuItem):
    """A menu item for those who edit pages, and network managers."""

    def is_shown(self, request) -> bool:
        """Return whether they may open it."""
        return confirmations.may_open(request.user)


@hooks.register("register_reports_menu_item")
def still_true_item() -> EditorsMenuItem:
    """Return the menu item of whether case studies are still true."""
    address = reverse("case_study_confirmations:all")
    return EditorsMenuItem("Still true?", address, icon_name="calendar-check", order=60)


@hooks.register("register_reports_menu_item")
def former_item() -> EditorsMenuItem:
    """Return the menu item of what is no longer published."""
    address = reverse("case_study_confirmations:former")
    return EditorsMenuItem("No longer published", address, icon_name="doc-empty-inverse", order=61)


@hooks.register("register_log_actions")
def log_actions(actions) -> None:
    """Name what the history of a page says when a council confirmed it."""

    @actions.register_action("casestudies.confirmed")
    class Confirmed(LogFormatter):
        label = "Confirmed by the council"

        def format_message(self, log_entry) -> str:
            return f"The council said how this stands: {log_entry.data['answer']}"


@hooks.register("after_unpublish_page")
def offer_to_explain(request, page) -> None:
    """Tell who unpublishes a case study what readers find now, and where to say why."""
    notice = FormerCaseStudy.objects.filter(slug=page.slug).first()
    if notice is None or not isinstance(page.specific, CaseStudyPage):
        return
    address = reverse("case_study_confirmations:former_one", args=[notice.pk])
    messages.info(
        request,
        format_html(
            "Readers now find a page that says this case study is no longer published. "
            '<a href="{}">Tell them why</a>',
            address,
        ),
    )
