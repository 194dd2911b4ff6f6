"""Devices: who is signed in where, and signing out for good."""

from tests.integration.http.world import PASSWORD, Caller, World, problem


def test_logging_out_ends_the_session_at_once(world: World, anna: Caller) -> None:
    elsewhere = world.another_device_of(anna)
    reply = anna.post("/api/logout")
    assert (reply.status_code, bool(reply.json["message"])) == (200, True)
    problem(anna.get("/api/me"), 401, "invalid_token")
    problem(anna.post("/api/token", json={"refresh_token": anna.refresh_token}), 401, "invalid_token")
    problem(anna.post("/api/logout"), 401, "invalid_token")
    assert elsewhere.get("/api/me").status_code == 200


def test_the_devices_are_listed_the_newest_first(world: World, anna: Caller) -> None:
    reply = world.nobody().post(
        "/api/login",
        json={"username": anna.username, "password": PASSWORD},
        headers={"User-Agent": "bell\x07 \x1b[31mcurl/8"},
    )
    newest = world.nobody()
    newest.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {reply.json['token']}"
    sessions = newest.get("/api/sessions").json["sessions"]
    assert [session["current"] for session in sessions] == [True, False]
    assert set(sessions[0]) == {"id", "created_at", "last_used_at", "user_agent", "address", "current"}
    assert sessions[0]["address"] == "127.0.0.1"
    assert sessions[0]["user_agent"] == "bell [31mcurl/8", "no control characters"
    first = newest.get("/api/sessions?limit=1").json
    assert first["sessions"] == sessions[:1]
    rest = newest.get(f"/api/sessions?limit=1&cursor={first['next']}").json
    assert (rest["sessions"], rest["next"]) == (sessions[1:], None)


def test_a_device_is_signed_out_from_another_one(world: World, anna: Caller) -> None:
    lost = world.another_device_of(anna)
    session = next(s for s in anna.get("/api/sessions").json["sessions"] if not s["current"])
    assert anna.delete(f"/api/sessions/{session['id']}").status_code == 200
    problem(lost.get("/api/me"), 401, "invalid_token")
    problem(lost.post("/api/token", json={"refresh_token": lost.refresh_token}), 401, "invalid_token")
    assert [s["current"] for s in anna.get("/api/sessions").json["sessions"]] == [True]
    problem(anna.delete(f"/api/sessions/{session['id']}"), 404, "session_not_found")


def test_a_session_of_somebody_else_cannot_be_seen_or_ended(anna: Caller, ben: Caller) -> None:
    session = anna.get("/api/sessions").json["sessions"][0]
    problem(ben.delete(f"/api/sessions/{session['id']}"), 404, "session_not_found")
    assert session["id"] not in [s["id"] for s in ben.get("/api/sessions").json["sessions"]]
    assert anna.get("/api/me").status_code == 200


def test_a_browser_can_end_its_own_session_from_the_list(world: World, anna: Caller) -> None:
    browser = world.browser(anna)
    session = next(s for s in browser.get("/api/sessions").json["sessions"] if s["current"])
    assert browser.delete(f"/api/sessions/{session['id']}").status_code == 200
    problem(browser.get("/api/me"), 401, "invalid_token")
