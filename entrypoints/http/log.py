"""The room log, and read marks in it."""

from typing import Any

from flask_openapi.blueprint import APIBlueprint

from chat_domain.model.identifiers import RoomId, Seq
from entrypoints.http import replies
from entrypoints.http.identity import actor, services
from entrypoints.http.openapi import described
from entrypoints.wire import requests
from entrypoints.wire.views import Views


def log(views: Views) -> APIBlueprint:
    """Reading the log, and how far one has read."""
    api = described("log", tag="Messages", prefix="/api/chat/rooms", signed_in=True)

    @api.put("/<int:room_id>/read", responses={200: replies.Room})
    def read(path: requests.RoomPath, body: requests.MarkRead) -> dict[str, Any]:
        """Move one's read mark forward"""
        view = services().reading.mark_read(actor().user_id, RoomId(path.room_id), Seq(body.seq))
        return {"chat_room": views.room(view)}

    @api.get("/<int:room_id>/events", responses={200: replies.Events})
    def events(path: requests.RoomPath, query: requests.Events) -> dict[str, Any]:
        """Read the room's log, to heal a gap"""
        page = services().reading.events(
            actor().user_id, RoomId(path.room_id), after=Seq(query.after), limit=query.limit
        )
        return {**views.log_page(page)}

    return api
