from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from network import actions
from network.choices import ChampionKind, Kind, Office, Region
from network.models import Council, CouncilDomain, SignUp
from portal import demo_accounts
from portal.models import User

# Invented, and named so that nobody can take them for real.
COUNCILS = [
    ("exampleshire", "Exampleshire", "Exampleshire County Council", Kind.COUNTY),
    ("samplebury", "Samplebury", "Samplebury Borough Council", Kind.DISTRICT),
    ("testford", "Testford", "Testford City Council", Kind.UNITARY),
    ("mockington", "Mockington", "Mockington Metropolitan Council", Kind.METROPOLITAN),
]
PEOPLE = {
    Office.LEADER: ("Lee Example", "Leader of the Council", "leader"),
    Office.CHIEF_EXECUTIVE: ("Chris Example", "Chief Executive", "chief.executive"),
}
CHAMPIONS = {
    ChampionKind.POLITICAL: ("Pat Example", "Cabinet Member for Communities (invented)"),
    ChampionKind.OFFICER: ("Sam Example", "Director of Communities (invented)"),
}


class Command(BaseCommand):
    help = "Seed invented councils and people through the actions. Never in production."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("The demonstration is for DEBUG only.")
        people = demo_accounts.make()
        for council in _councils():
            if not council.sign_ups.exists():
                self._tell(council, people)
        self.stdout.write("demonstration: ready")

    def _tell(self, council: Council, people: dict[str, User]) -> None:
        story = STORIES.get(council.key)
        if story is None:
            return
        with transaction.atomic():
            story(council, people)
        self.stdout.write(f"demonstration: {council.name} has its story")


def _councils() -> list[Council]:
    made = []
    for key, name, official, kind in COUNCILS:
        council, created = Council.objects.get_or_create(
            key=f"demo-{key}",
            defaults={
                "slug": f"demo-{key}",
                "name": f"{name} (demonstration)",
                "official_name": f"{official} (demonstration)",
                "kind": kind,
                "region": Region.WEST_MIDLANDS,
                "is_demonstration": True,
            },
        )
        if created:
            CouncilDomain.objects.create(council=council, domain="demo.example", kind="website")
        made.append(council)
    return made


def _filled_in(council: Council, officer: User) -> SignUp:
    sign_up = actions.start_sign_up(council, by=officer)
    actions.save_about_you(
        sign_up,
        by=officer,
        name="Demo Officer",
        job_title="Policy Officer (invented)",
        phone="",
    )
    for kind, (name, role) in CHAMPIONS.items():
        actions.save_champion(
            sign_up, by=officer, kind=kind, name=name, role=role, may_be_published=True
        )
    for office, (name, role, box) in PEOPLE.items():
        email = f"{box}@demo.example"
        actions.save_endorser(sign_up, by=officer, office=office, name=name, role=role, email=email)
    actions.ask_endorsers(sign_up, by=officer)
    return SignUp.objects.get(pk=sign_up.pk)


def _sign(sign_up: SignUp, *offices: Office) -> None:
    for office in offices:
        request = sign_up.request_of(office)
        actions.endorse(request, name=request.name, role=request.role, shown=sign_up.fingerprint)


def _waiting_for_the_leader(council: Council, people: dict[str, User]) -> None:
    _sign(_filled_in(council, people["officer"]), Office.CHIEF_EXECUTIVE)


def _submitted(council: Council, people: dict[str, User]) -> None:
    sign_up = _filled_in(council, people["officer"])
    _sign(sign_up, *Office)
    actions.submit(sign_up, by=people["officer"])


def _announced(council: Council, people: dict[str, User]) -> None:
    _submitted(council, people)
    sign_up = council.sign_ups.get()
    actions.take_on(sign_up, by=people["manager"])
    actions.accept(sign_up, by=people["manager"], announce_on=timezone.localdate())


STORIES = {
    "demo-exampleshire": _waiting_for_the_leader,
    "demo-samplebury": _announced,
    "demo-testford": _submitted,
    # Mockington is left for whoever wants to try.
}
