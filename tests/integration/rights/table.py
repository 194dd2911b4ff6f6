"""Who may do what: every route and every event, for every kind of caller in every kind of room.

`ok` or the status of the refusal; `-` where there is no such caller: nobody rules a direct conversation. What stands
after ` - ` tells rows of one route apart. In a direct conversation all are members, and who is "in" is a mere member
elsewhere too. `gone`: the room was deleted. The suspended are in the room, and were signed in before.
"""

from collections.abc import Mapping
from typing import Final

IN_A_ROOM: Final = """
           anonymous outsider member moderator owner admin_in admin_out guest_in guest_out bot_in bot_out suspended
GET /api/chat/rooms/<int:room_id>
  public         401       ok     ok        ok    ok       ok        ok       ok       404     ok      ok       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PATCH /api/chat/rooms/<int:room_id>
  public         401      403    403        ok    ok       ok        ok      403       404    403     403       401
  private        401      404    403        ok    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
DELETE /api/chat/rooms/<int:room_id>
  public         401      403    403       403    ok       ok        ok      403       404    403     403       401
  private        401      404    403       403    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
POST /api/chat/rooms/<int:room_id>/join
  public         401       ok     ok        ok    ok       ok        ok       ok       404     ok      ok       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
POST /api/chat/rooms/<int:room_id>/leave
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PUT /api/chat/rooms/<int:room_id>/members/<int:user_id> - brings a newcomer in
  public         401      403    403        ok    ok       ok        ok      403       404    403     403       401
  private        401      404    403        ok    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PUT /api/chat/rooms/<int:room_id>/members/<int:user_id> - makes a member moderator
  public         401      403    403        ok    ok       ok        ok      403       404    403     403       401
  private        401      404    403        ok    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PUT /api/chat/rooms/<int:room_id>/members/<int:user_id> - makes a member owner
  public         401      403    403       403    ok      403       403      403       404    403     403       401
  private        401      404    403       403    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
DELETE /api/chat/rooms/<int:room_id>/members/<int:user_id> - a member
  public         401      403    403        ok    ok       ok        ok      403       404    403     403       401
  private        401      404    403        ok    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
DELETE /api/chat/rooms/<int:room_id>/members/<int:user_id> - an owner
  public         401      403    403       403    ok      403       403      403       404    403     403       401
  private        401      404    403       403    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
GET /api/chat/rooms/<int:room_id>/messages
  public         401       ok     ok        ok    ok       ok        ok       ok       404     ok      ok       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
POST /api/chat/rooms/<int:room_id>/messages
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PATCH /api/chat/rooms/<int:room_id>/messages/<int:message_id> - one's own
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PATCH /api/chat/rooms/<int:room_id>/messages/<int:message_id> - somebody else's
  public         401      403    403       403   403      403       403      403       404    403     403       401
  private        401      404    403       403   403      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
DELETE /api/chat/rooms/<int:room_id>/messages/<int:message_id> - one's own
  public         401      403     ok        ok    ok       ok        ok       ok       404     ok     403       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
DELETE /api/chat/rooms/<int:room_id>/messages/<int:message_id> - somebody else's
  public         401      403    403        ok    ok       ok        ok      403       404    403     403       401
  private        401      404    403        ok    ok      403       404      403       404    403     404       401
  direct         401      404    403         -     -      403       404      403       404    403     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
PUT /api/chat/rooms/<int:room_id>/read
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
GET /api/chat/rooms/<int:room_id>/events
  public         401       ok     ok        ok    ok       ok        ok       ok       404     ok      ok       401
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       401
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       401
  gone           401      404    404       404   404      404       404      404       404    404     404       401
send_message
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
edit_message - one's own
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
edit_message - somebody else's
  public         401      403    403       403   403      403       403      403       404    403     403       403
  private        401      404    403       403   403      403       404      403       404    403     404       403
  direct         401      404    403         -     -      403       404      403       404    403     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
delete_message - one's own
  public         401      403     ok        ok    ok       ok        ok       ok       404     ok     403       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
delete_message - somebody else's
  public         401      403    403        ok    ok       ok        ok      403       404    403     403       403
  private        401      404    403        ok    ok      403       404      403       404    403     404       403
  direct         401      404    403         -     -      403       404      403       404    403     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
join
  public         401       ok     ok        ok    ok       ok        ok       ok       404     ok      ok       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
leave
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
typing
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
read
  public         401      403     ok        ok    ok       ok       403       ok       404     ok     403       403
  private        401      404     ok        ok    ok       ok       404       ok       404     ok     404       403
  direct         401      404     ok         -     -       ok       404       ok       404     ok     404       403
  gone           401      404    404       404   404      404       404      404       404    404     404       404
"""

