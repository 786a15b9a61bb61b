"""The use cases. Each checks a request, has the domain's rules decide on it, and has the store commit the decision.

They are in groups, by what they are about: `recording`, `leasing`, `reading`, `workflows`, `people`
and `reporting`. `StatusService`
is all of them.
"""

from __future__ import annotations

from functools import cached_property

from .fields import check_id
from .leasing import Leasing
from .people import People
from .replaying import ReplayJob, Simulated
from .reporting import Reporting
from .simulating import Simulations
from .simulation import workflow_from_the_start
from .workflows import Workflows


class StatusService(People, Leasing, Workflows, Reporting):
    """The service as seen by any transport. Ids are strings, times ms UTC, periods ms.

    Every method raises `InvalidField` for a malformed argument and `StoreUnavailable` when the store cannot answer.
    """

    @cached_property
    def _simulations(self) -> Simulations:
        return Simulations()

    async def simulate(self, account_id: str, job: ReplayJob, caller: str = "") -> Simulated:
        """Replay a log of activities under a workflow. `caller` is whose turn it takes.

        Raises:
            InvalidWorkflow: it would contradict itself.
            LimitExceeded: too many logs are being replayed.
        """
        check_id("account_id", account_id)
        # Before the call waits for its turn.
        workflow_from_the_start(job.patch)
        return await self._simulations.run(job, caller)
