"""The alerts: one table from which the rules, their tests and docs/alerts.md follow.

Every alert says what it means and what to do, and has a history of metrics that sets it off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

JOB: Final = "onduty"
RUNBOOK: Final = "docs/alerts.md"
_P99: Final = "histogram_quantile(0.99, sum by (job, instance, le) (rate({0}_bucket{1}[5m])))"


def _p99(histogram: str, matchers: str = "") -> str:
    return _P99.format(histogram, matchers)


def _share(code: str) -> str:
    return (
        f'sum by (job, instance) (rate(onduty_calls_total{{code=~"{code}"}}[5m])) '
        "/ sum by (job, instance) (rate(onduty_calls_total[5m]))"
    )


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert, its runbook, and what its test feeds to Prometheus: every 15 s a value of each series."""

    name: str
    severity: str
    expr: str
    lasts: str
    summary: str
    means: str
    look: str
    do: str
    series: dict[str, str]
    fires_at: str = "20m"
    quiet_at: str = "1m"
    labels: dict[str, str] = field(default_factory=lambda: {"job": JOB, "instance": "a"})
    """The labels of the alert that the test expects, beside `severity`."""


def _of(name: str, labels: str = "") -> str:
    return f'{name}{{job="{JOB}",instance="a"{"," if labels else ""}{labels}}}'


def _slow(histogram: str, below: str, above: str, labels: str = "") -> dict[str, str]:
    """A histogram: half of the observations between two bounds, the others below."""
    extra = f"{labels}," if labels else ""
    return {
        _of(f"{histogram}_bucket", f'{extra}le="{below}"'): "0+10x80",
        _of(f"{histogram}_bucket", f'{extra}le="{above}"'): "0+20x80",
        _of(f"{histogram}_bucket", f'{extra}le="+Inf"'): "0+20x80",
    }


def _failing(code: str) -> dict[str, str]:
    return {
        _of("onduty_calls_total", 'method="GetStatus",door="grpc",code="OK"'): "0+100x80",
        _of("onduty_calls_total", f'method="GetStatus",door="grpc",code="{code}"'): "0+50x80",
    }


