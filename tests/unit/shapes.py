"""A workflow of every shape that there is, with the periods of `builders`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from itertools import product
from typing import Concatenate, ParamSpec

from tests.unit.builders import AWAY_AFTER, DISCONNECT_AFTER, OFFLINE_AFTER, describe, workflow

from onduty_server.domain.machine import Shape
from onduty_server.domain.status import Resume, Status
from onduty_server.domain.workflow import Workflow

P = ParamSpec("P")

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


def every_workflow(test: Callable[Concatenate[Workflow, P], None]) -> Callable[P, None]:
    """Give the test every workflow as `w`, one after the other; a failure names the one that it is about.

    As one test: as parameters they would be a third of all tests, most of whose time is pytest's own.
    """

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        for w in WORKFLOWS:
            try:
                test(w, *args, **kwargs)
            except Exception as error:
                error.add_note(f"with the workflow {describe(w)!r}")
                raise

    # What pytest goes by to find the other parameters.
    signature = inspect.signature(test)
    others = [parameter for name, parameter in signature.parameters.items() if name != "w"]
    run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
    return run
