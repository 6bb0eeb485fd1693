"""The calculator's pages. Nothing entered is stored or logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from multiplier.calculator import exports, saved_result
from multiplier.calculator.answers import answer_to, pictures
from multiplier.calculator.assumptions import AGAIN
from multiplier.calculator.examples import EXAMPLES, START, START_LINES
from multiplier.calculator.forms import CalculatorForm
from multiplier.calculator.questions import QUESTIONS, AnyForm, Question
from multiplier.calculator.saved_result import NotSaved, SavedResult
from multiplier.calculator.what_if_forms import CompareForm
from portal.page_cache import kept
from portal.security.origin import View, same_site_post


def _asked_at(name: str) -> View:
    """Return the view of a question: its empty form, its answer or its errors."""
    question = QUESTIONS[name]

    @kept()
    @same_site_post
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponse:
        posted = request.method == "POST"
        begun = START if name == "calculator" else None
        form = sent(question, request.POST) if posted else question.form_class(begun)
        do = request.POST.get("do", "")
        if form.is_valid() and (done := _done(request, do, SavedResult(question, form))):
            return done
        if do == "live" and not form.is_valid():
            return HttpResponse(status=204)  # still typing, so the page keeps the old answer
        context = _page(question, form, begins=not posted)
        return render(request, "multiplier/calculator.html", context)

    return view


calculator = _asked_at("calculator")
compare = _asked_at("compare")
shift = _asked_at("shift")
check = _asked_at("check")


def sent(question: Question, data: QueryDict) -> AnyForm:
    """Return the submitted form, with the values its button fills in."""
    form = question.form_class(data)
    do, _, name = data.get("do", "").partition(" ")
    kind = name.rpartition("-")[2].removesuffix("_again")
    filled: dict[str, str] = {}
    if do == "assume" and kind in AGAIN and name.endswith("_again"):
        filled = {name: AGAIN[kind].text}
    elif isinstance(form, CalculatorForm):
        filled = form.filled_by(do)
    if not filled:
        return form
    typed = data.dict() | filled
    # The user is still filling it in, so show no errors.
    form = question.form_class(typed)
    return form if form.is_valid() else question.form_class(initial=typed)


def _done(request: HttpRequest, do: str, worked_out: SavedResult) -> HttpResponse | None:
    """Return the response of a button other than "Calculate", if one was used."""
    if do == "keep":
        return HttpResponseRedirect(f"{worked_out.path}#kept", status=303)
    if do == "live":
        context = _result(worked_out.question, worked_out.form)
        return render(request, "multiplier/_live.html", context)
    if do in exports.FILES:
        return exports.file(do, worked_out)
    return _report(request, worked_out) if do == "report" else None


def _page(question: Question, form: AnyForm, *, begins: bool = False) -> dict[str, Any]:
    """Return the context of a question's page. `begins` is true before anything is sent."""
    return {
        "questions": QUESTIONS.values(),
        "form": form,
        "errors": form.errors if isinstance(form, CompareForm) else None,
        "examples": EXAMPLES.get(question.name, ()),
        "action": question.address,
        "fuller": True,
        "section": "multiplier",
        "begins": begins,
        **_result(question, form, in_short=begins),
    }


def _result(question: Question, form: AnyForm, *, in_short: bool = False) -> dict[str, Any]:
    """Return the context of a valid form's answer; without charts if `in_short`."""
    shown: dict[str, Any] = {"question": question, "form_id": "multiplier_form", "answer": None}
    if form.is_valid():
        if question.finding:
            return shown | {"finding": question.finding(form)}
        shown |= {"answer": answer_to(form), "notice": _notice(form.data)}
        shown["pictures"] = None if in_short else pictures(form)
    return shown


def _notice(typed: Mapping[str, str]) -> str:
    """Return a notice if the figures or the area are the first example's."""
    if typed.get("area") != START["area"]:
        return ""
    sent = dict(typed.items()).items()
    if any(example.items() <= sent for example in (START, START_LINES)):
        return "An example, with invented figures"
    return f"{START['area']} is an invented place: enter your own area"


@require_safe
def result(request: HttpRequest) -> HttpResponse:
    """Show a saved result, recalculated by the method version it was saved with."""
    try:
        found = saved_result.read(request.GET)
    except NotSaved as error:
        return _not_saved(request, error)
    valid = found.form.is_valid()
    page = {**_page(found.question, found.form), "kept": found if valid else None}
    if valid:
        page |= {"cite": exports.citation(found), "typed": exports.typed_table(found)}
    status = 200 if valid else 400
    return _discreet(render(request, "multiplier/calculator.html", page, status=status))


@require_safe
def taken(request: HttpRequest, kind: str) -> HttpResponse:
    """Return a saved result as a download or a page to print."""
    try:
        found = saved_result.read(request.GET)
    except NotSaved as error:
        return _not_saved(request, error)
    if not found.form.is_valid():
        address = f"{reverse('multiplier:result')}?{request.GET.urlencode()}"
        return _discreet(HttpResponseRedirect(address))
    return _discreet(_report(request, found) if kind == "report" else exports.file(kind, found))


def _report(request: HttpRequest, found: SavedResult) -> HttpResponse:
    context = {
        **_result(found.question, found.form),
        "kept": found,
        "typed": exports.typed_table(found),
    }
    return render(request, "multiplier/report.html", context)


def _not_saved(request: HttpRequest, error: NotSaved) -> HttpResponse:
    context = {"problem": str(error), "section": "multiplier", "questions": QUESTIONS.values()}
    return _discreet(render(request, "multiplier/not_kept.html", context, status=404))


def _discreet(response: HttpResponse) -> HttpResponse:
    """Add headers that stop caching, referrers and indexing of addresses with figures."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
