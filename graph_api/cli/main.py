"""All commands put together."""

from typing import Annotated

import typer

from graph_api.cli import (
    backup,
    checks,
    data,
    export_analysis,
    fit,
    fit_file,
    fit_forgetting,
    fit_inference,
    fit_predictor,
    jobs,
    prepare_engine,
    records,
    serve,
    token,
)
from graph_api.cli.console import print_version

app = typer.Typer(
    name="graph-api",
    help="A learner-model service: answers in, mastery out, stored in a graph and queried over GraphQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(data.seed)
app.add_typer(records.imports, name="import")
app.add_typer(export_analysis.exports, name="export")
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(fit.fit)
app.command()(fit_file.fit_file)
app.command("count-histories")(fit_file.count_histories_of_files)
app.command()(fit_forgetting.fit_forgetting)
app.command("activate-forgetting")(fit_forgetting.activate_forgetting_parameters)
app.command()(fit_predictor.fit_predictor)
app.command("activate-predictor")(fit_predictor.activate_stored_predictor)
app.command("deactivate-predictor")(fit_predictor.return_to_knowledge_tracing)
app.command()(fit_inference.fit_inference)
app.command("activate-inference")(fit_inference.activate_inference_model)
app.command()(jobs.recompute)
app.command()(jobs.replay)
app.command("replay-topics")(jobs.replay_stale_topics)
app.command("activate-evidence")(jobs.activate_evidence_parameters)
app.command("expire-sessions")(jobs.expire)
app.command("erase-inactive")(jobs.erase_inactive_students)
app.command()(jobs.scheduler)
app.command()(token.token)
app.command()(checks.schema)
app.command()(checks.cypher)
app.command("migrate")(checks.migrate_database)
app.command()(checks.doctor)
app.command()(prepare_engine.prepare_engine)


@app.callback()
def options(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=print_version)
    ] = False,
) -> None:
    """Options that come before a command."""


def main() -> None:
    """Run the command line."""
    app()
