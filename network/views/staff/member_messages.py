"""Staff's pages about messages to members: written for a filtered list, tried, sent, watched."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from network.actions import member_messages as actions
from network.choices import MessageAbout
from network.forms.member_messages import MemberMessageForm
from network.models import MemberMessage, Membership, Representative
from network.models.member_messages import fingerprint
from network.views.pages import (
    NOT_DONE,
    Report,
    day_of,
    for_managers,
    refusal_as_message,
    refusal_beside,
)
from network.views.staff.memberships import Members
from portal.forms import posted
from portal.mail import outbox
from portal.models import Delivery, Mailing, MemberRequest, User


def _status(row: Any) -> str:
    return Mailing.Status(row.sending).label if row.sending else "Not sent yet"


def _counted(row: Any, name: str) -> int | None:
    """Return how many emails went well or failed; None before sending."""
    if row.sending is None:
        return None
    if row.last_counts is None:
        return (row.sent_well if name == "sent" else row.failed) or 0
    if name == "sent":
        return row.last_counts["sent"]
    return row.last_counts["failed"] + row.last_counts["came_back"]


class MemberMessages(Report):
    """Every message to members, with how its sending went."""

    page_title = "Messages to members"
    verbose_name, verbose_name_plural = "message", "messages"
    header_icon = "mail"
    default_ordering = ("-written_at",)
    export_filename = "messages-to-members"
    search_fields = ("subject", "text")
    columns = (
        TitleColumn(
            "subject",
            label="Subject",
            accessor="subject",
            sort_key="subject",
            get_url=lambda row: reverse("network_staff:member_message", args=[row.pk]),
        ),
        Column("status", label="Status", accessor=_status),
        Column("about", label="About", accessor=lambda row: row.get_about_display().split(":")[0]),
        Column("to", label="To", accessor="get_to_display"),
        Column("people", label="People", accessor="sent_to"),
        Column("sent", label="Sent", accessor=lambda row: _counted(row, "sent")),
        Column("failed", label="Failed", accessor=lambda row: _counted(row, "failed")),
        Column("by", label="Written by", accessor="by"),
        Column("day", label="Day", accessor=lambda row: day_of("sent_on")(row) or "Not sent"),
    )

    def get_base_queryset(self):
        """Return every message with how its sending goes."""
        return MemberMessage.objects.with_sending().select_related("by")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Return the way to write one, which begins with the list of members."""
        address = reverse("network_staff:members")
        return [HeaderButton("Choose members to write to", url=address, icon_name="group")]


def _chosen(request: MemberRequest) -> list[Membership]:
    """Return the public members that the list shows with the address's search and filters.

    A wrong filter finds nobody; the list would show every member, and all would be written to.
    """
    view = Members()
    view.setup(request)
    if not view.filters.is_valid():
        return []
    keys = [row.pk for row in view.get_queryset()]
    rows = Membership.objects.announced().live().filter(pk__in=keys)
    return list(rows.select_related("council").order_by("council__name"))


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: MemberRequest) -> HttpResponse:
    """Write a message to the people of the members that the list shows."""
    chosen = _chosen(request)
    form = MemberMessageForm(posted(request))
    if form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            made = actions.write(by=request.user, memberships=chosen, **form.cleaned_data)
            messages.success(request, "Saved. Read it, then send it.")
            return redirect("network_staff:member_message", made.pk)
    people = Representative.objects.current().filter(membership__in=chosen)
    context = {
        "form": form,
        "chosen": chosen,
        "represented": people.values("membership").distinct().count(),
        "is_filtered": bool(request.GET),
    }
    return render(request, "network/review/member_message_write.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: MemberRequest, pk: int) -> HttpResponse:
    """Change or delete a message that was not sent."""
    message = get_object_or_404(MemberMessage, pk=pk)
    if message.mailing:
        return redirect("network_staff:member_message", pk)
    if "delete" in request.POST:
        with refusal_as_message(request):
            actions.discard(message, by=request.user)
            messages.success(request, "Deleted. It was not sent to anyone.")
        return redirect("network_staff:member_messages")
    names = ("to", "about", "subject", "text")
    form = MemberMessageForm(posted(request), initial={n: getattr(message, n) for n in names})
    if form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            actions.rewrite(message, by=request.user, **form.cleaned_data)
            messages.success(request, "Saved. Read it, then send it.")
            return redirect("network_staff:member_message", pk)
    context = {"form": form, "message": message, "chosen": message.memberships.all()}
    return render(request, "network/review/member_message_write.html", context)


ACTS = {
    "test": (
        actions.send_test,
        "We are sending a test to you. It greets an invented person, and its links open nothing.",
    ),
    "pause": (actions.pause, "Paused. Nothing more is sent until you resume."),
    "resume": (actions.resume, "Sending again."),
    "stop": (actions.stop, "Stopped. People who have not got it will not get it."),
}


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a message as someone reads it, who gets it, and how its sending goes."""
    message = get_object_or_404(MemberMessage.objects.select_related("by"), pk=pk)
    for name, (act, done) in ACTS.items():
        if name in request.POST:
            with refusal_as_message(request):
                act(message, by=request.user)
                messages.success(request, done)
            return redirect("network_staff:member_message", pk)
    mailing = message.mailing
    people = list(message.audience().order_by("first_name", "last_name", "email"))
    reader = next((each for each in people if str(each.pk) == request.GET.get("as")), None)
    reader = reader or next(iter(people), None)
    context = {
        "message": message,
        "mailing": mailing,
        "counts": mailing and mailing.counts(),
        "deliveries": _deliveries(mailing) if mailing else [],
        "people": people,
        "reader": reader,
        "letter": reader and _as_read(message, reader),
        "without_news": message.without_news(),
        "unreached": message.unreached(),
        "shown": fingerprint(people),
    }
    return render(request, "network/review/member_message.html", context)


def _as_read(message: MemberMessage, person: User) -> tuple[str, str]:
    """Return subject and text as someone reads them, with a link that stops nothing."""
    mail = actions.BULK[MessageAbout(message.about)]
    read: list[tuple[str, str]] = []
    outbox.rehearse(lambda: read.append(mail.mail.render(mail.about(message, person))))
    return read[0]


def _deliveries(mailing: Mailing) -> list[tuple[User | None, Delivery]]:
    """Return each email with the person it is for, what went wrong first."""
    rows = list(mailing.deliveries.order_by("pk"))
    people = User.objects.in_bulk([row.recipient for row in rows])
    rows.sort(key=lambda row: (row.bounced_at is None, row.status != Delivery.Status.FAILED))
    return [(people.get(row.recipient), row) for row in rows]


@for_managers
@require_POST
def send(request: MemberRequest, pk: int) -> HttpResponse:
    """Send a message to the people who were shown, once that is confirmed."""
    message = get_object_or_404(MemberMessage, pk=pk)
    if "is_sure" not in request.POST:
        messages.error(request, "Nothing was sent. Confirm that you have read it.")
        return redirect("network_staff:member_message", pk)
    with refusal_as_message(request):
        mailing = actions.send(message, by=request.user, shown=request.POST.get("shown", ""))
        number = mailing.recipients
        messages.success(
            request, f"We are sending it to {number:,} {'person' if number == 1 else 'people'}."
        )
    return redirect("network_staff:member_message", pk)
