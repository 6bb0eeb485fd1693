"""The API is what its OpenAPI document says: schemathesis asks it all sorts of things."""

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

# The multiplier asks no database, but each real request begins by looking after connections.
pytestmark = pytest.mark.django_db
DESCRIPTION = "/api/v1/openapi.json"
# Not that what fits the schema is accepted: no schema can say that round 3 is at most round 2.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]

# Every odd value of every field in turn; but not twice for the two requests of a comparison.
at_random_only = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
thorough = schemathesis.openapi.from_wsgi(DESCRIPTION, get_wsgi_application()).include(
    path_regex="^/multiplier(/shift|/check)?$"
)
quick = schemathesis.openapi.from_wsgi(
    DESCRIPTION, get_wsgi_application(), config=at_random_only
).include(path_regex="^/multiplier/compare$")


@thorough.parametrize()
@settings(max_examples=10)
def test_the_multiplier_does_what_it_is_said_to_do(case):
    case.call_and_validate(checks=CHECKS)


@quick.parametrize()
@settings(max_examples=20)
def test_so_does_the_comparison(case):
    case.call_and_validate(checks=CHECKS)


def test_the_document_is_served_to_everybody():
    response = Client().get(DESCRIPTION)

    assert response.status_code == 200
    assert response.json() == document()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", [p for p, item in document()["paths"].items() if "post" in item])
def test_every_request_that_the_document_shows_is_answered(path):
    (content,) = document()["paths"][path]["post"]["requestBody"]["content"].values()

    response = Client().post(
        f"/api/v1{path}", json.dumps(content["example"]), content_type="application/json"
    )

    assert response.status_code == 200
