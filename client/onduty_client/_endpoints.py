"""Chooses the door of the server by the target that a client was given."""

import grpc

from onduty_client._connection import MetadataProvider
from onduty_client._endpoint import Endpoint
from onduty_client._forking import FORKS
from onduty_client._grpc_endpoint import GrpcEndpoint
from onduty_client._http.address import is_url
from onduty_client._http.endpoint import HttpEndpoint
from onduty_client._security import Security


def endpoint_of(
    target: str,
    security: Security | None,
    credentials: grpc.ChannelCredentials | None,
    metadata: MetadataProvider | None,
) -> Endpoint:
    """Combine what a client was given. Raises ValueError or TypeError, or OSError for a file."""
    if is_url(target):
        return HttpEndpoint.of(target, security, credentials, metadata)
    return GrpcEndpoint.of(target, security, credentials, metadata)


def check_fork(target: str) -> None:
    """RuntimeError when this process can't call `target` because of how it was forked."""
    if not is_url(target):
        FORKS.check()
