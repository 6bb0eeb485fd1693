"""Task list of a sign-up: tasks with their status, and the answers."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime

from network.choices import (
    ChampionKind,
    Office,
    RequestStatus,
    SignUpStatus,
    SignUpTask,
    UploadKind,
)
from network.forms.tasks import TASK_FORMS
from network.models import EndorsementRequest, SignUp
from network.readiness import IN_THE_WAY, Gap, Readiness, Signature, State


@dataclass(frozen=True)
class Task:
    """One line of the task list. `url` is "" if the task cannot be started."""

    title: str
    url: str
    status: str
    tone: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Tasks under one heading."""

    title: str
    slug: str
    tasks: list[Task]


@dataclass(frozen=True)
class Answer:
    """A question, its answer and a link to change it."""

    key: str
    value: str
    url: str = ""


HINTS = {
    SignUpTask.CHAMPIONS: "One lead councillor, one senior officer",
    SignUpTask.PRACTICE: "Optional, in your own words",
    SignUpTask.CONVERSATION: "Planned, held or agreed",
    SignUpTask.PUBLICITY: "Optional: a quotation, and from when it may be public",
    SignUpTask.ENDORSERS: "Who signs as leader and who as chief executive",
    SignUpTask.DECISION: "Who decided, when, and where it is minuted",
}
LACKING = "Said to be finished, but something that we need is missing"


def groups(facts: Readiness) -> list[Group]:
    """Return the whole task list."""
    sign_up = facts.sign_up
    told = SignUpTask.ABOUT_YOU, SignUpTask.ABOUT_COUNCIL, SignUpTask.CHAMPIONS
    promised = SignUpTask.PRACTICE, SignUpTask.CONVERSATION, SignUpTask.PUBLICITY
    endorsing = [_task(facts, SignUpTask.ROUTE)]
    if sign_up.needs_signatures:
        endorsing.append(_task(facts, SignUpTask.ENDORSERS))
        endorsing += [_signature(each, each.request) for each in facts.signatures if each.request]
    if sign_up.needs_decision:
        endorsing.append(_task(facts, SignUpTask.DECISION))
    return [
        Group("Tell us about the council", "tell", [_task(facts, task) for task in told]),
        Group("Say what you will do", "promise", [_task(facts, task) for task in promised]),
        Group("Get it endorsed", "endorse", endorsing),
        Group("Send", "send", [_send(facts)]),
    ]


def _task(facts: Readiness, task: SignUpTask) -> Task:
    """Return a task with its status. A finished one that lacks something is a problem."""
    sign_up = facts.sign_up
    url = _address(sign_up, task, sign_up.may_save(task))
    said = sign_up.finished_tasks.get(task)
    if said and task in IN_THE_WAY and Gap(task) in facts.before_sending:
        return Task(task.label, url, "There is a problem", "problem", LACKING)
    done, begun, hint = bool(said), said is not None, HINTS.get(task, "")
    if task == SignUpTask.ROUTE:
        done, hint = done or sign_up.relies_on_its_route, sign_up.get_route_display()
    elif task == SignUpTask.ENDORSERS:
        done, begun = sign_up.endorsers_are_named(), bool(sign_up.current_requests())
    elif task == SignUpTask.DECISION and sign_up.is_decided():
        done, decision = True, sign_up.formal_decision
        holds_from = date_format(decision.holds_from, "j F Y")
        hint = "" if decision.has_taken_effect() else f"It holds from {holds_from}"
    elif said and (lacks := facts.missing(task)):
        return Task(task.label, url, "In progress", "mint", "; ".join(lacks.values()))
    if done:
        return Task(task.label, url, "Completed", hint=hint)
    is_endorsing = task in {SignUpTask.ROUTE, SignUpTask.ENDORSERS, SignUpTask.DECISION}
    if sign_up.is_editable or (is_endorsing and (sign_up.is_open or sign_up.may_ask)):
        return Task(task.label, url, "In progress" if begun else "Not started", "mint", hint)
    kept = "Sent" if sign_up.submitted_at and not is_endorsing else "Kept"
    return Task(task.label, url, kept if begun else "Left empty", hint=hint)


def _signature(signature: Signature, request: EndorsementRequest) -> Task:
    sign_off = _address(request.sign_up, "sign_off")
    title = f"{signature.called}: {request.signatory.name}"
    if request.status == RequestStatus.SENT:
        hint = f"Asked on {date_format(localtime(request.sent_at), 'j F')}"
        waiting = f"Waiting for the {signature.called.lower()}"
        return Task(title, sign_off, waiting, "attention", hint)
    if request.status == RequestStatus.SIGNED:
        signed_on = date_format(localtime(request.endorsement.signed_at), "j F Y")
        hint = ". ".join(filter(None, [f"Signed on {signed_on}", request.asked_as]))
        return Task(title, "", "Signed", hint=hint)
    if request.is_answered:
        return Task(title, sign_off, "Answered", "attention", "See what they say")
    not_asked = signature.state == State.NOT_ASKED
    url = _address(request.sign_up, "ask") if not_asked else sign_off
    hint = "" if not_asked else "Nobody signed while it worked"
    return Task(title, url, signature.status, signature.tone, hint)


