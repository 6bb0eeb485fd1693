"""Which text of an entry is shown."""

import pytest

from search.engines.highlights import shown


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("18% of spending\nbut not salaries", "18% of spending … but not salaries"),
        ("It works.\n  Theme: grants", "It works. Theme: grants"),
        ("\nall of \x02it\x03.\nNext", "all of \x02it\x03. Next"),
        ("", ""),
    ],
)
def test_pieces_of_a_text_are_told_apart_where_they_stand_beside_each_other(body, said):
    assert shown("", body) == said


def test_the_summary_is_shown_unless_only_the_text_tells_why():
    assert shown("a summary", "a body") == "a summary"
    assert shown("a summary", "a \x02body\x03") == "a \x02body\x03"
    assert shown("a \x02summary\x03", "a \x02body\x03") == "a \x02summary\x03"
