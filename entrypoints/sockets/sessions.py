"""Sessions that are over without this process having been told: by idleness, or by a notice that was lost."""

import gevent

from chat_domain.model.notices import SessionEnd, SessionEnded
from entrypoints.services import Services
from entrypoints.sockets.connections import Connections


def end_stale_sessions(services: Services, connections: Connections) -> None:
    """Close the sockets of sessions that are over; to be called now and then."""
    connected = connections.actors()
    for user_id in {actor.user_id for actor in connected}:
        theirs = [actor for actor in connected if actor.user_id == user_id]
        active = {session.id for session in services.sessions.devices(theirs[0])}
        over = {actor.session_id for actor in theirs} - active
        services.delivery.receive([SessionEnded(session_id, SessionEnd.EXPIRED) for session_id in over])
        gevent.sleep(0)  # many users take a while, and messages do not wait for this
