"""Names in docs/glossary.md."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NAMES = re.findall(r"^\| [^|]+ \| (`[^|]+`) \|", GLOSSARY, re.MULTILINE)
PARTS = [part for cell in NAMES for part in re.findall(r"`([^`]+)`", cell)]


def test_glossary_names_classes():
    assert len(PARTS) > 20


@pytest.mark.parametrize("name", PARTS)
def test_glossary_names_exist_in_code(name):
    if "/" in name:
        assert (ROOT / name).exists()
    elif name.count(".") == 3:
        model, attribute = name.rsplit(".", 1)
        assert hasattr(import_string(model), attribute)  # a field, or a property as "own words" is
    elif name.count(".") == 1:
        assert import_module(name)
    else:
        assert import_string(name)
