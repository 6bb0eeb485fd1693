"""Emails in the admin: sent, undelivered and failed ones, and the catalogue of all kinds."""

from typing import ClassVar

import django_filters
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from portal.accounts import CODE_MAILS
from portal.mail import outbox
from portal.mail.declarations import Mail
from portal.models import OutboxMessage


class ViewOnlyPolicy(ModelPermissionPolicy):
    """A policy that allows only viewing, even for superusers."""

    def user_has_permission(self, user, action) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        viewers = super().users_with_any_permission(["view"])
        return viewers if "view" in actions else viewers.none()


register_permission_policy(OutboxMessage, ViewOnlyPolicy(OutboxMessage))


def may_see(user) -> bool:
    """Whether the user can see the list and the catalogue, and retry a failed email."""
    return user.is_active and user.has_perm("portal.view_outboxmessage")


def how_it_went(row: OutboxMessage) -> str:
    """In words: sent, waiting, given up and why, could not be delivered and why."""
    if row.bounced_at:
        return f"Could not be delivered. {row.bounce_why}"
    if row.last_error:
        return f"{row.get_status_display()} ({row.last_error}, attempts: {row.attempts})"
    return row.get_status_display()


class MailFilters(WagtailFilterSet):
    """By council, by which email it is, to whom, and how it went."""

    concerns = django_filters.ChoiceFilter(label="Council", choices=lambda: _councils())
    kind = django_filters.ChoiceFilter(label="Email", choices=lambda: _kinds())
    to = django_filters.CharFilter(label="Sent to", lookup_expr="icontains")
    came_back = django_filters.BooleanFilter(
        label="Could not be delivered",
        field_name="bounced_at",
        lookup_expr="isnull",
        exclude=True,
    )

    class Meta:
        model = OutboxMessage
        fields = ["concerns", "kind", "to", "status", "came_back"]


def _councils() -> list[tuple[str, str]]:
    names = OutboxMessage.objects.exclude(concerns="").order_by("concerns")
    return [(name, name) for name in names.values_list("concerns", flat=True).distinct()]


def _kinds() -> list[tuple[str, str]]:
    return sorted(((kind, outbox.title_of(kind)) for kind in outbox.kinds()), key=lambda k: k[1])


class MailListView(IndexView):
    """The list, with a link to the catalogue."""

    @cached_property
    def header_more_buttons(self):
        address = reverse("mail_catalogue:catalogue")
        return [Button("Every email we send", url=address, icon_name="list-ul", priority=10)]

    def search_queryset(self, queryset):
        """Search by the words of the list, which are not what the column of the kind holds."""
        if not self.is_searching:
            return queryset
        typed = self.search_query
        called = [kind for kind, title in _kinds() if typed.casefold() in title.casefold()]
        return queryset.filter(
            Q(to__icontains=typed) | Q(concerns__icontains=typed) | Q(kind__in=called)
        )


class MailInspectView(InspectView):
    """One email: to whom, about what, how it went; a failed one can be tried again."""

    template_name = "portal/mail_inspect.html"
    LABELS: ClassVar[dict[str, str]] = {
        "kind": "Email",
        "to": "Sent to",
        "status": "How it went",
        "created_at": "Written",
        "sent_at": "Sent",
    }

    def get_field_label(self, field_name, field):
        """Return what the list calls it."""
        return self.LABELS.get(field_name) or super().get_field_label(field_name, field)

    def get_kind_display_value(self) -> str:
        """Return what staff call it."""
        return outbox.title_of(self.object.kind)

    def get_status_display_value(self) -> str:
        """Return how it went, in words."""
        return how_it_went(self.object)

    def get_about_display_value(self) -> SafeString:
        """Return what it is about, each with a link to where staff look after it."""
        try:
            rows = outbox.declared(self.object.kind).rows_of(self.object.about)
        except KeyError:
            rows = []
        named = [(getattr(row, "staff_url", ""), row) for row in rows if str(row)]
        parts = [
            format_html('<a href="{}">{}</a>', url, row) if url else format_html("{}", row)
            for url, row in named
        ]
        return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts))


class MailViewSet(ModelViewSet):
    """Every email that was to be sent, and how that went. No text is stored."""

    model = OutboxMessage
    icon = "mail"
    menu_label = "Emails"
    menu_order = 800
    add_to_admin_menu = True
    inspect_view_enabled = True
    index_view_class = MailListView
    inspect_view_class = MailInspectView
    inspect_view_fields = [
        "kind",
        "to",
        "concerns",
        "about",
        "status",
        "created_at",
        "sent_at",
        "message_id",
    ]
    form_fields = ["kind"]  # a viewset needs a form, although the policy lets no one use it
    list_display = [
        TitleColumn(
            "kind",
            label="Email",
            accessor=lambda row: outbox.title_of(row.kind),
            get_url=lambda row: reverse("mail:inspect", args=[row.pk]),
        ),
        Column("concerns", label="Council", sort_key="concerns"),
        Column("to", label="Sent to", sort_key="to"),
        Column("how", label="How it went", accessor=how_it_went),
        DateColumn("created_at", label="Written", sort_key="created_at"),
        DateColumn("sent_at", label="Sent", sort_key="sent_at"),
    ]
    filterset_class = MailFilters
    search_fields = ["to"]  # so that there is a search box; see `MailListView`
    search_backend_name = None


@require_POST
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a failed email to the queue."""
    if not may_see(request.user):
        raise PermissionDenied
    row = get_object_or_404(OutboxMessage, pk=pk)
    if outbox.try_again(row):
        log(row, "portal.mail_tried_again", user=request.user)
        messages.success(request, f"The mail to {row.to} will be tried again now.")
    else:
        messages.error(request, "This mail does not wait to be tried again.")
    return redirect("mail:inspect", row.pk)


# ---- The catalogue -----------------------------------------------------------------------
def _every_mail() -> list[Mail]:
    return [*(outbox.declared(kind) for kind in outbox.kinds()), *CODE_MAILS]


def _declared(request: HttpRequest, kind: str) -> Mail:
    if not may_see(request.user):
        raise PermissionDenied
    for mail in _every_mail():
        if mail.kind == kind:
            return mail
    raise Http404


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every kind of email: its title, recipients and subject."""
    if not may_see(request.user):
        raise PermissionDenied
    mails = sorted(_every_mail(), key=lambda mail: mail.title)
    rows = [{"mail": mail, "subject": mail.render(mail.sample())[0]} for mail in mails]
    return render(request, "portal/mail_catalogue.html", {"rows": rows})


@require_safe
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    """Show one email's headings, text and HTML in a frame, with invented people."""
    mail = _declared(request, kind)
    about = mail.sample()
    subject, text = mail.render(about)
    context = {"mail": mail, "subject": subject, "text": text}
    context |= {"sender": settings.DEFAULT_FROM_EMAIL, "reply_to": mail.reply_to(**about)}
    return render(request, "portal/mail_sample.html", context)


@require_safe
def sample_html(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the HTML part alone, for the frame."""
    mail = _declared(request, kind)
    about = mail.sample()
    return HttpResponse(mail.as_html(about, *mail.render(about)))
