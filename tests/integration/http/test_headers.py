"""What every response says besides its body, whoever made it: a route, an error, a file, a page."""

from pathlib import Path

import pytest

from tests.integration.http.world import Caller, Reply, World, problem

INDEX = "<!doctype html><title>Parley</title><script type=module src=/assets/app-0a1b2c3d.js></script>"


def a_client_in(folder: Path) -> Path:
    """A web client as the build leaves it, in small."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX, "utf-8")
    (folder / "assets" / "app-0a1b2c3d.js").write_text("console.log('x');\n" * 100, "utf-8")
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A chat with a web client."""
    world = World(dist=a_client_in(tmp_path_factory.mktemp("client") / "dist"))

    def broken() -> str:
        raise ZeroDivisionError("planted")

    world.app.add_url_rule("/api/broken", view_func=broken)
    return world


EVERYWHERE = {
    "a page": ("GET", "/"),
    "a deep page": ("GET", "/chat/5/12"),
    "the page by its file name": ("GET", "/index.html"),
    "a file": ("GET", "/assets/app-0a1b2c3d.js"),
    "a picture": ("GET", "/favicon.svg"),
    "no such file": ("GET", "/assets/nothing.js"),
    "a reply": ("GET", "/api/me"),
    "a refusal": ("POST", "/api/login"),
    "a wrong method": ("PUT", "/api/login"),
    "no such address": ("GET", "/nothing"),
    "a fault": ("GET", "/api/broken"),
    "the description": ("GET", "/api/openapi.json"),
    "the docs": ("GET", "/api/docs"),
    "a file of the docs": ("GET", "/api/docs/assets/css/swagger-ui.css"),
    "health": ("GET", "/healthz"),
    "the methods": ("OPTIONS", "/api/me"),
    "only the head": ("HEAD", "/assets/app-0a1b2c3d.js"),
}


@pytest.fixture(params=list(EVERYWHERE.values()), ids=list(EVERYWHERE))
def reply(built: World, request: pytest.FixtureRequest) -> Reply:
    method, path = request.param
    return built.someone().open(path, method=method)


def test_no_page_runs_a_script_that_is_not_a_file_of_ours(reply: Reply) -> None:
    (policy,) = reply.headers.getlist("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy


def test_browsers_neither_guess_nor_frame_nor_tell_others(reply: Reply) -> None:
    expected = {
        "X-Content-Type-Options": ["nosniff"],
        "X-Frame-Options": ["DENY"],
        "Referrer-Policy": ["same-origin"],
        "Cross-Origin-Opener-Policy": ["same-origin"],
        "Cross-Origin-Resource-Policy": ["same-origin"],
    }
    assert {name: reply.headers.getlist(name) for name in expected} == expected
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert "Strict-Transport-Security" not in reply.headers, "not over a plain connection"


@pytest.mark.parametrize("path", ["/", "/assets/app-0a1b2c3d.js", "/api/me", "/nothing"])
def test_over_tls_browsers_are_told_to_keep_to_it(built: World, path: str) -> None:
    reply = built.nobody().get(path, base_url="https://chat.example.org")
    assert reply.headers["Strict-Transport-Security"].startswith("max-age=")


def test_behind_a_proxy_with_tls_browsers_are_told_too() -> None:
    world = World({"PARLEY_PUBLIC_URL": "https://chat.example.org"})
    assert "Strict-Transport-Security" in world.nobody().get("/").headers


@pytest.mark.parametrize("path", ["/api/me", "/api/login", "/api/nothing", "/api/openapi.json", "/api/broken"])
def test_what_the_api_says_is_kept_nowhere(built: World, path: str) -> None:
    assert built.nobody().get(path).headers["Cache-Control"] == "no-store"


def test_every_reply_of_the_api_has_an_id_of_its_own(world: World, anna: Caller) -> None:
    replies = [anna.get("/api/me"), anna.get("/api/nothing"), world.nobody().get("/api/me")]
    assert len({reply.headers["X-Request-ID"] for reply in replies}) == 3


def test_an_id_that_the_client_chose_is_not_taken(anna: Caller) -> None:
    reply = anna.get("/api/me", headers={"X-Request-ID": "mine"})
    assert reply.headers["X-Request-ID"] != "mine"


def test_a_fault_is_a_problem_that_tells_nothing(built: World) -> None:
    reply = built.nobody().get("/api/broken")
    body = problem(reply, 500, "internal")
    assert "planted" not in reply.text
    assert "ZeroDivisionError" not in reply.text
    assert "request_id" in body["detail"], "under which the operator finds it in the log"
