"""Reads and writes the settings of accounts: fields of an account's hash, of which its history tells nothing."""

from __future__ import annotations

from ...app.ports.reports import AccountSettings
from ...app.ports.store import StoreOptions
from ...domain.errors import AccountUnknown, StoreUnavailable
from ...domain.workflow import DEFAULT_WORKFLOW
from . import scripts
from .account_count import AccountCount
from .keys import partition_of
from .records import pack_workflow
from .running import ScriptRunner
from .wire.deadlines import bounded
from .wire.errors import OutcomeUnknown

_ATTEMPTS_MAX = 50
"""How often a change is made again because another write came first."""
_DEFAULT_WORKFLOW = pack_workflow(DEFAULT_WORKFLOW)


class SettingsOfAccounts:
    """The settings of all accounts. `min_replicas_acked` replicas must have a change before it is acknowledged."""

    def __init__(
        self, runner: ScriptRunner, accounts: AccountCount, options: StoreOptions, *, min_replicas_acked: int
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._accounts = accounts
        self._options = options
        self._min_replicas_acked = min_replicas_acked

    @bounded
    async def account_settings(self, account_id: str) -> AccountSettings:
        """Read an account's settings; see `Reports`."""
        _, zone = await self._runner.read(scripts.ACCOUNT_SETTINGS, partition_of(account_id), account_id)
        return read_settings(zone)

    @bounded
    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        """Write an account's settings by compare-and-set; see `Reports`."""
        partition = partition_of(account_id)
        before: AccountSettings | None = None
        for _ in range(_ATTEMPTS_MAX):
            is_there, zone = await self._runner.read(scripts.ACCOUNT_SETTINGS, partition, account_id)
            found = read_settings(zone)
            if is_there and found == settings:
                # They are so already, or were written by an attempt of which nobody knew whether it was made.
                return before or found
            if not is_there:
                if self._options.accounts_declared:
                    raise AccountUnknown(account_id, declared=True)
                self._accounts.check_room()
            try:
                written, _, *created = await self._runner.write(
                    *(scripts.UPDATE_ACCOUNT, partition, account_id),
                    *(b"" if is_there else _DEFAULT_WORKFLOW, zone, settings.time_zone),
                    replicas=self._min_replicas_acked,
                )
            except OutcomeUnknown:
                before = found
                continue
            if written:
                if created[0]:
                    await self._accounts.add()
                return found
        raise StoreUnavailable


def read_settings(time_zone: bytes | None) -> AccountSettings:
    """Return the settings of an account with this field `tz` of its hash, empty or None if it was never written."""
    return AccountSettings(time_zone.decode()) if time_zone else AccountSettings()
