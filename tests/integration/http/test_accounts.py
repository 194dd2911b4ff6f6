"""Registering, one's own account, and its password."""

import statistics
import time

import pytest

from tests.integration.http.world import OTHER_PASSWORD, PASSWORD, Caller, World, a_name, bad_fields, problem, sign_in


def test_registering_gives_an_account_that_knows_its_name_and_address(world: World) -> None:
    username = a_name()
    body = {"username": username, "password": PASSWORD, "email": f"{username}@example.org", "name": "Anna Bell"}
    reply = world.nobody().post("/api/register", json=body)
    assert reply.status_code == 201
    assert reply.json["message"]
    user = reply.json["user"]
    assert (user["username"], user["email"], user["name"]) == (username, body["email"], "Anna Bell")
    assert set(user) == {"id", "username", "name", "online", "email", "role", "created_at"}
    assert user["role"] == "member"


def test_a_taken_username_is_a_conflict_however_it_is_written(world: World, anna: Caller) -> None:
    for same in (anna.username, anna.username.upper(), anna.username.replace("a", "ａ")):
        reply = world.nobody().post("/api/register", json={"username": same, "password": PASSWORD})
        assert problem(reply, 409, "username_taken")["errors"][0]["field"] == "username"


def test_a_taken_address_is_a_conflict(world: World) -> None:
    email = f"{a_name()}@example.org"
    world.someone(email=email)
    reply = world.nobody().post(
        "/api/register", json={"username": a_name(), "password": PASSWORD, "email": email.upper()}
    )
    assert problem(reply, 409, "email_taken")["errors"][0]["field"] == "email"


@pytest.mark.parametrize(
    ("password", "code"),
    [("password1", "weak_password"), ("12345678", "weak_password"), ("short", "length"), ("x" * 129, "length")],
)
def test_a_weak_password_is_refused_with_the_reason(world: World, password: str, code: str) -> None:
    reply = world.nobody().post("/api/register", json={"username": a_name(), "password": password})
    assert bad_fields(reply) == {"password": code}
    assert len(problem(reply, 422)["errors"][0]["detail"]) > 10


def test_a_password_that_contains_the_username_is_refused(world: World) -> None:
    username = a_name("marguerite")
    reply = world.nobody().post("/api/register", json={"username": username, "password": f"my {username.upper()} key!"})
    assert bad_fields(reply) == {"password": "weak_password"}


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("a", "length"),
        ("a" * 33, "length"),
        ("an na", "characters"),
        ("anna\x00", "characters"),
        ("аnna", "mixed_scripts"),  # the first letter is Cyrillic
        ("anna@home", "characters"),
    ],
)
def test_a_username_outside_the_rules_is_refused_with_the_reason(world: World, username: str, code: str) -> None:
    reply = world.nobody().post("/api/register", json={"username": username, "password": PASSWORD})
    assert bad_fields(reply) == {"username": code}


def test_every_bad_field_of_a_registration_is_named_at_once(world: World) -> None:
    body = {"username": "a", "password": "short", "email": "nowhere", "name": "x\n", "role": "administrator"}
    fields = bad_fields(world.nobody().post("/api/register", json=body))
    assert set(fields) == {"username", "password", "email", "name", "role"}


def test_registering_does_not_make_an_administrator_by_surprise(world: World) -> None:
    reply = world.nobody().post(
        "/api/register", json={"username": a_name(), "password": PASSWORD, "role": "administrator", "id": 1}
    )
    assert set(bad_fields(reply)) == {"role", "id"}


def test_one_signs_in_by_username_or_by_address(world: World) -> None:
    username = a_name()
    someone = world.someone(username, email=f"{username}@example.org")
    for name in ({"username": username}, {"email": f"{username}@example.org"}, {"username": username.upper()}):
        reply = world.nobody().post("/api/login", json={**name, "password": PASSWORD})
        assert reply.status_code == 200
        assert set(reply.json) == {"token", "refresh_token", "expires_at", "user"}
        assert reply.json["user"]["id"] == someone.id


def test_signing_in_needs_one_name_and_not_two(world: World, anna: Caller) -> None:
    for names in ({}, {"username": anna.username, "email": "anna@example.org"}):
        reply = world.nobody().post("/api/login", json={**names, "password": PASSWORD})
        assert bad_fields(reply) == {"username": "missing"}


def test_an_unknown_user_and_a_wrong_password_get_the_same_reply(world: World, anna: Caller) -> None:
    replies = [
        problem(world.nobody().post("/api/login", json={**name, "password": "not this one"}), 401)
        for name in (
            {"username": anna.username},
            {"username": "nobody-of-this-name"},
            {"email": "nobody@example.org"},
            {"username": "not a username\x00"},
        )
    ]
    for reply in replies:
        del reply["request_id"]
        assert reply == replies[0]
    assert replies[0]["code"] == "invalid_credentials"


