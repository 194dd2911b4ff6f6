"""Access tokens and refresh tokens: only those that hold, each of one kind, the second kind once."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.doubles.clock import SettableClock
from tests.integration.http.world import KEY, Caller, World, problem


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def signed(claims: dict[str, Any], key: str = KEY, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


def without_signature(claims: dict[str, Any]) -> str:
    head, body, _ = jwt.encode(claims, "", algorithm="none").split(".")
    return f"{head}.{body}."


def raw(*parts: bytes) -> str:
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_token_says_who_and_which_session_until_when(anna: Caller) -> None:
    claims = claims_of(anna.token)
    assert jwt.get_unverified_header(anna.token)["alg"] == "HS256"
    assert set(claims) == {"sub", "sid", "exp", "iat", "aud", "iss"}
    assert claims["sub"] == str(anna.id)
    assert claims["exp"] - claims["iat"] == 15 * 60


FORGERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "alg none": without_signature,
    "another key": lambda claims: signed(claims, "another key, just as long as the right one"),
    "another algorithm": lambda claims: signed(claims, algorithm="HS384"),
    "another audience": lambda claims: signed({**claims, "aud": "parley:refresh"}),
    "no audience": lambda claims: signed({k: v for k, v in claims.items() if k != "aud"}),
    "another issuer": lambda claims: signed({**claims, "iss": "somebody"}),
    "no issuer": lambda claims: signed({k: v for k, v in claims.items() if k != "iss"}),
    "no expiry": lambda claims: signed({k: v for k, v in claims.items() if k != "exp"}),
    "expired": lambda claims: signed({**claims, "exp": int(datetime.now(UTC).timestamp()) - 1}),
    "an unknown session": lambda claims: signed({**claims, "sid": 2**52}),
    "another body under the signature": lambda claims: ".".join(
        (signed(claims).split(".")[0], signed({**claims, "sub": "1"}).split(".")[1], signed(claims).split(".")[2])
    ),
    "cut off": lambda claims: signed(claims)[:-5],
    "no token at all": lambda _: "",
    "not a token": lambda _: "not-a-token",
    "three dots": lambda _: "...",
    "bytes that are not text": lambda _: "\xff\xfe.\xff.\xff",
    "a header that is not an object": lambda _: raw(b"[]", b"{}", b"x"),
    "a header 10,000 deep": lambda _: raw(b'{"alg":' + b"[" * 10_000, b"{}", b"x"),
    "a number of 5,000 digits": lambda _: raw(b'{"alg":' + b"9" * 5_000 + b"}", b"{}", b"x"),
    "an algorithm that is a list": lambda _: raw(b'{"alg":["HS256"]}', b"{}", b"x"),
    "a critical extension": lambda claims: jwt.encode(claims, KEY, headers={"crit": ["b64"], "b64": False}),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_token_that_is_not_ours_to_the_letter_is_refused(
    world: World, anna: Caller, forge: Callable[[dict[str, Any]], str]
) -> None:
    headers = {"Authorization": f"Bearer {forge(claims_of(anna.token))}"}
    reply = world.nobody().get("/api/me", headers=headers)
    problem(reply, 401, "invalid_token")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_for_another_user_of_ones_own_session_is_not_believed(world: World, anna: Caller, ben: Caller) -> None:
    token = signed({**claims_of(anna.token), "sub": str(ben.id)})
    reply = world.nobody().get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert reply.json.get("user", {}).get("id") != ben.id


@pytest.mark.parametrize("header", ["Basic YW5uYTpwYXNz", "Token abc", "Bearer", "bearer\x1fx"])
def test_another_scheme_is_refused(world: World, header: str) -> None:
    problem(world.nobody().get("/api/me", headers={"Authorization": header}), 401, "invalid_token")


def test_the_name_of_the_scheme_may_be_written_in_any_case(world: World, anna: Caller) -> None:
    reply = world.nobody().get("/api/me", headers={"Authorization": f"bearer {anna.token}"})
    assert reply.status_code == 200


def test_without_any_token_one_is_asked_to_sign_in(world: World) -> None:
    problem(world.nobody().get("/api/me"), 401, "unauthenticated")


def test_a_token_in_the_address_is_not_looked_at(world: World, anna: Caller) -> None:
    problem(world.nobody().get(f"/api/me?token={anna.token}&access_token={anna.token}"), 401, "unauthenticated")


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(world: World, anna: Caller) -> None:
    headers = {"Authorization": f"Bearer {anna.refresh_token}"}
    problem(world.nobody().get("/api/me", headers=headers), 401, "invalid_token")
    problem(world.nobody().post("/api/token", json={"refresh_token": anna.token}), 401, "invalid_token")


def test_an_invitation_is_neither(world: World) -> None:
    code = world.container.services().accounts.invite()
    problem(world.nobody().get("/api/me", headers={"Authorization": f"Bearer {code}"}), 401, "invalid_token")
    problem(world.nobody().post("/api/token", json={"refresh_token": code}), 401, "invalid_token")


def test_a_refresh_token_gives_a_new_pair_for_the_same_session(world: World, anna: Caller) -> None:
    reply = world.nobody().post("/api/token", json={"refresh_token": anna.refresh_token})
    assert reply.status_code == 200
    assert set(reply.json) == {"token", "refresh_token", "expires_at", "user"}
    assert claims_of(reply.json["token"])["sid"] == claims_of(anna.token)["sid"]
    headers = {"Authorization": f"Bearer {reply.json['token']}"}
    assert world.nobody().get("/api/me", headers=headers).json["user"]["id"] == anna.id


def test_a_refresh_token_that_was_used_before_ends_the_whole_session(world: World, anna: Caller) -> None:
    elsewhere = world.another_device_of(anna)
    fresh = world.nobody().post("/api/token", json={"refresh_token": anna.refresh_token}).json
    problem(world.nobody().post("/api/token", json={"refresh_token": anna.refresh_token}), 401, "invalid_token")
    headers = {"Authorization": f"Bearer {fresh['token']}"}
    problem(world.nobody().get("/api/me", headers=headers), 401, "invalid_token")
    problem(world.nobody().post("/api/token", json={"refresh_token": fresh["refresh_token"]}), 401, "invalid_token")
    problem(anna.get("/api/me"), 401, "invalid_token")
    assert elsewhere.get("/api/me").status_code == 200, "the other device has a session of its own"


@pytest.mark.parametrize(
    "token",
    [
        "not-a-token",
        raw(b'{"alg":' + b"[" * 1_400, b"{}", b"x"),
        raw(b'{"alg":"none"}', b'{"sid":1,"gen":0}', b""),
        "\ufffd.\u2028.é",
    ],
)
def test_a_refresh_token_that_is_none_is_refused(world: World, token: str) -> None:
    problem(world.nobody().post("/api/token", json={"refresh_token": token}), 401, "invalid_token")


def test_tokens_and_sessions_end_in_time() -> None:
    world, clock = World(), SettableClock(datetime.now(UTC).replace(microsecond=0))
    world.container.clock.override(clock)
    anna = world.someone()
    until = datetime.fromisoformat(
        world.nobody().post("/api/token", json={"refresh_token": anna.refresh_token}).json["expires_at"]
    )
    assert until - clock.now() == timedelta(minutes=15)
    ben = world.someone()
    browser = world.browser(ben)
    clock.advance(minutes=15)
    problem(ben.get("/api/me"), 401, "invalid_token")
    assert browser.get("/api/me").status_code == 200, "a browser's session lives while it is used"
    clock.advance(days=29)
    assert browser.get("/api/me").status_code == 200
    clock.advance(days=29)
    assert browser.get("/api/me").status_code == 200
    problem(world.nobody().post("/api/token", json={"refresh_token": ben.refresh_token}), 401, "invalid_token")
    clock.advance(days=30)
    problem(browser.get("/api/me"), 401, "invalid_token")


def test_tokens_signed_with_a_key_are_not_believed_under_another_key(anna: Caller) -> None:
    elsewhere = World({"SECRET_KEY": "a key of quite another server than that"})
    headers = {"Authorization": f"Bearer {anna.token}"}
    problem(elsewhere.nobody().get("/api/me", headers=headers), 401, "invalid_token")


def test_the_payload_of_a_token_holds_nothing_private(anna: Caller) -> None:
    text = json.dumps([claims_of(anna.token), claims_of(anna.refresh_token)])
    assert anna.username not in text
