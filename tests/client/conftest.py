"""A scripted server, and whichever client or mirror a test is run with."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import pytest
from tests.client.clock import SkippingClock
from tests.client.scripted import Driver, ScriptedServer, ScriptedService
from tests.client.scripted_http import ScriptedHttpServer
from tests.client.watched import MakeMirror, Mirror, MirrorDriver

from onduty_client import AsyncAvailabilityMirror, AsyncClient, AvailabilityMirror, Client


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of modules that are marked `both_doors` with a server behind each, but for those `only_grpc`."""
    both = metafunc.definition.get_closest_marker("both_doors") is not None
    if both and "server" in metafunc.fixturenames and metafunc.definition.get_closest_marker("only_grpc") is None:
        metafunc.parametrize("server", [ScriptedServer, ScriptedHttpServer], ids=["gRPC", "HTTP"], indirect=True)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedServer | ScriptedHttpServer]:
    with getattr(request, "param", ScriptedServer)() as server:
        yield server


@pytest.fixture
def service(server: ScriptedServer | ScriptedHttpServer) -> ScriptedService:
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
async def client(connect: Callable[..., Driver], server: ScriptedServer | ScriptedHttpServer) -> Driver:
    return connect(server.target)


@pytest.fixture(params=[AvailabilityMirror, AsyncAvailabilityMirror])
def kind(request: pytest.FixtureRequest) -> type[Mirror]:
    return cast("type[Mirror]", request.param)


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
async def mirrored(kind: type[Mirror], server: ScriptedServer, clock: SkippingClock) -> AsyncIterator[MakeMirror]:
    """Starts mirrors of "acme", and closes them after the test; takes the options of a mirror."""
    drivers: list[MirrorDriver] = []

    async def mirrored(target: str = server.target, **options: Any) -> MirrorDriver:
        drivers.append(MirrorDriver(clock.clocked(kind)(target, "acme", **options)))
        await drivers[-1].start()
        return drivers[-1]

    yield mirrored
    for driver in drivers:
        await driver.close()
