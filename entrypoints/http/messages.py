"""Messages."""

from typing import Any

from flask_openapi.blueprint import APIBlueprint

from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.views import HistoryPage
from chat_domain.services.reading import ReadingService
from entrypoints.http import replies
from entrypoints.http.identity import actor, services
from entrypoints.http.openapi import described
from entrypoints.wire import requests
from entrypoints.wire.views import Views


def messages(views: Views) -> APIBlueprint:
    """Posting, reading, editing and deleting."""
    api = described("messages", tag="Messages", prefix="/api/chat/rooms", signed_in=True)

    @api.get("/<int:room_id>/messages", responses={200: replies.Messages})
    def history(path: requests.RoomPath, query: requests.History) -> dict[str, Any]:
        """Read a page of messages: the newest, or those before, after or around a sequence number"""
        page = _page(services().reading, actor().user_id, RoomId(path.room_id), query)
        return {
            "chat_room_id": path.room_id,
            "messages": [views.message(message) for message in page.messages],
            "has_more_before": page.more_before,
            "has_more_after": page.more_after,
        }

    @api.post("/<int:room_id>/messages", responses={200: replies.Message, 201: replies.Message})
    def post(path: requests.RoomPath, body: requests.Post) -> tuple[dict[str, Any], int]:
        """Send a message; the same client_id again returns the first one"""
        reply_to = MessageId(body.reply_to) if body.reply_to else None
        message, new = services().messaging.post(
            actor().user_id, room=RoomId(path.room_id), body=body.message, key=body.client_id, reply_to=reply_to
        )
        return {"message": views.message(message)}, 201 if new else 200

    @api.patch("/<int:room_id>/messages/<int:message_id>", responses={200: replies.Message})
    def edit(path: requests.MessagePath, body: requests.Edit) -> dict[str, Any]:
        """Give one's own message another text"""
        room, message = RoomId(path.room_id), MessageId(path.message_id)
        edited = services().messaging.edit(actor().user_id, room=room, message=message, body=body.message)
        return {"message": views.message(edited)}

    @api.delete("/<int:room_id>/messages/<int:message_id>", responses={200: replies.Message})
    def delete(path: requests.MessagePath) -> dict[str, Any]:
        """Delete a message; its tombstone stays"""
        room, message = RoomId(path.room_id), MessageId(path.message_id)
        return {"message": views.message(services().messaging.delete(actor().user_id, room=room, message=message))}

    return api


def _page(reading: ReadingService, reader: UserId, room: RoomId, query: requests.History) -> HistoryPage:
    if query.around is not None:
        return reading.around(reader, room, Seq(query.around), limit=query.limit)
    if query.after is not None:
        return reading.after(reader, room, Seq(query.after), limit=query.limit)
    before = Seq(query.before) if query.before is not None else None
    return reading.before(reader, room, before, limit=query.limit)
