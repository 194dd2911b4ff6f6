"""The wheel holds no module that only tests import: doubles of ports are in tests/doubles."""

import grimp
import pytest

COMPOSITION_ROOT = "entrypoints.container"
LOADED_BY_ALEMBIC = {"adapters.sql.migrations.env"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("chat_domain", "adapters", "entrypoints", cache_dir=None)


def imported_by_tests_alone(graph: grimp.ImportGraph) -> set[str]:
    """The modules of `adapters`, but for packages, that the composition root needs neither directly nor indirectly."""
    modules = {name for name in graph.find_descendants("adapters") if not graph.find_children(name)}
    return modules - graph.find_upstream_modules(COMPOSITION_ROOT) - LOADED_BY_ALEMBIC


def test_every_adapter_is_needed_by_the_product(graph: grimp.ImportGraph) -> None:
    assert "adapters.memory.storage" in graph.modules
    assert imported_by_tests_alone(graph) == set()


def test_a_double_among_the_adapters_is_noticed(graph: grimp.ImportGraph) -> None:
    graph.add_module("adapters.memory.planted")
    assert imported_by_tests_alone(graph) == {"adapters.memory.planted"}
