"""What a task lacks, though somebody may have said that it is finished: by field, in words."""

from collections.abc import Callable, Mapping

from network.choices import ChampionKind, SignUpTask
from network.models import EndorsementWording, SignUp

Missing = dict[str, str]
# Without these the sign-up cannot be sent; what other tasks lack only keeps words from the public.
IN_THE_WAY = {SignUpTask.ABOUT_YOU, SignUpTask.CHAMPIONS, SignUpTask.DECISION}


def of_task(sign_up: SignUp, task: SignUpTask) -> Missing:
    """What is missing, by the names of the task's form's fields; empty when nothing."""
    tell = _TELLING.get(task)
    return tell(sign_up) if tell else {}


def _empty(answers: Mapping[str, object], words: Missing) -> Missing:
    return {name: told for name, told in words.items() if not answers.get(name)}


def _about_you(sign_up: SignUp) -> Missing:
    answers = {"name": sign_up.applicant_name, "job_title": sign_up.applicant_job_title}
    return _empty(answers, {"name": "Enter your name", "job_title": "Enter your job title"})


def _champions(sign_up: SignUp) -> Missing:
    missing: Missing = {}
    for kind in ChampionKind:
        champion, who = sign_up.champion_of(kind), kind.label.lower()
        answers = {f"{kind}_{name}": getattr(champion, name, "") for name in ("name", "role")}
        words = {f"{kind}_{name}": f"Enter the {who}’s {name}" for name in ("name", "role")}
        missing |= _empty(answers, words)
    return missing


def _decision(sign_up: SignUp) -> Missing:
    decision = sign_up.formal_decision
    missing = _empty(vars(decision) if decision else {}, DECISION)
    if decision and decision.wording_matches and decision.wording_id != sign_up.wording_id:
        missing["wording_matches"] = "Look whether the decision covers the wording as it is now"
    elif "wording_matches" in missing:
        wording = sign_up.wording or EndorsementWording.objects.newest()
        if not wording.may_be_sent:
            missing["wording_matches"] = UNAPPROVED
    return missing


DECISION = {
    "body": "Choose who decided",
    "body_name": "Enter what the minutes call it",
    "decided_on": "Enter the day on which it was decided",
    "takes_effect_on": "Enter the day on which it takes effect",
    "minute_reference": "Enter the minute or decision number",
    "wording_matches": "Confirm that what was decided is the wording below",
}
UNAPPROVED = (
    "The network has not approved its wording yet: come back, and confirm then that it is what "
    "was decided"
)


def _publicity(sign_up: SignUp) -> Missing:
    if not sign_up.quote:
        return {}
    words = {
        "quote_by": "Say whose words the quotation is",
        "quote_approved_by": "Say who approved the quotation",
    }
    return _empty(vars(sign_up), words)


_TELLING: dict[SignUpTask, Callable[[SignUp], Missing]] = {
    SignUpTask.ABOUT_YOU: _about_you,
    SignUpTask.CHAMPIONS: _champions,
    SignUpTask.DECISION: _decision,
    SignUpTask.PUBLICITY: _publicity,
}
