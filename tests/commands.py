"""Commands that tests run in processes of their own."""

from __future__ import annotations

import sys
from typing import Final

# Not the default ports, of which there is only one on a machine.
SERVE_HERE: Final = ("serve", "--listen", "127.0.0.1:0", "--http-listen", "off")
"""A server on a free port, without the HTTP door; a later option takes the place of an earlier one."""
SERVE: Final = (sys.executable, "-m", "onduty_server", *SERVE_HERE)
"""The same with the start of Python before it."""
