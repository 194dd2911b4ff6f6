"""Ending sessions: marks them as ended and publishes SessionEnded, which closes their connections."""

from datetime import datetime

from chat_domain.model.ephemeral import SessionEnd, SessionEnded
from chat_domain.model.identifiers import UserId
from chat_domain.model.sessions import IDLE_LIFETIME, Session
from chat_domain.ports.storage import UnitOfWork


def end_session(work: UnitOfWork, session: Session, reason: SessionEnd, *, at: datetime) -> None:
    """End one session."""
    work.sessions.save(session.ended(at))
    work.record(SessionEnded(session.id, reason))


def end_sessions(work: UnitOfWork, user_id: UserId, reason: SessionEnd, *, at: datetime) -> None:
    """End every session of the user."""
    for session in work.sessions.active_of(user_id, used_since=at - IDLE_LIFETIME):
        end_session(work, session, reason, at=at)
