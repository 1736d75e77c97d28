"""`POST /imports/answers`: an answer file as a form. The reply names the run that records it, or previews it.

A form is what other sites can send without a preflight request, so a header is required that they cannot add.
"""

import uuid
from contextlib import AsyncExitStack
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from graph_api.domain.failures import Failure, Forbidden, InvalidInput, Unavailable, shown
from graph_api.domain.operations.runs import Run, Trigger
from graph_api.domain.principals import UNKNOWN_CALLER, Principal, Role
from graph_api.execution.operation_outcomes import time_limit
from graph_api.protocol.failure_replies import failure_reply
from graph_api.protocol.http_errors import ErrorResponse
from graph_api.protocol.multipart_bodies import Form, FormLimits, receive_form
from graph_api.protocol.upload_fields import FILES, UploadFields, parse_fields
from graph_api.schema.access.rules import ENDPOINTS
from graph_api.schema.context import Context
from graph_api.schema.failures import unavailable
from graph_api.schema.operations.audit import on_record
from graph_api.store import runs
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.store.uploads import Upload, Uploads
from graph_api.usecases.answers.import_options import (
    AnswerFile,
    InvalidOption,
    field_name,
    understand,
    with_field_names,
)
from graph_api.usecases.answers.import_upload import ImportUpload, OpenFile, import_run, preview
from graph_api.usecases.computing import compute

PATH = "/imports/answers"
ACTION = "importAnswers"
PREFLIGHT_HEADERS = ("GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Requested-With")
"""A request has one of these: browsers send them for pages of other origins only after a preflight request."""

log = structlog.get_logger(__name__)


class AnswerUploads:
    """The endpoint. It answers 202 with a run, or 200 with a preview."""

    def __init__(self, uploads: Uploads, limits: FormLimits, preview_seconds: float) -> None:
        self._uploads = uploads
        self._limits = limits
        self._preview_seconds = preview_seconds

    async def serve(self, request: Request) -> Response:
        """Serve one request."""
        principal: Principal = request.scope.get("principal", UNKNOWN_CALLER)
        try:
            check_caller(request, principal)
            return await self._serve(request, Context(request.app.state.services, principal))
        except ClientDisconnect:
            log.info("an upload was broken off")
            return Response(status_code=400)  # which no client reads
        except TimeoutError:
            return ErrorResponse(408, f"body: must go on within {self._limits.seconds:g} s")
        except (Failure, DatabaseUnavailable, OSError) as error:
            return failure_reply(as_failure(error))

    async def _serve(self, request: Request, context: Context) -> Response:
        async with AsyncExitStack() as stack:
            upload = stack.enter_context(self._uploads.upload())
            form = await self._receive(request, upload)
            fields = parse_fields(form)
            file = await compute(understand, fields.path, fields.options)
            file = may_create_skills(file, context.principal)
            opened = await stack.enter_async_context(OpenFile(file))
            if fields.is_dry_run:
                return await self._preview(opened)
            return await start_import(context, opened, fields, stack)

    async def _receive(self, request: Request, upload: Upload) -> Form:
        return await receive_form(request, upload, self._limits, FILES)

    async def _preview(self, file: OpenFile) -> Response:
        try:
            async with time_limit(self._preview_seconds):
                return JSONResponse(await preview(file), headers={"Cache-Control": "no-store"})
        except TimeoutError:
            rule = f"must be read within {self._preview_seconds:g} s by a dry run (GRAPH_API_REQUEST_SECONDS)"
            raise InvalidInput("file", f"{rule}; import it without dryRun, or preview its beginning") from None


def as_failure(error: Failure | DatabaseUnavailable | OSError) -> Failure:
    """The failure that the client sees, with fields of the form for flags of the command line."""
    if isinstance(error, DatabaseUnavailable):
        return unavailable(error)
    if isinstance(error, OSError):
        log.error("an upload cannot be stored", error=str(error))
        return Unavailable("file", "cannot be stored now; send it again later", retry_after=60.0)
    if isinstance(error, InvalidInput):
        name = field_name(error.field) if isinstance(error, InvalidOption) else error.field
        return InvalidInput(name, with_field_names(error.rule), error.value)
    return error


def check_caller(request: Request, principal: Principal) -> None:
    """Refuse forms of other sites, and callers who may not record answers for all students.

    Raises:
        InvalidInput: none of the headers is sent, or the body is compressed.
        Forbidden: the role may not do this.
    """
    if not any(request.headers.get(name) for name in PREFLIGHT_HEADERS):
        rule = "must be sent, with any value, so that forms of other sites are refused"
        raise InvalidInput(" or ".join(PREFLIGHT_HEADERS), rule)
    if principal.role not in ENDPOINTS[ACTION]:
        raise Forbidden(ACTION, f"is not for the role {principal.role}")
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity"}:
        rule = "must be identity or not be sent; send a compressed file as it is"
        raise InvalidInput("Content-Encoding", rule, shown(encoding))


def may_create_skills(file: AnswerFile, principal: Principal) -> AnswerFile:
    """The file as a principal may import it: only administrators create skills, as with `upsertSkills`.

    Raises:
        Forbidden: another role states that skills are created.
    """
    if principal.role is Role.ADMIN or not file.create_skills:
        return file
    if file.options.create_skills:
        raise Forbidden("createSkills", f"is not for the role {principal.role}", "true")
    return file.without_new_skills()


async def start_import(context: Context, file: OpenFile, fields: UploadFields, stack: AsyncExitStack) -> Response:
    """Start the run and reply with it. From then on the files belong to the run."""
    services, gateway = context.services, context.gateway
    use_case = ImportUpload(gateway, services.clock, services.topic_set)
    now = services.clock()
    run = import_run(uuid.uuid4().hex, file, Trigger.UPLOAD, now, skip_bad=fields.skips_bad)
    async with on_record(context, ACTION, [run.id]) as action:
        try:
            await use_case.check(file)
            await gateway.write(lambda tx: runs.put(tx, run))
        except Failure as failure:
            action.outcome = type(failure).__name__
            raise
        action.outcome = "Run"
    work = record(use_case, file, run, fields, stack.pop_all())
    services.background.start(work, f"run {run.id}")
    return JSONResponse(described(run, file), 202, headers={"Cache-Control": "no-store"})


async def record(use_case: ImportUpload, file: OpenFile, run: Run, fields: UploadFields, files: AsyncExitStack) -> None:
    """Record the file in its run, then remove it."""
    async with files:
        await use_case(file, run, skip_bad=fields.skips_bad)


def described(run: Run, file: OpenFile) -> dict[str, Any]:
    """The reply to an upload that began: the run, and what was understood of the file."""
    return {"run": {"id": run.id, "status": run.status, "algorithm": run.algorithm}, "layout": file.lines}
