"""docs/security.md: no line of the standard is missing, and what it names exists."""

import re
from pathlib import Path

import pytest

from portal.security import files

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \(L([12])\) \| (.+?) \| (.+?) \|$", TEXT, re.M)


def numbered(*sections: str) -> list[str]:
    """Return the numbers of "6.2:1-3,5"."""
    found = []
    for section in sections:
        name, _, numbers = section.partition(":")
        for part in numbers.split(","):
            first, _, last = part.partition("-")
            found += [f"{name}.{each}" for each in range(int(first), int(last or first) + 1)]
    return found


# OWASP ASVS 5.0.0. Level 1 whole; level 2 of chapters 5 to 8 and 16.
LEVEL_1 = numbered("1.2:1-5", "1.3:1-2", "1.5:1", "2.1:1", "2.2:1-2", "2.3:1", "3.2:1-2", "3.3:1")
LEVEL_1 += numbered("3.4:1-2", "3.5:1-3", "4.1:1", "4.4:1", "5.2:1-2", "5.3:1-2", "6.1:1")
LEVEL_1 += numbered("6.2:1-8", "6.3:1-2", "6.4:1-2", "7.2:1-4", "7.4:1-2", "8.1:1", "8.2:1-2")
LEVEL_1 += numbered("8.3:1", "9.1:1-3", "9.2:1", "10.4:1-5", "11.3:1-2", "11.4:1", "12.1:1")
LEVEL_1 += numbered("12.2:1-2", "13.4:1", "14.2:1", "14.3:1", "15.1:1", "15.2:1", "15.3:1")
LEVEL_2 = numbered("5.1:1", "5.2:3", "5.4:1-3", "6.1:2-3", "6.2:9-12", "6.3:3-4", "6.4:3-4")
LEVEL_2 += numbered("6.5:1-5", "6.6:1-3", "6.8:1-4", "7.1:1-3", "7.3:1-2", "7.4:3-5", "7.5:1-2")
LEVEL_2 += numbered("7.6:1-2", "8.1:2", "8.2:3", "8.4:1", "16.1:1", "16.2:1-5", "16.3:1-4")
LEVEL_2 += numbered("16.4:1-3", "16.5:1-3")


def test_every_requirement_has_one_line():
    assert len(LEVEL_1) == 70
    for level, numbers in [("1", LEVEL_1), ("2", LEVEL_2)]:
        said = [number for number, each, *_ in ROWS if each == level]
        assert sorted(said) == sorted(numbers)


@pytest.mark.parametrize(("number", "how"), [(row[0], row[3]) for row in ROWS])
def test_every_line_names_a_test_that_exists_or_gives_a_reason(number, how):
    named = re.findall(r"`([\w/.]+)::(\w+)`", how)
    for file, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(), re.M), f"{file}::{test}"
    reason = re.sub(r"`[^`]+`", "", how).strip(" .;:")
    assert named or len(reason.split()) >= 3, number


def test_list_of_types_is_the_codes():
    rule = TEXT.partition("- **Type**")[2].partition("- **Shown**")[0]
    assert set(re.findall(r"(?<!\w)\.[a-z]{3,4}\b", rule)) == set(files.TYPES)
    for name, value in files.HEADERS.items():
        assert f"{name}: {value}" in TEXT
