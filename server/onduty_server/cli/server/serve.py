"""The command `serve`: runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...process import standard_streams
from ..errors import Failure
from .setting_flags import with_settings

if TYPE_CHECKING:
    from ...process.config.sources import LoadedSettings


@with_settings()
def serve(loaded: LoadedSettings) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    A setting comes from its option, else from the environment (ONDUTY_LISTEN and so on), else from the TOML file.
    """
    # First: a file opened from here on must not take the number of a standard stream that is closed.
    standard_streams.ensure_open()
    from ...process import logs, serving

    settings = loaded.settings
    logs.start(settings.log_level, settings.log_format)
    try:
        if settings.workers == 1:
            serving.run(serving.serve(settings, source=loaded.source))
        else:
            from ...process import supervisor

            supervisor.run(settings, loaded.source)
    except serving.ServeError as error:
        raise Failure(str(error)) from None