ON_THE_SERVER: Final = """
                                                         anonymous member admin guest bot suspended
POST /api/register                                              ok     ok    ok    ok  ok        ok
POST /api/login                                                401     ok    ok    ok 401       403
POST /api/token                                                401     ok    ok    ok  ok       401
POST /api/logout                                               401     ok    ok    ok  ok       401
GET /api/me                                                    401     ok    ok    ok  ok       401
PATCH /api/me                                                  401     ok    ok    ok  ok       401
GET /api/sessions                                              401     ok    ok    ok  ok       401
DELETE /api/sessions/<int:session_id> - one's own              401     ok    ok    ok  ok       401
DELETE /api/sessions/<int:session_id> - somebody else's        401    404   404   404 404       401
GET /api/users                                                 401     ok    ok    ok  ok       401
GET /api/chat/rooms - one's own                                401     ok    ok    ok  ok       401
GET /api/chat/rooms - public ones                              401     ok    ok   403  ok       401
POST /api/chat/rooms                                           401     ok    ok   403  ok       401
POST /api/chat/direct - with who shares a room                 401     ok    ok    ok  ok       401
POST /api/chat/direct - with a stranger                        401     ok    ok   422  ok       401
GET /healthz                                                    ok     ok    ok    ok  ok        ok
GET /readyz                                                     ok     ok    ok    ok  ok        ok
GET /api/openapi.json                                           ok     ok    ok    ok  ok        ok
GET /api/docs                                                   ok     ok    ok    ok  ok        ok
GET /api/docs/start.js                                          ok     ok    ok    ok  ok        ok
GET /api/docs/assets/<path:filename>                            ok     ok    ok    ok  ok        ok
GET /                                                           ok     ok    ok    ok  ok        ok
GET /register                                                   ok     ok    ok    ok  ok        ok
GET /login                                                      ok     ok    ok    ok  ok        ok
GET /chat                                                       ok     ok    ok    ok  ok        ok
GET /chat/<int:room>                                            ok     ok    ok    ok  ok        ok
GET /chat/<int:room>/<int:seq>                                  ok     ok    ok    ok  ok        ok
GET /settings                                                   ok     ok    ok    ok  ok        ok
sync                                                           401     ok    ok    ok  ok       403
presence                                                       401     ok    ok    ok  ok       403
"""


def _rooms(text: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """By the row, the kind of the room and the caller."""
    head, *lines = text.strip("\n").splitlines()
    callers, found = head.split(), dict[str, dict[str, dict[str, str]]]()
    row = ""
    for line in lines:
        if line.startswith(" "):
            kind, *outcomes = line.split()
            found[row][kind] = dict(zip(callers, outcomes, strict=True))
        else:
            row = line
            found[row] = {}
    return found


def _server(text: str) -> Mapping[str, Mapping[str, str]]:
    """By the row and the caller."""
    head, *lines = text.strip("\n").splitlines()
    callers = head.split()
    cells = (line.rsplit(maxsplit=len(callers)) for line in lines)
    return {row: dict(zip(callers, outcomes, strict=True)) for row, *outcomes in cells}


ROOMS: Final = _rooms(IN_A_ROOM)
SERVER: Final = _server(ON_THE_SERVER)
KINDS: Final = ("public", "private", "direct", "gone")
CALLERS: Final = tuple(IN_A_ROOM.split(maxsplit=12)[:12])
KINDS_OF_ACCOUNTS: Final = tuple(ON_THE_SERVER.split(maxsplit=6)[:6])
