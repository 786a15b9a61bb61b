"""The partitions of a store, and the prefix of the keys of each.

An account stays in one partition for ever, and all keys of a partition are in one slot of a Cluster.
"""

from __future__ import annotations

import hashlib

PARTITIONS = 256


class Keys:
    """The key prefixes of a deployment: each is the deployment's own prefix and the hash tag of a partition."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.common = f"{prefix}:{{onduty}}:".encode()
        """The prefix of the keys that all partitions share."""
        self.of_partition = tuple(f"{prefix}:{{p{number:03}}}:".encode() for number in range(PARTITIONS))


def partition_of(account_id: str) -> int:
    """Return the partition that an account lives in: the hash of its id."""
    return hashlib.blake2s(account_id.encode(), digest_size=1).digest()[0]
