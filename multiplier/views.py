"""The calculator's pages (in a frame: embedding.py). Nothing typed is stored or logged."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from multiplier import filled, kept, taking
from multiplier.answers import answer_to
from multiplier.examples import EXAMPLES
from multiplier.pictures import pictures
from multiplier.questions import QUESTIONS, AnyForm, Question, forms_of, make, sent
from multiplier.what_if_forms import CompareForm
from portal.security.origin import View, same_site_post


def _asked_at(name: str) -> View:
    """The page of one question: empty, with an answer, or with what is wrong."""
    question = QUESTIONS[name]

    @same_site_post
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return render(request, "multiplier/calculator.html", _page(question, make(question)))
        form = sent(question, request.POST)
        do = request.POST.get("do", "")
        if form.is_valid() and (done := _done(request, do, question, form)):
            return done
        if do == "live" and not form.is_valid():
            return HttpResponse(status=204)  # in the middle of typing: the old answer stands
        return render(request, "multiplier/calculator.html", _page(question, form))

    return view


calculator = _asked_at("calculator")
compare = _asked_at("compare")
shift = _asked_at("shift")
check = _asked_at("check")


def _done(request: HttpRequest, do: str, question: Question, form: AnyForm) -> HttpResponse | None:
    """What a button other than "Work it out" asks for."""
    if do == "keep":
        return HttpResponseRedirect(f"{kept.path_of(question, form)}#kept", status=303)
    if do == "live":
        return render(request, "multiplier/_result.html", _result(question, form))
    if do in taking.FILES:
        return taking.file(do, kept.Kept(question, form))
    if do == "report":
        return _report(request, kept.Kept(question, form))
    return None


def _page(question: Question, form: AnyForm, **more: Any) -> dict[str, Any]:
    """What the template of a question's page needs."""
    action = question.address
    asked = {"form": form, "action": action, "fuller": True}
    return {
        "question": question,
        "questions": QUESTIONS.values(),
        "form": form,
        "errors": form.errors if isinstance(form, CompareForm) else None,
        "form_html": filled.render(question.form_template, asked, *forms_of(form)),
        "examples": EXAMPLES.get(question.name, ()),
        "action": action,
        "section": "multiplier",
        **_result(question, form),
        **more,
    }


def _result(question: Question, form: AnyForm) -> dict[str, Any]:
    """The answer, if the form is valid."""
    shown: dict[str, Any] = {"question": question, "form_id": "multiplier_form", "answer": None}
    if not form.is_valid():
        return shown
    if question.finding is None:
        return {**shown, "answer": answer_to(form), "pictures": pictures(form)}
    return {**shown, "finding": question.finding(form)}


def _discreet(response: HttpResponse) -> HttpResponse:
    """Keep an address that holds figures out of caches, search engines and Referer headers."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def result(request: HttpRequest) -> HttpResponse:
    """A kept result, worked out again by the method it was kept with."""
    try:
        found = kept.read(request.GET)
    except kept.NotKept as fault:
        return _discreet(_not_kept(request, str(fault)))
    valid = found.form.is_valid()
    page = _page(found.question, found.form, kept=found if valid else None)
    if valid:
        page |= {"cite": taking.citation(found), "typed": taking.typed_table(found)}
    status = 200 if valid else 400
    return _discreet(render(request, "multiplier/calculator.html", page, status=status))


def _not_kept(request: HttpRequest, problem: str) -> HttpResponse:
    context = {"problem": problem, "section": "multiplier", "questions": QUESTIONS.values()}
    return render(request, "multiplier/not_kept.html", context, status=404)


@require_safe
def taken(request: HttpRequest, kind: str) -> HttpResponse:
    """A kept result as a file or as a page to print."""
    try:
        found = kept.read(request.GET)
    except kept.NotKept as fault:
        return _discreet(_not_kept(request, str(fault)))
    if not found.form.is_valid():
        return _discreet(
            HttpResponseRedirect(f"{reverse('multiplier:result')}?{request.GET.urlencode()}")
        )
    return _discreet(_report(request, found) if kind == "report" else taking.file(kind, found))


def _report(request: HttpRequest, found: kept.Kept) -> HttpResponse:
    context = {
        **_result(found.question, found.form),
        "kept": found,
        "cite": taking.citation(found),
        "typed": taking.typed_table(found),
    }
    return render(request, "multiplier/report.html", context)