def test_an_unknown_user_and_a_wrong_password_take_the_same_time() -> None:
    world = World()
    world.container.hasher.reset_override()  # the real one: the time is in the hashing
    anna, nobody = world.someone(), world.nobody()

    def seconds(username: str) -> float:
        began = time.process_time()  # of all threads, and of this process alone: the machine may be busy
        nobody.post("/api/login", json={"username": username, "password": "not this one"})
        return time.process_time() - began

    taken = [(seconds(anna.username), seconds("nobody-at-all")) for _ in range(15)]
    known, unknown = (statistics.median(column) for column in zip(*taken, strict=True))
    assert known > 0.005, "hashing takes its time"
    assert 0.5 < known / unknown < 2, f"{known=} {unknown=}"


def test_one_sees_and_changes_ones_own_account(anna: Caller) -> None:
    email = f"{anna.username}@example.org"
    reply = anna.patch("/api/me", json={"name": "Anna B.", "email": email})
    assert reply.status_code == 200
    assert (reply.json["user"]["name"], reply.json["user"]["email"]) == ("Anna B.", email)
    assert anna.get("/api/me").json == reply.json
    anna.patch("/api/me", json={"email": None})
    user = anna.get("/api/me").json["user"]
    assert (user["name"], user["email"]) == ("Anna B.", None)


def test_ones_own_account_comes_with_the_epoch_of_the_logs(anna: Caller, ben: Caller) -> None:
    epochs = {caller.get("/api/me").json["epoch"] for caller in (anna, ben)}
    assert epochs == {anna.patch("/api/me", json={"name": "Anna"}).json["epoch"]}
    assert World().someone().get("/api/me").json["epoch"] not in epochs


def test_an_address_of_somebody_else_cannot_be_taken(world: World, anna: Caller) -> None:
    email = f"{a_name()}@example.org"
    world.someone(email=email)
    problem(anna.patch("/api/me", json={"email": email}), 409, "email_taken")


def test_nobody_else_is_shown_an_address(world: World, anna: Caller) -> None:
    username = a_name()
    email = f"secret-{username}@example.org"
    ben = world.someone(username, email=email)
    room = anna.opens()
    anna.brings(ben, room)
    ben.says(room)
    for path in (
        f"/api/users?query={username}",
        f"/api/chat/rooms/{room['id']}",
        f"/api/chat/rooms/{room['id']}/messages",
        f"/api/chat/rooms/{room['id']}/events",
        "/api/chat/rooms",
    ):
        reply = anna.get(path)
        assert reply.status_code == 200
        assert email not in reply.text


def test_a_new_password_needs_the_current_one(anna: Caller) -> None:
    assert bad_fields(anna.patch("/api/me", json={"password": OTHER_PASSWORD})) == {"current_password": "missing"}
    wrong = {"password": OTHER_PASSWORD, "current_password": "not this one"}
    assert bad_fields(anna.patch("/api/me", json=wrong)) == {"current_password": "wrong_password"}
    assert anna.get("/api/me").status_code == 200


def test_a_weak_new_password_is_refused_and_the_old_one_stays(world: World, anna: Caller) -> None:
    weak = {"password": f"{anna.username} 2026", "current_password": PASSWORD}
    assert bad_fields(anna.patch("/api/me", json=weak)) == {"password": "weak_password"}
    sign_in(anna)


def test_a_new_password_ends_every_session_and_the_old_password(world: World, anna: Caller) -> None:
    elsewhere, browser = world.another_device_of(anna), world.browser(anna)
    reply = anna.patch("/api/me", json={"password": OTHER_PASSWORD, "current_password": PASSWORD})
    assert reply.status_code == 200
    for device in (anna, elsewhere, browser):
        problem(device.get("/api/me"), 401, "invalid_token")
    problem(elsewhere.post("/api/token", json={"refresh_token": elsewhere.refresh_token}), 401, "invalid_token")
    old = {"username": anna.username, "password": PASSWORD}
    problem(world.nobody().post("/api/login", json=old), 401, "invalid_credentials")
    sign_in(anna, OTHER_PASSWORD)
    assert anna.get("/api/me").status_code == 200


def test_a_change_with_one_bad_part_changes_nothing(anna: Caller) -> None:
    change = {"name": "Somebody Else", "password": OTHER_PASSWORD, "current_password": "not this one"}
    assert bad_fields(anna.patch("/api/me", json=change)) == {"current_password": "wrong_password"}
    assert anna.get("/api/me").json["user"]["name"] == ""


def test_people_are_found_by_a_part_of_their_name_page_by_page(world: World, anna: Caller) -> None:
    stem = a_name("lighthouse")
    ids = [world.someone(f"{stem}-{letter}").id for letter in "abc"]
    by_display_name = world.someone(name=f"Keeper of {stem}").id
    first = anna.get(f"/api/users?query={stem.upper()}&limit=3").json
    assert [user["id"] for user in first["users"]] == ids
    assert set(first["users"][0]) == {"id", "username", "name", "online"}
    second = anna.get(f"/api/users?query={stem.upper()}&limit=3&cursor={first['next']}").json
    assert [user["id"] for user in second["users"]] == [by_display_name]
    assert second["next"] is None
