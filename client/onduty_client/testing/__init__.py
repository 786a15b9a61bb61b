"""Fakes of the client, in memory, for the tests of programs that use onduty.

Nothing here opens a connection, starts a thread or waits, and time passes only when the test sets it. The fakes are
subclasses of the real classes, so a type checker accepts them in their place, and they refuse the same arguments.

**Clients.** `FakeClient` and `FakeAsyncClient` answer from accounts that the test fills. They switch no users by
inactivity: a test sets the status that it wants. Everything else follows the server's rules when the test sets the
clock, `client.service.now`, ahead: statuses with an end, sessions and engagements that run out, disconnections. Each
user is under the workflow of their team, or of the account, and a move to another takes effect at once, as at the
server. Reports (`summarize_time`, `count_by_status`, `list_timelines`) tell what was seen by that clock. Left out are
permissions, most limits, accounts that have to be declared, and whom a preview would switch: nobody.

    def test_a_label() -> None:
        client = FakeClient()
        client.service.set_status("acme", "ann", Status.AWAY)
        assert label(client, "acme", "ann") == "AWAY"
        assert client.calls == [FakeCall("get_status", {"account_id": "acme", "user_id": "ann"})]

`client.fail(error)` makes the next call raise `error`, whichever method it is; `client.fail(error, "get_status",
times=3)` makes the next three calls of one method do so. A watch yields the state, or the changes since its resume
token (the state again if somebody was erased since), then the messages in `watch_script` (or raises the errors there),
and then ends. Two clients with the same `service` see the same accounts.

**Sessions and engagements.** `client.session` and `client.engagement` live for as long as their block, however far the
clock is set. `lose(error)` has one run out, and calls `on_lost`; `recover()` keeps it again.

**Reporters.** `FakeReporter` and `FakeAsyncReporter` keep what was recorded in `recorded` and `leases`.
`reject(error)` makes them refuse what follows, and call `on_error` or `on_lease_error`; `unreachable(error)` makes it
wait, so that `flush` returns False.

    def test_a_request_is_an_activity() -> None:
        with FakeReporter() as reporter:
            ActivityMiddleware(application, reporter)(environ)
        assert [each.user_id for each in reporter.recorded] == ["ann"]

**Mirrors.** `ScriptedMirror` and `AsyncScriptedMirror` show the statuses, people and workflows that the test sets, and
pass each change at once to `on_change` and to `changes()`. After the start they are ready and fresh;
`set_stale(seconds)`, `set_not_ready()` and `set_fresh()` script the connection.

    def test_asks_the_server_while_the_mirror_is_stale() -> None:
        with ScriptedMirror("acme") as mirror:
            mirror.set_status("ann", Status.ONLINE)
            mirror.set_stale(10.0)
            assert may_take_case(mirror, client, "ann")
"""

from onduty_client.testing._clients import FakeAsyncClient, FakeCall, FakeClient
from onduty_client.testing._leases import FakeAsyncEngagement, FakeAsyncSession, FakeEngagement, FakeSession
from onduty_client.testing._mirrors import AsyncScriptedMirror, ScriptedMirror
from onduty_client.testing._reporters import FakeAsyncReporter, FakeReporter, RecordedActivity, RecordedLease
from onduty_client.testing._service import FakeService
from onduty_client.testing._streams import FakeAsyncUpload, FakeAsyncWatch, FakeUpload, FakeWatch

__all__ = [
    "AsyncScriptedMirror",
    "FakeAsyncClient",
    "FakeAsyncEngagement",
    "FakeAsyncReporter",
    "FakeAsyncSession",
    "FakeAsyncUpload",
    "FakeAsyncWatch",
    "FakeCall",
    "FakeClient",
    "FakeEngagement",
    "FakeReporter",
    "FakeService",
    "FakeSession",
    "FakeUpload",
    "FakeWatch",
    "RecordedActivity",
    "RecordedLease",
    "ScriptedMirror",
]
