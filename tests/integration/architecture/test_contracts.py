"""The rules about imports hold, and each of them notices when it is broken."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("chat_domain", "adapters", "entrypoints")
DELIVERY = "The parts of delivery use each other one way"
# contract, the module or the folder of a module that must not import something, and what it imports
PLANTS = (
    ("Dependencies point inward", "adapters/system", "entrypoints.settings"),
    ("Services use ports, ports use the model", "chat_domain/model", "chat_domain.services"),
    ("Services use ports, ports use the model", "chat_domain/services", "chat_domain.backup"),
    ("Services use ports, ports use the model", "chat_domain/services", "chat_domain.delivery"),
    ("Services use ports, ports use the model", "chat_domain/delivery/batches.py", "chat_domain.services"),
    ("Services use ports, ports use the model", "chat_domain/delivery/batches.py", "chat_domain.backup"),
    ("Services use ports, ports use the model", "chat_domain/ports", "chat_domain.delivery"),
    ("Services use ports, ports use the model", "chat_domain/backup", "chat_domain.services"),
    (DELIVERY, "chat_domain/delivery/subscriptions.py", "chat_domain.delivery.room_cursors"),
    (DELIVERY, "chat_domain/delivery/session_guard.py", "chat_domain.delivery.service"),
    (DELIVERY, "chat_domain/delivery/gap_filler.py", "chat_domain.delivery.reconciler"),
    ("The domain imports no third-party package", "chat_domain/services", "flask"),
    ("Adapters do not know each other", "adapters/memory", "adapters.sql"),
    ("SQL stands in layers, and neither database knows the other", "adapters/sql/sqlite", "adapters.sql.postgresql"),
    ("SQL stands in layers, and neither database knows the other", "adapters/sql/postgresql", "adapters.sql.backup"),
    ("Doors do not reach an adapter", "entrypoints/http", "entrypoints.container"),
    ("Only the container names adapters", "entrypoints/cli", "adapters.security"),
)
NAMES = {contract for contract, *_ in PLANTS}


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return declared


def broken_contracts(house: Path) -> set[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-cache", "--no-logo"]
    report = subprocess.run(command, cwd=house, check=False, capture_output=True, text=True).stdout
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", report, re.MULTILINE))
    assert set(verdicts) == NAMES, report
    return {name for name, verdict in verdicts.items() if verdict == "BROKEN"}


def foreign_imports(package: Path) -> Iterator[str]:
    """What the package's modules import that is neither its own nor the standard library's."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            yield from (name for name in names if name.split(".")[0] not in {package.name, *sys.stdlib_module_names})


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the source in which a test may plant what it likes."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("web", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_shown_to_break() -> None:
    assert {contract["name"] for contract in contracts()} == NAMES


def test_the_contracts_hold(house: Path) -> None:
    assert broken_contracts(house) == set()


@pytest.mark.parametrize(("contract", "where", "imported"), PLANTS)
def test_a_forbidden_import_breaks_its_contract(contract: str, where: str, imported: str, house: Path) -> None:
    module = house / where if where.endswith(".py") else house / where / "planted.py"
    with module.open("a") as text:
        text.write(f"import {imported}\n")
    assert broken_contracts(house) == {contract}


def test_the_domain_imports_only_the_standard_library(house: Path) -> None:
    assert set(foreign_imports(house / "chat_domain")) == set()
    (house / "chat_domain/model/planted.py").write_text("def late() -> None:\n    from orjson import dumps\n")
    assert set(foreign_imports(house / "chat_domain")) == {"orjson"}


def test_the_contract_forbids_the_domain_every_package_that_parley_needs() -> None:
    needed = {re.split(r"[^\w-]", line)[0].lower().replace("_", "-") for line in requires("parley-chat") or ()}
    importable = {
        name
        for name, owners in packages_distributions().items()
        if not name.startswith("_") and needed & {owner.lower().replace("_", "-") for owner in owners}
    }
    third_party = next(one for one in contracts() if one["name"] == "The domain imports no third-party package")
    assert needed
    assert importable == set(third_party["forbidden_modules"])


def test_who_keeps_everything_in_sqlite_does_not_pay_for_the_driver_of_postgresql(tmp_path: Path) -> None:
    script = (
        "import sys; from entrypoints.container import Container; from entrypoints.settings import load\n"
        "container = Container(settings=load({'PARLEY_DATA_DIR': sys.argv[1]}).settings)\n"
        "container.migrate(); container.storage(); sys.exit('psycopg2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
