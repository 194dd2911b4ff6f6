"""Settings: the environment over the file over the defaults; whatever is wrong is said in one sentence."""

from pathlib import Path

import pytest

from entrypoints.settings import NAMES, BadSettings, Settings, load

KEY = "k" * 32
# As the table at the end of the wire contract has them.
DEFAULTS = {
    "DATABASE_URL": "",
    "REDIS_URL": None,
    "SECRET_KEY": None,
    "HOST": "127.0.0.1",
    "PORT": 5001,
    "LOG_LEVEL": "info",
    "PARLEY_DATA_DIR": Path("parley-data"),
    "PARLEY_PUBLIC_URL": None,
    "PARLEY_REGISTRATION": "open",
    "PARLEY_RATE_LIMITS": "on",
    "PARLEY_MAX_SOCKETS_PER_USER": 10,
    "PARLEY_MAX_SOCKETS_PER_ADDRESS": 50,
    "PARLEY_TRANSPORT": "native",
    "PARLEY_TRUSTED_PROXIES": 0,
    "PARLEY_WORKERS": 1,
}


def refused(environment: dict[str, str], folder: Path) -> str:
    """The sentence."""
    with pytest.raises(BadSettings) as refusal:
        load({"PARLEY_DATA_DIR": str(folder), **environment})
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    return sentence


def with_file(folder: Path, text: str) -> Path:
    (folder / "parley.toml").write_text(text, "utf-8")
    return folder


def test_every_setting_has_a_default_and_none_is_required() -> None:
    settings = load({}).settings.model_dump(by_alias=True)
    secrets = {name: value.get_secret_value() for name, value in settings.items() if hasattr(value, "get_secret_value")}
    assert {**settings, **secrets} == DEFAULTS
    assert set(NAMES) == set(DEFAULTS)


def test_the_database_is_a_file_in_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    assert load({"PARLEY_DATA_DIR": str(tmp_path)}).settings.storage_url == f"sqlite:///{tmp_path}/parley.db"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    with_file(tmp_path, 'PORT = 6001\nHOST = "0.0.0.0"\nPARLEY_MAX_SOCKETS_PER_USER = "7"\n')
    configuration = load({"PARLEY_DATA_DIR": str(tmp_path), "PORT": "7001"})
    settings = configuration.settings
    assert (settings.port, settings.host, settings.max_sockets_per_user) == (7001, "0.0.0.0", 7)  # noqa: S104 - a value
    assert settings.max_sockets_per_address == 50
    assert configuration.sources == {
        "PARLEY_DATA_DIR": "environment",
        "PORT": "environment",
        "HOST": str(tmp_path / "parley.toml"),
        "PARLEY_MAX_SOCKETS_PER_USER": str(tmp_path / "parley.toml"),
    }


def test_an_empty_variable_is_as_good_as_none() -> None:
    empty = dict.fromkeys((*NAMES, "SECRET_KEY_FILE", "DATABASE_URL_FILE"), "")
    assert load(empty).settings == Settings()


