"""A program for tests: `onduty serve` with several workers over a store that `Settings` would not let them share.

What one worker knows the others do not, which does not matter for ports, restarts and ends. Its argument is JSON:
`settings`, and what `supervisor.run` takes beside them.
"""

from __future__ import annotations

import json
import sys

from onduty_server.process import logs, serving, supervisor
from onduty_server.process.config.settings import Settings


def main(given: str) -> int:
    options = json.loads(given)
    values = options.pop("settings")
    workers = values.pop("workers")
    logs.start("info", "json")
    try:
        # A copy is not checked.
        supervisor.run(Settings(**values).model_copy(update={"workers": workers}), **options)
    except serving.ServeError as error:
        sys.stderr.write(f"onduty: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
