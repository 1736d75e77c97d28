"""`graph-api token`."""

from datetime import timedelta
from typing import Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.app.tokens import make_token
from graph_api.cli.console import USAGE, settings_for_command, stop
from graph_api.domain.principals import Role


def token(
    subject: Annotated[str, typer.Argument(help="The id of the principal.")],
    role: Annotated[Role, typer.Option(help="The role of the principal.")] = Role.SERVICE,
    hours: Annotated[float, typer.Option(min=0.001, help="Hours until the token expires.")] = 24.0,
) -> None:
    """Make a token for development, signed with GRAPH_API_JWT_SECRET."""
    settings = settings_for_command(log_level="error")
    if settings.jwt_secret is None:
        stop("GRAPH_API_JWT_SECRET: must be set; tokens under a public key come from your identity provider", USAGE)
    issuer, audience, age = settings.jwt_issuer, settings.jwt_audience, timedelta(hours=hours)
    secret = settings.jwt_secret.get_secret_value()
    typer.echo(make_token(secret, subject, role, issuer, audience, utc_now(), age))
