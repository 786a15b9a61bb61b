"""Pictures of statuses: what is drawn where, and what they say to those who see no colours, or nothing at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import pytest

from onduty_server.cli.pictures import (
    Bar,
    Bars,
    Caption,
    Column,
    Columns,
    ColumnsOf,
    Coverage,
    CoverageOf,
    Figures,
    Moment,
    Part,
    Series,
    Span,
    Stretch,
    TimelineOf,
    Timelines,
    picture,
    span_in_words,
)
from onduty_server.cli.pictures.lettering import width_of
from onduty_server.cli.pictures.scales import counts, lengths
from onduty_server.cli.pictures.times import ticks

SVG = "{http://www.w3.org/2000/svg}"
HOUR = 3_600_000
BERLIN = ZoneInfo("Europe/Berlin")
HOSTILE = (
    "<script>alert('x')</script>",
    'a"b&c]]>',
    "nul\x00 bell\x07",
    "\u202egnp.exe",
    "\ud800",
    "\ufffe",
    "李小龍",
    " ",
)


def ms(zone: tzinfo, *when: int) -> int:
    year, month, day, *rest = when
    hour, minute = (*rest, 0, 0)[:2]
    return int(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp() * 1_000)


def a_day(zone: tzinfo, *when: int) -> Span:
    year, month, day = when
    return Span(ms(zone, year, month, day), ms(zone, year, month, day + 1), zone)


DAY = a_day(BERLIN, 2026, 11, 3)


def parsed(*parts: Part, caption: Caption | None = None) -> Element:
    return ElementTree.fromstring(picture(caption or Caption("A title"), parts).encode())


def texts(root: Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def boxes(root: Element, fill: str) -> list[tuple[float, ...]]:
    """The boxes (x, y, width, height) that are filled so, in the shapes of the picture."""
    found = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") == fill]
    number = r"(-?[\d.]+)"
    return [tuple(map(float, box)) for d in found for box in re.findall(rf"M{number} {number}h{number}v{number}h", d)]


def everything(label: str) -> list[Part]:
    times = dict.fromkeys(Series, HOUR)
    return [
        Bars([Bar(label, times)], heading=label),
        Columns([ColumnsOf(label, [Column(DAY.start, DAY.end, times)])], DAY),
        Coverage([CoverageOf(label, [Moment(DAY.start, {Series.ONLINE: 3})])], DAY),
        Timelines([TimelineOf(label, [Stretch(DAY.start, DAY.end, Series.AWAY)])], DAY),
        Figures([label], [(label, [label])]),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_makes_well_formed_xml_with_nothing_invisible_in_it(name: str) -> None:
    root = parsed(*everything(name), caption=Caption(name, name, [name]))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "line", "text", "g")
    }
    assert all(text.isprintable() for element in root.iter() for text in (element.text or "").splitlines())


def test_the_same_values_give_the_same_bytes() -> None:
    assert picture(Caption("A"), everything("ada")) == picture(Caption("A"), everything("ada"))


def test_it_is_one_image_with_a_title_a_description_and_nothing_from_elsewhere() -> None:
    drawn = picture(Caption("Time in status: acme", "Tue 3 Nov 2026", ["A remark"]), everything("ada"))
    root = ElementTree.fromstring(drawn.encode())
    title, description = root[0], root[1]
    assert (root.get("role"), title.text) == ("img", "Time in status: acme")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text is not None
    assert description.text.startswith("Tue 3 Nov 2026. ada: Online 1:00 h, Away 1:00 h, Offline 1:00 h, ")
    assert "at most 3 people Online, Tue 3 Nov 2026 at 00:00" in description.text
    assert description.text.endswith(" A remark.")
    assert "http" not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert float(root.get("height", "0")) > 600 and root.get("viewBox", "").startswith("0 0 1200 ")


def test_every_status_that_is_shown_has_a_word_and_all_but_one_a_pattern() -> None:
    root = parsed(Bars([Bar("ada", {Series.ONLINE: HOUR, Series.AWAY: HOUR, Series.OFFLINE: 0})]))
    assert texts(root)[1:3] == ["Online", "Away"]
    assert "Offline" not in texts(root)
    assert [pattern.get("id") for pattern in root.iter(f"{SVG}pattern")] == ["onduty-away"]
    everywhere = parsed(*everything("ada"))
    assert len(list(everywhere.iter(f"{SVG}pattern"))) == len(Series) - 1
    # Whoever sees no colours has these, and whoever prints in grey.
    assert len({ElementTree.tostring(pattern[-1]) for pattern in everywhere.iter(f"{SVG}pattern")}) == len(Series) - 1


def test_bars_are_as_long_as_the_times_and_say_them() -> None:
    times = {Series.ONLINE: 6 * HOUR, Series.AWAY: 3 * HOUR, Series.OFFLINE: 15 * HOUR}
    root = parsed(Bars([Bar("ada", times), Bar("ben", {Series.ONLINE: 24 * HOUR})]))
    ((x, _, online, _), (_, _, whole, _)) = boxes(root, Series.ONLINE.fill)
    ((at, _, away, _),) = boxes(root, Series.AWAY.fill)
    assert online == pytest.approx(whole / 4, abs=0.02) and away == pytest.approx(whole / 8, abs=0.02)
    assert at == pytest.approx(x + online, abs=0.02)
    assert {"Online 6:00 h", "Away 3:00 h", "Offline 15:00 h", "24 h"} <= set(texts(root))


def test_shares_are_of_each_bar_and_are_not_rounded_to_all() -> None:
    root = parsed(
        Bars([Bar("ada", {Series.ONLINE: 3, Series.OFFLINE: 997}), Bar("ben", {Series.AWAY: 7})], shares=True)
    )
    assert {"Offline 99.7 %", "Away 100 %"} <= set(texts(root))


def test_a_day_of_25_hours_is_a_higher_column_and_stands_between_its_midnights() -> None:
    starts = [ms(BERLIN, 2026, 10, day) for day in (24, 25, 26, 27)]
    columns = [Column(start, end, {Series.OFFLINE: end - start}) for start, end in pairwise(starts)]
    root = parsed(Columns([ColumnsOf("", columns)], Span(starts[0], starts[-1], BERLIN)))
    first, longer, last = boxes(root, Series.OFFLINE.fill)
    assert longer[3] / first[3] == pytest.approx(25 / 24, rel=0.001)
    assert longer[2] > first[2] == pytest.approx(last[2], abs=0.02)
    assert {"Sat 24 Oct", "Sun 25 Oct", "Mon 26 Oct", "24 h"} <= set(texts(root))


def test_a_curve_is_stacked_and_what_is_not_known_is_left_open() -> None:
    moments = [
        Moment(DAY.start, None),
        Moment(DAY.start + 6 * HOUR, {Series.ONLINE: 2, Series.AWAY: 1, Series.OFFLINE: 1}),
        Moment(DAY.start + 12 * HOUR, {Series.ONLINE: 4}),
    ]
    root = parsed(Coverage([CoverageOf("", moments)], DAY, as_of=DAY.start + 18 * HOUR))
    (unknown,) = boxes(root, Series.UNKNOWN.fill)
    two, four = boxes(root, Series.ONLINE.fill)
    (away,) = boxes(root, Series.AWAY.fill)
    assert two[3] == pytest.approx(2 * away[3], abs=0.02) and four[3] == pytest.approx(4 * away[3], abs=0.02)
    assert away[1] == pytest.approx(two[1] - away[3], abs=0.02)
    assert two[0] == pytest.approx(unknown[0] + unknown[2], abs=0.02)
    # Nothing after the moment up to which all is known, although the day goes on.
    assert four[2] == pytest.approx(two[2], abs=0.02)
    assert "Unknown" in texts(root)


def test_offline_is_left_out_where_it_would_drown_the_others_and_that_is_said() -> None:
    counts = {Series.ONLINE: 3, Series.AWAY: 1, Series.OFFLINE: 290}
    root = parsed(Coverage([CoverageOf("", [Moment(DAY.start, counts)])], DAY))
    assert not boxes(root, Series.OFFLINE.fill)
    assert "Offline is not drawn: up to 290 people." in texts(root)


def test_a_timeline_has_a_row_for_each_person_with_words_where_there_is_room() -> None:
    def row(name: str, *hours: int) -> TimelineOf:
        edges = [DAY.start + hour * HOUR for hour in (0, *hours, 24)]
        series = (Series.UNKNOWN, Series.ONLINE, Series.AWAY)
        return TimelineOf(name, [Stretch(*edge, each) for edge, each in zip(pairwise(edges), series, strict=True)])

    root = parsed(Timelines([row("ada", 6, 12), row("ben", 8, 23)], DAY))
    ada, ben = boxes(root, Series.ONLINE.fill)
    assert ben[1] > ada[1] + ada[3]
    assert ben[2] / ada[2] == pytest.approx(15 / 6, rel=0.001)
    titles = [element.text for element in root.iter(f"{SVG}title")][1:]
    assert titles == [
        "ada: Online 6:00 h, Away 12:00 h, Unknown 6:00 h",
        "ben: Online 15:00 h, Away 1:00 h, Unknown 8:00 h",
    ]
    # The last hour of ben has no room for its word.
    assert texts(root).count("Away") == 2 and texts(root).count("Online") == 3


def test_long_names_are_cut_and_told_in_full_on_pointing_at_them() -> None:
    name = "Wilhelmina Alexandra Featherstonehaugh-Cholmondeley von und zu Hohenstein"
    root = parsed(Timelines([TimelineOf(name, [Stretch(DAY.start, DAY.end, Series.ONLINE)])], DAY))
    (cut,) = (text for text in texts(root) if text.startswith("Wilhelmina"))
    assert cut.endswith("…") and len(cut) < 40
    assert name in [element.text for element in root.iter(f"{SVG}title")]


def test_nothing_that_is_written_reaches_over_the_edge() -> None:
    name = "Wilhelmina Alexandra Featherstonehaugh-Cholmondeley"
    for days in (1, 3, 31, 400):
        span = Span(DAY.start, ms(BERLIN, 2026, 11, 3) + days * 24 * HOUR, BERLIN)
        row = TimelineOf(name, [Stretch(span.start, span.end, Series.ONLINE)])
        for text in parsed(Timelines([row], span), *everything(name)).iter(f"{SVG}text"):
            width = width_of(text.text or "", float(text.get("font-size", "0")))
            begins = float(text.get("x", "0")) - {"end": 1, "middle": 0.5}.get(text.get("text-anchor", ""), 0) * width
            assert begins >= 0 and begins + width <= 1_200, text.text


@pytest.mark.parametrize(
    "part",
    [
        Bars([]),
        Columns([], DAY),
        Coverage([], DAY),
        Coverage([CoverageOf("", [])], DAY),
        Coverage([CoverageOf("", [Moment(DAY.start, {Series.ONLINE: 0, Series.OFFLINE: 0})])], DAY),
        Timelines([], DAY),
    ],
)
def test_where_nobody_was_seen_that_is_said(part: Part) -> None:
    assert texts(parsed(part)) == ["A title", "Nobody was seen in this time."]


class TestTicks:
    @pytest.mark.parametrize(
        ("zone", "when", "hours"),
        [
            ("Europe/Berlin", (2026, 10, 25), 25),
            ("Europe/Berlin", (2026, 3, 29), 23),
            ("Asia/Kolkata", (2026, 3, 29), 24),
            ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
            ("America/Havana", (2026, 3, 8), 23),  # its midnight is skipped
        ],
    )
    def test_hours_are_those_of_the_clock(self, zone: str, when: tuple[int, int, int], hours: float) -> None:
        span = a_day(ZoneInfo(zone), *when)
        assert span.length == hours * HOUR
        found = ticks(span, 1_500)
        assert [tick.time for tick in found] == sorted({tick.time for tick in found})
        for tick in found:
            local = datetime.fromtimestamp(tick.time // 1_000, span.zone)
            assert (local.minute, tick.label[:5]) == (0, f"{local:%H:%M}")
        inner = [after.time - before.time for before, after in pairwise(found)]
        assert len([gap for gap in inner if gap != HOUR]) <= 1

    def test_an_hour_that_comes_twice_is_told_apart(self) -> None:
        labels = [tick.label for tick in ticks(a_day(BERLIN, 2026, 10, 25), 2_000)]
        assert labels[1:5] == ["01:00", "02:00 CEST", "02:00 CET", "03:00"]

    def test_days_and_months_are_named_in_their_middle(self) -> None:
        october = Span(ms(BERLIN, 2026, 10, 1), ms(BERLIN, 2026, 11, 1), BERLIN)
        days = ticks(october, 3_000)
        assert len(days) == 31 and days[24].label == "Sun 25 Oct"
        assert days[24].label_time - days[24].time == 12.5 * HOUR
        year = Span(ms(UTC, 2025, 10, 1), ms(UTC, 2026, 11, 1), UTC)
        assert [tick.label for tick in ticks(year, 1_000)][:2] == ["Oct 2025", "Nov 2025"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2026, 11, 3), (2026, 11, 4), "Tue 3 Nov 2026"),
        ((2026, 11, 3), (2026, 11, 7), "Tue 3 Nov to Fri 6 Nov 2026"),
        ((2026, 12, 31), (2027, 1, 2), "Thu 31 Dec 2026 to Fri 1 Jan 2027"),
        ((2026, 11, 3, 9), (2026, 11, 3, 17, 30), "Tue 3 Nov 2026, 09:00 to 17:30"),
        ((2026, 11, 3, 9), (2026, 11, 4), "Tue 3 Nov 2026, 09:00 to 24:00"),
        ((2026, 11, 3, 22), (2026, 11, 4, 6), "Tue 3 Nov 2026, 22:00 to Wed 4 Nov 2026, 06:00"),
    ],
)
def test_a_span_in_words(start: tuple[int, ...], end: tuple[int, ...], words: str) -> None:
    assert span_in_words(Span(ms(BERLIN, *start), ms(BERLIN, *end), BERLIN)) == words


def test_scales_are_round_and_hold_what_is_to_be_shown() -> None:
    for most in (1, 2, 7, 24, 25, 99, 1_000, 123_456):
        scale = counts(most, 8)
        assert scale.reach >= most and 2 <= len(scale.marks) <= 9 and scale.marks[0].value == 0
    for most in (1, 40_000, 20 * 60_000, HOUR, 24 * HOUR, 25 * HOUR, 288 * HOUR, 400 * 24 * 500 * HOUR):
        scale = lengths(most, 8)
        assert scale.reach == most and 1 <= len(scale.marks) <= 9
    assert [mark.label for mark in lengths(25 * HOUR, 8).marks][-1] == "24 h"
    assert [mark.label for mark in lengths(10 * 60_000, 8).marks][:2] == ["0 min", "2 min"]
