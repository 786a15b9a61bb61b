"""`python -m onduty_server` is `onduty`."""

import sys

from .cli import main

sys.exit(main())
