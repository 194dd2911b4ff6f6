"""The rate limiter of the tests counts as the real ones do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import TooMany
from chat_domain.ports.security import Limit
from tests.doubles.clock import SettableClock
from tests.doubles.security import CountingRateLimiter

THREE_A_MINUTE = Limit("three", times=3, seconds=60)


@given(st.lists(st.integers(0, 70), max_size=30))
def test_never_more_than_the_limit_in_any_window(pauses: list[int]) -> None:
    clock = SettableClock()
    limits, allowed = CountingRateLimiter(clock), [clock.now()] * 0
    for pause in pauses:
        clock.advance(seconds=pause)
        recent = [at for at in allowed if (clock.now() - at).total_seconds() < THREE_A_MINUTE.seconds]
        if len(recent) < THREE_A_MINUTE.times:
            limits.hit(THREE_A_MINUTE, "ann")
            allowed.append(clock.now())
        else:
            with pytest.raises(TooMany) as caught:
                limits.hit(THREE_A_MINUTE, "ann")
            assert caught.value.retry_after == 60 - (clock.now() - recent[0]).total_seconds()


def test_limits_and_keys_are_counted_apart() -> None:
    limits = CountingRateLimiter(SettableClock())
    for name in ("one", "other"):
        for key in ("ann", "bob"):
            limits.hit(Limit(name, times=1, seconds=60), key)
