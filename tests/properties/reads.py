"""Every read of the service, compared with the model: of one, several, all, the available, and of the past."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from tests.properties.draws import accounts, orders, statuses, users
from tests.properties.harness import ACCOUNTS, Harness
from tests.properties.layers.events import Refusal, Status
from tests.stores.resident_index import check_index

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain import status as domain_status
from onduty_server.domain.record import StatusView
from onduty_server.stores.resident.store import ResidentStore


class Reads(Harness):
    """See the module."""

    @rule(
        account=accounts,
        user=users,
        wanted=st.lists(users, min_size=1, max_size=6),
        some=st.sets(statuses),
        order=orders,
        max_engagements=st.sampled_from([0, 0, 1, 2]),
        limit=st.integers(1, 6),
        kind=st.sampled_from(["get", "batch", "list", "list", "available", "available", "history", "pages", "how far"]),
        data=st.data(),
    )
    def read(
        self,
        account: str,
        user: str,
        wanted: list[str],
        some: set[Status],
        order: AvailabilityOrder,
        max_engagements: int,
        limit: int,
        kind: str,
        data: st.DataObject,
    ) -> None:
        match kind:
            case "get":
                self.get(account, user)
            case "batch":
                self.batch(account, wanted)
            case "list":
                self.list_everybody(account, some, limit)
            case "available":
                self.available(account, order, limit, max_engagements)
            case "history":
                self.compare_histories(account, complete=False)
            case "how far":
                self.everything_is_told_until(account)
            case _:
                self.read_history_in_pages(account, "" if len(wanted) > 3 else user, limit, data)

    def get(self, account: str, user: str) -> None:
        self.model.look(self.now)
        if user in self.model.team(account).people:
            self.check(account, user, self.run(self.service.get_status(account, user)))
        else:
            self.refused(Refusal.USER_UNKNOWN, self.service.get_status(account, user))

    def batch(self, account: str, wanted: list[str]) -> None:
        self.model.look(self.now)
        people = self.model.team(account).people
        answer = self.run(self.service.batch_get_statuses(account, wanted))
        unique = list(dict.fromkeys(wanted))
        assert list(answer.unknown_user_ids) == [user for user in unique if user not in people]
        self.check_all(account, [user for user in unique if user in people], answer.views)

    def list_everybody(self, account: str, wanted: set[Status], page_size: int) -> None:
        self.model.look(self.now)
        views: list[StatusView] = []
        token = ""
        statuses = {domain_status.Status[status.name] for status in wanted}
        while True:
            page = self.run(
                self.service.list_statuses(account, statuses=statuses, page_size=page_size, page_token=token)
            )
            assert len(page.items) <= page_size
            views.extend(page.items)
            token = page.next_page_token
            if not token:
                break
        people = self.model.team(account).people
        self.check_all(
            account, [user for user, person in people.items() if not wanted or person.shown.status in wanted], views
        )

    def available(self, account: str, order: AvailabilityOrder, limit: int, max_engagements: int) -> None:
        self.model.look(self.now)
        people = {
            user: person
            for user, person in self.model.team(account).people.items()
            if person.shown.status is Status.ONLINE and (not max_engagements or person.engaged_in < max_engagements)
        }
        first = {
            AvailabilityOrder.LONGEST_AVAILABLE: lambda user: people[user].since,
            AvailabilityOrder.MOST_RECENTLY_ACTIVE: lambda user: -(people[user].last_activity or 0),
            AvailabilityOrder.LONGEST_IDLE: lambda user: people[user].own_clock,
        }[order]
        # Sorting leaves those who are equal in the order in which they were first seen.
        expected = sorted(people, key=first)
        answer = self.run(
            self.service.list_available_users(account, order=order, limit=limit, max_engagements=max_engagements)
        )
        assert answer.total == len(expected)
        self.check_all(account, expected[:limit], answer.views)

    def read_history_in_pages(self, account: str, user: str, page_size: int, data: st.DataObject) -> None:
        everything = self.history(account)
        moments = sorted({change.effective_time for change in everything} | {self.now})
        start = data.draw(st.one_of(st.none(), st.sampled_from(moments)))
        end = data.draw(st.one_of(st.none(), st.sampled_from([at for at in moments if at >= (start or 0)])))
        assert self.history(account, user, start, end, page_size) == [
            change
            for change in everything
            if (not user or change.user_id == user)
            and (start is None or change.effective_time >= start)
            and (end is None or change.effective_time < end)
        ]

    @invariant()
    def whoever_looks_all_the_time_always_sees_the_truth(self) -> None:
        if hasattr(self, "model") and self.watchful:
            for account in ACCOUNTS:
                self.list_everybody(account, set(), 3)
                for order in AvailabilityOrder:
                    self.available(account, order, 5, 0)

    @invariant()
    def the_index_agrees_with_the_users(self) -> None:
        if hasattr(self, "model") and isinstance(self.backend.store, ResidentStore):
            check_index(self.backend.store)
