"""docs/privacy.md and the public page: the periods are those of the code."""

from pathlib import Path

from campaign.seed import DATA
from portal import retention

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "privacy.md").read_text()


def test_table_of_periods_is_that_of_the_code():
    lines = retention.as_table()
    assert len(lines) > 8
    assert "\n".join(lines) in TEXT, "Write this table:\n" + "\n".join(lines)


def test_public_page_says_the_periods_that_people_meet():
    pages = (DATA / "pages.toml").read_text()
    page = pages.partition('slug = "privacy"')[2].partition("[[page]]\n")[0]
    for said in [
        "after a week if no one confirms",
        "For a year we keep a list of sign-ins",
        "delete your address after 7 days",
        "delete your details after 30 days",
        "for 90 days",
        "take your address out of the record after a year",
        "for 6 years",
    ]:
        assert said in page, said
