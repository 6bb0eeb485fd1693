"""Benchmark of the list of case studies: its pages with 10,000 of them, on both databases.

Each page is asked for with a parameter that nobody knows, so that Django makes it every time.
Prints the median, the worst of twenty, and how many queries the page takes.
"""

import random
import uuid

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
    model = CaseStudyPage.objects.child_of(index).order_by("path").last()
    text = "<p>" + "What was done, and by whom. " * 60 + "</p>"
    councils = list(Council.objects.real().values_list("pk", flat=True))
    principles = list(Principle.objects.values_list("number", "pk"))
    first = Page.objects.order_by("pk").last().pk + 1
    step = Page._int2str(Page._str2int(model.path[-Page.steplen :]))
    start = Page._str2int(step) + 1
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


if __name__ == "__main__":
    pass
