"""The OpenAPI description is valid, whole and true, and its page works without a network."""

import re
from typing import Any

import pytest
import schemathesis

from entrypoints.wire import requests
from tests.integration.http.world import World

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def description(world: World) -> dict[str, Any]:
    reply = world.nobody().get("/api/openapi.json")
    assert (reply.status_code, reply.mimetype) == (200, "application/json")
    return dict(reply.json)


@pytest.fixture(scope="module")
def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by its method and path."""
    paths = description["paths"].items()
    return {f"{m.upper()} {path}": item[m] for path, item in paths for m in METHODS if m in item}


def test_it_is_valid_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(description).validate()


def test_every_route_of_the_api_is_described(world: World, operations: dict[str, Any]) -> None:
    routes = {
        f"{method} {rule.rule.replace('<int:', '{').replace('>', '}')}"
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.split(".")[0] not in ("pages", "docs", "openapi")
    }
    assert routes == set(operations)


def test_what_is_described_is_what_the_product_promises(operations: dict[str, Any]) -> None:
    room, message = "/api/chat/rooms/{room_id}", "/api/chat/rooms/{room_id}/messages/{message_id}"
    assert set(operations) == {
        *("POST /api/register", "POST /api/login", "POST /api/token", "POST /api/logout"),
        *("GET /api/me", "PATCH /api/me", "GET /api/sessions", "DELETE /api/sessions/{session_id}", "GET /api/users"),
        *("GET /api/chat/rooms", "POST /api/chat/rooms", f"GET {room}", f"PATCH {room}", f"DELETE {room}"),
        *(f"POST {room}/join", f"POST {room}/leave", "POST /api/chat/direct"),
        *(f"PUT {room}/members/{{user_id}}", f"DELETE {room}/members/{{user_id}}"),
        *(f"GET {room}/messages", f"POST {room}/messages", f"PATCH {message}", f"DELETE {message}"),
        *(f"PUT {room}/read", f"GET {room}/events", "GET /healthz", "GET /readyz"),
    }


def test_what_is_not_there_yet_is_not_described(world: World, description: dict[str, Any]) -> None:
    text = str(description).lower()
    assert [word for word in ("reaction", "attachment", "/search") if word in text] == []
    anna = world.someone()
    room = anna.opens()
    message = anna.says(room)
    assert anna.get("/api/search?q=hello").status_code == 404
    assert anna.put(f"/api/chat/rooms/{room['id']}/messages/{message['id']}/reactions/x").status_code == 404


def test_every_operation_says_what_it_does_and_how_it_is_called(operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        assert len(operation["summary"]) > 10, name
        assert operation["tags"], name
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(set(ids)) == len(ids)


def test_every_operation_describes_its_errors_as_problem_objects(operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        expected = {"503"}
        if not name.endswith("z"):
            expected |= {"422", "429"}
        if "requestBody" in operation:
            expected |= {"400", "413", "415"}
        if operation.get("security"):
            expected |= {"401", "403"}
        if "{" in name:
            expected |= {"404"}
        errors = {status: reply for status, reply in operation["responses"].items() if status >= "400"}
        assert expected <= set(errors), name
        for status, reply in errors.items():
            (kind,) = reply["content"]
            assert kind == "application/problem+json", (name, status)
            assert reply["content"][kind]["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert reply["description"]


def test_all_but_signing_in_and_health_needs_a_signed_in_caller(operations: dict[str, dict[str, Any]]) -> None:
    free = {name for name, operation in operations.items() if not operation.get("security")}
    assert free == {"POST /api/register", "POST /api/login", "POST /api/token", "GET /healthz", "GET /readyz"}


def test_a_password_is_never_described_as_something_that_is_sent_back(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert {name for name, schema in schemas.items() if "password" in schema.get("properties", {})} == {
        *("Register", "LogIn", "ChangeMe")
    }


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    references = set(re.findall(r"'#/components/schemas/(\w+)'", str(description)))
    assert references <= set(description["components"]["schemas"])
    assert references


def test_the_docs_page_loads_nothing_from_elsewhere(world: World) -> None:
    page = world.nobody().get("/api/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    loads = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loads) >= 3
    for address in loads:
        assert address.startswith("/api/docs/")
        file = world.nobody().get(address)
        assert file.status_code == 200, address
        assert file.mimetype in ("text/css", "text/javascript", "image/svg+xml"), address
    assert "<script>" not in page.text, "nothing inline: the policy would refuse it"
    assert "http" not in page.text


def test_the_docs_page_shows_this_description_and_asks_no_other_server_to_judge_it(world: World) -> None:
    start = world.nobody().get("/api/docs/start.js").text
    assert "/api/openapi.json" in start
    assert "validatorUrl: null" in start, "else it sends the address to a validator on the internet"
    assert not re.search(r"https?://", start)
    style = world.nobody().get("/api/docs/assets/css/swagger-ui.css").text
    assert not re.search(r"(?:@import|url\()\s*['\"]?(?:https?:)?//", style)


def test_the_schema_of_a_query_is_made_once_and_not_for_each_request() -> None:
    history, events = requests.History.model_json_schema(), requests.Events.model_json_schema()
    assert history is requests.History.model_json_schema()
    assert set(history["properties"]) == {"before", "after", "around", "limit"}
    assert set(events["properties"]) == {"after", "limit"}
