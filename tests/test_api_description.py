"""Conformance of the API to its OpenAPI document, with requests made by schemathesis."""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from portal.api import document

# The multiplier makes no query, but every request closes old connections.
pytestmark = pytest.mark.django_db
DESCRIPTION = "/api/v1/openapi.json"
# Without positive data acceptance: no schema can say that round 3 is at most round 2.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]

# Every unusual value of every field in turn, except for the two requests of a comparison.
at_random_only = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
thorough = schemathesis.openapi.from_wsgi(DESCRIPTION, get_wsgi_application()).include(
    path_regex="^/multiplier(/shift|/check)?$"
)
quick = schemathesis.openapi.from_wsgi(
    DESCRIPTION, get_wsgi_application(), config=at_random_only
).include(path_regex="^/multiplier/compare$")


@thorough.parametrize()
@settings(max_examples=10)
def test_multiplier_conforms_to_document(case):
    case.call_and_validate(checks=CHECKS)


@quick.parametrize()
@settings(max_examples=20)
def test_compare_conforms_to_document(case):
    case.call_and_validate(checks=CHECKS)


def test_document_is_public():
    response = Client().get(DESCRIPTION)

    assert response.status_code == 200
    assert response.json() == document()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", [p for p, item in document()["paths"].items() if "post" in item])
def test_every_example_request_is_answered(path):
    (content,) = document()["paths"][path]["post"]["requestBody"]["content"].values()

    response = Client().post(
        f"/api/v1{path}", json.dumps(content["example"]), content_type="application/json"
    )

    assert response.status_code == 200