def test_variables_that_are_not_ours_are_left_alone() -> None:
    load({"PATH": "/bin", "PARLEYS": "x", "XPARLEY_PORT": "x", "SOMETHING_FILE": "/nowhere", "PORT_FILE": "/nowhere"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", KEY), ("DATABASE_URL", "postgresql://anna:hidden@db/parley"), ("REDIS_URL", "redis://:hidden@bus")],
)
def test_a_secret_is_read_from_a_file_and_shown_nowhere(tmp_path: Path, name: str, value: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{value}\n", "utf-8")
    configuration = load({"PARLEY_DATA_DIR": str(tmp_path), f"{name}_FILE": str(secret)})
    kept = configuration.settings.model_dump(by_alias=True)[name]
    assert kept.get_secret_value() == value
    assert configuration.sources[name] == f"file {secret}"
    assert value not in repr(configuration) + "\n".join(configuration.lines())


def test_a_secret_that_cannot_be_read_or_is_given_twice_is_said(tmp_path: Path) -> None:
    assert "SECRET_KEY_FILE" in refused({"SECRET_KEY_FILE": str(tmp_path / "nowhere")}, tmp_path)
    assert "SECRET_KEY_FILE" in refused({"SECRET_KEY_FILE": str(tmp_path)}, tmp_path)
    (tmp_path / "secret").write_bytes(b"\xff\xfe" * 20)
    assert "SECRET_KEY_FILE" in refused({"SECRET_KEY_FILE": str(tmp_path / "secret")}, tmp_path)
    (tmp_path / "secret").write_text(KEY, "utf-8")
    both = {"SECRET_KEY_FILE": str(tmp_path / "secret"), "SECRET_KEY": KEY}
    assert "SECRET_KEY_FILE" in refused(both, tmp_path)
    assert KEY not in refused(dict(reversed(both.items())), tmp_path)


def test_only_secrets_are_shown_as_stars() -> None:
    secret = {"SECRET_KEY": KEY, "DATABASE_URL": "postgresql://anna:hidden@db/parley", "REDIS_URL": "redis://:hidden@b"}
    shown = load({**secret, "HOST": "::1"}).lines()
    assert [line for line in shown if any(value in line for value in secret.values())] == []
    assert "SECRET_KEY = ********  (environment)" in shown
    assert "HOST = ::1  (environment)" in shown
    assert "PORT = 5001  (default)" in shown
    assert [line.split(" = ")[0] for line in shown] == list(NAMES)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("PARLEY_REGISTRATON", "PARLEY_REGISTRATION"), ("PARLEY_PORT", None), ("PARLEY_MAX_SOCKETS", None)],
)
def test_an_unknown_setting_is_refused_with_what_was_meant(tmp_path: Path, name: str, meant: str | None) -> None:
    for sentence in (refused({name: "x"}, tmp_path), refused({}, with_file(tmp_path, f'{name} = "x"'))):
        assert name in sentence
        assert meant is None or meant in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "50.5"),
        ("HOST", "not a host"),
        ("HOST", "256.0.0.1"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "mysql://hidden@db"),
        ("DATABASE_URL", "hidden.db"),
        ("REDIS_URL", "http://hidden"),
        ("SECRET_KEY", "hidden"),
        ("PARLEY_REGISTRATION", "sometimes"),
        ("PARLEY_RATE_LIMITS", "yes"),
        ("PARLEY_MAX_SOCKETS_PER_USER", "-1"),
        ("PARLEY_MAX_SOCKETS_PER_ADDRESS", "many"),
        ("PARLEY_TRUSTED_PROXIES", "11"),
        ("PARLEY_TRANSPORT", "pigeon"),
        ("PARLEY_WORKERS", "0"),
        ("PARLEY_WORKERS", "65"),
        ("PARLEY_WORKERS", "all"),
        ("PARLEY_PUBLIC_URL", "chat.example.org"),
        ("PARLEY_PUBLIC_URL", "ftp://chat.example.org"),
        ("PARLEY_PUBLIC_URL", "https://chat.example.org/parley"),
        ("PARLEY_PUBLIC_URL", "https://chat.example.org?x=1"),
        ("PARLEY_PUBLIC_URL", "https://chat.example.org#x"),
        ("PARLEY_PUBLIC_URL", "https://anna@chat.example.org"),
        ("PARLEY_PUBLIC_URL", "https://chat.example.org:99999"),
        ("PARLEY_PUBLIC_URL", "https://bücher.example"),
        ("PARLEY_PUBLIC_URL", "https://"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    for sentence in (refused({name: value}, tmp_path), refused({}, with_file(tmp_path, f'{name} = "{value}"'))):
        assert f"The setting {name} cannot be used" in sentence
        assert "hidden" not in sentence


@pytest.mark.parametrize(
    "text",
    [
        *("PORT = ", "= 5", "PORT = 1\nPORT = 2", "[PORT]\nx = 1", "\x00"),
        *("PORT = true", "PORT = [5001]", "PORT = 5001.5", "HOST = 5", "SECRET_KEY = 5", "LOG_LEVEL = 1979-05-27"),
        'PARLEY_DATA_DIR = "elsewhere"',  # it is found by the folder it lies in
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    assert refused({}, with_file(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parley.toml").write_bytes(b"HOST = '\xff'")
    assert "parley.toml" in refused({}, tmp_path)
    (tmp_path / "other" / "parley.toml").mkdir(parents=True)
    assert "parley.toml" in refused({}, tmp_path / "other")


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://chat.example.org", "https://chat.example.org"),
        ("https://Chat.Example.org/", "https://chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org"),
        ("http://10.0.0.5:5001", "http://10.0.0.5:5001"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_the_public_address_is_kept_as_browsers_write_an_origin(given: str, origin: str) -> None:
    assert load({"PARLEY_PUBLIC_URL": given}).settings.public_url == origin


@pytest.mark.parametrize("level", ["INFO", "Debug", "warning"])
def test_a_log_level_may_be_written_in_any_case(level: str) -> None:
    assert load({"LOG_LEVEL": level}).settings.log_level == level.lower()
