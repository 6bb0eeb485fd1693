"""The tasks of a sign-up as people see them: what, where it stands, what was answered."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime

from network import still_missing
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


@dataclass(frozen=True)
class Task:
    """One line of the task list. `url` is "" for what cannot be started."""

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
    """A question and what was answered, with where to change it."""

    key: str
    value: str
    url: str = ""


def groups(sign_up: SignUp) -> list[Group]:
    """The whole task list."""
    told = [
        _task(sign_up, SignUpTask.ABOUT_YOU),
        _task(sign_up, SignUpTask.ABOUT_COUNCIL),
        _task(sign_up, SignUpTask.CHAMPIONS, hint="One lead councillor, one senior officer"),
    ]
    promised = [
        _task(sign_up, SignUpTask.PRACTICE, hint="Optional, in your own words"),
        _task(sign_up, SignUpTask.CONVERSATION, hint="Planned, held or agreed"),
        _task(
            sign_up,
            SignUpTask.PUBLICITY,
            hint="Optional: a quotation, and from when it may be public",
        ),
    ]
    return [
        Group("Tell us about the council", "tell", told),
        Group("Say what you will do", "promise", promised),
        Group("Get it endorsed", "endorse", _endorsing(sign_up)),
        Group("Send", "send", [_send(sign_up)]),
    ]


def _address(sign_up: SignUp, name: str) -> str:
    return reverse(f"network:sign_up_{name}", args=[sign_up.reference])


def _editable(sign_up: SignUp, name: str) -> str:
    return _address(sign_up, name) if sign_up.is_editable else ""


def _done(done: bool, begun: bool = False) -> dict[str, str]:
    if done:
        return {"status": "Completed"}
    return {"status": "In progress" if begun else "Not started", "tone": "mint"}


def _standing(sign_up: SignUp, done: bool, begun: bool) -> dict[str, str]:
    """The same of what is neither done nor can be done any more, once it has ended."""
    if done or sign_up.is_open or sign_up.may_ask:
        return _done(done, begun)
    return {"status": "Kept" if begun else "Left empty"}


PROBLEM = {"status": "There is a problem", "tone": "problem"}
LACKING = "Said to be finished, but something that we need is missing"


def _task(sign_up: SignUp, task: SignUpTask, hint: str = "") -> Task:
    """A task as it stands. What is finished and lacks what sending needs is a problem."""
    finished = sign_up.finished_tasks
    lacks = finished.get(task) and still_missing.of_task(sign_up, task)
    if not sign_up.is_editable and not finished.get(task):
        kept = "Sent" if sign_up.submitted_at else "Kept"
        status = {"status": kept if task in finished else "Left empty"}
    elif lacks and task in still_missing.IN_THE_WAY:
        status, hint = PROBLEM, LACKING
    elif lacks:
        status, hint = _done(False, begun=True), "; ".join(lacks.values())
    else:
        status = _done(finished.get(task, False), begun=task in finished)
    return Task(task.label, _editable(sign_up, task), hint=hint, **status)


def _route(sign_up: SignUp) -> Task:
    """Chosen by saying so, and by acting on it: it is a choice also where nobody changed it."""
    task = SignUpTask.ROUTE
    finished = sign_up.finished_tasks
    done = finished.get(task, False) or sign_up.relies_on_its_route
    hint = sign_up.get_route_display()
    return Task(
        task.label,
        _editable(sign_up, task),
        hint=hint,
        **_standing(sign_up, done, task in finished),
    )


def _endorsing(sign_up: SignUp) -> list[Task]:
    tasks = [_route(sign_up)]
    if sign_up.needs_signatures:
        tasks += _signing(sign_up)
    if sign_up.needs_decision:
        tasks.append(_deciding(sign_up))
    return tasks


def _signing(sign_up: SignUp) -> list[Task]:
    named = sign_up.endorsers_are_named()
    tasks = [
        Task(
            "Your endorsers",
            _address(sign_up, "endorsers") if sign_up.may_ask else "",
            hint="Who signs as leader and who as chief executive",
            **_standing(sign_up, named, bool(sign_up.current_requests())),
        )
    ]
    return tasks + [_signature(sign_up, request) for request in sign_up.current_requests()]


def _deciding(sign_up: SignUp) -> Task:
    task = SignUpTask.DECISION
    url = _address(sign_up, task) if sign_up.may_save(task) else ""
    decision = sign_up.formal_decision
    if not sign_up.is_decided():
        if sign_up.finished_tasks.get(task):
            return Task(task.label, url, hint=LACKING, **PROBLEM)
        hint = "Who decided, when, and where it is minuted"
        return Task(task.label, url, hint=hint, **_standing(sign_up, False, decision is not None))
    if decision.has_taken_effect():
        return Task(task.label, url, "Completed")
    holds_from = date_format(decision.holds_from, "j F Y")
    return Task(task.label, url, "Completed", hint=f"It holds from {holds_from}")


def _signature(sign_up: SignUp, request: EndorsementRequest) -> Task:
    office = request.get_office_display()
    title = f"{office}: {request.signatory.name}"
    if request.status == RequestStatus.NOT_SENT:
        return Task(title, _address(sign_up, "ask"), "Not asked yet", "attention")
    if request.status == RequestStatus.SIGNED:
        when = localtime(request.endorsement.signed_at)
        facts = [f"Signed on {date_format(when, 'j F Y')}", request.asked_as]
        return Task(title, "", "Signed", hint=". ".join(filter(None, facts)))
    sign_off = _address(sign_up, "sign_off")
    if request.is_answered:
        return Task(title, sign_off, "Answered", "attention", "See what they say")
    if request.status == RequestStatus.EXPIRED:
        hint = "Nobody signed while it worked"
        return Task(title, sign_off, "The link has ended", "attention", hint)
    hint = f"Asked on {date_format(localtime(request.sent_at), 'j F')}"
    waiting = f"Waiting for the {office.lower()}"
    return Task(title, sign_off, waiting, "attention", hint)


def _send(sign_up: SignUp) -> Task:
    title = "Check your answers and send"
    again = sign_up.status == SignUpStatus.CHANGES_REQUESTED
    if sign_up.submitted_at and not again:
        return Task(title, _address(sign_up, "sent"), "Sent")
    if not sign_up.is_editable:
        return Task(title, "", "Ended")
    ready = sign_up.is_endorsed() and sign_up.about_you_is_done and sign_up.champions_are_done
    status = {"status": "Ready", "tone": "attention"} if ready else {"status": "Not ready yet"}
    hint = "" if ready else "You can check your answers now, and send them once it is endorsed"
    return Task(title, _editable(sign_up, "check"), hint=hint, **status)


def said_to_be_unfinished(sign_up: SignUp) -> list[str]:
    """The sections of which somebody said that they would come back to them."""
    finished = sign_up.finished_tasks
    return [task.label for task in TASK_FORMS if finished.get(task) is False]


def answers(sign_up: SignUp) -> list[tuple[str, list[Answer]]]:
    """Every answer by section; links to change one come back to these answers."""
    about_you = _of_task(sign_up, SignUpTask.ABOUT_YOU)
    champions, endorsers = (_change(sign_up, name) for name in ("champions", "endorsers"))
    named = [_champion_answer(sign_up, kind, champions) for kind in ChampionKind]
    return [
        (
            SignUpTask.ABOUT_YOU.label,
            [Answer("Council", sign_up.council.official_name), *about_you],
        ),
        _section(sign_up, SignUpTask.ABOUT_COUNCIL),
        (SignUpTask.CHAMPIONS.label, named),
        _section(sign_up, SignUpTask.PRACTICE),
        _section(sign_up, SignUpTask.CONVERSATION),
        (SignUpTask.PUBLICITY.label, [*_of_task(sign_up, SignUpTask.PUBLICITY), _file(sign_up)]),
        ("Endorsement", _endorsement_answers(sign_up, endorsers)),
    ]


def _file(sign_up: SignUp, kind: UploadKind = UploadKind.LOGO) -> Answer:
    """A file that was handed in, by its name."""
    pages = {
        UploadKind.LOGO: (SignUpTask.PUBLICITY, "logo"),
        UploadKind.DECISION: (SignUpTask.DECISION, "decision_file"),
    }
    task, page = pages[kind]
    upload = sign_up.upload_of(kind)
    url = _address(sign_up, page) if sign_up.may_save(task) else ""
    return Answer(f"{kind.label}, as a file", upload.name if upload else "", url)


def _section(sign_up: SignUp, task: SignUpTask) -> tuple[str, list[Answer]]:
    return task.label, _of_task(sign_up, task)


def _of_task(sign_up: SignUp, task: SignUpTask) -> list[Answer]:
    """The answers of a task as its form asks for them."""
    form = TASK_FORMS[task]()
    known, url = form.known(sign_up), _change(sign_up, task)
    return [
        Answer(form.question(name), form.in_words(name, known.get(name)), url)
        for name in form.questions()
    ]


def _change(sign_up: SignUp, name: str) -> str:
    """Where an answer is changed, from where one comes back to the answers."""
    url = _editable(sign_up, name)
    return f"{url}?back=check" if url else ""


def _champion_answer(sign_up: SignUp, kind: ChampionKind, url: str) -> Answer:
    champion = sign_up.champion_of(kind)
    if champion is None or not champion.name:
        return Answer(kind.label, "", url)
    published = "may be published" if champion.may_be_published else "not to be published"
    return Answer(kind.label, f"{champion.name}, {champion.role}\nName {published}", url)


def _endorsement_answers(sign_up: SignUp, endorsers: str) -> list[Answer]:
    route = _editable(sign_up, "route")
    found = [Answer("How it endorses", sign_up.get_route_display(), route)]
    if sign_up.needs_signatures:
        found += [_endorser_answer(sign_up, office, endorsers) for office in Office]
    if sign_up.needs_decision:
        found += [_decision_answer(sign_up), _file(sign_up, UploadKind.DECISION)]
    return found


def _decision_answer(sign_up: SignUp) -> Answer:
    task = SignUpTask.DECISION
    url = _address(sign_up, task) if sign_up.may_save(task) else ""
    decision = sign_up.formal_decision
    if decision is None:
        return Answer(task.label, "", url)
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
    return Answer(task.label, "\n".join(filter(None, lines)), url)


def _endorser_answer(sign_up: SignUp, office: Office, url: str) -> Answer:
    request = sign_up.request_of(office)
    if request is None:
        return Answer(sign_up.office_name(office), "", url)
    signed = request.status == RequestStatus.SIGNED
    who = request.signatory
    lines = [f"{who.name}, {who.role}", request.get_status_display(), request.asked_as]
    return Answer(
        sign_up.office_name(office), "\n".join(filter(None, lines)), "" if signed else url
    )
