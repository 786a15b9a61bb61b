"""Settings from flags, environment and file, and the commands that show and refuse them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.cli.conftest import Onduty

from onduty_server.process.config.definitions import SETTINGS, Group, plain
from onduty_server.process.config.settings import Settings
from onduty_server.process.config.sources import ConfigError, load
from onduty_server.stores.redis.wire.address import RedisAddress


def write(text: str, name: str = "onduty.toml") -> Path:
    path = Path(name)
    path.write_text(text)
    return path


def settings_of(config_file: Path | None = None, flags: Mapping[str, str] | None = None) -> Settings:
    return load(config_file, flags).settings


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        settings_of(write(text, "x.toml"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


SIGN_IN = "console_client_id = 'console'\njwt_keys = 'a'\njwt_audience = 'onduty'\n"
"""Settings for signing in by OpenID Connect, but for the issuer."""


class TestWhereAValueComesFrom:
    def test_by_default_from_the_defaults(self) -> None:
        loaded = load()
        assert loaded.settings == Settings()
        assert set(loaded.origins.values()) == {"default"}

    def test_a_flag_wins_over_the_environment_and_that_over_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write('log_level = "error"\noutage_grace = 20\nshutdown_grace = "1m"\n')
        monkeypatch.setenv("ONDUTY_LOG_LEVEL", "warning")
        monkeypatch.setenv("ONDUTY_OUTAGE_GRACE", "30")
        loaded = load(flags={"log_level": "debug"})
        assert loaded.settings.log_level == "debug"
        assert loaded.settings.outage_grace_ms == 30_000
        assert loaded.settings.shutdown_grace_ms == 60_000
        assert loaded.origins["log_level"] == "--log-level"
        assert loaded.origins["outage_grace"] == "environment ONDUTY_OUTAGE_GRACE"
        assert loaded.origins["shutdown_grace"] == "onduty.toml"
        assert loaded.origins["store"] == "default"

    def test_the_file_named_wins_over_the_one_in_the_environment_and_in_the_directory(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write('log_level = "error"')
        write('log_level = "warning"', "env.toml")
        named = write('log_level = "debug"', "named.toml")
        assert settings_of().log_level == "error"
        monkeypatch.setenv("ONDUTY_CONFIG", "env.toml")
        assert settings_of().log_level == "warning"
        assert settings_of(named).log_level == "debug"

    def test_making_settings_reads_neither(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write('log_level = "error"')
        monkeypatch.setenv("ONDUTY_LOG_LEVEL", "nonsense")
        assert Settings().log_level == "info"

    def test_an_empty_variable_is_not_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ONDUTY_METRICS_LISTEN", "")
        assert settings_of().metrics_address is None

    def test_settings_do_not_change(self) -> None:
        with pytest.raises(ValidationError):
            Settings().listen = "127.0.0.1:1"


class TestValues:
    @pytest.mark.parametrize(
        ("value", "ms"), [('"1500ms"', 1_500), ("2", 2_000), ("0.25", 250), ('"0"', 0), ("0", 0), ('"2"', 2_000)]
    )
    def test_a_period_is_text_or_seconds(self, value: str, ms: int) -> None:
        settings = settings_of(write(f"activity_flush_interval = {value}"))
        assert settings.activity_flush_interval_ms == ms

    @pytest.mark.parametrize("value", ['"soon"', "true", "nan", "inf", "0.0001", "[1]", '"-1s"', "-1", '"2m"'])
    def test_anything_else_is_no_period(self, value: str) -> None:
        assert refused(f"activity_flush_interval = {value}").startswith("x.toml: activity_flush_interval: ")

    @pytest.mark.parametrize(
        ("setting", "given", "said"),
        [
            ("workers", "0", "must be between 1 and 256, got 0"),
            ("workers", "257", "must be between 1 and 256, got 257"),
            ("history_max_changes", "999", "must be at least 1000, got 999"),
            ("workers", '"two"', "must be a whole number, got 'two'"),
            ("workers", "1.5", "must be a whole number, got 1.5"),
            ("workers", '"' + "9" * 5_000 + '"', f"must be a whole number, got {'9' * 60}..."),
            ("listen", "50250", "must be text, got 50250"),
            ("reflection", '"maybe"', "must be true or false, got 'maybe'"),
            ("log_level", '"verbose"', "'verbose' is not one of debug, info, warning, error"),
            ("store_key_prefix", '"a b"', "must be 1 to 64 letters, digits and characters of ._:-, got 'a b'"),
            ("store_password", "5", "must be text"),
            ("shutdown_grace", "[1]", "[1] is not a duration; write it like 10s, or as a number of seconds"),
        ],
    )
    def test_what_is_wrong_is_said_in_our_words_and_with_the_value(self, setting: str, given: str, said: str) -> None:
        assert refused(f"{setting} = {given}") == f"x.toml: {setting}: {said}"

    def test_who_gives_a_flag_is_told_of_flags(self) -> None:
        for given, missing in (("tls_certificate", "--tls-key"), ("tls_key", "--tls-certificate")):
            with pytest.raises(ConfigError) as caught:
                settings_of(flags={given: "a.pem"})
            assert str(caught.value) == f"--{given.replace('_', '-')}: needs {missing} as well"
            assert refused(f'{given} = "a.pem"') == f"x.toml: {given}: needs {missing[2:].replace('-', '_')} as well"

    def test_limits_are_said(self) -> None:
        assert refused("outage_grace = 2") == "x.toml: outage_grace: must be between 3s and 1d, got 2s"

    def test_in_milliseconds(self) -> None:
        settings = Settings(
            activity_flush_interval=timedelta(0),
            history_retention=timedelta(days=7),
            activity_future_tolerance=timedelta(seconds=1),
            activity_fresh_for=timedelta(minutes=5),
        )
        assert settings.activity_flush_interval_ms == 0
        assert settings.outage_grace_ms == 10_000
        assert settings.history_retention_ms == 7 * 86_400_000
        assert settings.activity_future_tolerance_ms == 1_000
        assert settings.activity_fresh_for_ms == 300_000
        assert settings.shutdown_grace_ms == 10_000

    @pytest.mark.parametrize("address", ["127.0.0.1:50250", "127.8.8.8:1", "[::1]:0", "localhost:50250"])
    def test_loopback_may_be_listened_on(self, address: str) -> None:
        assert Settings(listen=address).listen == address

    @pytest.mark.parametrize("address", ["0.0.0.0:50250", "[::]:50250", "10.0.0.1:1", "onduty.internal:50250"])
    def test_other_addresses_are_refused_with_the_reason(self, address: str) -> None:
        assert "nothing would be encrypted" in refused(f'listen = "{address}"')
        assert "no credential would be required" in refused(f'listen = "{address}"\nallow_plaintext = true')
        tls = 'tls_certificate = "a.pem"\ntls_key = "b.pem"\n'
        assert "no credential would be required" in refused(f'listen = "{address}"\n{tls}')
        for encrypted in ("allow_plaintext = true\n", tls):
            settings = settings_of(write(f'listen = "{address}"\nkey_file = "keys"\n{encrypted}'))
            assert settings.listen == address

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('tls_certificate = "a"', "tls_certificate: needs tls_key as well"),
            ('tls_client_ca = "a"', "tls_client_ca: needs tls_certificate and tls_key"),
            ('access_file = "a"', "access_file: needs key_file, jwt_keys or tls_client_ca"),
            ('jwt_keys = "a"', "jwt_keys: needs jwt_issuer and jwt_audience"),
            ('jwt_keys = "a"\njwt_issuer = "b"', "jwt_keys: needs jwt_issuer and jwt_audience"),
            ('jwt_audience = "a"', "jwt_audience: needs jwt_keys"),
            ('jwt_algorithms = "HS256"', "jwt_algorithms: 'HS256' is not one of ES256"),
            ('jwt_algorithms = "none"', "jwt_algorithms: 'none' is not one of ES256"),
            ('console_scopes = "openid care"', "console_scopes: needs console_client_id"),
            ('console_audience_parameter = "audience"', "console_audience_parameter: needs console_client_id"),
            ('console_client_id = "a"\nconsole = false', "the console is not served, because console is off"),
            ('console_client_id = "a"\nhttp_listen = "off"', "the console is not served, because http_listen is off"),
            ('console_client_id = "a"\nkey_file = "b"', "set jwt_keys, jwt_issuer and jwt_audience"),
            (f"{SIGN_IN}jwt_issuer = 'care'", "jwt_issuer: people cannot sign in there (console_client_id): 'care'"),
            (f"{SIGN_IN}jwt_issuer = 'http://login.example'", "'http://login.example' is not the URL of a provider"),
            (f"{SIGN_IN}jwt_issuer = 'https://a.example/;b c'", "has more than a host and a path"),
            (f"{SIGN_IN}jwt_issuer = \"https://a.example 'unsafe-eval'\"", "is not the URL of a provider"),
            (f"{SIGN_IN}jwt_issuer = 'https://a;b'", "is not the URL of a provider"),
            (f"{SIGN_IN}jwt_issuer = 'https://me@a.example'", "is not the URL of a provider"),
            (
                f"{SIGN_IN}jwt_issuer = 'https://a'\nconsole_audience_parameter = 'resource'",
                "a resource is an absolute URI without a fragment, and jwt_audience is 'onduty'",
            ),
            (f"{SIGN_IN}jwt_issuer = 'https://a'\nconsole_scopes = 'care'", "console_scopes: must contain openid"),
            (f"{SIGN_IN}jwt_issuer = 'https://a'\nconsole_scopes = 'openid  a'", "'' is not a scope"),
            ('key_file = ""', "key_file: must not be empty"),
            ('audit_log = "a\\u0000b"', "audit_log: must not be empty"),
        ],
    )
    def test_what_contradicts_itself_is_refused(self, text: str, said: str) -> None:
        assert said in refused(text)

    @pytest.mark.parametrize(
        "issuer",
        ["https://login.example", "https://a.example:8443/realms/care/", "http://127.0.0.1:1", "http://[::1]:1"],
    )
    def test_people_may_sign_in_at_an_issuer_that_is_a_url(self, issuer: str) -> None:
        assert settings_of(write(f"{SIGN_IN}jwt_issuer = '{issuer}'")).jwt_issuer == issuer

    @pytest.mark.parametrize("address", ["50250", "127.0.0.1", "127.0.0.1:x", ""])
    def test_an_address_has_a_host_and_a_port(self, address: str) -> None:
        assert "is not a valid address; write HOST:PORT" in refused(f'listen = "{address}"')

    def test_metrics_may_be_off(self) -> None:
        assert Settings().metrics_address is None
        assert Settings(metrics_listen="[::1]:9100").metrics_address == ("::1", 9100)
        assert "is not a valid address" in refused('metrics_listen = "9100"')

    def test_stores(self) -> None:
        assert Settings().sqlite_path == Path("onduty.db")
        assert Settings(store="sqlite:/a/b:c.db").sqlite_path == Path("/a/b:c.db")
        assert Settings(store="memory:").sqlite_path is None

    @pytest.mark.parametrize(
        "store", ["sqlite:", "sqlite::memory:", "memory", "memory:x", "valkey://x", "onduty.db", ""]
    )
    def test_no_other_stores(self, store: str) -> None:
        assert refused(f'store = "{store}"') == (
            f"x.toml: store: {store!r} is not a store; write sqlite:FILE, redis://HOST:PORT, "
            "redis+cluster://HOST:PORT,... or memory: (rediss for TLS)"
        )

    def test_a_redis(self) -> None:
        settings = Settings(store="rediss+cluster://a:1,b:2", store_username="me", store_password="s3cret")
        assert settings.redis_address == RedisAddress(
            (("a", 1), ("b", 2)), cluster=True, tls=True, username="me", password="s3cret"
        )
        assert "s3cret" not in repr(settings) + str(settings.redis_address) + repr(settings.redis_address)
        assert Settings(store="redis://me@h/3").redis_address == RedisAddress((("h", 6379),), db=3, username="me")
        assert Settings().redis_address is None

    @pytest.mark.parametrize(
        ("store", "why"),
        [
            ("redis:", "write redis://HOST:PORT/DB or redis+cluster://HOST:PORT,HOST:PORT"),
            ("redis://", "each host must be HOST or HOST:PORT"),
            ("redis://h:x", "each host must be HOST or HOST:PORT"),
            ("redis://h:70000", "each host must be HOST or HOST:PORT"),
            ("redis://h:1?db=2", "each host must be HOST or HOST:PORT"),
            ("redis://a:1,b:2", "several hosts mean a Cluster; write redis+cluster://HOST:PORT,HOST:PORT"),
            ("redis+cluster://a:1/2", "a Cluster has no numbered databases; leave out what follows the hosts"),
            ("redis://a:1/two", "what follows the slash must be the number of a database, as in redis://HOST:PORT/0"),
        ],
    )
    def test_no_redis(self, store: str, why: str) -> None:
        assert refused(f'store = "{store}"') == f"x.toml: store: {why}"

    def test_a_password_in_the_address_is_refused_and_not_repeated(self) -> None:
        message = refused('store = "redis://me:s3cret@h:1"')
        assert "set ONDUTY_STORE_PASSWORD instead" in message
        assert "s3cret" not in message

    def test_a_password_is_not_printed(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ONDUTY_STORE_PASSWORD", "s3cret")
        for printed in (onduty("config"), onduty("config", "--json")):
            assert "(secret)" in printed.out
            assert "s3cret" not in printed.out + printed.err

    @pytest.mark.parametrize(("store", "kind"), [("sqlite:a.db", "sqlite:"), ("memory:", "memory:")])
    def test_several_workers_are_refused_over_a_store_of_one_process(self, store: str, kind: str) -> None:
        assert refused(f'workers = 3\nstore = "{store}"') == (
            f"x.toml: workers: a {kind} store holds every user in the memory of one process, so 3 workers cannot share "
            "it; set workers to 1, or use a store that processes share"
        )
        assert settings_of(write(f'workers = 1\nstore = "{store}"')).workers == 1

    @pytest.mark.parametrize("value", ["0", "257", "-1", "1.5", '"many"'])
    def test_there_are_1_to_256_workers(self, value: str) -> None:
        assert refused(f"workers = {value}").startswith("x.toml: workers: ")


class TestNamesThatAreNoSettings:
    def test_in_the_file(self) -> None:
        assert refused('listn = "x"') == "x.toml: no setting is called 'listn'; did you mean listen?"
        assert refused("[server]\nlisten = 1") == "x.toml: no setting is called 'server'"

    def test_in_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ONDUTY_LISTN", "x")
        with pytest.raises(ConfigError, match=r"'ONDUTY_LISTN'; did you mean ONDUTY_LISTEN\?"):
            load()

    def test_the_command_lines_and_kubernetes_own_variables_are_let_pass(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SERVER", "ACTOR", "TIMEOUT", "TEST_REQUIRE_TOOLS"):
            monkeypatch.setenv(f"ONDUTY_{name}", "x")
        for name in ("SERVICE_HOST", "SERVICE_PORT_GRPC", "PORT_50250_TCP_ADDR", "REDIS_SERVICE_HOST"):
            monkeypatch.setenv(f"ONDUTY_{name}", "10.0.0.1")
        monkeypatch.setenv("ONDUTY_PORT", "tcp://10.0.0.1:50250")
        assert load().settings == Settings()

    def test_a_guessed_port_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ONDUTY_PORT", "50251")
        with pytest.raises(ConfigError, match="no setting is called 'ONDUTY_PORT'"):
            load()


class TestFilesThatCannotBeRead:
    def test_there_is_none(self) -> None:
        with pytest.raises(ConfigError, match=r"no\.toml: No such file or directory"):
            load(Path("no.toml"))

    def test_it_is_a_directory(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="Is a directory"):
            load(tmp_path)

    def test_it_is_not_toml(self) -> None:
        assert refused("listen = ").startswith("x.toml: not TOML: ")

    def test_it_is_not_text(self) -> None:
        Path("x.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(ConfigError, match=r"x\.toml: not TOML: "):
            load(Path("x.toml"))


class TestConfig:
    def test_prints_what_can_be_fed_back_with_the_origins(
        self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write('store = "sqlite:/var/lib/on\\"duty\\\\.db"\nmetrics_listen = "127.0.0.1:9100"\n')
        monkeypatch.setenv("ONDUTY_OUTAGE_GRACE", "90")
        ran = onduty("config", "--log-level", "debug", "--reuse-port")
        assert ran.code == 0
        assert 'outage_grace = "1m30s"' in ran.out
        assert [line.split("# ")[1] for line in ran.lines if line.startswith("outage_grace")] == [
            "environment ONDUTY_OUTAGE_GRACE"
        ]
        monkeypatch.delenv("ONDUTY_OUTAGE_GRACE")
        again = load(write(ran.out, "again.toml"))
        assert again.settings.outage_grace_ms == 90_000
        assert again.settings.log_level == "debug"
        assert again.settings.reuse_port
        assert again.settings.sqlite_path == Path('/var/lib/on"duty\\.db')
        assert set(again.origins.values()) == {"again.toml"}
        assert set(tomllib.loads(ran.out)) == set(SETTINGS)

    def test_as_json(self, onduty: Onduty) -> None:
        ran = onduty("config", "--json", "--listen", "127.0.0.1:1")
        found = json.loads(ran.out)
        assert found["listen"] == {"value": "127.0.0.1:1", "origin": "--listen"}
        assert found["history_retention"] == {"value": "30d", "origin": "default"}
        assert set(found) == set(SETTINGS)

    @pytest.mark.parametrize("command", ["config", "serve"])
    def test_a_wrong_value_is_one_line_and_exit_code_2(self, onduty: Onduty, command: str) -> None:
        ran = onduty(command, "--outage-grace", "1s")
        assert ran.code == 2
        assert ran.out == ""
        assert ran.err == "onduty: --outage-grace: must be between 3s and 1d, got 1s\n"

    def test_workers_that_the_default_store_cannot_have_are_refused(self, onduty: Onduty) -> None:
        ran = onduty("serve", "--workers", "2")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: --workers: a sqlite: store holds every user in the memory of one process")
        assert ran.err.count("\n") == 1
        assert not Path("onduty.db").exists()

    def test_the_settings_are_those_of_the_definitions_in_the_same_order(self) -> None:
        assert list(Settings.model_fields) == list(SETTINGS)
        assert {name: field.default for name, field in Settings.model_fields.items()} == {
            name: setting.default for name, setting in SETTINGS.items()
        }


class TestEverySetting:
    """Each follows from its definition: its flag, its help, its row in the docs, and its default."""

    @pytest.fixture
    def help_text(self, onduty: Onduty) -> str:
        return " ".join(onduty("serve", "--help").out.split())

    @pytest.mark.parametrize("name", SETTINGS)
    def test_has_a_flag_with_a_help_and_the_default(self, help_text: str, name: str) -> None:
        setting = SETTINGS[name]
        assert setting.shown_default
        if setting.about.secret:
            assert setting.flag not in help_text
            return
        value = f" / --no-{setting.flag[2:]}" if setting.is_switch else f" {setting.about.metavar}"
        assert f"{setting.flag}{value} {setting.about.text} Default: {setting.shown_default}." in help_text

    @pytest.mark.parametrize("name", SETTINGS)
    def test_has_a_sentence_and_a_default_within_its_limits(self, name: str) -> None:
        setting = SETTINGS[name]
        assert setting.about.text[0] == setting.about.text[0].upper() or name == "store"
        assert setting.about.text.endswith(".")
        assert bool(setting.about.metavar) != setting.is_switch
        assert load(flags={name: plain(setting.default)}).settings == Settings()

    @pytest.mark.parametrize("name", SETTINGS)
    def test_has_a_row_in_the_docs_with_its_variable_and_default(self, name: str) -> None:
        setting = SETTINGS[name]
        page = (Path(__file__).parents[2] / "docs/configuration.md").read_text()
        (row,) = re.findall(rf"^\| `{name}` .*$", page, flags=re.MULTILINE)
        assert f"`{setting.variable}`" in row
        assert f"| {setting.shown_default} |" in row.replace("`", "")
        assert (f"`{setting.flag}" in row) is not setting.about.secret

    def test_only_a_secret_has_no_flag(self) -> None:
        assert [name for name, setting in SETTINGS.items() if setting.about.secret] == ["store_password"]

    def test_the_help_has_the_flags_under_headings(self, onduty: Onduty) -> None:
        sections = re.split(r"^(\S.*):$", onduty("serve", "--help").out, flags=re.MULTILINE)
        found = dict(zip(sections[1::2], sections[2::2], strict=True))
        assert [*found] == ["Options", *(group.value for group in Group)]
        assert "--tls-key FILE" in found["Address and TLS"]
        assert "--store-username NAME" in found["Store"]
        assert max(text.count("\n  --") for text in found.values()) <= 14

    def test_the_last_of_a_switch_and_its_opposite_counts(self, onduty: Onduty) -> None:
        on, off = "--reflection", "--no-reflection"
        for switches, value in (((on, off), False), ((off, on), True)):
            assert json.loads(onduty("config", "--json", *switches).out)["reflection"]["value"] is value
