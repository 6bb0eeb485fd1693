"""Examples and error codes in docs/api.md."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client

PAGE = (settings.BASE_DIR / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(
    r"```http\n(POST) (\S+)\n\n(.*?)```\n\n```json (\d+)\n(.*?)```", PAGE, re.DOTALL
)
SOURCES = ["portal/api.py", "portal/json_api.py", "search/views/api.py", "network/api.py"]
SOURCES += ["multiplier/api.py", "casestudies/api.py"]
SOURCES += [f"multiplier/engine/{name}.py" for name in ("json_format", "lm3", "reading", "what_if")]


def test_every_request_has_answer():
    assert len(EXAMPLES) == PAGE.count("```http\nPOST") >= 6


@pytest.mark.parametrize(("method", "path", "body", "status", "expected"), EXAMPLES)
def test_examples_are_answered_as_documented(method, path, body, status, expected):
    response = Client().generic(method, path, body, content_type="application/json")

    assert response.status_code == int(status)
    assert response.json() == json.loads(expected)


def test_page_lists_every_code():
    def codes(text: str) -> set[str]:
        return set(re.findall(r"\b[EW]_[A-Z0-9_]+\b", text))

    used = set().union(*(codes((settings.BASE_DIR / path).read_text("utf-8")) for path in SOURCES))
    assert codes(PAGE) == used
