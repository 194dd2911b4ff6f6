"""What a person did waits here until it is answered: it is asked again, with the same client_id, until then."""

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any, Final

from tests.integration.torture.history import Answered, Asked, History, Refused, Unanswered
from tests.integration.torture.line import NoAnswer, Refusal

if TYPE_CHECKING:
    from tests.integration.torture.client import Client

FOR_LATER: Final = frozenset({401, 429, 500, 502, 503})
"""Refusals that leave open what was done, or may be taken back."""


async def settle(
    client: "Client", history: History, asked: Asked, event: str, payload: dict[str, Any]
) -> Answered | None:
    """How it was acknowledged, or None where it was refused."""
    history.append(asked)
    while True:
        await client.is_ready.wait()
        try:
            data = await client.ask(event, payload)
        except NoAnswer:
            history.append(Unanswered(time.monotonic(), asked.op))
            await asyncio.sleep(random.uniform(0.01, 0.05))  # or nobody could notice that the line is gone
        except Refusal as refusal:
            if refusal.status not in FOR_LATER:
                history.append(Refused(time.monotonic(), asked.op, refusal.status, refusal.code))
                return None
            history.append(Unanswered(time.monotonic(), asked.op, refusal.status))
            await asyncio.sleep(random.uniform(0.1, 0.5))
        else:
            answered = _answered(asked.op, data.get("message", {}))
            history.append(answered)
            if asked.kind == "read" and (room := client.rooms.get(asked.room)):
                room.read_up_to(data["chat_room"]["read_seq"])
            return answered


def _answered(op: str, message: dict[str, Any]) -> Answered:
    return Answered(
        time.monotonic(),
        op,
        message.get("id", 0),
        message.get("seq", 0),
        message.get("content", ""),
        message.get("deleted", False),
    )
