"""A room with a message, which bad input must leave as it is."""

from typing import Any

from tests.integration.http.world import World


class Place:
    """A room with a message, its owner, and how to address them."""

    def __init__(self, world: World) -> None:
        self.owner = world.someone()
        self.room = self.owner.opens()
        self.message = self.owner.says(self.room, "as it was")
        self.other = world.someone()

    def open(self, route: str, **more: Any) -> Any:
        method, path = route.split(" ")
        where = path.format(room=self.room["id"], message=self.message["id"], other=self.other.id)
        return self.owner.open(where, method=method, **more)

    def unchanged(self) -> bool:
        room = self.owner.get(f"/api/chat/rooms/{self.room['id']}").json["chat_room"]
        me = self.owner.get("/api/me").json["user"]
        return (room["last_seq"], room["member_count"], room["messages"], me["name"]) == (2, 1, [self.message], "")