def _send(facts: Readiness) -> Task:
    sign_up, title = facts.sign_up, "Check your answers and send"
    if sign_up.submitted_at and sign_up.status != SignUpStatus.CHANGES_REQUESTED:
        return Task(title, _address(sign_up, "sent"), "Sent")
    if not sign_up.is_editable:
        return Task(title, "", "Ended")
    check = _address(sign_up, "check")
    if not facts.before_sending:
        return Task(title, check, "Ready", "attention")
    hint = "You can check your answers now, and send them once it is endorsed"
    return Task(title, check, "Not ready yet", hint=hint)


def _address(sign_up: SignUp, name: str, may_open: bool = True) -> str:
    return reverse(f"network:sign_up_{name}", args=[sign_up.reference]) if may_open else ""


def _change(sign_up: SignUp, name: str) -> str:
    """Return the link to change an answer and come back; "" after sending."""
    return f"{_address(sign_up, name)}?back=check" if sign_up.is_editable else ""


def answers(sign_up: SignUp) -> list[tuple[str, list[Answer]]]:
    """Return every answer by section; links to change one come back to these answers."""
    apart = {SignUpTask.ROUTE, SignUpTask.DECISION}
    sections = {task: _of_task(sign_up, task) for task in TASK_FORMS if task not in apart}
    sections[SignUpTask.ABOUT_YOU].insert(0, Answer("Council", sign_up.council.official_name))
    sections[SignUpTask.PUBLICITY].append(
        _file(sign_up, UploadKind.LOGO, "logo", sign_up.is_editable)
    )
    told = [(task.label, rows) for task, rows in sections.items()]
    return [*told, ("Endorsement", _endorsement(sign_up))]


def _of_task(sign_up: SignUp, task: SignUpTask) -> list[Answer]:
    """Return the answers of a task, in the order of its form."""
    url = _change(sign_up, task)
    if task == SignUpTask.CHAMPIONS:
        return [Answer(kind.label, _champion(sign_up, kind), url) for kind in ChampionKind]
    form = TASK_FORMS[task]()
    known = form.known(sign_up)
    return [
        Answer(form.question(name), form.in_words(name, known.get(name)), url)
        for name in form.questions()
    ]


def _champion(sign_up: SignUp, kind: ChampionKind) -> str:
    champion = sign_up.champion_of(kind)
    if champion is None or not champion.name:
        return ""
    published = "may be published" if champion.may_be_published else "not to be published"
    return f"{champion.name}, {champion.role}\nName {published}"


def _file(sign_up: SignUp, kind: UploadKind, page: str, may_change: bool) -> Answer:
    """Return an uploaded file's name as an answer."""
    upload = sign_up.upload_of(kind)
    url = _address(sign_up, page, may_change)
    return Answer(f"{kind.label}, as a file", upload.name if upload else "", url)


def _endorsement(sign_up: SignUp) -> list[Answer]:
    route = _address(sign_up, "route", sign_up.is_editable)
    found = [Answer("How it endorses", sign_up.get_route_display(), route)]
    if sign_up.needs_signatures:
        found += [_endorser(sign_up, office) for office in Office]
    if sign_up.needs_decision:
        task, may_change = SignUpTask.DECISION, sign_up.may_save(SignUpTask.DECISION)
        url = _address(sign_up, task, may_change)
        found.append(Answer(task.label, _decision(sign_up), url))
        found.append(_file(sign_up, UploadKind.DECISION, "decision_file", may_change))
    return found


def _endorser(sign_up: SignUp, office: Office) -> Answer:
    request, called = sign_up.request_of(office), sign_up.office_name(office)
    url = _change(sign_up, "endorsers")
    if request is None:
        return Answer(called, "", url)
    who = request.signatory
    lines = [f"{who.name}, {who.role}", request.get_status_display(), request.asked_as]
    url = "" if request.status == RequestStatus.SIGNED else url
    return Answer(called, "\n".join(filter(None, lines)), url)


def _decision(sign_up: SignUp) -> str:
    decision = sign_up.formal_decision
    if decision is None:
        return ""
    days = {
        "Decided on": decision.decided_on,
        "Published on": decision.published_on,
        "Call-in ends on": decision.call_in_ends_on,
        "Takes effect on": decision.takes_effect_on,
    }
    lines = [decision.body_name or decision.get_body_display()]
    lines += [f"{what} {date_format(day, 'j F Y')}" for what, day in days.items() if day]
    lines += [decision.minute_reference, decision.link]
    lines.append("Covers this wording" if sign_up.is_decided() else "Not complete yet")
    return "\n".join(filter(None, lines))