ALERTS: Final = (
    Alert(
        "OndutyDown",
        "critical",
        f'up{{job="{JOB}"}} == 0 or absent(up{{job="{JOB}"}})',
        "1m",
        "Prometheus cannot read the metrics of onduty",
        "Nothing answers at `metrics_listen`, or Prometheus has no target of the job `onduty`.",
        "Does the process run (`systemctl status onduty`, `kubectl get pods`)? Its last log line says why it ended. "
        "If it runs, can Prometheus reach the port?",
        "Start it. If it refuses to start, the message says why: see "
        "[When a start is refused](operations.md#when-a-start-is-refused). If your job has another name than `onduty`, "
        "change it in this rule.",
        {_of("up"): "1x8 0x72"},
    ),
    Alert(
        "OndutyStoreUnreachable",
        "critical",
        "onduty_store_unreachable == 1",
        "30s",
        "The store does not answer or refuses heartbeats; nothing can be served",
        "Redis or Valkey does not answer, or takes no writes. Calls end with `UNAVAILABLE`, `/readyz` says 503, and "
        "after 3 s watches end.",
        "The log names the node and the reason. Is the server alive, has it memory (`maxmemory`), is a failover under "
        "way, does the network let onduty through?",
        "Bring the store back. onduty goes on by itself; if that took longer than `outage_grace`, every inactivity "
        "clock restarts. See [redis.md](redis.md).",
        {_of("onduty_store_unreachable"): "0x8 1x72"},
    ),
    Alert(
        "OndutyStoreFailing",
        "critical",
        "onduty_store_failing == 1",
        "30s",
        "The store refuses changes; they are not recorded",
        "The disk is full or read-only, another program holds the database, or Redis refuses changes. Reads go on.",
        "The log has the store's own message. `df` for the disk; who has the file open (`lsof onduty.db`)?",
        "Make room, or end the other program. onduty accepts changes again as soon as it can write; see "
        "[When something goes wrong](operations.md#when-something-goes-wrong).",
        {_of("onduty_store_failing"): "0x8 1x72"},
    ),
    Alert(
        "OndutySwitchesLate",
        "warning",
        f"onduty_sweep_behind_seconds > 10 or {_p99('onduty_switch_lateness_seconds')} > 10",
        "1m",
        "Timed switches are recorded more than 10 s after they became true",
        "People who became AWAY or OFFLINE by time are shown so in every read, but history, counts and watchers learn "
        "of it late.",
        "Does the store fail or answer slowly (the alerts of the store)? Is the event loop held up? Was a workflow "
        "of a "
        "very large account changed, which makes all its users due at once?",
        "After a change of a workflow, wait: a million users take minutes. Otherwise give the store a faster disk or "
        "network, or the server more cores by [workers](operations.md#several-workers).",
        {_of("onduty_sweep_behind_seconds"): "0x8 30x72"},
    ),
    Alert(
        "OndutyCallsRefused",
        "warning",
        f"{_share('RESOURCE_EXHAUSTED')} > 0.01",
        "5m",
        "More than 1% of the calls are refused for a limit",
        "Callers make more calls, or keep more open, than the limits allow. Refused calls did nothing.",
        "`onduty_calls_refused_total` says whether the limit is a caller's or an account's, and "
        "`onduty_calls_in_flight` which methods are open. Refusals by `users_max` and `accounts_max` count too.",
        "Ask the caller to batch, or to share one watch; or raise `caller_rate`, `account_rate`, `calls_per_caller` or "
        "`streams_per_caller`. See [Limits and overload](operations.md#limits-and-overload).",
        _failing("RESOURCE_EXHAUSTED"),
    ),
    Alert(
        "OndutyCallsUnavailable",
        "critical",
        f"{_share('UNAVAILABLE')} > 0.01",
        "1m",
        "More than 1% of the calls end with UNAVAILABLE",
        "Calls fail because the store, or the issuer of the callers' tokens, cannot be reached.",
        "Which method (`onduty_calls_total` by `method`)? If all of them: the alerts of the store. If only calls with "
        "tokens of an issuer: the log names the address of its keys.",
        "Bring the store or the issuer back. Clients repeat reads by themselves.",
        _failing("UNAVAILABLE"),
    ),
    Alert(
        "OndutyInternalErrors",
        "warning",
        'sum by (job, instance) (increase(onduty_calls_total{code="INTERNAL"}[10m])) > 0',
        "0s",
        "A call failed by a defect of onduty",
        "A call ended with `INTERNAL`: something was raised that nobody expected.",
        "The log has `a call failed` with the method and a traceback.",
        "Report it with the traceback. The call was not acknowledged; other calls are not concerned.",
        {_of("onduty_calls_total", 'method="GetStatus",door="grpc",code="INTERNAL"'): "0x8 1x72"},
        fires_at="5m",
    ),
    Alert(
        "OndutyCredentialsRefused",
        "warning",
        f"{_share('UNAUTHENTICATED|PERMISSION_DENIED')} > 0.2",
        "10m",
        "More than a fifth of the calls are refused for their credential",
        "Callers come without a valid credential, or ask for what they may not do.",
        "The audit log names callers, methods and reasons. A key that has run out, or was removed while it is in use?",
        "Give the caller a valid key or role ([SECURITY.md](../SECURITY.md)). If you do not know the caller, block it "
        "in the network.",
        _failing("UNAUTHENTICATED"),
    ),
    Alert(
        "OndutyCallsSlow",
        "warning",
        _p99("onduty_call_duration_seconds", '{method!="Simulate"}') + " > 0.5",
        "5m",
        "1% of the calls take longer than half a second",
        "Calls wait: for the store, for the event loop, or behind each other.",
        "The dashboard's rows Store and Process: are commits or round trips slow, does the event loop lag, is a core "
        "busy all the time?",
        "A slow store: see OndutyCommitsSlow and OndutyRedisSlow. A busy core: spread the load over "
        "[workers](operations.md#several-workers), or send fewer, larger calls.",
        _slow("onduty_call_duration_seconds", "0.25", "1.0", 'method="GetStatus",door="grpc"'),
    ),
    Alert(
        "OndutyEventLoopLag",
        "warning",
        _p99("onduty_event_loop_lag_seconds") + " > 0.25",
        "5m",
        "The event loop is held up for more than a quarter of a second",
        "All calls of this process wait while the loop is held up.",
        "CPU of the process and of the machine: is it throttled, does it swap, do other programs take the cores? Very "
        "large lists or previews (`onduty_calls_total` by `method`)?",
        "Give it the core it needs; a CPU limit below one core throttles it. Spread the load over workers.",
        _slow("onduty_event_loop_lag_seconds", "0.1", "0.5"),
    ),
    Alert(
        "OndutyWatchesLag",
        "warning",
        "onduty_watch_lag_seconds > 5",
        "30s",
        "Watchers of some account know a state that is older than 5 s",
        "Bookmarks stand still: watchers cannot be told that they know everything. Mirrors raise `MirrorStale`.",
        "Mostly the store fails or switches are late: those alerts come with it. If not, the event loop is held up.",
        "As for those alerts. Watchers may go to another server, if there is one.",
        {_of("onduty_watch_lag_seconds"): "0.9x8 8x72"},
    ),
    Alert(
        "OndutyWatchersFallBehind",
        "info",
        "increase(onduty_watch_restarts_total[15m]) > 10",
        "0s",
        "Watchers read too slowly and were sent new snapshots",
        "Watchers missed more events than are kept for them, and had to begin anew. They missed no state, but a "
        "snapshot "
        "of a large account costs much more than its changes.",
        "Which watchers are slow: their CPU, their network. `onduty_watch_unsent_events` is the distance of the "
        "slowest.",
        "Let consumers of one machine share a watch (a mirror); give them a filter of the users they need.",
        {_of("onduty_watch_restarts_total"): "0+1x80"},
    ),
    Alert(
        "OndutyCommitsSlow",
        "warning",
        _p99("onduty_journal_commit_seconds") + " > 0.25",
        "5m",
        "1% of the commits to SQLite take longer than a quarter of a second",
        "Every change waits for its commit, so changes are as slow.",
        "The disk: its latency and load (`iostat -x`), other programs on it, a snapshot or backup under way?",
        "Move the database to a faster local disk. A network file system is not supported.",
        _slow("onduty_journal_commit_seconds", "0.1", "1.0"),
    ),
    Alert(
        "OndutyJournalBacklog",
        "warning",
        "onduty_journal_backlog_entries > 10000",
        "1m",
        "More than 10,000 entries wait to be written",
        "Changes come faster than the disk takes them, or it does not take them at all.",
        "OndutyStoreFailing? Else the disk, as for OndutyCommitsSlow; and `onduty_status_changes_total`: who "
        "changes so "
        "much?",
        "After a change of a workflow of a large account, wait. Otherwise a faster disk.",
        {_of("onduty_journal_backlog_entries"): "0x8 15000x72"},
    ),
    Alert(
        "OndutyRedisSlow",
        "warning",
        _p99("onduty_redis_round_trip_seconds") + " > 0.1",
        "5m",
        "1% of the round trips to Redis take longer than a tenth of a second",
        "Every read and change waits for at least one round trip.",
        "`valkey-cli --latency` from the same machine; `SLOWLOG GET`; is it swapping, saving, or full?",
        "Bring it nearer, give it a core of its own, or more nodes: [redis.md](redis.md).",
        _slow("onduty_redis_round_trip_seconds", "0.05", "0.5"),
    ),
    Alert(
        "OndutyWorkersMissing",
        "warning",
        'onduty_workers{state="configured"} - ignoring (state) onduty_workers{state="ready"} > 0',
        "1m",
        "Fewer workers serve than are configured",
        "A worker has ended and its successor does not serve yet, or ends again and again. The others serve on.",
        "The log has `a worker ended` with the reason.",
        "Remove the reason. A worker killed by SIGKILL: the system's log says whether memory ran out.",
        {
            _of("onduty_workers", 'state="configured"'): "4x80",
            _of("onduty_workers", 'state="ready"'): "4x8 3x72",
        },
    ),
    Alert(
        "OndutyOutage",
        "info",
        "increase(onduty_outage_recoveries_total[10m]) > 0 or (onduty_outage_recoveries_total > 0 "
        "and on (job, instance) time() - process_start_time_seconds < 600)",
        "0s",
        "An outage ended, after which every inactivity clock restarted",
        "For longer than `outage_grace` no activity could be recorded, so nobody is switched because of that time.",
        "`onduty_last_outage_seconds` says how long it was. Was the server stopped, the machine paused, the store "
        "away, "
        "or did the clock jump?",
        "Nothing, if it was planned. Otherwise find out why; see [Clocks](operations.md#clocks).",
        {
            _of("onduty_outage_recoveries_total"): "0x8 1x72",
            _of("process_start_time_seconds"): "0x80",
        },
        fires_at="5m",
        quiet_at="0s",
    ),
    Alert(
        "OndutyClockOff",
        "warning",
        "abs(onduty_wall_clock_offset_seconds) > 1",
        "2m",
        "The wall clock differs from the time that onduty goes by",
        "The machine's clock was stepped, or differs from the store's. onduty follows it slowly, and nobody is "
        "switched "
        "because of it; but keys and tokens expire by the wall clock.",
        "`chronyc tracking` or `timedatectl`; the log has a line for every step.",
        "Repair the synchronisation by NTP. See [Clocks](operations.md#clocks).",
        {_of("onduty_wall_clock_offset_seconds"): "0x8 5x72"},
    ),
    Alert(
        "OndutyFilesExhausted",
        "warning",
        "process_open_fds / process_max_fds > 0.8 and on (job, instance) onduty_build_info",
        "2m",
        "A process has used more than 80% of its file descriptors",
        "Every connection takes one. When there are none left, new connections wait, those that read the metrics "
        "included: then OndutyDown goes off instead, while whoever is connected is served.",
        "How many connections are there (`ss -s`), and from whom? Does a client open one for each call?",
        "Raise `LimitNOFILE` (systemd) or `ulimit -n`, or let clients share channels.",
        {
            _of("process_open_fds"): "100x8 900x72",
            _of("process_max_fds"): "1000x80",
            _of("onduty_build_info", 'version="1"'): "1x80",
        },
    ),
    Alert(
        "OndutyLogLinesDropped",
        "info",
        "sum by (job, instance) (increase(onduty_log_lines_dropped_total[10m])) > 0",
        "0s",
        "Lines of a log could not be written and were dropped",
        "Nobody reads the log fast enough: a full pipe, a terminal on hold, a slow disk. The audit log may be "
        "concerned.",
        "The label `log` says which log. What reads it?",
        "Let the reader go on, or send the log to a file on a disk that answers.",
        {_of("onduty_log_lines_dropped_total", 'log="stderr"'): "0x8 5x72"},
        fires_at="5m",
    ),
)
