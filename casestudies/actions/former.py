"""Former case studies: what readers find where one is no longer published."""

from django.db import transaction
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from casestudies import permissions
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, FormerCaseStudy
from network.models import Refused
from network.permissions import require
from portal.models import User


@transaction.atomic
def leave_notice(page: CaseStudyPage) -> FormerCaseStudy | None:
    """Leave a notice at the address of a case study that was public, without its title.

    Returns:
        None if it was never public, or only some people could read it.
    """
    if page.first_published_at is None or page.get_view_restrictions().exists():
        return None
    about = {"page": page, "title": page.title, "council_id": page.council_id}
    notice, _ = FormerCaseStudy.objects.get_or_create(
        slug=page.slug, defaults={"since": timezone.localdate(), **about}
    )
    return notice


@transaction.atomic
def leave_notices_of_deleted(page: CaseStudyPage) -> None:
    """Leave the notice for good, at the addresses that led here too."""
    notice = leave_notice(page)
    if notice is None:
        return
    notice.page = None  # the page is about to go
    notice.save(update_fields=["page"])
    start = CaseStudyIndexPage.ADDRESS
    for path in Redirect.objects.filter(redirect_page=page).values_list("old_path", flat=True):
        slug = path.removeprefix(start.rstrip("/")).strip("/")
        if path.startswith(start) and slug and "/" not in slug:
            FormerCaseStudy.objects.get_or_create(
                slug=slug,
                defaults={
                    "since": notice.since,
                    "title": notice.title,
                    "council": notice.council,
                    "why": notice.why,
                },
            )


@transaction.atomic
def take_notice_away(page: CaseStudyPage) -> None:
    """Forget the notices of a case study that is public again, perhaps at another address."""
    mine = FormerCaseStudy.objects.filter(page=page)
    for slug in mine.exclude(slug=page.slug).values_list("slug", flat=True):
        path = Redirect.normalise_path(f"{CaseStudyIndexPage.ADDRESS}{slug}/")
        Redirect.objects.get_or_create(old_path=path, defaults={"redirect_page": page})
    (mine | FormerCaseStudy.objects.filter(slug=page.slug)).delete()


@transaction.atomic
def explain(notice: FormerCaseStudy, *, by: User, why: str) -> FormerCaseStudy:
    """Tell readers why it is no longer published; its title and council are then shown too.

    Raises:
        PermissionDenied: If they may not publish case studies.
        Refused: If it is public again.
    """
    listed_in = CaseStudyIndexPage.objects.first()
    require(listed_in is not None and permissions.can_explain(by, listed_in))
    fresh = FormerCaseStudy.objects.select_for_update(no_key=True).filter(pk=notice.pk).first()
    if fresh is None:
        raise Refused("This case study is published again, so there is no notice.")
    fresh.why = why
    fresh.save(update_fields=["why"])
    return fresh
