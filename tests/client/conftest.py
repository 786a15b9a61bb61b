"""A scripted server, and whichever client a test is run with."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from tests.client.scripted import Driver, ScriptedServer, ScriptedService

from onduty_client import AsyncClient, Client


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def service(server: ScriptedServer) -> ScriptedService:
    return server.service


@pytest.fixture(params=[Client, AsyncClient])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., Driver]]:
    """Makes clients of either kind; takes their arguments."""
    drivers: list[Driver] = []

    def connect(*arguments: object, **options: object) -> Driver:
        drivers.append(Driver(request.param(*arguments, **options)))
        return drivers[-1]

    yield connect
    for driver in drivers:
        await driver.close()


@pytest.fixture
async def client(connect: Callable[..., Driver], server: ScriptedServer) -> Driver:
    return connect(server.target)
