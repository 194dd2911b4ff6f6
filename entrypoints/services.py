"""What both doors call: the services of the domain, wired by the container."""

from dataclasses import dataclass

from chat_domain.delivery.service import DeliveryService
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.storage import Storage
from chat_domain.services.accounts import AccountService
from chat_domain.services.members import MemberService
from chat_domain.services.messaging import MessagingService
from chat_domain.services.people import PeopleService
from chat_domain.services.presence import PresenceService
from chat_domain.services.reading import ReadingService
from chat_domain.services.rooms import RoomService
from chat_domain.services.sessions import SessionService


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, one service a capability; `storage` and `broadcaster` only to ask whether they answer."""

    accounts: AccountService
    sessions: SessionService
    people: PeopleService
    rooms: RoomService
    members: MemberService
    messaging: MessagingService
    reading: ReadingService
    presence: PresenceService
    delivery: DeliveryService
    storage: Storage
    broadcaster: Broadcaster
