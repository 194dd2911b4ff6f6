"""People, rooms, members and direct conversations."""

from typing import Any

from flask_openapi.blueprint import APIBlueprint

from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.model.rooms import RoomKind
from chat_domain.model.users import Person
from chat_domain.model.values import RoomDescription
from chat_domain.model.views import Page, RoomView
from entrypoints.http import replies
from entrypoints.http.identity import actor, services
from entrypoints.http.openapi import described
from entrypoints.wire import requests
from entrypoints.wire.views import Views


def people_and_rooms(views: Views) -> APIBlueprint:
    """Finding people and rooms, and what is done to a room."""
    api = described("rooms", tag="Rooms", prefix="/api", signed_in=True)

    @api.get("/users", responses={200: replies.Users})
    def users(query: requests.People) -> dict[str, Any]:
        """Find people to talk to"""
        page = services().people.search(actor().user_id, query.query, after=UserId(query.cursor), limit=query.limit)
        return {"users": [views.user(person) for person in page.items], "next": _next_person(page)}

    @api.get("/chat/rooms", responses={200: replies.Rooms})
    def rooms(query: requests.Rooms) -> dict[str, Any]:
        """List one's own rooms, or those that anybody may join"""
        find = services().rooms.joined if query.scope == "joined" else services().rooms.public
        page = find(actor().user_id, query.query, after=RoomId(query.cursor), limit=query.limit)
        return {"chat_rooms": [views.room(view) for view in page.items], "next": _next_room(page)}

    @api.post("/chat/rooms", responses={201: replies.RoomTold})
    def create_room(body: requests.CreateRoom) -> tuple[dict[str, Any], int]:
        """Open a room, whose owner one is"""
        description = body.description or RoomDescription("")
        view = services().rooms.create(
            actor().user_id, name=body.name, description=description, kind=RoomKind(body.kind)
        )
        return {"message": "The room is open.", "chat_room": views.room(view)}, 201

    @api.get("/chat/rooms/<int:room_id>", responses={200: replies.Details})
    def room(path: requests.RoomPath, query: requests.RoomDetails) -> dict[str, Any]:
        """See a room with its members and its newest messages"""
        after, limit = UserId(query.users_cursor), query.users_limit
        details = services().rooms.details(actor().user_id, RoomId(path.room_id), members_after=after, members=limit)
        return {"chat_room": views.room_details(details)}

    @api.patch("/chat/rooms/<int:room_id>", responses={200: replies.Room})
    def change_room(path: requests.RoomPath, body: requests.ChangeRoom) -> dict[str, Any]:
        """Give a room another name or description"""
        view = services().rooms.change(
            actor().user_id, RoomId(path.room_id), name=body.name, description=body.description
        )
        return {"chat_room": views.room(view)}

    @api.delete("/chat/rooms/<int:room_id>", responses={200: replies.Told})
    def delete_room(path: requests.RoomPath) -> dict[str, Any]:
        """Delete a room with all that was said in it"""
        services().rooms.delete(actor().user_id, RoomId(path.room_id))
        return {"message": "The room is deleted."}

    return api


def members(views: Views) -> APIBlueprint:
    """Joining, leaving, inviting and removing."""
    api = described("members", tag="Members", prefix="/api/chat", signed_in=True)

    @api.post("/rooms/<int:room_id>/join", responses={200: replies.RoomTold})
    def join(path: requests.RoomPath) -> dict[str, Any]:
        """Join a public room"""
        view = services().members.join(actor().user_id, RoomId(path.room_id))
        return {"message": "You are in.", "chat_room": views.room(view)}

    @api.post("/rooms/<int:room_id>/leave", responses={200: replies.RoomTold})
    def leave(path: requests.RoomPath) -> dict[str, Any]:
        """Leave a room"""
        view = services().members.leave(actor().user_id, RoomId(path.room_id))
        return {"message": "You left the room.", "chat_room": views.room(view)}

    @api.put("/rooms/<int:room_id>/members/<int:user_id>", responses={200: replies.Member, 201: replies.Member})
    def put_member(path: requests.MemberPath, body: requests.PutMember) -> tuple[dict[str, Any], int]:
        """Bring somebody in, or give a member another role"""
        member, new = services().members.put(actor().user_id, RoomId(path.room_id), UserId(path.user_id), body.role)
        return {"member": views.member(member)}, 201 if new else 200

    @api.delete("/rooms/<int:room_id>/members/<int:user_id>", responses={200: replies.Told})
    def remove_member(path: requests.MemberPath) -> dict[str, Any]:
        """Remove somebody from a room"""
        services().members.remove(actor().user_id, RoomId(path.room_id), UserId(path.user_id))
        return {"message": "The member is removed."}

    @api.post("/direct", responses={200: replies.Room, 201: replies.Room})
    def open_direct(body: requests.OpenDirect) -> tuple[dict[str, Any], int]:
        """Open the direct conversation with these people; the same people always get the same one"""
        others = [UserId(user_id) for user_id in body.user_ids]
        view, new = services().rooms.open_direct(actor().user_id, others=others)
        return {"chat_room": views.room(view)}, 201 if new else 200

    return api


def _next_person(page: Page[Person]) -> str | None:
    return str(page.items[-1].id) if page.more else None


def _next_room(page: Page[RoomView]) -> str | None:
    return str(page.items[-1].room.id) if page.more else None
