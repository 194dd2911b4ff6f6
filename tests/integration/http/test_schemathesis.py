"""Whatever the description allows or forbids, the door answers as the description says: tried with made-up requests."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.doubles.security import ShortListPasswordStrength
from tests.integration.http.world import PASSWORD, Caller, World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
    unsupported_method,
]

world = World()
world.container.strength.override(ShortListPasswordStrength())  # each try has people of its own
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", world.app, config=schemathesis.Config(seed=20261))


def what_is_there(anna: Caller, asked: dict[str, Any]) -> dict[str, Any]:
    """Ids that lead somewhere, so that not every answer is 404: a room of Anna's with a message, and its member."""
    if not asked:
        return {}
    room, ben = anna.opens(), world.someone()
    anna.brings(ben, room)
    session = anna.get("/api/sessions").json["sessions"][0]
    there = {"room_id": room["id"], "user_id": ben.id, "session_id": session["id"]}
    there["message_id"] = anna.says(room)["id"]
    return {name: there[name] for name in asked}


@schema.parametrize()
@settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_the_door_is_as_described(case: schemathesis.Case[Any]) -> None:
    anna = world.someone()
    if case.meta and case.meta.generation.mode.is_positive:
        case.path_parameters = what_is_there(anna, case.path_parameters)
    case.call_and_validate(headers={"Authorization": f"Bearer {anna.token}"}, checks=CHECKS)


def test_what_nobody_makes_up_by_chance_is_as_described_too() -> None:
    anna = world.someone()
    password: dict[str, Any] = {"username": anna.username, "password": PASSWORD}
    refresh: dict[str, Any] = {"refresh_token": anna.refresh_token}
    for path, body in (("login", password), ("login", {**password, "cookie": True}), ("token", refresh)):
        case = schema[f"/api/{path}"]["POST"].Case(body=body, media_type="application/json")
        assert case.call_and_validate(headers={"Origin": "http://localhost"}, checks=CHECKS).status_code == 200
