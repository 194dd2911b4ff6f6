"""The composition root: the only module that names adapters. Settings in, services out."""

from contextlib import nullcontext

from dependency_injector import containers, providers

from adapters.archives import ZipArchives
from adapters.broadcasting.bus import BusBroadcaster, BusPresence, bus_connection_at
from adapters.broadcasting.local import LocalBroadcaster, LocalPresence
from adapters.broadcasting.native import NativeAudience, NativeTransport, Outbox
from adapters.broadcasting.socketio import SocketIoAudience
from adapters.broadcasting.stock_websocket import StockTransport
from adapters.memory.backup import MemoryBackupStorage
from adapters.memory.storage import MemoryStorage
from adapters.security.argon2 import Argon2PasswordHasher
from adapters.security.limits import NoRateLimiter, WindowRateLimiter
from adapters.security.strength import ZxcvbnPasswordStrength
from adapters.security.tokens import JwtTokens
from adapters.sql.migrations import is_current, migrate
from adapters.sql.sqlite.claim import claimed
from adapters.sql.storages import sql_backup_storage, sql_storage
from adapters.system.clock import SystemClock, SystemSecretSource
from adapters.system.memory import return_large_blocks, settle
from adapters.system.threads import NativeThreads
from chat_domain.backup.service import BackupService
from chat_domain.delivery.consumers import Consumers
from chat_domain.delivery.service import DeliveryService
from chat_domain.services.accounts import AccountService
from chat_domain.services.members import MemberService
from chat_domain.services.messaging import MessagingService
from chat_domain.services.people import PeopleService
from chat_domain.services.presence import PresenceService
from chat_domain.services.reading import ReadingService
from chat_domain.services.rooms import RoomService
from chat_domain.services.sessions import SessionService
from entrypoints.browser import BrowserTrust
from entrypoints.secret_key import signing_key
from entrypoints.services import Services
from entrypoints.settings import Settings
from entrypoints.wire.pushes import Pushes
from entrypoints.wire.views import Views


class Container(containers.DeclarativeContainer):
    """Everything there is one of in a process, and which adapter serves which port."""

    settings = providers.Dependency(instance_of=Settings)

    clock = providers.Singleton(SystemClock)
    secrets = providers.Singleton(SystemSecretSource)
    large_blocks = providers.Callable(return_large_blocks)
    settle = providers.Callable(settle)
    hashing_threads = providers.Singleton(NativeThreads, size=1, waiting=100)
    disk_threads = providers.Singleton(NativeThreads, size=1, waiting=1)  # the one writer's

    bus_connection = providers.Singleton(bus_connection_at, settings.provided.bus_url)
    bus_broadcaster = providers.Singleton(BusBroadcaster, bus_connection)
    broadcaster = providers.Selector(
        settings.provided.bus_kind,
        local=providers.Singleton(LocalBroadcaster),
        postgresql=bus_broadcaster,
        redis=bus_broadcaster,
    )
    bus_presence = providers.Singleton(BusPresence, bus_connection, clock)
    presence = providers.Selector(
        settings.provided.bus_kind,
        local=providers.Singleton(LocalPresence),
        postgresql=bus_presence,
        redis=bus_presence,
    )
    sql_storage = providers.Singleton(
        sql_storage, settings.provided.storage_url, broadcaster=broadcaster, offload=disk_threads.provided.run
    )
    storage = providers.Selector(
        settings.provided.storage_kind,
        memory=providers.Singleton(MemoryStorage, broadcaster),
        sqlite=sql_storage,
        postgresql=sql_storage,
    )
    is_migrated = providers.Selector(
        settings.provided.storage_kind,
        memory=providers.Object(True),
        sqlite=providers.Callable(is_current, settings.provided.storage_url),
        postgresql=providers.Callable(is_current, settings.provided.storage_url),
    )
    migrate = providers.Selector(
        settings.provided.storage_kind,
        memory=providers.Object(None),
        sqlite=providers.Callable(migrate, settings.provided.storage_url),
        postgresql=providers.Callable(migrate, settings.provided.storage_url),
    )
    claimed = providers.Selector(
        settings.provided.storage_kind,
        memory=providers.Callable(nullcontext),
        sqlite=providers.Callable(claimed, settings.provided.storage_url),
        postgresql=providers.Callable(nullcontext),  # which each connection sees to
    )
    backup_storage = providers.Selector(
        settings.provided.storage_kind,
        memory=providers.Singleton(MemoryBackupStorage),
        sqlite=providers.Singleton(sql_backup_storage, settings.provided.storage_url),
        postgresql=providers.Singleton(sql_backup_storage, settings.provided.storage_url),
    )
    backups = providers.Singleton(BackupService, storage=backup_storage, archives=providers.Singleton(ZipArchives))
    hasher = providers.Singleton(Argon2PasswordHasher, offload=hashing_threads.provided.run)
    strength = providers.Singleton(ZxcvbnPasswordStrength)
    tokens = providers.Singleton(JwtTokens, providers.Callable(signing_key, settings))
    limits = providers.Selector(
        settings.provided.limits_kind,
        off=providers.Singleton(NoRateLimiter),
        memory=providers.Singleton(WindowRateLimiter.in_memory),
        redis=providers.Singleton(WindowRateLimiter.in_redis, settings.provided.redis_url.get_secret_value.call()),
    )

    trust = providers.Singleton(BrowserTrust, settings.provided.public_url)
    presence_service = providers.Singleton(
        PresenceService, storage=storage, presence=presence, broadcaster=broadcaster, clock=clock
    )
    views = providers.Singleton(Views, presence_service.provided.is_online)
    pushes = providers.Singleton(Pushes, views)
    outbox = providers.Singleton(Outbox)
    audience = providers.Selector(
        settings.provided.transport,
        native=providers.Singleton(NativeAudience, pushes.provided.render, outbox),
        stock=providers.Singleton(SocketIoAudience, pushes.provided.render),
    )
    transport = providers.Selector(
        settings.provided.transport,
        native=providers.Singleton(NativeTransport, outbox),
        stock=providers.Singleton(StockTransport),
    )
    delivery = providers.Singleton(
        DeliveryService, storage=storage, broadcaster=broadcaster, audience=audience, limits=limits, clock=clock
    )
    durable_consumers = providers.List()  # none yet
    consumers = providers.Singleton(Consumers, durable_consumers, storage=storage, clock=clock)

    services = providers.Singleton(
        Services,
        accounts=providers.Singleton(
            AccountService,
            storage=storage,
            hasher=hasher,
            strength=strength,
            tokens=tokens,
            limits=limits,
            clock=clock,
            registration=settings.provided.registration,
        ),
        sessions=providers.Singleton(
            SessionService,
            storage=storage,
            hasher=hasher,
            tokens=tokens,
            secrets=secrets,
            limits=limits,
            clock=clock,
        ),
        people=providers.Singleton(PeopleService, storage=storage),
        rooms=providers.Singleton(RoomService, storage=storage, limits=limits, clock=clock),
        members=providers.Singleton(MemberService, storage=storage, limits=limits, clock=clock),
        messaging=providers.Singleton(
            MessagingService, storage=storage, broadcaster=broadcaster, limits=limits, clock=clock
        ),
        reading=providers.Singleton(ReadingService, storage=storage, limits=limits),
        presence=presence_service,
        delivery=delivery,
        storage=storage,
        broadcaster=broadcaster,
    )
