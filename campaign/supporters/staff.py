"""The mailing list, newsletters and who asked a council to join, in the Wagtail admin."""

import django_filters
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import DeleteView, EditView, SnippetViewSet

from campaign.choices import SupporterStatus, Topic
from campaign.supporters import permissions
from campaign.supporters.actions import newsletters
from campaign.supporters.models import Supporter
from campaign.supporters.newsletters import Newsletter
from councils.choices import Region
from councils.models import Council
from network.views.pages import Report, Spreadsheet, refusal_as_message
from portal.models import Mailing, MemberRequest


class ErasedOnlyPolicy(ModelPermissionPolicy):
    """Staff see and delete supporters. Only the person can sign up and change what they get."""

    def user_has_permission(self, user, action) -> bool:
        return action in {"view", "delete"} and super().user_has_permission(user, action)


class UnsentPolicy(ModelPermissionPolicy):
    """Nobody deletes or changes a newsletter that was sent. Wagtail's bulk actions ask this."""

    def user_has_permission_for_instance(self, user, action, instance) -> bool:
        is_fixed = action in {"change", "delete"} and instance.mailing
        return not is_fixed and super().user_has_permission_for_instance(user, action, instance)


register_permission_policy(Newsletter, UnsentPolicy(Newsletter))
register_permission_policy(Supporter, ErasedOnlyPolicy(Supporter))


class SupporterFilters(WagtailFilterSet):
    """Who: by status, topic, council and region."""

    status = django_filters.ChoiceFilter(label="Status", choices=SupporterStatus.choices)
    topic = django_filters.ChoiceFilter(label="Topic", choices=Topic.choices, method="of_topic")
    region = django_filters.ChoiceFilter(
        label="Region", field_name="council__region", choices=Region.choices
    )
    council = django_filters.CharFilter(
        label="Council", field_name="council__name", lookup_expr="icontains"
    )

    class Meta:
        model = Supporter
        fields = ["status", "topic", "region", "council"]

    def of_topic(self, queryset, name: str, value: str):
        """Return who would get news about a topic."""
        return queryset.interested_in([value])


class SupporterListView(Spreadsheet, IndexView):
    """The mailing list; the spreadsheet has what the list shows."""

    export_filename = "supporters"

    def get_base_queryset(self):
        """Return supporters with what their rows show."""
        return Supporter.objects.select_related("council").prefetch_related("topics")


class SupporterViewSet(ModelViewSet):
    """People on the mailing list, and those who have not confirmed or have left."""

    model = Supporter
    icon = "group"
    menu_label = "Supporters"
    menu_order = 230
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["email", "name", "council", "status", "status_at", "confirmed_at"]
    index_view_class = SupporterListView
    form_fields = ["name"]  # a viewset needs a form, although the policy lets no one use it
    search_fields = ["email", "name"]
    search_backend_name = None
    filterset_class = SupporterFilters
    list_display = [
        TitleColumn(
            "email",
            label="Email",
            get_url=lambda row: reverse("supporters:inspect", args=[row.pk]),
            sort_key="email",
        ),
        Column("name", label="Name", sort_key="name"),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("topics", label="Topics", accessor=lambda row: ", ".join(row.topic_labels)),
        Column("council", label="Council", sort_key="council__name"),
        DateColumn("confirmed_at", label="Confirmed", sort_key="confirmed_at"),
    ]


def how_it_goes(newsletter) -> str:
    """In words: a draft, or how its sending goes."""
    return Mailing.Status(newsletter.sending).label if newsletter.sending else "Check and send"


class OnlyUnsent:
    """A view of a newsletter that was not sent; of one that was, it leads to how that goes."""

    def dispatch(self, request, *args, **kwargs):
        """Show the view, or redirect."""
        if self.object.mailing:
            return redirect("campaign_staff:newsletter", self.object.pk)
        return super().dispatch(request, *args, **kwargs)


class NewsletterDeleteView(OnlyUnsent, DeleteView):
    """Deletion of a draft."""


class NewsletterEditView(OnlyUnsent, EditView):
    """The form of a newsletter, with the way to its sending."""

    @property
    def header_more_buttons(self):
        """Return the way to send it."""
        address = reverse("campaign_staff:newsletter", args=[self.object.pk])
        return [*super().header_more_buttons, Button("Send", url=address, icon_name="mail")]


