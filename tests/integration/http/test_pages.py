"""The addresses of the web client, its files, and what is there before it is built."""

from pathlib import Path

import pytest

from tests.integration.http.test_headers import INDEX, a_client_in
from tests.integration.http.world import World, problem


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(dist=a_client_in(tmp_path_factory.mktemp("client") / "dist"))


@pytest.mark.parametrize(
    "path", ["/", "/register", "/login", "/chat", "/chat/7", "/chat/7/120", "/settings", "/login?next=%2Fchat%2F7"]
)
def test_every_address_of_the_client_is_its_one_page(built: World, path: str) -> None:
    reply = built.nobody().get(path)
    assert (reply.status_code, reply.mimetype, reply.text) == (200, "text/html", INDEX)
    assert reply.headers["Cache-Control"] == "no-cache", "a new version is seen at once"


@pytest.mark.parametrize("path", ["/chat/x", "/chat/7/x", "/chat/7/8/9", "/admin", "/wp-login.php", "/.env", "/index"])
def test_other_addresses_are_not_found(built: World, path: str) -> None:
    problem(built.nobody().get(path), 404, "not_found")


def test_a_person_who_follows_a_wrong_link_sees_a_page(built: World) -> None:
    reply = built.nobody().get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (reply.status_code, reply.mimetype, reply.text) == (404, "text/html", INDEX)


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/chat/nowhere"])
def test_no_error_of_the_api_is_a_page(built: World, path: str) -> None:
    problem(built.nobody().get(path, headers={"Accept": "text/html"}), 404, "not_found")


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(built: World) -> None:
    reply = built.nobody().get("/assets/app-0a1b2c3d.js")
    assert (reply.status_code, reply.mimetype) == (200, "text/javascript")
    assert "immutable" in reply.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/../settings.py", "/%2e%2e/%2e%2e/settings.py", "/assets/../../../app.py", "/assets/%00", "//etc/passwd"]
)
def test_no_file_outside_the_client_is_served(built: World, path: str) -> None:
    problem(built.nobody().get(path), 404, "not_found")


def test_before_the_client_is_built_the_page_says_how_and_the_api_works(tmp_path: Path) -> None:
    world = World(dist=tmp_path / "nothing")
    reply = world.nobody().get("/chat")
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    assert "make web" in reply.text
    assert world.someone().get("/api/me").status_code == 200
