"""The register in the Wagtail admin: councils to view, aliases and domains to edit."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.urls import resolve, reverse
from wagtail.models import ModelLogEntry

from councils import register
from councils.models import Council, CouncilAlias, CouncilDomain
from councils.tests.factories import make_council
from councils.tests.test_register import file, load, row  # noqa: F401 (a fixture)
from portal.models import User
from portal.signals import public_changed

COUNCIL_PAGES = ["index", "inspect"]
CLOSED = ["add", "edit", "delete"]


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root@network.example", "correct horse battery")


@pytest.fixture
def staff(as_):
    """Return a function: `staff(manager)` is their client, with a second factor."""

    def signed_in(user):
        Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
        return as_(user)

    return signed_in


@pytest.fixture
def leeming(db) -> Council:
    return make_council(name="Leeming", slug="leeming", website="https://leeming.gov.uk")


@pytest.fixture
def heard():
    """Names of the councils for which `public_changed` was sent."""
    names = []

    def note(sender, instance, **kwargs):
        names.append(instance.name)

    public_changed.connect(note, sender=Council)
    yield names
    public_changed.disconnect(note, sender=Council)


def address(page: str, council: Council) -> str:
    args = [] if page in {"index", "add"} else [council.pk]
    return reverse(f"councils:{page}", args=args)


@pytest.mark.parametrize("who", ["manager", "superuser"])
def test_menu_leads_to_register(staff, leeming, request, who):
    browser = staff(request.getfixturevalue(who))

    home = browser.get(reverse("wagtailadmin_home")).content.decode()
    assert '"label": "Register"' in home
    for name in ("councils", "aliases", "domains"):
        assert reverse(f"{name}:index") in home
    listed = browser.get(address("index", leeming)).content.decode()
    assert address("inspect", leeming) in listed
    assert not any(address(page, leeming) in listed for page in CLOSED)
    assert "https://leeming.gov.uk" in browser.get(address("inspect", leeming)).content.decode()


@pytest.mark.parametrize("who", ["manager", "superuser", "editor"])
def test_no_one_can_add_change_or_delete_council(staff, leeming, request, who):
    browser = staff(request.getfixturevalue(who))
    answer = {"name": "Taken over", "slug": "", "key": "", "kind": "district", "region": "london"}

    for page in CLOSED:
        got = browser.get(address(page, leeming))
        assert (got.status_code, got.url) == (302, reverse("wagtailadmin_home"))
        assert browser.post(address(page, leeming), answer).status_code == 302

    assert [council.name for council in Council.objects.all()] == ["Leeming"]


def test_editor_has_no_register(staff, leeming, editor):
    browser = staff(editor)

    assert '"label": "Register"' not in browser.get(reverse("wagtailadmin_home")).content.decode()
    for page in COUNCIL_PAGES:
        assert browser.get(address(page, leeming)).status_code == 302
    assert browser.get(reverse("aliases:index")).status_code == 302


def test_only_view_permission_is_offered(staff, superuser, db):
    page = staff(superuser).get(reverse("wagtailusers_groups:add")).content.decode()

    def offered(codename):
        return f'value="{Permission.objects.get(codename=codename).pk}"' in page

    assert offered("view_council")
    assert offered("add_councilalias")
    assert not any(offered(f"{verb}_council") for verb in ("add", "change", "delete"))


def test_search_lists_council_once_however_many_names_match(staff, manager, leeming):
    for name in ("Leeming DC", "Leeming Spa", "Old Leeming"):
        CouncilAlias.objects.create(council=leeming, name=name)
    found = staff(manager).get(reverse("councils:index") + "?q=leeming").context["object_list"]

    assert [council.pk for council in found] == [leeming.pk]


def test_alias_reaches_search_and_history(staff, leeming, manager, heard):
    browser, other = staff(manager), make_council(name="Otherham")

    browser.post(reverse("aliases:add"), {"council": leeming.pk, "name": "LMDC"})
    alias = CouncilAlias.objects.get()
    assert (alias.council, alias.name, heard) == (leeming, "LMDC", ["Leeming"])

    heard.clear()
    edit = reverse("aliases:edit", args=[alias.pk])
    browser.post(edit, {"council": other.pk, "name": "LMDC"})
    assert CouncilAlias.objects.get().council == other
    assert sorted(heard) == ["Leeming", "Otherham"]

    heard.clear()
    browser.post(reverse("aliases:delete", args=[alias.pk]))
    assert not CouncilAlias.objects.exists()
    assert heard == ["Otherham"]

    trace = ModelLogEntry.objects.filter(user=manager).order_by("pk")
    assert [entry.action for entry in trace] == ["wagtail.create", "wagtail.edit", "wagtail.delete"]


def test_refused_alias_leaves_search_alone(staff, leeming, manager, heard):
    leeming.aliases.create(name="LMDC")

    staff(manager).post(reverse("aliases:add"), {"council": leeming.pk, "name": "LMDC"})

    assert CouncilAlias.objects.count() == 1
    assert heard == []


def test_alias_and_signal_share_transaction(leeming, heard):
    def fails(sender, **kwargs):
        raise RuntimeError

    public_changed.connect(fails, sender=Council)
    alias = CouncilAlias(council=leeming, name="LMDC")
    try:
        with pytest.raises(RuntimeError):
            register.write_alias(alias, alias.save)
    finally:
        public_changed.disconnect(fails, sender=Council)

    assert not CouncilAlias.objects.exists()


def test_load_keeps_aliases_of_staff(staff, manager, file):  # noqa: F811
    text = row(key="lmg", slug="lmg", name="Leeming", email_domains="lmg.gov.uk:website:evidenced")
    load(file(text))
    browser, council = staff(manager), Council.objects.get()
    domain = {"council": council.pk, "kind": "alternate", "evidence": "A mail of 3 May"}
    browser.post(reverse("aliases:add"), {"council": council.pk, "name": "LMDC"})
    browser.post(reverse("domains:add"), {**domain, "domain": "leeming.example"})
    of_file = CouncilDomain.objects.get(domain="lmg.gov.uk")
    edit = reverse("domains:edit", args=[of_file.pk])
    browser.post(edit, {**domain, "domain": "lmg.gov.uk"})

    assert "0 new, 0 changed" in load(file(text))

    assert council.aliases.get().name == "LMDC"
    assert dict(council.domains.values_list("domain", "kind")) == {
        "leeming.example": "alternate",
        "lmg.gov.uk": "alternate",
    }


@pytest.mark.parametrize("name", ["sign_up", "take_on", "accept", "decline"])
def test_sign_up_search_finds_by_reference(name):
    good = reverse(f"network_staff:{name}", args=["KIL-2026-0042"])

    assert resolve(good).view_name == f"network_staff:{name}"
    for bad in ("\0", "KIL-2026-0042\0", "x"):
        found = resolve(good.replace("KIL-2026-0042", bad))
        assert found.namespaces != ["network_staff"]


def test_abolished_council_is_told_apart_from_namesake(staff, manager, leeming):
    make_council(name="Leeming", ended_on=date(2023, 4, 1))
    text = staff(manager).get(reverse("domains:add")).content.decode()

    assert ">Leeming</option>" in text and ">Leeming (ended in 2023)</option>" in text
