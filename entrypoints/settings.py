"""Settings: the environment over `parley.toml` in the data folder over the defaults, parsed once, frozen.

Whatever is wrong is said in one sentence (`BadSettings`), before anything is opened.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from chat_domain.services.accounts import Registration

LogLevel = Literal["debug", "info", "warning", "error"]

FILE_NAME: Final = "parley.toml"
SECRETS: Final = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
SHORTEST_SECRET_KEY: Final = 32
_FOR_TESTS: Final = "PARLEY_TEST_"


class BadSettings(Exception):
    """A setting that cannot be used, in one sentence."""


def _database(url: SecretStr) -> SecretStr:
    value = url.get_secret_value()
    if value and value != "memory://" and not value.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("it must be memory://, sqlite:///PATH or postgresql://HOST/NAME")
    return url


def _redis(url: SecretStr | None) -> SecretStr | None:
    if url and urlsplit(url.get_secret_value()).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("it must begin with redis://, rediss:// or unix://")
    return url


def _key(key: SecretStr | None) -> SecretStr | None:
    if key and len(key.get_secret_value().encode()) < SHORTEST_SECRET_KEY:
        raise ValueError(f"it must have at least {SHORTEST_SECRET_KEY} bytes")
    return key


def _public(url: str | None) -> str | None:
    """As browsers write an origin: in lower case, without the port that the scheme implies."""
    if url is None:
        return None
    parts = urlsplit(url.lower())
    usual = {"http": (None, 80), "https": (None, 443)}.get(parts.scheme, ())
    beside = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if not usual or not parts.hostname or beside or not url.isascii():
        raise ValueError("it must be like https://chat.example.org, without a path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" if parts.port in usual else f"{parts.scheme}://{host}:{parts.port}"


def _host(host: str) -> str:
    try:
        if host != "localhost":
            ip_address(host)
    except ValueError:
        raise ValueError("it must be an address of this machine, like 127.0.0.1 or ::1, or localhost") from None
    return host


class Settings(BaseModel):
    """Every setting has a default, and none is required. The names people use are the aliases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: Annotated[SecretStr, AfterValidator(_database), Field(alias="DATABASE_URL")] = SecretStr("")
    redis_url: Annotated[SecretStr | None, AfterValidator(_redis), Field(alias="REDIS_URL")] = None
    secret_key: Annotated[SecretStr | None, AfterValidator(_key), Field(alias="SECRET_KEY")] = None
    host: Annotated[str, AfterValidator(_host), Field(alias="HOST")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, alias="PORT")] = 5001
    log_level: Annotated[LogLevel, BeforeValidator(str.lower), Field(alias="LOG_LEVEL")] = "info"
    data_dir: Annotated[Path, Field(alias="PARLEY_DATA_DIR")] = Path("parley-data")
    public_url: Annotated[str | None, AfterValidator(_public), Field(alias="PARLEY_PUBLIC_URL")] = None
    registration: Annotated[Registration, Field(alias="PARLEY_REGISTRATION")] = Registration.OPEN
    rate_limits: Annotated[Literal["on", "off"], Field(alias="PARLEY_RATE_LIMITS")] = "on"
    max_sockets_per_user: Annotated[int, Field(ge=0, alias="PARLEY_MAX_SOCKETS_PER_USER")] = 10
    max_sockets_per_address: Annotated[int, Field(ge=0, alias="PARLEY_MAX_SOCKETS_PER_ADDRESS")] = 50
    transport: Annotated[Literal["native", "stock"], Field(alias="PARLEY_TRANSPORT")] = "native"
    trusted_proxies: Annotated[int, Field(ge=0, le=10, alias="PARLEY_TRUSTED_PROXIES")] = 0
    workers: Annotated[int, Field(ge=1, le=64, alias="PARLEY_WORKERS")] = 1

    @property
    def storage_url(self) -> str:
        """Where everything is kept; by default a file in the data folder."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'parley.db'}"

    @property
    def storage_kind(self) -> str:
        """`memory`, `sqlite` or `postgresql`."""
        return self.storage_url.partition(":")[0]

    def address(self, port: int) -> str:
        """Where people find it, when it listens on this port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{port}"

    @property
    def bus_kind(self) -> str:
        """What carries events between processes: `redis`, `postgresql`, or `local` where there is only one."""
        if self.storage_kind != "postgresql":
            return "local"
        return "redis" if self.redis_url else "postgresql"

    @property
    def bus_url(self) -> str:
        """Where the bus is, if it is not local."""
        return self.redis_url.get_secret_value() if self.redis_url else self.storage_url

    @property
    def limits_kind(self) -> str:
        """Where rate limits are counted: `off`, `memory` or `redis`."""
        if self.rate_limits == "off":
            return "off"
        return "redis" if self.redis_url else "memory"


NAMES: Final[tuple[str, ...]] = tuple(str(field.alias) for field in Settings.model_fields.values())


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, and where each that is not a default came from."""

    settings: Settings
    sources: Mapping[str, str]

    def lines(self) -> list[str]:
        """Every setting, its value and its source; secrets hidden."""
        values = self.settings.model_dump(by_alias=True)
        return [f"{name} = {_shown(values[name])}  ({self.sources.get(name, 'default')})" for name in NAMES]


def load(environment: Mapping[str, str]) -> Configuration:
    """Read the settings; raises BadSettings."""
    given = _from_environment(environment)
    folder = Path(given["PARLEY_DATA_DIR"][0] if "PARLEY_DATA_DIR" in given else Settings().data_dir)
    found = {**_from_file(folder / FILE_NAME), **given}
    try:
        settings = Settings.model_validate({name: value for name, (value, _) in found.items()})
    except ValidationError as error:
        raise BadSettings(_sentence(error)) from None
    return Configuration(settings, {name: source for name, (_, source) in found.items()})


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, value in environment.items():
        secret = name.removesuffix("_FILE")
        if name in NAMES and value != "":
            found[name] = value, "environment"
        elif secret in SECRETS and secret != name and value != "":
            if environment.get(secret):
                raise BadSettings(f"{secret} and {name} are both set; one is enough.")
            found[secret] = _secret_in(name, Path(value)), f"file {value}"
        elif name.startswith("PARLEY_") and not name.startswith(_FOR_TESTS) and name not in NAMES:
            raise BadSettings(_unknown(name, "the environment"))
    return found


def _from_file(path: Path) -> dict[str, tuple[str, str]]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path} cannot be read: {error}.") from None
    for name in values:
        if name not in NAMES:
            raise BadSettings(_unknown(name, str(path)))
    if "PARLEY_DATA_DIR" in values:
        raise BadSettings(f"PARLEY_DATA_DIR cannot be set in {path}, which is found by it.")
    # As text, like the environment: so that both are read by the same rules.
    return {name: (str(value), str(path)) for name, value in values.items()}


def _secret_in(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{name} names a file that cannot be read: {error}.") from None


def _unknown(name: str, place: str) -> str:
    near = get_close_matches(name, NAMES, n=1)
    return f"There is no setting {name} (in {place}){f'; did you mean {near[0]}?' if near else '.'}"


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"The setting {first['loc'][0]} cannot be used: {message[0].lower()}{message[1:]}."


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else "(not set)"
    return "(not set)" if value is None else str(value)
