"""Loads the Lua scripts: each is read from its file once and combined with the library code that it uses.

The first line of a script names the files of `lua/lib` that it uses; they are put before it, in that order. The hash of
a script covers all of it, so processes of two versions of onduty can share a server: each runs its own scripts.
"""

from __future__ import annotations

from importlib import resources

from .wire.script import Script

_USES = "--! uses: "


def _load(name: str) -> Script:
    folder = resources.files(__package__) / "lua"
    text = (folder / f"{name}.lua").read_text("utf-8")
    first, _, rest = text.partition("\n")
    if first.startswith(_USES):
        parts = [(folder / "lib" / f"{part.strip()}.lua").read_text("utf-8") for part in first[len(_USES) :].split(",")]
        text = "\n".join([*parts, rest])
    return Script.of(name, text)


ACCOUNT_SETTINGS = _load("account_settings")
AVAILABLE = _load("available")
BEAT = _load("beat")
CHANGES = _load("changes")
CLEAR = _load("clear")
COMMIT = _load("commit")
CONFIGURE = _load("configure")
CONFIGURE_TEAM = _load("configure_team")
COUNTS = _load("counts")
CREATE = _load("create")
DROP = _load("drop")
DROP_REST = _load("drop_rest")
ERASE = _load("erase")
FINISH_COPY = _load("finish_copy")
FORGET = _load("forget")
LOAD = _load("load")
MEET = _load("meet")
MODERNISE = _load("modernise")
MOVE = _load("move")
OVERDUE = _load("overdue")
POLICY = _load("policy")
PRUNE = _load("prune")
READ = _load("read")
RELEASE = _load("release")
REPORT_HEAD = _load("report_head")
REPORT_PEOPLE = _load("report_people")
REPORT_RECORDS = _load("report_records")
REPORT_START = _load("report_start")
REPORT_SUMS = _load("report_sums")
RESTING = _load("resting")
RESTORE_ACCOUNT = _load("restore_account")
RESTORE_DAYS = _load("restore_days")
RESTORE_EDGES = _load("restore_edges")
RESTORE_EVENTS = _load("restore_events")
RESTORE_USERS = _load("restore_users")
SCAN = _load("scan")
SCRUB = _load("scrub")
SETTLE = _load("settle")
SETTLED_BEFORE = _load("settled_before")
SETTLED_UNTIL = _load("settled_until")
SWEEP = _load("sweep")
TEAMS = _load("teams")
TOUCH = _load("touch")
UPDATE_ACCOUNT = _load("update_account")
UPGRADE = _load("upgrade")
WORKFLOW_CHANGES = _load("workflow_changes")
