"""Random walks of a few people through the teams of an account, compared with the model at every step.

As `walks.py`, for design.md section 12: people are moved between teams, teams get and lose workflows of their own, and
people are erased and come back as somebody new. The model knows no index and no policies of the past: everybody has a
workflow of their own here, and a move changes it for one person as a change of a workflow does for everybody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import NamedTuple

from tests.properties.layers.events import Active, PersonEvent, Refusal, Refused, Status, Workflow
from tests.properties.layers.person import THRESHOLDS, Person, changed, check, first_seen, happened, view_of
from tests.properties.live import ACCOUNT, LiveAccount
from tests.properties.spelling import patch_as_sent
from tests.properties.walks import USERS, WORKFLOW, different, patch_of, refusal_of, same, step_of

from onduty_server.domain.record import AccountEvent, StatusChange, UserChange

TEAMS = ("day", "night")
NO_TEAM = ""


class Move(NamedTuple):
    """UpdateUser with a team, or with none."""

    team: str


class Configure(NamedTuple):
    """UpdateWorkflow of a team."""

    team: str
    patch: dict[str, object]


class Drop(NamedTuple):
    """DeleteWorkflow of a team."""

    team: str


class Erase(NamedTuple):
    """DeleteUser."""


What = PersonEvent | dict[str, object] | int | None | Move | Configure | Drop | Erase


class Step(NamedTuple):
    """As in `walks.py`."""

    pause: int
    user: str
    what: What
    to_the_next_deadline: int | None = None


def team_step_of(dice: random.Random) -> Step:
    pause, user, what, to_deadline, _ = step_of(dice)
    match dice.randrange(12):
        case 0 | 1 | 2:
            return Step(pause, user, Move(dice.choice((NO_TEAM, *TEAMS, *TEAMS))), to_deadline)
        case 3 | 4:
            return Step(pause, user, Configure(dice.choice(TEAMS), patch_of(dice)), to_deadline)
        case 5:
            return Step(pause, user, Drop(dice.choice(TEAMS)), to_deadline)
        case 6:
            return Step(pause, user, Erase(), to_deadline)
        case _:
            return Step(pause, user, what, to_deadline)


VALUES = (*THRESHOLDS, "resume")


def values_of(workflow: Workflow) -> tuple[tuple[str, object], ...]:
    return tuple((name, getattr(workflow, name)) for name in VALUES)


class TeamsModel:
    """An account with teams. `workflows` has those of the account (`NO_TEAM`) and of teams that ever had their own."""

    def __init__(self) -> None:
        self.floor = 0
        self.workflows = {NO_TEAM: Workflow()}
        self.own: set[str] = set()
        """The teams that have a workflow of their own at present."""
        self.people: dict[str, Person] = {}
        self.teams: dict[str, str] = {}
        self.user_changes = 0

    def in_force(self, team: str) -> Workflow:
        return self.workflows.get(team, self.workflows[NO_TEAM])

    def members(self, team: str) -> list[str]:
        return [user for user in self.people if self.teams[user] == team]

    def settle(self, until: int) -> None:
        for person in self.people.values():
            person.walk(until)

    def next_deadline(self) -> int | None:
        dues = [due for person in self.people.values() if (due := person.first_due()) is not None]
        return min((due.at for due in dues), default=None)

    def do(self, user: str, event: PersonEvent, now: int) -> None:
        person = self.people.get(user)
        check(event, person, now)
        if person is None:
            self.people[user], self.teams[user] = first_seen(event, now, self.workflows[NO_TEAM], self.floor), NO_TEAM
        else:
            happened(person, event)

    def move(self, user: str, team: str, now: int) -> None:
        if user not in self.people:
            raise Refused(Refusal.USER_UNKNOWN)
        if self.teams[user] == team:
            return
        self.user_changes += 1
        self.teams[user] = team
        person, workflow = self.people[user], self.in_force(team)
        if workflow.enabled:
            # Whoever comes from where the switch was off starts now, and from where it came on later, then.
            on_since = person.workflow.enabled_time if person.workflow.enabled else now
            if on_since > workflow.enabled_time:
                person.last_end = max(person.last_end, on_since)
                person.sessions = {name: max(end, on_since) for name, end in person.sessions.items()}
        person.configured(replace(workflow, thresholds_since=now))

    def configure(self, team: str, patch: dict[str, object], now: int) -> None:
        pairs = tuple(patch.items())
        after = changed(self.in_force(team), pairs, now)
        if team:
            self.own.add(team)
        self.workflows[team] = after
        for other in self.workflows if not team else ():
            if other and other not in self.own:
                self.workflows[other] = changed(self.workflows[other], values_of(after), now)
        for user, person in self.people.items():
            if self.teams[user] == team or (not team and self.teams[user] not in self.own):
                person.configured(changed(person.workflow, values_of(after), now))

    def drop(self, team: str, now: int) -> None:
        if team not in self.own:
            return
        self.own.discard(team)
        values = values_of(self.workflows[NO_TEAM])
        self.workflows[team] = changed(self.workflows[team], values, now)
        for user in self.members(team):
            self.people[user].configured(changed(self.people[user].workflow, values, now))

    def erase(self, user: str) -> None:
        if user not in self.people:
            raise Refused(Refusal.USER_UNKNOWN)
        self.user_changes += 1
        del self.people[user], self.teams[user]

    def recover(self, floor: int) -> None:
        self.floor = floor
        for person in self.people.values():
            person.floor = floor
        self.settle(floor)


class LiveTeams(LiveAccount):
    """The service over a store, with what section 12 adds."""

    def move(self, user: str, team: str) -> None:
        self._run(self._service.update_user(ACCOUNT, user, {"team_id": team}))

    def configure_team(self, team: str, patch: dict[str, object]) -> None:
        self._run(self._service.update_workflow(ACCOUNT, patch_as_sent(patch), team_id=team))

    def drop(self, team: str) -> None:
        self._run(self._service.delete_workflow(ACCOUNT, team))

    def erase(self, user: str) -> None:
        self._run(self._service.delete_user(ACCOUNT, user))

    def listed(self, team: str) -> list[str]:
        page = self._run(self._service.list_statuses(ACCOUNT, team_id=team))
        assert not page.next_page_token
        assert all(view.profile.team_id == team for view in page.items if team)
        return [view.user_id for view in page.items]

    def available_in(self, team: str) -> set[str]:
        found = self._run(self._service.list_available_users(ACCOUNT, team_id=team))
        assert found.total == len(found.views)
        return {view.user_id for view in found.views}

    def counted(self) -> dict[str, tuple[int, bool]]:
        page = self._run(self._service.list_teams(ACCOUNT))
        return {team.team_id: (team.users, team.has_workflow) for team in page.items}

    def events(self) -> list[AccountEvent]:
        """Everything that was committed, from the first revision on."""
        events: list[AccountEvent] = []
        while found := self._run(self._backend.store.events(ACCOUNT, len(events), 1_000)):
            events.extend(found)
        return events


class TeamWalk:
    """A few people in the model and in an account, compared after every step."""

    def __init__(self, account: LiveTeams) -> None:
        self.model = TeamsModel()
        self.account = account
        self.erased: set[str] = set()
        """Those who were erased, and did not come back."""

    def take(self, step: Step) -> None:
        now = self.account.now + step.pause
        due = self.model.next_deadline()
        if step.to_the_next_deadline is not None and due is not None:
            now = max(self.account.now, due + step.to_the_next_deadline)
        self.account.to(now)
        self.model.settle(now)
        account, model, user = self.account, self.model, step.user
        match step.what:
            case None:
                account.sweep()
            case int(outage):
                account.outage(now + outage)
                model.settle(now + account.vouched_for)
                model.recover(now + outage)
            case dict(patch):
                same(lambda: account.configure(**patch), lambda: model.configure(NO_TEAM, patch, now))
            case Move(team):
                same(lambda: account.move(user, team), lambda: model.move(user, team, now))
            case Configure(team, patch):
                same(lambda: account.configure_team(team, patch), lambda: model.configure(team, patch, now))
            case Drop(team):
                same(lambda: account.drop(team), lambda: model.drop(team, now))
            case Erase():
                same(lambda: account.erase(user), lambda: model.erase(user))
                self.erased.add(user)
            case event:
                if isinstance(event, Active) and event.at is not None:
                    event = Active(now + event.at)
                same(lambda: account.do(user, event), lambda: model.do(user, event, now))
        self.erased -= model.people.keys()
        self.compare()

    def compare(self) -> None:
        people = self.model.people
        for user in USERS:
            if user not in people:
                assert refusal_of(lambda user=user: self.account.view(user)) is Refusal.USER_UNKNOWN  # type: ignore[misc]
                continue
            shown, expected = self.account.view(user), view_of(people[user])
            assert shown == expected, f"{user}: {different(shown, expected)}"
        available = {user for user, person in people.items() if person.shown.status is Status.ONLINE}
        assert self.account.available() == available
        assert self.account.listed(NO_TEAM) == list(people)
        for team in TEAMS:
            members = self.model.members(team)
            assert self.account.listed(team) == members
            assert self.account.available_in(team) == available.intersection(members)
        assert self.account.counted() == {
            team: (len(self.model.members(team)), team in self.model.own)
            for team in TEAMS
            if self.model.members(team) or team in self.model.own
        }

    def look_back(self) -> None:
        """What is known of the past is what happened, and of whom was erased there is nothing."""
        for user, person in self.model.people.items():
            changes, happened_ = self.account.changes(user), person.changes
            assert changes == happened_, f"{user}:\n{changes[-3:]}\n{happened_[-3:]}"
        events = self.account.events()
        assert [event.revision for event in events] == list(range(1, len(events) + 1))
        assert sum(isinstance(event.change, UserChange) for event in events) == self.model.user_changes
        named = {event.change.user_id for event in events if isinstance(event.change, StatusChange | UserChange)}
        assert named - {""} == set(self.model.people)


def fault_of(steps: Sequence[Step], opened: Opened) -> str | None:
    """What the model says of a walk; None if nothing."""
    with opened() as account:
        walk = TeamWalk(account)
        try:
            for step in steps:
                walk.take(step)
            walk.look_back()
        except AssertionError as error:
            return str(error) or repr(error)
    return None


Opened = Callable[[], AbstractContextManager[LiveTeams]]


def shortened(steps: list[Step], opened: Opened) -> list[Step]:
    """The steps without those that the fault does not need."""
    shorter = True
    while shorter:
        shorter = False
        for number in reversed(range(len(steps))):
            fewer = steps[:number] + steps[number + 1 :]
            if fault_of(fewer, opened) is not None:
                steps, shorter = fewer, True
    return steps


def check_team_walks(opened: Opened, dice: random.Random, walks: int, length: int) -> int:
    """Take walks, and fail with the steps that a fault needs; how many steps were taken."""
    for _ in range(walks):
        steps = [Step(0, USERS[0], dict(WORKFLOW)), *(team_step_of(dice) for _ in range(length))]
        if fault_of(steps, opened) is not None:
            steps = shortened(steps, opened)
            told = "\n".join(map(repr, steps))
            raise AssertionError(f"{fault_of(steps, opened)}\n{told}")
    return walks * length
