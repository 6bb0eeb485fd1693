"""Management command `seed_content` on a site that lacks something."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Site

import campaign.seed
import casestudies.seed
from campaign.tests.test_seed_content import counts
from casestudies.models import CaseStudyPage
from network.models import Membership


def run():
    call_command("seed_content", verbosity=0)


def test_seed_without_register_fails(db):
    with pytest.raises(CommandError, match="load_councils"):
        run()


def test_seed_leaves_home_page_that_an_editor_has_saved(db, whole_register, admin_user):
    home = campaign.seed.home()
    assert [block.block_type for block in home.body] == ["hero"]
    home.save_revision(user=admin_user).publish()

    run()

    home.refresh_from_db()
    assert [block.block_type for block in home.body] == ["hero"]


def test_seed_after_broken_run_completes(db, whole_register, monkeypatch):
    def break_down(home):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(casestudies.seed, "seed", break_down)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert counts() == [1, 9, 6, 0, 18, 12]

    run()

    assert CaseStudyPage.objects.live().count() == len(list(casestudies.seed.case_studies()))
    assert counts()[:3] == [1, 9 + 1, 6]  # and a starter page
    assert Membership.objects.count() == 18


def test_site_follows_setting_and_keeps_name(db, whole_register, settings):
    campaign.seed.home()
    Site.objects.update(site_name="Our network")
    settings.SITE_URL = "https://keepitlocal.example"

    campaign.seed.home()

    site = Site.objects.get()
    assert (site.hostname, site.port, site.site_name) == (
        "keepitlocal.example",
        443,
        "Our network",
    )


def test_seed_keeps_editors_page_beside_home(db):
    kept = Page.objects.get(slug="home")
    kept.add_child(instance=Page(title="Kept", slug="kept"))

    campaign.seed.home()

    assert Page.objects.filter(slug="kept").exists()
