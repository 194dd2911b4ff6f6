"""Who else is there is judged by the bus's own time, so that nobody is taken for dead by who was not listening."""

from adapters.broadcasting.bus.peers import GONE_AFTER, Peers


def beat(peers: Peers, *others: str, begin: float = 0.0, seconds: float = 10.0) -> float:
    """Half-second beats of this process and of others; the time of the last."""
    sent = begin
    while sent < begin + seconds:
        for other in others:
            peers.hear(other)
        sent += 0.5
        peers.come_back(sent)
    return sent


def test_who_speaks_is_there_and_new_only_once() -> None:
    peers = Peers()
    assert peers.hear("b")
    assert not peers.hear("b")
    assert [*peers] == ["b"]
    beat(peers, "b")
    assert peers.are_heard()
    assert peers.dead() == []


def test_who_is_silent_is_missed_soon_and_dead_after_five_seconds() -> None:
    peers = Peers()
    now = beat(peers, "b", "c")
    now = beat(peers, "c", begin=now, seconds=1.0)
    assert peers.are_heard()
    now = beat(peers, "c", begin=now, seconds=0.5)
    assert not peers.are_heard()
    now = beat(peers, "c", begin=now, seconds=GONE_AFTER - 2.0)
    assert peers.dead() == []
    beat(peers, "c", begin=now, seconds=0.5)
    assert peers.dead() == ["b"]
    peers.leave("b")
    assert peers.are_heard()
    assert [*peers] == ["c"]


def test_who_was_frozen_takes_nobody_for_dead_when_it_goes_on() -> None:
    peers = Peers()
    now = beat(peers, "b", "c")
    for _ in range(20):  # what b said meanwhile; c fell silent, and may have been frozen as well
        peers.hear("b")
    assert peers.come_back(now + 10), "there was a pause"
    assert peers.dead() == []
    now = beat(peers, "b", begin=now + 10, seconds=GONE_AFTER)
    assert peers.dead() == []
    beat(peers, "b", begin=now, seconds=0.5)
    assert peers.dead() == ["c"]


def test_who_listens_late_takes_nobody_for_dead() -> None:
    peers = Peers()
    now = beat(peers, "b")
    # Its own beats went out in time while it did not listen; then it hears everything at once, in the bus's order.
    for late in (0.5, 1.0, 1.5):
        assert not peers.come_back(now + late)
    assert peers.dead() == []
    peers.hear("b")
    beat(peers, "b", begin=now + 1.5)
    assert peers.are_heard()
