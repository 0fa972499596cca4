"""The OpenAPI description says what the server does."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from steepest.lab.bounds import PUBLIC
from steepest.lab.document import document
from steepest.lab.server.app import application
from steepest.lab.server.site import Site

ORIGIN = "http://lab.test"

app = application(Site((ORIGIN,), public=True, bounds=PUBLIC), document({}))
schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"host": "lab.test"})


@schema.exclude(path="/export").parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_described(case: Any) -> None:
    # A schema cannot say which texts are formulas, so an answer of 422 is right for what the schema allows, too.
    case.call_and_validate(headers={"host": "lab.test"}, excluded_checks=[checks.positive_data_acceptance])
