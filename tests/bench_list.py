"""Benchmark of the list of case studies: its pages with 10,000 of them, one table a database.

Each page is asked for with a parameter that nobody knows, so that Django makes it every time.
Its counts are compared with those of a plain loop over every case study.
"""

import random
import statistics
import subprocess
import sys
import urllib.request
import uuid
from contextlib import closing
from time import perf_counter, sleep

from tests.conftest import ROOT

SEEN = "cold="  # a parameter that no page knows
NUMBER = 10_000
BUDGET, MOST_QUERIES = 60, 15  # milliseconds, of issue 13
ROUNDS = 40
PAGES = {
    "every facet, none chosen": "/case-studies/?",
    "one chosen": "/case-studies/?region=yorkshire-and-the-humber",
    "one of each chosen": "/case-studies/?principle=local-spend&principle=neighbourhood"
    "&region=london&region=south-east&kind=london_borough&kind=unitary&theme=buying&theme=grants"
    "&cost=under_50k&cost=to_5m&route=grant&route=contract&status=running&status=ended"
    "&year=2018&year=2019&year=2020&length=full",
    "newest first": "/case-studies/?sort=newest",
    "most recently confirmed": "/case-studies/?sort=confirmed",
    "page 200": "/case-studies/?page=200",
    "most like Bradford": "/case-studies/?like=bradford",
}


