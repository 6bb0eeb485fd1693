"""Which rows hold the answers of each task."""

from django.utils import timezone

from network import emails
from network.actions.tasks import Answers
from network.choices import ChampionKind, SignUpStatus, SignUpTask
from network.models import Champion, Practice, Refused, SignUp, TaskSave
from principles.models import Principle


def keep_about_you(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Whoever leads it and has given no other name is called so from now on."""
    called, name = save.by.get_full_name(), answers["name"]
    is_new = name and name != called and called in ("", sign_up.applicant_name)
    if is_new and sign_up.lead() == save.by:
        save.by.first_name, save.by.last_name = name, ""
        save.by.save(update_fields=["first_name", "last_name"])
    _write_columns(
        sign_up,
        applicant_name=answers["name"],
        applicant_job_title=answers["job_title"],
        applicant_phone=answers["phone"],
    )


def keep_columns(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    _write_columns(sign_up, **answers)


def keep_practice(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Answers by number: "principle_3"."""
    for principle in Principle.objects.all():
        Practice.objects.update_or_create(
            sign_up=sign_up,
            principle=principle,
            defaults={"text": answers[f"principle_{principle.number}"]},
        )


def keep_champions(sign_up: SignUp, answers: Answers, save: TaskSave) -> None:
    """Once the endorsers were asked, a champion has a name and a role, since these stand
    on the page that is signed. Who signed beside other names is told; their signature
    keeps the names that it was given for."""
    changed = [_keep_champion(sign_up, kind, answers) for kind in ChampionKind]
    if any(changed):
        for endorsement in sign_up.endorsements.counting():
            emails.champions_changed(endorsement, save)


def _keep_champion(sign_up: SignUp, kind: ChampionKind, answers: Answers) -> bool:
    """Returns whether somebody else stands there now, or in another role."""
    name, role = answers[f"{kind}_name"], answers[f"{kind}_role"]
    published = answers[f"{kind}_may_be_published"]
    if sign_up.status != SignUpStatus.DRAFT and not (name and role):
        raise Refused("The endorsers read the champions’ names: enter a name and a role.")
    current = sign_up.champion_of(kind)
    changed = current is None or (current.name, current.role) != (name, role)
    if current is not None and changed and sign_up.endorsements.exists():
        # Signed beside: the row stays as history.
        Champion.objects.filter(pk=current.pk).update(until=timezone.localdate())
    Champion.objects.update_or_create(
        sign_up=sign_up,
        kind=kind,
        until=None,
        defaults={"name": name, "role": role, "may_be_published": published},
    )
    return changed


def _write_columns(sign_up: SignUp, **columns: object) -> None:
    for name, value in columns.items():
        setattr(sign_up, name, value)
    sign_up.save(update_fields=list(columns))
