"""A program for tests: `onduty serve` with several workers over a store that `Settings` would not let them share.

What one worker knows the others do not, which does not matter for ports, restarts and ends. Its argument is JSON:
`settings`, `config` if there is a file to read again, and what `supervisor.run` takes beside them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from onduty_server.process import logs, serving, supervisor
from onduty_server.process.config.settings import Settings
from onduty_server.process.config.sources import Source


def main(given: str) -> int:
    options = json.loads(given)
    values = options.pop("settings")
    workers = values.pop("workers")
    config = options.pop("config", None)
    source = None if config is None else Source(Path(config), values)
    logs.start("info", "json")
    try:
        # A copy is not checked.
        supervisor.run(Settings(**values).model_copy(update={"workers": workers}), source, **options)
    except serving.ServeError as error:
        sys.stderr.write(f"onduty: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
