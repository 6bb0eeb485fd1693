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
from network.forms.saving import PublishTick
from network.forms.tasks import TASK_FORMS
from network.models import EndorsementRequest, SignUp
from network.readiness import IN_THE_WAY, Gap, Readiness, Signature, State, in_words


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


@dataclass(frozen=True)
class Step:
    """The one next thing: what and why in a sentence, and the button that leads there."""

    words: str
    button: str
    url: str


HINTS = {
    SignUpTask.ABOUT_COUNCIL: "Optional: what its page will say about it",
    SignUpTask.CHAMPIONS: "A lead councillor and a senior officer",
    SignUpTask.PRACTICE: "Optional, in your own words",
    SignUpTask.CONVERSATION: "Optional: whether it is planned or has been held",
    SignUpTask.PUBLICITY: "Optional: a quotation, the logo, the earliest date",
    SignUpTask.ENDORSERS: "Who will sign as leader and as chief executive",
    SignUpTask.DECISION: "Who decided, when, and where it is minuted",
}
LACKING = "Marked as finished, but some answers are missing"
PUBLISHED, NOT_PUBLISHED = "Will be published", "Will not be published"
ASK = "Ask them to sign"
NOBODY_ASKED = {State.NOBODY, State.OVER, State.NOT_ASKED}
# What the Next panel says of a task that stands in the way of asking or sending.
FIRST = {
    SignUpTask.ABOUT_YOU: ("Tell us your name and job title.", "Tell us about you"),
    SignUpTask.CHAMPIONS: (
        "Name both champions. The people who sign will see their names.",
        "Name the champions",
    ),
    SignUpTask.ENDORSERS: (
        "Tell us who will sign as leader and as chief executive. Saving sends no email.",
        "Name the people who will sign",
    ),
    SignUpTask.DECISION: (
        "Once your council has decided, tell us who decided, when, and where it is minuted.",
        "Enter the formal decision",
    ),
}


def groups(facts: Readiness) -> list[Group]:
    """Return the whole task list."""
    sign_up = facts.sign_up
    told = SignUpTask.ABOUT_YOU, SignUpTask.ABOUT_COUNCIL, SignUpTask.CHAMPIONS
    promised = SignUpTask.PRACTICE, SignUpTask.CONVERSATION, SignUpTask.PUBLICITY
    endorsing = [_task(facts, SignUpTask.ROUTE)]
    if sign_up.needs_signatures:
        endorsing += [_task(facts, SignUpTask.ENDORSERS), _asking(facts)]
        asked = [each for each in facts.signatures if each.state not in NOBODY_ASKED]
        endorsing += [_signature(each, each.request) for each in asked if each.request]
    if sign_up.needs_decision:
        endorsing.append(_task(facts, SignUpTask.DECISION))
    return [
        Group("Tell us about the council", "tell", [_task(facts, task) for task in told]),
        Group("Tell us what you will do", "promise", [_task(facts, task) for task in promised]),
        Group("Get it endorsed", "endorse", endorsing),
        Group("Send the application", "send", [_send(facts)]),
    ]


def next_step(facts: Readiness) -> Step | None:
    """Return the one next thing for the council to do; None while it waits for others."""
    sign_up = facts.sign_up
    if not sign_up.is_editable:
        return None
    gaps = facts.before_asking if facts.unsigned else facts.before_sending
    for task, (words, button) in FIRST.items():
        if Gap(task) in gaps:
            return Step(words, button, _address(sign_up, task))
    if any(each.state == State.NOT_ASKED for each in facts.signatures) and facts.unsigned:
        words = "You have named who signs. We’ll email each of them a link when you ask us to."
        return Step(words, ASK, _address(sign_up, "ask"))
    if sign_up.waiting_for():
        return None
    if facts.unsigned:
        words = "A signature is missing, and no one is being asked for it now."
        return Step(words, "See who has signed", _address(sign_up, "sign_off"))
    again = sign_up.status == SignUpStatus.CHANGES_REQUESTED
    if again:
        words = "When you have made the changes, check your answers and send them again."
    elif sign_up.needs_signatures and sign_up.needs_decision:
        words = "Both have signed and the decision is entered. Check your answers and send them."
    elif sign_up.needs_signatures:
        words = "Both have signed. Check your answers and send them to us."
    else:
        words = "The decision is entered. Check your answers and send them."
    return Step(words, "Check your answers and send", _address(sign_up, "check"))


