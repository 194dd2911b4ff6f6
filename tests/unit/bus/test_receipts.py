"""A receipt is complete once everybody has confirmed who is still there."""

from adapters.broadcasting.bus.receipts import Receipts


def test_it_is_complete_when_everybody_has_confirmed() -> None:
    receipts = Receipts()
    with receipts.awaited(["a", "b"]) as (token, receipt):
        receipts.confirm("a", token)
        receipts.confirm("a", token)
        assert not receipt.wait(0)
        receipts.confirm("b", token)
        assert receipt.wait(0)


def test_nobody_waits_for_who_is_gone() -> None:
    receipts = Receipts()
    with receipts.awaited(["a", "b"]) as (token, receipt):
        receipts.confirm("a", token)
        receipts.forget("b")
        assert receipt.wait(0)


def test_a_confirmation_of_something_else_does_not_count() -> None:
    receipts = Receipts()
    with receipts.awaited(["a"]) as (_, receipt), receipts.awaited(["a"]) as (other, other_receipt):
        receipts.confirm("a", "unknown")
        receipts.confirm("a", other)
        receipts.confirm("c", other)
        assert other_receipt.wait(0)
        assert not receipt.wait(0)


def test_where_nobody_can_confirm_it_never_is() -> None:
    with Receipts().awaited([]) as (_, receipt):
        assert not receipt.wait(0)
