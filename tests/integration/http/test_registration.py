"""Who may make an account: anybody, whoever was invited, or nobody."""

from datetime import UTC, datetime

from tests.doubles.clock import SettableClock
from tests.integration.http.world import PASSWORD, Reply, World, a_name, problem


def register(world: World, **more: str) -> Reply:
    return world.nobody().post("/api/register", json={"username": a_name(), "password": PASSWORD, **more})


def invitation(world: World) -> str:
    return world.container.services().accounts.invite()


def test_by_invitation_nobody_else_registers() -> None:
    world = World({"PARLEY_REGISTRATION": "invite"})
    for invite in ({}, {"invite": "made-up"}, {"invite": invitation(World({"SECRET_KEY": "of another server" * 2}))}):
        problem(register(world, **invite), 403, "registration_closed")
    assert register(world, invite=invitation(world)).status_code == 201


def test_an_invitation_is_not_a_token_nor_a_token_an_invitation() -> None:
    world = World({"PARLEY_REGISTRATION": "invite"})
    username = a_name()
    body = {"username": username, "password": PASSWORD, "invite": invitation(world)}
    assert world.nobody().post("/api/register", json=body).status_code == 201
    session = world.nobody().post("/api/login", json={"username": username, "password": PASSWORD}).json
    for token in (session["token"], session["refresh_token"]):
        problem(register(world, invite=token), 403, "registration_closed")


def test_an_invitation_holds_for_seven_days() -> None:
    world, clock = World({"PARLEY_REGISTRATION": "invite"}), SettableClock(datetime.now(UTC).replace(microsecond=0))
    world.container.clock.override(clock)
    code = invitation(world)
    clock.advance(days=6, hours=23)
    assert register(world, invite=code).status_code == 201
    clock.advance(hours=1)
    problem(register(world, invite=code), 403, "registration_closed")


def test_when_it_is_closed_not_even_an_invitation_helps() -> None:
    world = World({"PARLEY_REGISTRATION": "closed"})
    for invite in ({}, {"invite": invitation(world)}):
        problem(register(world, **invite), 403, "registration_closed")


def test_when_it_is_open_an_invitation_does_no_harm(world: World) -> None:
    assert register(world, invite="made-up").status_code == 201