def _asking(facts: Readiness) -> Task:
    """The step that emails the links: always there, also before anyone is named."""
    sign_up = facts.sign_up
    states = {each.state for each in facts.signatures}
    ask, sign_off = _address(sign_up, "ask"), _address(sign_up, "sign_off")
    asked = [each for each in facts.signatures if each.state not in NOBODY_ASKED]
    when = "; ".join(_asked_on(each) for each in asked)
    if sign_up.is_signed():
        return Task(ASK, sign_off, "Both have signed", hint=when)
    if not sign_up.may_ask:
        return Task(ASK, "", "Ended", hint=when)
    if State.NOT_ASKED in states or State.NOBODY in states:
        if gaps := facts.before_asking:
            first = f"First we need {in_words(gaps)}"
            return Task(ASK, "", "Cannot start yet", hint="; ".join(filter(None, [when, first])))
        return Task(
            ASK, ask, "Ready to ask", "attention", when or "We’ll email each of them a link"
        )
    return Task(ASK, sign_off, "Asked", hint=when)


def _asked_on(signature: Signature) -> str:
    request = signature.request
    if request is None or request.sent_at is None:
        return signature.called
    return f"{request.name} on {date_format(localtime(request.sent_at), 'j F')}"


def _task(facts: Readiness, task: SignUpTask) -> Task:
    """Return a task with its status. A finished one that lacks something is a problem."""
    sign_up = facts.sign_up
    url = _address(sign_up, task, sign_up.may_save(task))
    if note := sign_up.change_wanted_in(task):
        return Task(task.label, url, "Change needed", "attention", note)
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
        hint = "" if decision.has_taken_effect() else f"It takes effect on {holds_from}"
    elif said and (lacks := facts.missing(task)):
        return Task(task.label, url, "In progress", "mint", "; ".join(lacks.values()))
    if done:
        return Task(task.label, url, "Completed", hint=hint)
    is_endorsing = task in {SignUpTask.ROUTE, SignUpTask.ENDORSERS, SignUpTask.DECISION}
    if sign_up.is_editable or (is_endorsing and (sign_up.is_open or sign_up.may_ask)):
        return Task(task.label, url, "In progress" if begun else "Not started", "mint", hint)
    kept = "Sent" if sign_up.submitted_at and not is_endorsing else "Kept"
    return Task(task.label, url, kept if begun else "Left blank", hint=hint)


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
    hint = "No one signed before the link expired"
    return Task(title, sign_off, signature.status, signature.tone, hint)


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
    ticks = {
        of: PUBLISHED if known.get(name) else NOT_PUBLISHED
        for name, field in form.fields.items()
        if isinstance(field, PublishTick)
        for of in field.of
    }
    found = []
    for name in form.questions():
        if isinstance(form.fields[name], PublishTick):
            continue
        words = form.in_words(name, known.get(name))
        public = ticks.get(name, "") if words else ""
        optional = " (optional)" if form.is_optional(name) else ""
        lines = "\n".join(filter(None, [words, public]))
        found.append(Answer(f"{form.question(name)}{optional}", lines, url))
    return found


def _champion(sign_up: SignUp, kind: ChampionKind) -> str:
    champion = sign_up.champion_of(kind)
    if champion is None or not champion.name:
        return ""
    published = PUBLISHED if champion.may_be_published else NOT_PUBLISHED
    told = f"We will email {champion.email}" if champion.email else ""
    lines = [f"{champion.name}, {champion.role}", published, told]
    return "\n".join(filter(None, lines))


def _file(sign_up: SignUp, kind: UploadKind, page: str, may_change: bool) -> Answer:
    """Return an uploaded file's name as an answer."""
    upload = sign_up.upload_of(kind)
    url = _address(sign_up, page, may_change)
    return Answer(f"{kind.label}, as a file (optional)", upload.name if upload else "", url)


def _endorsement(sign_up: SignUp) -> list[Answer]:
    route = _address(sign_up, "route", sign_up.is_editable)
    found = [Answer("How your council will endorse", sign_up.get_route_display(), route)]
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
