"""Forms are read the same however their bytes arrive; the oracle is the encoder of httpx."""

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from python_multipart.multipart import parse_options_header

from graph_api.protocol.multipart_bodies import FormReader
from graph_api.store.uploads import Uploads

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
FILES = st.binary(max_size=200) | st.sampled_from([b"\r\n--", b"\r\n--x\r\n", b"--x--", b"\r" * 50, b"x" * 70_000])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["layout", "set", "noValue"]), TEXTS), max_size=4),
    st.lists(FILES, min_size=1, max_size=3),
    st.lists(st.integers(0, 400), max_size=6),
)
def test_a_form_is_read_however_it_is_split(texts: list[tuple[str, str]], files: list[bytes], cuts: list[int]) -> None:
    fields: dict[str, list[str]] = {}
    for name, value in texts:
        fields.setdefault(name, []).append(value)
    sent = [("file" if n == 0 else "metadata", (f"f {n}.csv", content)) for n, content in enumerate(files)]
    request = httpx.Request("POST", "http://localhost/", data=fields, files=sent)
    body = request.read()
    boundary = parse_options_header(request.headers["content-type"])[1][b"boundary"]
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})

    with tempfile.TemporaryDirectory() as folder, Uploads(Path(folder)).upload() as upload:
        reader = FormReader(boundary, upload, frozenset({"file", "metadata"}))

        async def feed() -> None:
            for start, end in pairwise(places):
                await reader.feed(body[start:end])

        asyncio.run(feed())
        reader.close()
        assert reader.is_complete
        assert reader.form.texts == [(name, value) for name, values in fields.items() for value in values]
        assert [(name, path.name) for name, path in reader.form.files] == [(name, file[0]) for name, file in sent]
        assert [path.read_bytes() for _, path in reader.form.files] == files
