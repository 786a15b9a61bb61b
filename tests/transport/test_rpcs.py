"""The table of what each RPC needs names the service's methods, all of them and no other."""

from __future__ import annotations

import pytest

from onduty.v1 import status_pb2 as pb
from onduty_server.access.permissions import Permission
from onduty_server.transport.rpcs import RPCS, Rpc, table
from onduty_server.transport.servicer import StatusServicer

METHODS = pb.DESCRIPTOR.services_by_name["StatusService"].methods


@pytest.mark.parametrize("left_out", [method.name for method in METHODS])
def test_a_method_of_the_service_without_a_row_fails(left_out: str) -> None:
    rpcs = [rpc for rpc in RPCS.values() if rpc.name != left_out]
    with pytest.raises(TypeError, match=f"no row says what {left_out} of onduty.v1.StatusService needs"):
        table(rpcs)


def test_a_row_without_a_method_of_the_service_fails() -> None:
    with pytest.raises(TypeError, match=r"onduty.v1.StatusService has no method DropEverything"):
        Rpc("DropEverything", Permission.STATUS_READ)


def test_the_table_is_in_the_order_of_the_service() -> None:
    assert [(rpc.name, rpc.descriptor) for rpc in RPCS.values()] == [(method.name, method) for method in METHODS]


def test_streams_are_those_of_the_descriptor() -> None:
    assert {name for name, rpc in RPCS.items() if rpc.is_stream} == {"RecordActivities", "WatchStatuses"}


def test_what_a_request_is_about_can_be_read_off_every_request() -> None:
    for rpc in RPCS.values():
        request = getattr(pb, rpc.descriptor.input_type.name)()
        assert rpc.account_of(request) == rpc.account_of(None) == ""
        assert all(user == "" for user in rpc.users(request))


def test_the_servicer_has_every_method_and_no_other() -> None:
    assert {name for name in dir(StatusServicer) if not name.startswith("_")} == set(RPCS)