class NewsletterViewSet(SnippetViewSet):
    """Newsletters: drafts, and who sent which to how many people when."""

    model = Newsletter
    icon = "mail"
    menu_label = "Newsletters"
    menu_order = 220
    add_to_admin_menu = True
    copy_view_enabled = False
    edit_view_class = NewsletterEditView
    delete_view_class = NewsletterDeleteView
    search_fields = ["subject"]
    search_backend_name = None
    list_display = [
        "subject",
        TitleColumn(
            "sending",
            label="Sending",
            accessor=how_it_goes,
            get_url=lambda row: reverse("campaign_staff:newsletter", args=[row.pk]),
        ),
        Column("sent_to", label="People"),
        Column("sent_by", label="Sent by"),
        DateColumn("sent_on", label="Sent", sort_key="sent_on"),
        DateColumn("written_at", label="Written", sort_key="written_at"),
    ]

    def get_queryset(self, request):
        """Return newsletters with how their sending goes."""
        return Newsletter.objects.with_sending()


ACTS = {
    "test": (newsletters.send_test, "We are sending a test to you."),
    "pause": (newsletters.pause, "Paused. Nothing more is sent until you resume."),
    "resume": (newsletters.resume, "Sending again."),
    "stop": (newsletters.stop, "Stopped. Everyone who has not got it will not get it."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: MemberRequest, pk: int) -> HttpResponse:
    """Show who gets a newsletter and how its sending goes; test, pause, resume and stop it."""
    permissions.require(permissions.can_write(request.user))
    newsletter = get_object_or_404(Newsletter.objects.prefetch_related("items", "councils"), pk=pk)
    for name, (act, done) in ACTS.items():
        if name in request.POST:
            with refusal_as_message(request):
                act(newsletter, by=request.user)
                messages.success(request, done)
            return redirect("campaign_staff:newsletter", pk)
    mailing = newsletter.mailing
    context = {
        "newsletter": newsletter,
        "recipients": newsletter.audience().count(),
        "hidden": len(newsletter.items.all()) - len(newsletter.entries),
        "may_send": permissions.can_send(request.user),
        "mailing": mailing,
        "counts": mailing and mailing.counts(),
    }
    return render(request, "campaign/supporters/staff_send.html", context)


@require_POST
def send(request: MemberRequest, pk: int) -> HttpResponse:
    """Send a newsletter to the number of people that was shown, once that is confirmed."""
    permissions.require(permissions.can_send(request.user))
    newsletter = get_object_or_404(Newsletter, pk=pk)
    shown = request.POST.get("recipients", "")
    if "is_sure" not in request.POST or not shown.isdecimal():
        messages.error(request, "Nothing was sent. Confirm that you have read it.")
        return redirect("campaign_staff:newsletter", pk)
    with refusal_as_message(request):
        mailing = newsletters.send(newsletter, by=request.user, recipients=int(shown))
        messages.success(request, f"We are sending it to {mailing.recipients:,} people.")
    return redirect("campaign_staff:newsletter", pk)


@require_safe
def read(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a newsletter as a supporter reads it, also after it was sent."""
    permissions.require(permissions.can_write(request.user))
    return get_object_or_404(Newsletter, pk=pk).serve_preview(request, "")


class CouncilAsks(Report):
    """How many people confirmed that they asked each council to join."""

    page_title = "Councils people asked to join"
    verbose_name, verbose_name_plural = "council", "councils"
    header_icon = "site"
    namespace = "campaign_staff"
    default_ordering = ("-people", "name")
    export_filename = "asked-to-join"
    search_fields = ("name", "official_name", "aliases__name")
    columns = (
        TitleColumn(
            "council",
            label="Council",
            accessor="official_name",
            sort_key="name",
            get_url=lambda row: row.get_absolute_url(),
        ),
        Column("region", label="Region", accessor="get_region_display", sort_key="region"),
        Column("people", label="People who asked", sort_key="people"),
        DateColumn("latest", label="Latest", sort_key="latest"),
    )

    def get_base_queryset(self):
        """Return the councils that somebody asked, with how many."""
        confirmed = Q(asks__confirmed_at__isnull=False)
        counted = Council.objects.annotate(
            people=Count("asks", filter=confirmed, distinct=True),
            latest=Max("asks__confirmed_at"),
        )
        return counted.filter(people__gt=0)
