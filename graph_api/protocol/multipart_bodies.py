"""Forms with files (multipart/form-data), received in pieces: files go to the disk, and never whole into memory."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from graph_api.domain.failures import InvalidInput, shown
from graph_api.protocol.failure_replies import BodyTooLarge
from graph_api.store.uploads import Upload, UploadedFile

MEDIA_TYPE = "multipart/form-data"
BUFFER_BYTES = 1_048_576
"""Bytes of a file that are gathered before a thread writes them."""
FIELD_BYTES = 10_000
MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class FormLimits:
    """Bytes of a whole body, and seconds that the next piece of it may take."""

    bytes: int
    seconds: float


@dataclass(slots=True)
class Form:
    """The parts of a form in their order: texts, and the paths of files, each with the name of its field."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, Path]] = field(default_factory=list)


class _Part:
    """The part that is being received."""

    def __init__(self) -> None:
        self.headers: dict[str, bytes] = {}
        self.header_name, self.header_value = b"", b""
        self.name = ""
        self.file: UploadedFile | None = None
        self.is_skipped = False
        self.data = bytearray()


class FormReader:
    """Parses a body as it arrives. `file_fields` are the names of fields that may be files."""

    def __init__(self, boundary: bytes, upload: Upload, file_fields: frozenset[str]) -> None:
        self.form = Form()
        self.is_complete = False
        self._upload, self._file_fields = upload, file_fields
        self._part = _Part()
        self._parts = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._complete,
            },
        )

    async def feed(self, piece: bytes) -> None:
        """Parse the next bytes.

        Raises:
            InvalidInput: they are no form, or a part breaks a rule.
            BodyTooLarge: a field, or the number of parts, is over its limit.
        """
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise InvalidInput("body", f"must be {MEDIA_TYPE}: {str(error)[:80]}") from None
        part = self._part
        if part.file is not None and len(part.data) >= BUFFER_BYTES:
            data, part.data = bytes(part.data), bytearray()
            await asyncio.to_thread(part.file.write, data)

    def close(self) -> None:
        """Close the file that was being received."""
        if self._part.file is not None:
            self._part.file.close()

    def _begin(self) -> None:
        self._part = _Part()
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise BodyTooLarge("body", f"must have at most {MOST_PARTS} parts")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[part.header_name.decode("latin-1").lower()] = part.header_value
        part.header_name, part.header_value = b"", b""

    def _headers_finished(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get("content-disposition"))
        part.name = _text(options.get(b"name", b""), "body")
        if not part.name:
            raise InvalidInput("body", "must have a name for each part (Content-Disposition)")
        if b"filename" not in options:
            return
        if part.name not in self._file_fields:
            raise InvalidInput(shown(part.name), "must be a text, not a file")
        name = _text(options[b"filename"], part.name)
        if not name:  # a browser sends an empty file for an input that the user left alone
            part.is_skipped = True
            return
        part.file = self._upload.create(name, part.name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.is_skipped:
            return
        part.data += data[start:end]
        if part.file is None and len(part.data) > FIELD_BYTES:
            raise BodyTooLarge(shown(part.name), f"must have at most {FIELD_BYTES} bytes")

    def _end(self) -> None:
        part, self._part = self._part, _Part()
        if part.file is not None:
            part.file.write(bytes(part.data))
            part.file.close()
            self.form.files.append((part.name, part.file.path))
        elif not part.is_skipped:
            self.form.texts.append((part.name, _text(bytes(part.data), part.name)))

    def _complete(self) -> None:
        self.is_complete = True


async def receive_form(request: Request, upload: Upload, limits: FormLimits, file_fields: frozenset[str]) -> Form:
    """The form of a request, its files in a folder.

    Raises:
        InvalidInput: the body is no form, or a part breaks a rule.
        BodyTooLarge: the body is over its limit; what follows is not read.
        ClientDisconnect: the client went away.
        TimeoutError: the next piece did not come in time.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if media_type.decode("latin-1") != MEDIA_TYPE or not boundary:
        raise InvalidInput("Content-Type", f"must be {MEDIA_TYPE} with a boundary", shown(media_type.decode("latin-1")))
    promised = request.headers.get("content-length", "")
    if promised.isdigit() and int(promised) > limits.bytes:
        raise _too_large(limits, promised)
    reader, seen, pieces = FormReader(boundary, upload, file_fields), 0, request.stream()
    try:
        while True:
            async with asyncio.timeout(limits.seconds):
                piece = await anext(pieces, None)
            if piece is None:
                break
            seen += len(piece)
            if seen > limits.bytes:
                raise _too_large(limits, f"at least {seen}")
            await reader.feed(piece)
    finally:
        reader.close()
    if not reader.is_complete:
        raise InvalidInput("body", "must end with its boundary; it is cut short")
    return reader.form


def _too_large(limits: FormLimits, size: str) -> BodyTooLarge:
    return BodyTooLarge("body", f"must be at most {limits.bytes} bytes (GRAPH_API_UPLOAD_BYTES)", size)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InvalidInput(shown(name), "must be UTF-8") from None
