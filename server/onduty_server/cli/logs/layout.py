"""The name of standard input in place of a log file.

This is apart from the file itself, which every command would otherwise import with the options.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

STDIN: Final = Path("-")
