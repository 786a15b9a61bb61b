"""A workflow of every shape that there is, with the periods of `builders`."""

from __future__ import annotations

from itertools import product

import pytest
from tests.unit.builders import AWAY_AFTER, DISCONNECT_AFTER, OFFLINE_AFTER, describe, workflow

from onduty_server.domain.machine import Shape
from onduty_server.domain.status import Resume, Status
from onduty_server.domain.workflow import Workflow

SHAPES = {
    Shape(away, offline, resume, keep, disconnect)
    for away, offline, resume, keep, disconnect in product(
        (True, False), (True, False), Resume, (True, False), (None, Status.AWAY, Status.OFFLINE)
    )
}


def possible_workflows() -> list[Workflow]:
    """Enabled x periods x resume x keep_manual_away, except what is refused: enabled without a period."""
    on = [
        workflow(away=away, offline=offline, resume=resume, keep_manual_away=keep, disconnect=gone, gone_is=status)
        for away, offline, resume, keep, (gone, status) in product(
            (AWAY_AFTER, None),
            (OFFLINE_AFTER, None),
            Resume,
            (False, True),
            ((None, Status.OFFLINE), (DISCONNECT_AFTER, Status.OFFLINE), (DISCONNECT_AFTER, Status.AWAY)),
        )
        if not (away is None and offline is None and gone is None)
    ]
    off = [
        workflow(enabled=False, away=period, offline=None, resume=resume, keep_manual_away=keep, disconnect=gone)
        for period, resume, keep, gone in product((AWAY_AFTER, None), Resume, (False, True), (None, DISCONNECT_AFTER))
    ]
    return on + off


WORKFLOWS = possible_workflows()
every_workflow = pytest.mark.parametrize("w", WORKFLOWS, ids=describe)
