"""What holds for every test.

Hypothesis gets no deadline per example: the machine is shared, and a slow example is no finding here. Where CI is set,
Hypothesis itself takes its "ci" profile, which has none either and derives its examples from the test alone.
"""

import os

from hypothesis import settings

settings.register_profile("onduty", deadline=None, print_blob=True)
if not os.environ.get("CI"):
    settings.load_profile("onduty")
