"""Rows for tests, made through the actions so that their history is real."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from councils.models import Council
from network.actions import requests, reviews, sign_ups, signing, tasks, wordings
from network.choices import ChampionKind, Office, SignUpTask
from network.models import EndorsementWording, SignUp
from portal.models import User

ENDORSERS = {
    Office.LEADER: {"name": "Lena Leader", "role": "Leader", "email": "lena@leeming.gov.uk"},
    Office.CHIEF_EXECUTIVE: {
        "name": "Cheng Chief",
        "role": "Chief Executive",
        "email": "cheng@leeming.gov.uk",
    },
}

ABOUT_YOU = {"name": "Olive Officer", "job_title": "Adviser", "phone": ""}
CHAMPIONS = {
    f"{kind}_{field}": value
    for kind, name in {
        ChampionKind.POLITICAL: "Champion Lead councillor",
        ChampionKind.OFFICER: "Champion Senior officer",
    }.items()
    for field, value in {
        "name": name,
        "role": "A role",
        "may_be_published": kind == ChampionKind.POLITICAL,
    }.items()
}


@dataclass
class Story:
    """One sign-up, taken as far as a test needs."""

    council: Council
    officer: User

    def started(self) -> SignUp:
        return sign_ups.start_sign_up(self.council, by=self.officer)

    def save(self, sign_up: SignUp, task: SignUpTask, answers: dict, **how) -> None:
        tasks.save_task(sign_up, task, by=self.officer, answers=answers, **how)

    def filled_in(self) -> SignUp:
        sign_up = self.started()
        self.save(sign_up, SignUpTask.ABOUT_YOU, ABOUT_YOU)
        self.save(sign_up, SignUpTask.CHAMPIONS, CHAMPIONS)
        for office, who in ENDORSERS.items():
            email = who["email"].replace("leeming", self.council.slug)
            requests.save_endorser(
                sign_up, by=self.officer, office=office, **who | {"email": email}
            )
        return fresh(sign_up)

    def asked(self) -> SignUp:
        approve_wording()
        sign_up = self.filled_in()
        requests.ask_endorsers(sign_up, by=self.officer)
        return fresh(sign_up)

    def signed(self, *offices: Office) -> SignUp:
        sign_up = self.asked()
        for office in offices or tuple(Office):
            who = ENDORSERS[office]
            request = sign_up.request_of(office)
            signing.endorse(
                request,
                name=who["name"],
                role=who["role"],
                shown=fresh(sign_up).fingerprint,
            )
        return fresh(sign_up)

    def submitted(self) -> SignUp:
        sign_up = self.signed()
        sign_ups.submit(sign_up, by=self.officer)
        return fresh(sign_up)

    def in_review(self, manager: User) -> SignUp:
        sign_up = self.submitted()
        reviews.take_on(sign_up, by=manager)
        return fresh(sign_up)


def fresh(sign_up: SignUp) -> SignUp:
    """Return the row as the database has it now."""
    return SignUp.objects.get(pk=sign_up.pk)


def hour_of(day: date) -> datetime:
    """Return an hour to announce at: this moment for today, else 9am of the day."""
    today = day == timezone.localdate()
    return timezone.now() if today else timezone.make_aware(datetime.combine(day, time(9)))


def typed_hour(day: date | str, hour: str = "00:00") -> dict[str, str]:
    """Return what staff enter as the hour of an announcement; midnight is over, if it is today."""
    return {"announce_at_0": str(day), "announce_at_1": hour if day else ""}


def nell() -> User:
    """Create a member of staff who gets no email for managers and has a part in nothing."""
    return User.objects.get_or_create(email="nell@network.example", is_superuser=True)[0]


EVIDENCE = "Minutes of the board, 1 March 2026"


def approve_wording(wording: EndorsementWording | None = None) -> EndorsementWording:
    """Approve a wording for the network, the first without one: two members of staff do it."""
    wording = wording or EndorsementWording.objects.first()
    if not wording.is_approved:
        who = {"approved_by_name": "Nell Network, Director", "evidence": EVIDENCE}
        second = User.objects.get_or_create(email="nils@network.example", is_superuser=True)[0]
        wordings.approve_wording(wording, by=nell(), **who)
        wordings.confirm_approval(wording, by=second)
        wording.refresh_from_db()
    return wording
