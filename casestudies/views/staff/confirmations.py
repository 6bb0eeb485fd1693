"""Editors' pages about whether case studies are still true: their list, and one page each."""

from collections.abc import Callable
from datetime import date
from functools import partial, wraps

import django_filters
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from casestudies import permissions
from casestudies.actions import confirmations, former
from casestudies.choices import ConfirmationStatus
from casestudies.forms.confirmations import NamedContactForm, RecordAnswerForm, WhyForm
from casestudies.models import (
    CaseStudyIndexPage,
    CaseStudyPage,
    Confirmation,
    FormerCaseStudy,
    NamedContact,
)
from network.models import Refused
from network.permissions import can_review, require
from network.views.pages import Report, refusal_beside
from portal.models import MemberRequest, User

STANDINGS = {
    "due": "Due to be asked",
    "asked": "Asked, no answer yet",
    "to-read": "Answered, to read",
    "no-contact": "No one to ask",
    "bounced": "Our email did not arrive",
    "silent": "No answer this year",
}


def may_open(user: User) -> bool:
    """Whether they may see the list: who edits pages, and network managers."""
    return can_review(user) or user_has_any_page_permission(user)


def for_editors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Allow only those who edit pages, and network managers."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: object, **kwargs: object) -> HttpResponse:
        require(may_open(request.user))
        return view(request, *args, **kwargs)

    return guarded


class StillTrueFilters(WagtailFilterSet):
    """How far this year's question is."""

    standing = django_filters.ChoiceFilter(
        label="Yearly question", choices=list(STANDINGS.items()), method="of_standing"
    )

    class Meta:
        model = CaseStudyPage
        fields = ["standing"]

    def of_standing(
        self, queryset: QuerySet[CaseStudyPage], name: str, value: str
    ) -> QuerySet[CaseStudyPage]:
        """Return the case studies of one standing."""
        if value == "due":
            due = CaseStudyPage.objects.due_for_confirmation(timezone.localdate())
            return queryset.filter(pk__in=due.values("pk"))
        newest = Confirmation.objects.filter(page=OuterRef("page")).order_by("-asked_on", "-pk")
        rows = Confirmation.objects.filter(pk=newest.values("pk")[:1])
        found = {
            "asked": rows.with_contact(),
            "to-read": Confirmation.objects.to_read(),
            "no-contact": rows.without_contact(),
            "bounced": rows.with_contact().exclude(bounced_at=None),
            "silent": rows.filter(status=ConfirmationStatus.EXPIRED),
        }
        return queryset.filter(Exists(found[value].filter(page=OuterRef("pk"))))


def _standing(page: CaseStudyPage) -> str:
    row = next(iter(page.confirmations.all()), None)
    if row is None:
        return "Not asked yet"
    if row.bounced_at and row.status == ConfirmationStatus.SENT:
        return STANDINGS["bounced"]
    said = f": {row.get_answer_display().lower()}" if row.answer else ""
    return f"{row.get_status_display()}{said}"


def _asked_on(page: CaseStudyPage) -> date | None:
    row = next(iter(page.confirmations.all()), None)
    return row.asked_on if row else None


class StillTrue(Report):
    """Every published case study, with when the council last confirmed it."""

    page_title = "Still true?"
    verbose_name, verbose_name_plural = "case study", "case studies"
    header_icon = "calendar-check"
    namespace = "case_study_confirmations"
    guard = staticmethod(for_editors)
    filterset_class = StillTrueFilters
    export_filename = "still-true"
    search_fields = ("title", "council__name", "council__official_name", "council__aliases__name")
    columns = (
        TitleColumn(
            "title",
            label="Case study",
            sort_key="title",
            get_url=lambda row: reverse("case_study_confirmations:one", args=[row.pk]),
        ),
        Column("council", label="Council", accessor="council.name", sort_key="council__name"),
        Column("status", label="Still running?", accessor="get_status_display", sort_key="status"),
        DateColumn("confirmed_on", label="Council confirmed", sort_key="confirmed_on"),
        Column("standing", label="Yearly question", accessor=_standing),
        Column("asked", label="Asked on", accessor=_asked_on),
    )

    def get_base_queryset(self) -> QuerySet[CaseStudyPage]:
        """Return every public case study with its confirmations, longest unconfirmed first."""
        rows = CaseStudyPage.objects.live().select_related("council")
        newest = Prefetch("confirmations", Confirmation.objects.order_by("-asked_on", "-pk"))
        return rows.prefetch_related(newest).order_by("confirmed_on", "title", "pk")


def _page_of(request: MemberRequest, pk: int) -> CaseStudyPage:
    page = get_object_or_404(CaseStudyPage.objects.select_related("council"), pk=pk)
    require(permissions.can_see_confirmations(request.user, page))
    return page


@for_editors
@require_safe
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """Show who is asked about a case study, and what was answered each year."""
    return _show(request, _page_of(request, pk))


