"""compose.yaml as far as it can be judged without Docker: the files, the names and the settings in it fit together."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.sql.postgresql.connections import POOL_SIZE
from entrypoints.settings import NAMES, load
from tests.integration.servers.caddy import PROGRAM, SETUP
from tests.integration.servers.parley import environment
from tests.integration.servers.postgres import Postgres
from tests.integration.servers.program import free_port

TOP = Path(__file__).parents[3]
GIVEN = {"PARLEY_SITE": "chat.example.org", "POSTGRES_PASSWORD": "hidden", "SECRET_KEY": "k" * 40}
PARLEYS = ("parley1", "parley2")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """With what .env gives filled in."""
    text = (TOP / "compose.yaml").read_text("utf-8")
    filled = re.sub(r"\$\{(\w+):\?\}", lambda name: GIVEN[name[1]], text)
    assert "$" not in filled
    return dict(yaml.safe_load(filled)["services"])


@pytest.mark.parametrize("name", PARLEYS)
def test_every_server_gets_settings_with_which_many_processes_can_serve(services: dict[str, Any], name: str) -> None:
    assert services[name]["environment"].keys() <= set(NAMES)
    settings = load(services[name]["environment"]).settings
    assert settings.workers > 1
    assert (settings.storage_kind, settings.bus_kind, settings.limits_kind) == ("postgresql", "redis", "redis")
    assert settings.trusted_proxies == 1
    assert settings.public_url == "https://chat.example.org"
    assert set(services[name]["depends_on"]) == {"postgres", "valkey"} <= services.keys()


def test_all_servers_are_behind_the_proxy(services: dict[str, Any]) -> None:
    port = load({}).settings.port
    assert services["caddy"]["environment"]["PARLEY_SERVERS"].split() == [f"{name}:{port}" for name in PARLEYS]
    assert f"EXPOSE {port}\n" in (TOP / services["parley1"]["build"]["dockerfile"]).read_text("utf-8")
    assert [name for name in services if "ports" in services[name]] == ["caddy"], "nothing else is open to the world"


def test_the_database_takes_as_many_connections_as_all_workers_may_open(services: dict[str, Any]) -> None:
    workers = [int(services[name]["environment"]["PARLEY_WORKERS"]) for name in PARLEYS]
    at_once = sum(workers) + len(workers)  # a restart has one more of each server
    allowed = int(services["postgres"]["command"].partition("max_connections=")[2])
    assert at_once * 3 * POOL_SIZE < allowed - 10, "reading, writing, in batches; and some for whoever administers it"


def test_the_database_is_healthy_once_it_takes_connections_from_other_containers(
    services: dict[str, Any], postgres: Postgres
) -> None:
    """The image starts PostgreSQL twice at first, and the first time only for itself, without TCP."""
    kind, check = services["postgres"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    for port, answer in ((postgres.port, 0), (free_port(), 2)):
        surroundings = {"PATH": str(postgres.programs), "PGPORT": str(port)}
        done = subprocess.run(["/bin/sh", "-c", check], env=surroundings, check=False, capture_output=True, timeout=30)
        assert done.returncode == answer, done.stdout


def test_the_files_that_it_names_are_there(services: dict[str, Any]) -> None:
    for name in PARLEYS:
        assert (TOP / services[name]["build"]["dockerfile"]).is_file()
    source, target, _ = services["caddy"]["volumes"][0].split(":")
    assert ((TOP / source).resolve(), target) == (SETUP, "/etc/caddy/Caddyfile")
    dockerfile = (TOP / services["parley1"]["build"]["dockerfile"]).read_text("utf-8")
    ignored = (TOP / f"{services['parley1']['build']['dockerfile']}.dockerignore").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    for path in " ".join(copied).split():
        assert (TOP / path).exists(), path
        assert any(f"!{part}" in ignored.splitlines() for part in (path, path.partition("/")[0])), path


def test_caddy_understands_its_file_for_a_site_with_tls(services: dict[str, Any], tmp_path: Path) -> None:
    settings = {**services["caddy"]["environment"], "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [PROGRAM, "validate", "--adapter", "caddyfile", "--config", SETUP],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
