"""The commands `report time|coverage|timeline`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ...errors import usage
from ...help import CommandGroup
from ...output import note
from ...times import wall_clock
from ..options import DEFAULT_SERVER, Account, Server, secured
from ..remote import connect
from ..showing import note_if_unknown
from .options import (
    DEFAULT_REPORT_TIMEOUT,
    STDOUT,
    AsJson,
    Bom,
    Buckets,
    By,
    Causes,
    CsvDelimiter,
    Each,
    Format,
    Groups,
    Output,
    OutputFormat,
    ReportTimeout,
    Sheet,
    Since,
    SpentIn,
    Step,
    Steps,
    TimeZone,
    Until,
    Users,
    WasIn,
    sheet_of,
)

if TYPE_CHECKING:
    from onduty_client import Bucket, Client

    from .asking import Placed, Wanted
    from .tables import Shown
    from .texts import Extent

_TWO_DAYS, _A_MONTH = timedelta(days=2), timedelta(days=31)
_SLACK: Final = timedelta(hours=2)
"""By which two days may be longer than 48 hours."""

report_app = CommandGroup("Report on time in status: sums, coverage, timelines.")


@report_app.command("time")
@secured
def time(
    account: Account,
    since: Since = None,
    until: Until = None,
    by: Buckets = None,
    each: Groups = Each.PERSON,
    team: SpentIn = None,
    users: Users = None,
    causes: Causes = False,
    time_zone: TimeZone = None,
    output_format: OutputFormat = None,
    as_json: AsJson = False,
    output: Output = STDOUT,
    delimiter: CsvDelimiter = None,
    bom: Bom = False,
    server: Server = DEFAULT_SERVER,
    timeout: ReportTimeout = DEFAULT_REPORT_TIMEOUT,
) -> None:
    """Say how long people were in each status.

    Lengths are h:mm:ss. Each bucket of a person adds up: the statuses, what is unknown, and with --team the time
    elsewhere. Connected and engaged time, where sessions and engagements are used, is beside that.
    """
    from onduty_client import TimeGroup

    from . import asking, csv_files, drawings, objects, tables

    sheet = sheet_of(output_format, as_json, output, delimiter, bom)
    if causes and sheet.format is not Format.TABLE:
        raise usage("--causes is about the table; csv and json have the causes, and a picture has no room for them")
    wanted = asking.Wanted(account, since, until, time_zone, team, users or ())
    with connect(server, timeout) as client:
        place = asking.placed(client, wanted, wall_clock())
        chosen = by or (By.DAY if place.range.length > _TWO_DAYS + _SLACK else By.WHOLE)
        group = {Each.PERSON: TimeGroup.USER, Each.TEAM: TimeGroup.TEAM, Each.ALL: TimeGroup.ALL}[each]
        extent, found = asking.summaries(client, wanted, place, _bucket(chosen), group)
        shown = None
        with sheet.opened() as out:
            if sheet.format is Format.CSV:
                csv_files.write_time(extent, found, out, sheet.dialect)
            elif sheet.format is Format.JSON:
                asked = {"account_id": account, "team_id": wanted.team, "by": chosen.value, "each": each.value}
                objects.write_time(extent, found, out, asked)
            elif sheet.format is Format.SVG:
                title = _title("Time in status", wanted)
                out.write(drawings.time(extent, found, title, each=each.value, whole=chosen is By.WHOLE))
            else:
                shown = tables.write_time(extent, found, out, each=each.value, causes=causes)
        _say(client, wanted, extent, sheet, shown)


@report_app.command("coverage")
@secured
def coverage(
    account: Account,
    since: Since = None,
    until: Until = None,
    by: Steps = None,
    team: WasIn = None,
    time_zone: TimeZone = None,
    output_format: OutputFormat = None,
    as_json: AsJson = False,
    output: Output = STDOUT,
    delimiter: CsvDelimiter = None,
    bom: Bom = False,
    server: Server = DEFAULT_SERVER,
    timeout: ReportTimeout = DEFAULT_REPORT_TIMEOUT,
) -> None:
    """Say how many people were in each status, as time went by.

    They are counted at the beginning of each step, which is midnight for days, when all changes of that very
    millisecond have happened.
    """
    from . import asking, csv_files, drawings, objects, tables

    sheet = sheet_of(output_format, as_json, output, delimiter, bom)
    wanted = asking.Wanted(account, since, until, time_zone, team)
    with connect(server, timeout) as client:
        place = asking.placed(client, wanted, wall_clock())
        chosen = by or _step(place)
        extent, counts = asking.counts(client, wanted, place, _bucket(chosen))
        shown = None
        with sheet.opened() as out:
            if sheet.format is Format.CSV:
                csv_files.write_coverage(extent, counts, out, sheet.dialect)
            elif sheet.format is Format.JSON:
                asked = {"account_id": account, "team_id": wanted.team, "by": chosen.value}
                objects.write_coverage(extent, counts, out, asked)
            elif sheet.format is Format.SVG:
                out.write(drawings.coverage(extent, counts, _title("Coverage", wanted)))
            else:
                shown = tables.write_coverage(extent, counts, out)
        _say(client, wanted, extent, sheet, shown)


@report_app.command("timeline")
@secured
def timeline(
    account: Account,
    since: Since = None,
    until: Until = None,
    team: WasIn = None,
    users: Users = None,
    time_zone: TimeZone = None,
    output_format: OutputFormat = None,
    as_json: AsJson = False,
    output: Output = STDOUT,
    delimiter: CsvDelimiter = None,
    bom: Bom = False,
    server: Server = DEFAULT_SERVER,
    timeout: ReportTimeout = DEFAULT_REPORT_TIMEOUT,
) -> None:
    """Say who was in which status, and when.

    Of each person, without gaps, for up to 31 days; with --team, what they did there.
    """
    from . import asking, csv_files, drawings, objects, tables

    sheet = sheet_of(output_format, as_json, output, delimiter, bom)
    wanted = asking.Wanted(account, since, until, time_zone, team, users or ())
    with connect(server, timeout) as client:
        place = asking.placed(client, wanted, wall_clock())
        extent, found = asking.timelines(client, wanted, place)
        shown = None
        with sheet.opened() as out:
            if sheet.format is Format.CSV:
                csv_files.write_timelines(extent, found, out, sheet.dialect)
            elif sheet.format is Format.JSON:
                objects.write_timelines(extent, found, out, {"account_id": account, "team_id": wanted.team})
            elif sheet.format is Format.SVG:
                out.write(drawings.timelines(extent, found, _title("Timeline", wanted)))
            else:
                shown = tables.write_timelines(extent, found, out)
        _say(client, wanted, extent, sheet, shown)


def _bucket(by: By | Step) -> Bucket:
    from onduty_client import Bucket

    return Bucket.QUARTER_HOUR if by.value == "quarter" else Bucket[by.name]


def _step(place: Placed) -> Step:
    length = place.range.length
    if length <= _TWO_DAYS + _SLACK:
        return Step.QUARTER
    return Step.HOUR if length <= _A_MONTH + _SLACK else Step.DAY


def _title(what: str, wanted: Wanted) -> str:
    team = f", team {wanted.team}" if wanted.team else ""
    users = f", {wanted.users[0]}" if len(wanted.users) == 1 else ""
    return f"{what}: {wanted.account}{team}{users}"


def _say(client: Client, wanted: Wanted, extent: Extent, sheet: Sheet, shown: Shown | None) -> None:
    """Tell people what a table or CSV has no place for; JSON and pictures have one."""
    if sheet.format not in (Format.TABLE, Format.CSV):
        return
    if extent.as_of <= extent.start:
        note("nothing of the range has happened yet")
        return
    if shown is not None and not shown.rows:
        note("nobody was seen in this time")
        note_if_unknown(client, wanted.account, team=wanted.team)
        return
    for remark in extent.notes(unknown=shown is not None and shown.unknown):
        note(remark)
