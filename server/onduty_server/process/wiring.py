"""Wires a server together from its settings."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from ..app.background import BackgroundTasks
from ..app.ports.clock import Clock
from ..app.ports.tracer import Tracer
from ..transport.access_log import AccessLog
from ..transport.grpc.server import Listen
from ..transport.http.pages import Pages, Provider
from ..transport.http.server import HttpListen
from ..transport.limits import Limits
from .access import OFF, Access
from .application import Application
from .logs import open_log
from .metrics import PrometheusObserver
from .stores import build_store

if TYPE_CHECKING:
    from .config.settings import Settings

CONSOLE = Path(__file__).parents[1] / "console"
"""The supervisor's pages, as files."""


def build_application(
    settings: Settings, clock: Clock, observer: PrometheusObserver, access: Access, tracer: Tracer | None = None
) -> Application:
    """Build the server that the settings describe, without starting it."""
    background = BackgroundTasks()
    application = Application(
        build_store(settings, clock, observer, background, tracer),
        clock,
        _listen(settings, access),
        access=access,
        http=_http_listen(settings, access),
        limits=_limits(settings),
        activity_future_tolerance_ms=settings.activity_future_tolerance_ms,
        activity_fresh_for_ms=settings.activity_fresh_for_ms,
        shutdown_grace_s=settings.shutdown_grace_ms / 1_000,
        observer=observer,
        background=background,
        access_log=_access_log(settings, clock),
        tracer=tracer,
    )
    observer.on_reachable = application.reachable
    return application


def change(application: Application, settings: Settings) -> None:
    """Put the settings into force that may change while the server runs."""
    application.limits.change(_limits(settings))
    if application.access_log is not None:
        application.access_log.one_in = settings.access_log_one_in


def _limits(settings: Settings) -> Limits:
    return Limits(**{each.name: getattr(settings, each.name) for each in fields(Limits)})


def _access_log(settings: Settings, clock: Clock) -> AccessLog | None:
    if settings.access_log == OFF:
        return None
    return AccessLog(clock, open_log("access", settings.access_log, clock.now), settings.access_log_one_in)


def _listen(settings: Settings, access: Access) -> Listen:
    return Listen(
        settings.listen,
        settings.max_request_bytes,
        settings.reuse_port,
        access.tls,
        settings.reflection,
        settings.connection_calls,
        connection_age_ms=settings.max_connection_age_ms,
        connection_grace_ms=settings.shutdown_grace_ms,
    )


def _http_listen(settings: Settings, access: Access) -> HttpListen | None:
    if settings.http_listen == OFF:
        return None
    return HttpListen(
        settings.http_listen,
        settings.max_request_bytes,
        settings.reuse_port,
        access.http_tls,
        () if settings.http_origins == OFF else tuple(settings.http_origins.split(",")),
        # A page that calls by a borrowed name has no credential to call with.
        by_any_name=settings.authenticates,
        pages=Pages(CONSOLE, _provider(settings)) if settings.console else None,
        connection_age_ms=settings.max_connection_age_ms,
        connection_grace_ms=settings.shutdown_grace_ms,
    )


def _provider(settings: Settings) -> Provider | None:
    if settings.console_client_id == OFF:
        return None
    parameter = settings.console_audience_parameter
    return Provider(
        settings.jwt_issuer,
        settings.console_client_id,
        settings.console_scopes,
        settings.jwt_audience,
        None if parameter == OFF else parameter,
    )