def fill(number: int = NUMBER, seed: int = 7) -> None:
    """Make so many case studies of real councils, the same ones for one seed."""
    # Django is set up only where this runs: in a process of `manage.py shell`.
    from django.db import connection, transaction  # noqa: PLC0415
    from django.db.models import QuerySet  # noqa: PLC0415
    from wagtail.models import Page  # noqa: PLC0415

    from casestudies.choices import Completeness, CostBand, Route, Status, Theme  # noqa: PLC0415
    from casestudies.models import CaseStudyIndexPage, CaseStudyPage, Result  # noqa: PLC0415
    from councils.models import Council  # noqa: PLC0415
    from principles.models import Principle  # noqa: PLC0415

    rng = random.Random(seed)
    index = CaseStudyIndexPage.objects.get()
    model = CaseStudyPage.objects.child_of(index).live().order_by("path").last()
    text = "<p>" + "What was done, and by whom. " * 60 + "</p>"
    councils = list(Council.objects.real().values_list("pk", flat=True))
    principles = list(Principle.objects.values_list("number", "pk"))
    first = Page.objects.order_by("pk").last().pk + 1
    start = Page._str2int(index.get_children().last().path[-Page.steplen :]) + 1
    pages, rows, links, results = [], [], [], []
    for n in range(number):
        pk = first + n
        slug = f"invented-{n}"
        path = index.path + Page._int2str(start + n).rjust(Page.steplen, "0")
        day = model.first_published_at.replace(year=rng.randint(2020, 2025), day=rng.randint(1, 28))
        pages.append(
            Page(
                pk=pk,
                path=path,
                depth=model.depth,
                numchild=0,
                title=f"Invented {n}",
                slug=slug,
                draft_title=f"Invented {n}",
                url_path=f"{index.url_path}{slug}/",
                live=True,
                content_type=model.content_type,
                locale=model.locale,
                owner=None,
                translation_key=uuid.uuid4(),
                first_published_at=day,
                last_published_at=day,
            )
        )
        row = CaseStudyPage(
            page_ptr_id=pk, council_id=rng.choice(councils), summary="Invented. " * 9
        )
        row.theme = rng.choice(["", *Theme.values])
        row.status, row.as_at = rng.choice(Status.values), str(rng.randint(2014, 2026))
        row.cost_band = rng.choice(["", *CostBand.values])
        row.procurement_route = rng.choice(["", *Route.values])
        row.completeness = rng.choice(Completeness.values)
        row.began = rng.choice([None, *range(2008, 2026)])
        row.what_changed = "What is different now, in a line that is not too long for a card."
        row.the_problem = row.what_was_hard = row.advice = row.money = row.who_decided = text
        rows.append(row)
        about = sorted(rng.sample(principles, rng.randint(1, 3)))
        row.principle_numbers = "".join(str(number) for number, _ in about)
        links += [(pk, principle) for _, principle in about]
        results += [
            Result(
                page_id=pk,
                sort_order=place,
                figure=f"{rng.randint(1, 999)}",
                measures="things",
                period="2020",
                claimed_by="Nobody",
                source="x",
            )
            for place in range(2)
        ]
    through = CaseStudyPage.principles.through
    with transaction.atomic():
        Page.objects.bulk_create(pages, batch_size=500)
        fields = CaseStudyPage._meta.local_concrete_fields
        for n in range(0, number, 200):
            QuerySet(CaseStudyPage)._insert(rows[n : n + 200], fields, using="default")
        through.objects.bulk_create(
            [through(casestudypage_id=page, principle_id=p) for page, p in links], batch_size=500
        )
        Result.objects.bulk_create(results, batch_size=500)
        Page.objects.filter(pk=index.pk).update(numchild=index.numchild + number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def check() -> None:
    """Print how many queries each page takes, and refuse counts that a plain loop does not find."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from casestudies.facets import COLUMNS  # noqa: PLC0415
    from casestudies.models import CaseStudyPage  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    every = CaseStudyPage.objects.listed().select_related("council").prefetch_related("principles")
    things = []
    for page in every:
        each = {name: [] for name in COLUMNS}
        each |= {"principle": [principle.slug for principle in page.principles.all()]}
        each |= {"region": [page.council.region], "kind": [page.council.kind]}
        each |= {"theme": [page.theme], "cost": [page.cost_band], "status": [page.status]}
        each |= {"route": [page.procurement_route], "length": [page.completeness]}
        each |= {"year": [str(page.began)]}
        things.append(each)
    for name, path in PAGES.items():
        Client().get(path)
        with CaptureQueriesContext(connection) as made:
            listing = Client().get(path).context_data["listing"]
            number = len(made)
        chosen = {facet: set(values) for facet, values in listing.choices.chosen.items() if values}

        def fits(thing: dict[str, list[str]], without: str = "", chosen=chosen) -> bool:
            return all(
                values & set(thing[facet]) for facet, values in chosen.items() if facet != without
            )

        assert listing.total == sum(map(fits, things)), name
        for facet, labels in listing.known.items():
            lifted = [value for thing in things if fits(thing, facet) for value in thing[facet]]
            found = {v: listing.counts[facet][v] for v in labels if listing.counts[facet][v]}
            assert found == {v: lifted.count(v) for v in set(lifted) & set(labels)}, (name, facet)
        print(f"{number:>3} queries (at most {MOST_QUERIES}), counts exact: {name}", flush=True)


# Makes everything that processes remember stale, as a public change does.
_CHANGE = """
import sys
from portal.models import PageChange
for line in sys.stdin:
    PageChange.objects.create()
    print(flush=True)
"""


def measure(title: str, base: str, env: dict[str, str]) -> None:
    """Print the times of each page of a site that is served and filled."""
    print(f"\n{NUMBER:,} case studies, {title:24}{'p50 ms':>8}{'p95 ms':>8}{'budget':>8}")
    for name, path in PAGES.items():
        url = f"{base}{path}&{SEEN}" if "?" in path else f"{base}{path}?{SEEN}"
        _print(name, [_time(f"{url}{number}") for number in range(ROUNDS + 3)][3:])
    shell = [sys.executable, "-W", "ignore", "manage.py", "shell", "-v0", "-c", _CHANGE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    editor = subprocess.Popen(shell, cwd=ROOT, env=env, **pipes)
    try:
        times = []
        for number in range(ROUNDS):
            print(file=editor.stdin, flush=True)
            editor.stdout.readline()
            sleep(0.3)  # until the server has seen it
            times.append(_time(f"{base}/case-studies/?{SEEN}{number}"))
        _print("every facet, first page after a change", times)
    finally:
        editor.terminate()
        editor.wait()


def _time(url: str) -> float:
    began = perf_counter()
    with closing(urllib.request.urlopen(url, timeout=20)) as answer:
        answer.read()
    return (perf_counter() - began) * 1000


def _print(name: str, times: list[float]) -> None:
    times = sorted(times)
    middle, late = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"{name:49}{middle:8.1f}{late:8.1f}{BUDGET:8}", flush=True)


def prepare(env: dict[str, str]) -> None:
    """Fill the site of this environment, and check its counts."""
    words = "from tests.bench_list import check, fill; fill(); check()"
    shell = [sys.executable, "-W", "ignore", "manage.py", "shell", "-v0", "-c", words]
    subprocess.run(shell, cwd=ROOT, env=env, check=True)