def _show(request: MemberRequest, page: CaseStudyPage, **wrong: object) -> HttpResponse:
    rows = list(page.confirmations.select_related("recorded_by", "read_by"))
    named = NamedContact.objects.filter(page=page).first()
    open_ones = {ConfirmationStatus.SENT, ConfirmationStatus.NO_CONTACT}
    context = {
        "page": page,
        "rows": rows,
        "open": next((row for row in rows if row.status in open_ones), None),
        "to_read": next((row for row in rows if row.is_to_read), None),
        "contact": confirmations.contact_of(page),
        "named": named,
        "contact_form": NamedContactForm(
            initial={"name": named.name, "email": named.email} if named else None
        ),
        "answer_form": RecordAnswerForm(),
        "may_act": permissions.can_look_after(request.user, page),
        "may_settle": permissions.can_settle(request.user, page),
    }
    return render(request, "casestudies/admin_still_true.html", context | wrong)


def _acted(
    request: MemberRequest, page: CaseStudyPage, form: Form, name: str, act: Callable, done: str
) -> HttpResponse:
    """Run an action with what was entered, or show the page again with what was wrong."""
    if form.is_valid():
        with refusal_beside(form, said="Not done. {}"):
            act(by=request.user, **form.cleaned_data)
            messages.success(request, done)
            return redirect("case_study_confirmations:one", page.pk)
    return _show(request, _page_of(request, page.pk), **{name: form, "wrong_form": form})


@for_editors
@require_http_methods(["POST"])
def ask(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask the contact now, or again."""
    page = _page_of(request, pk)
    act = partial(confirmations.ask_now, page)
    return _acted(request, page, Form(request.POST), "ask_form", act, "We have emailed the link.")


@for_editors
@require_http_methods(["POST"])
def contact(request: MemberRequest, pk: int) -> HttpResponse:
    """Name who is asked about a case study."""
    page, form = _page_of(request, pk), NamedContactForm(request.POST)
    act = partial(confirmations.name_contact, page)
    return _acted(request, page, form, "contact_form", act, "Contact saved.")


@for_editors
@require_http_methods(["POST"])
def record(request: MemberRequest, pk: int) -> HttpResponse:
    """Record what someone at the council said in another way."""
    page, form = _page_of(request, pk), RecordAnswerForm(request.POST)
    act = partial(confirmations.record_answer, page)
    done = "Answer recorded. The page says so now."
    return _acted(request, page, form, "answer_form", act, done)


@for_editors
@require_http_methods(["POST"])
def settle(request: MemberRequest, pk: int, row: int) -> HttpResponse:
    """Make the sentence of an answer public, or leave it out."""
    page = _page_of(request, pk)
    found = get_object_or_404(page.confirmations, pk=row)
    publish = "publish" in request.POST
    act = partial(confirmations.settle, found, publish=publish)
    done = "The sentence is on the page." if publish else "Marked as read. It is not on the page."
    return _acted(request, page, Form(request.POST), "settle_form", act, done)


def may_explain(user: User) -> bool:
    """Whether they may say why case studies are gone: who publishes them."""
    listed_in = CaseStudyIndexPage.objects.first()
    return listed_in is not None and permissions.can_explain(user, listed_in)


class Former(Report):
    """The case studies that are no longer published, and what readers find at their addresses."""

    page_title = "No longer published"
    verbose_name, verbose_name_plural = "case study", "case studies"
    header_icon = "doc-empty-inverse"
    namespace = "case_study_confirmations"
    guard = staticmethod(for_editors)
    export_filename = "no-longer-published"
    search_fields = ("title", "slug", "council__name")
    columns = (
        TitleColumn(
            "title",
            label="Case study",
            sort_key="title",
            get_url=lambda row: reverse("case_study_confirmations:former_one", args=[row.pk]),
        ),
        Column("slug", label="Slug"),
        DateColumn("since", label="Since", sort_key="since"),
        Column("why", label="What readers are told", accessor=lambda row: row.why or "Nothing"),
    )

    def get_base_queryset(self) -> QuerySet[FormerCaseStudy]:
        """Return the notices, the newest first."""
        return FormerCaseStudy.objects.select_related("council").order_by("-since", "slug")


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def former_one(request: MemberRequest, pk: int) -> HttpResponse:
    """Say to readers why a case study is no longer published."""
    notice = get_object_or_404(FormerCaseStudy.objects.select_related("council"), pk=pk)
    require(may_explain(request.user))
    form = WhyForm(request.POST if request.method == "POST" else None, initial={"why": notice.why})
    if form.is_valid():
        try:
            former.explain(notice, by=request.user, **form.cleaned_data)
            messages.success(request, "Saved. Readers see it at the address of the case study.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("case_study_confirmations:former")
    context = {"notice": notice, "form": form, "address": f"/case-studies/{notice.slug}/"}
    return render(request, "casestudies/admin_former.html", context)
