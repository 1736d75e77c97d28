"""Settings: each invalid value and each contradiction is refused by the name of its variable."""

import pytest

from graph_api.config import BadSettings, Settings, read_settings
from tests.tokens import SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schedule_refit", "never"),
        ("schedule_recency", "99 * * * *"),
        ("schedule_time_zone", "Mars/Base"),
        ("job_lease_seconds", "0"),
    ],
)
def test_an_invalid_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GRAPH_API_{name.upper()}", value)

    with pytest.raises(BadSettings, match=f"GRAPH_API_{name.upper()}"):
        read_settings()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"auth": "jwt"}, "GRAPH_API_AUTH: jwt takes exactly one of"),
        ({"auth": "jwt", "jwt_secret": SECRET, "jwt_jwks": "x"}, "GRAPH_API_AUTH: jwt takes exactly one of"),
        ({"auth": "jwt", "jwt_secret": "short"}, "GRAPH_API_JWT_SECRET: must have at least 32 bytes"),
        ({"auth": "jwt", "jwt_secret": SECRET, "jwt_algorithm": "RS256"}, "GRAPH_API_JWT_ALGORITHM: HS256 goes with a secret"),
        ({"auth": "jwt", "jwt_jwks": "x", "jwt_algorithm": "HS256"}, "GRAPH_API_JWT_ALGORITHM: HS256 goes with a secret"),
        ({"jwt_secret": SECRET}, "GRAPH_API_AUTH: must be jwt for a key to be used"),
        ({"host": "0.0.0.0"}, "GRAPH_API_HOST: 0.0.0.0 is reachable from other machines"),  # noqa: S104 - refused
        ({"host": "0.0.0.0", "auth": "jwt", "jwt_secret": SECRET}, "GRAPH_API_HOSTS: must name the hosts"),  # noqa: S104 - refused
        ({"host": "0.0.0.0", "allow_public_without_auth": "true"}, "GRAPH_API_HOSTS: must name the hosts"),  # noqa: S104 - refused
        ({"oidc_client_id": "dashboard"}, "GRAPH_API_OIDC_ISSUER: goes with GRAPH_API_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "https://login.example", "oidc_client_id": "dashboard"}, "GRAPH_API_AUTH: must be jwt"),
        ({"hosts": "*"}, "GRAPH_API_HOSTS: must name hosts with GRAPH_API_AUTH=none"),
        ({"hosts": "https://api.example"}, "GRAPH_API_HOSTS: must be names without scheme and port"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_together(given: dict[str, str], message: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read_settings(_env_file=None, **given)

    assert message in str(caught.value)
    assert "short" not in str(caught.value)


def test_with_tokens_it_may_listen_beyond_localhost() -> None:
    settings = read_settings(_env_file=None, auth="jwt", jwt_secret=SECRET, host="0.0.0.0", hosts="api.example")  # noqa: S104
    assert settings.algorithm == "HS256"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"origins": "app.example"}, "GRAPH_API_ORIGINS: must be origins, such as https://app.example"),
        ({"origins": "https://a.example,https://b.example/path"}, "GRAPH_API_ORIGINS: must be origins"),
        ({"rate_limit": "often"}, "GRAPH_API_RATE_LIMIT:"),
        ({"pseudonym_key": "short"}, "GRAPH_API_PSEUDONYM_KEY:"),
        ({"oidc_issuer": "http://login.example"}, "GRAPH_API_OIDC_ISSUER: must be the address of an issuer with https"),
        ({"oidc_issuer": "https://login.example; script-src *"}, "GRAPH_API_OIDC_ISSUER: must be the address"),
        ({"oidc_scope": "email"}, "GRAPH_API_OIDC_SCOPE: must contain openid"),
    ],
)  # fmt: skip
def test_settings_that_break_a_rule(given: dict[str, str], message: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read_settings(_env_file=None, **given)

    assert message in str(caught.value)
    assert "short" not in str(caught.value)


def test_origins_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPH_API_ORIGINS", "https://a.example, http://b.example:8080,")
    assert Settings(_env_file=None).origins == ["https://a.example", "http://b.example:8080"]
