"""What is held about oneself, to read and to download."""

import json
from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.models import MemberRequest
from portal.personal_data import registry
from portal.personal_data.registry import Found, Person
from portal.security.files import as_csv, by_rule


@never_cache
@login_required
@require_safe
def mine(request: MemberRequest) -> HttpResponse:
    """Show someone what is held about them; with `?download=` as a file."""
    me = registry.person_of(request.user)
    found = registry.find(me, for_staff=False)
    if (ending := request.GET.get("download", "")) in {"csv", "json"}:
        return file_for(me, found, ending)
    return render(request, "network/my_data.html", {"found": found, "person": me})


def file_for(person: Person, found: Iterable[Found], ending: str) -> HttpResponse:
    """Return a copy of what is held about someone as a file: JSON, or a spreadsheet's CSV."""
    name = f"personal-data-{timezone.localdate():%Y-%m-%d}"
    if ending == "csv":
        return by_rule(HttpResponse(as_csv(registry.as_rows(found))), f"{name}.csv")
    text = json.dumps(registry.as_data(found, person), ensure_ascii=False, indent=2)
    return by_rule(HttpResponse(text), f"{name}.json")
