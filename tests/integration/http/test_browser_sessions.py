"""Signing in with a cookie: what a browser holds, and whose pages may use it."""

from http.cookies import Morsel, SimpleCookie

import pytest

from tests.integration.http.world import PASSWORD, Caller, Reply, World, problem

OWN = {"Origin": "http://localhost"}
FOREIGN = {"Origin": "https://evil.example"}


def log_in(
    world: World, caller: Caller, *, url: str = "http://localhost", headers: dict[str, str] | None = None
) -> tuple[Caller, Reply]:
    browser = world.unknown_browser()
    body = {"username": caller.username, "password": PASSWORD, "cookie": True}
    return browser, browser.post("/api/login", json=body, base_url=url, headers=headers or {"Origin": url})


def cookie_of(reply: Reply) -> Morsel[str]:
    """The only cookie that was set."""
    (header,) = reply.headers.getlist("Set-Cookie")
    (cookie,) = SimpleCookie(header).values()
    return cookie


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(world: World, anna: Caller) -> None:
    _, reply = log_in(world, anna)
    assert reply.status_code == 200
    assert set(reply.json) == {"expires_at", "user"}, "no script holds a token"
    cookie = cookie_of(reply)
    assert (cookie.key, cookie["httponly"], cookie["samesite"], cookie["path"]) == ("parley", True, "Lax", "/")
    assert cookie["domain"] == ""
    assert len(cookie.value) >= 43, "256 bits of chance"


def test_over_tls_the_cookie_is_tied_to_the_host(world: World, anna: Caller) -> None:
    browser, reply = log_in(world, anna, url="https://localhost")
    cookie = cookie_of(reply)
    assert (cookie.key, cookie["secure"], cookie["path"], cookie["domain"]) == ("__Host-parley", True, "/", "")
    assert browser.get("/api/me", base_url="https://localhost").status_code == 200


def test_a_public_address_with_tls_decides_although_a_proxy_speaks_plainly() -> None:
    world = World({"PARLEY_PUBLIC_URL": "https://chat.example.org/"})
    anna = world.someone()
    own = {"Origin": "https://chat.example.org"}
    _, reply = log_in(world, anna, url="http://127.0.0.1:5001", headers=own)
    cookie = cookie_of(reply)
    assert (cookie.key, cookie["secure"]) == ("__Host-parley", True)
    _, reply = log_in(world, anna, url="http://127.0.0.1:5001")
    problem(reply, 403, "foreign_origin")


def test_the_session_works_without_a_token(world: World, anna: Caller) -> None:
    browser = world.browser(anna)
    assert browser.get("/api/me").json["user"]["id"] == anna.id
    assert browser.post("/api/chat/rooms", json={"name": "From the browser"}).status_code == 201


def test_the_cookie_is_kept_nowhere_in_a_form_that_would_open_the_session(world: World, anna: Caller) -> None:
    _, reply = log_in(world, anna)
    value = cookie_of(reply).value
    with world.container.storage().snapshot() as seen:
        sessions = seen.sessions.active_of(anna.id, used_since=seen.users.get(anna.id).created_at)
    assert value not in repr([getattr(session, "cookie_digest", None) for session in sessions])


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost.evil.example",
        "http://evil.example/http://localhost",
        "https://localhost",
        "http://localhost:8080",
        "null",
        "",
    ],
)
def test_a_page_of_another_site_changes_nothing(world: World, anna: Caller, origin: str) -> None:
    browser = world.browser(anna)
    for method, path, body in (
        ("POST", "/api/chat/rooms", {"name": "From elsewhere"}),
        ("PATCH", "/api/me", {"name": "From elsewhere"}),
        ("POST", "/api/logout", None),
        ("DELETE", "/api/sessions/1", None),
        ("PUT", "/api/chat/rooms/1/read", {"seq": 1}),
    ):
        reply = browser.open(path, method=method, json=body, headers={"Origin": origin})
        problem(reply, 403, "foreign_origin")
    me = browser.get("/api/me")
    assert (me.status_code, me.json["user"]["name"]) == (200, "")


@pytest.mark.parametrize("sent", ["cross-site", "same-site", "none", None])
def test_without_an_origin_only_the_browsers_own_word_counts(world: World, anna: Caller, sent: str | None) -> None:
    browser = world.browser(anna)
    del browser.environ_base["HTTP_ORIGIN"]
    reply = browser.post("/api/chat/rooms", json={"name": "x"}, headers={"Sec-Fetch-Site": sent} if sent else {})
    problem(reply, 403, "foreign_origin")
    reply = browser.post("/api/chat/rooms", json={"name": "x"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert reply.status_code == 201


def test_an_origin_is_believed_over_the_fetch_site(world: World, anna: Caller) -> None:
    reply = world.browser(anna).post(
        "/api/chat/rooms", json={"name": "x"}, headers={**FOREIGN, "Sec-Fetch-Site": "same-origin"}
    )
    problem(reply, 403, "foreign_origin")


@pytest.mark.parametrize("headers", [FOREIGN, {}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_cannot_sign_a_browser_in(world: World, anna: Caller, headers: dict[str, str]) -> None:
    browser = world.unknown_browser()
    body = {"username": anna.username, "password": PASSWORD, "cookie": True}
    reply = browser.post("/api/login", json=body, headers=headers)
    problem(reply, 403, "foreign_origin")
    assert "Set-Cookie" not in reply.headers


def test_a_token_needs_no_origin_because_no_browser_adds_it_by_itself(anna: Caller) -> None:
    assert anna.post("/api/chat/rooms", json={"name": "x"}, headers=FOREIGN).status_code == 201


def test_logging_out_takes_the_cookie_away_and_ends_the_session(world: World, anna: Caller) -> None:
    browser, reply = log_in(world, anna)
    cookie = reply.headers["Set-Cookie"].partition(";")[0]
    reply = browser.post("/api/logout", headers=OWN)
    assert reply.status_code == 200
    assert cookie_of(reply)["max-age"] == "0"
    problem(browser.get("/api/me"), 401, "unauthenticated")
    kept = world.nobody().get("/api/me", headers={"Cookie": cookie})
    problem(kept, 401, "invalid_token")


@pytest.mark.parametrize("value", ["made-up", "", "\xff\xfe", '"', "a" * 5_000])
def test_a_made_up_cookie_is_refused(world: World, value: str) -> None:
    problem(world.nobody().get("/api/me", headers={"Cookie": f"parley={value}"}), 401)


def test_cookies_of_other_programs_on_the_same_host_do_no_harm(world: World, anna: Caller) -> None:
    _, reply = log_in(world, anna)
    cookie = reply.headers["Set-Cookie"].partition(";")[0]
    for other in ('prefs={"a": [1, 2]}', "x@y=1", "novalue", "name with space=1", "é=ü", "=empty", ";;"):
        reply = world.nobody().get("/api/me", headers={"Cookie": f"{other}; {cookie}; {other}"})
        assert reply.status_code == 200, other


def test_over_tls_the_cookie_of_a_plain_connection_is_not_believed(world: World, anna: Caller) -> None:
    _, reply = log_in(world, anna)
    cookie = reply.headers["Set-Cookie"].partition(";")[0]
    reply = world.nobody().get("/api/me", base_url="https://localhost", headers={"Cookie": cookie})
    problem(reply, 401, "unauthenticated")
