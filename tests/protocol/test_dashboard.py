"""The files of the dashboard as the service serves them: headers, caches, and nothing outside of their folder."""

import gzip
import json
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate

from graph_api.protocol.dashboard.page import STATIC, OpenIdConnect, documents, policy
from tests.application import service
from tests.tokens import SECRET

SCRIPT = next(path.name for path in (STATIC / "assets").glob("index-*.js"))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGES = ["/", "/classes/demo", "/classes/a.b/students/demo-27.js", "/students/demo-27", "/login/callback?code=1"]
OUTSIDE = [
    "/../page.py",
    "/assets/../../page.py",
    "/%2e%2e/page.py",
    "/..%2fpage.py",
    "/assets/..%2f..%2fpage.py",
    "//etc/passwd",
]


@pytest.mark.parametrize("path", PAGES)
async def test_addresses_of_pages_get_the_page(client: httpx.AsyncClient, path: str) -> None:
    reply = await client.get(f"/dashboard{path}")

    assert (reply.status_code, reply.content) == (200, (STATIC / "index.html").read_bytes())
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-security-policy"] == POLICY
    assert reply.headers["cache-control"] == "no-cache"
    assert (reply.headers["x-content-type-options"], reply.headers["referrer-policy"]) == ("nosniff", "no-referrer")


async def test_the_folder_leads_to_the_page(client: httpx.AsyncClient) -> None:
    reply = await client.get("/dashboard")
    assert (reply.status_code, httpx.URL(reply.headers["location"]).path) == (307, "/dashboard/")


async def test_a_browser_at_an_unknown_address_gets_the_page(client: httpx.AsyncClient) -> None:
    opened = await client.get("/dashboard/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    fetched = await client.get("/dashboard/favicon.ico", headers={"Accept": "image/*,*/*;q=0.8"})

    assert (opened.status_code, opened.content) == (200, (STATIC / "index.html").read_bytes())
    assert fetched.status_code == 404


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/%00", "/assets/", f"/assets/{'a' * 300}"])
async def test_a_missing_file_is_not_the_page(client: httpx.AsyncClient, path: str) -> None:
    reply = await client.get(f"/dashboard{path}")

    assert reply.status_code == 404
    assert reply.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("path", OUTSIDE)
async def test_no_file_outside_of_the_folder_is_served(client: httpx.AsyncClient, path: str) -> None:
    """The paths reach the application undecoded, as a client could send them."""
    request = client.build_request("GET", "/dashboard/x")
    request.url = request.url.copy_with(raw_path=f"/dashboard{path}".encode())
    reply = await client.send(request)

    assert "OpenIdConnect" not in reply.text
    assert "root:" not in reply.text
    assert reply.status_code in {200, 404}
    assert reply.status_code == 404 or reply.content == (STATIC / "index.html").read_bytes()


async def test_files_are_compressed_once_and_kept_by_browsers(client: httpx.AsyncClient) -> None:
    path, content = f"/dashboard/assets/{SCRIPT}", (STATIC / "assets" / SCRIPT).read_bytes()
    async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as reply:
        sent = b"".join([part async for part in reply.aiter_raw()])
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    head = await client.head(path, headers={"Accept-Encoding": "gzip"})
    again = await client.get(path, headers={"If-None-Match": reply.headers["etag"]})

    assert gzip.decompress(sent) == content == plain.content
    assert len(sent) < len(content) / 2
    assert reply.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert all("Accept-Encoding" in each.headers["vary"] for each in (reply, plain, head))
    assert {each.headers["cache-control"] for each in (reply, plain)} == {"public, max-age=31536000, immutable"}
    assert (head.content, head.headers["content-length"]) == (b"", str(len(sent)))
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("file", "kind"), [("theme.js", "text/javascript"), ("icon.svg", "image/svg+xml")])
async def test_browsers_check_files_without_a_hash_each_time(client: httpx.AsyncClient, file: str, kind: str) -> None:
    reply = await client.get(f"/dashboard/{file}")

    assert reply.content == (STATIC / file).read_bytes()
    assert reply.headers["content-type"].partition(";")[0] == kind
    assert reply.headers["cache-control"] == "no-cache"


async def test_only_reading_is_allowed(client: httpx.AsyncClient) -> None:
    assert (await client.post("/dashboard/classes/demo")).status_code == 405


async def test_where_a_proxy_compresses_files_stay_as_they_are(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, compress=False) as http:
        reply = await http.get(f"/dashboard/assets/{SCRIPT}", headers={"Accept-Encoding": "gzip"})

    assert reply.content == (STATIC / "assets" / SCRIPT).read_bytes()
    assert "content-encoding" not in reply.headers


async def test_the_page_reads_how_to_log_in(database: dict[str, str], client: httpx.AsyncClient) -> None:
    issuer = {"oidc_issuer": "https://login.example/realms/school", "oidc_client_id": "dashboard"}
    async with service(database, jwt_secret=SECRET, **issuer) as http:
        login = (await http.get("/dashboard/config.json")).json()
        page = await http.get("/dashboard/students/anna")

    without = (await client.get("/dashboard/config.json")).json()
    expected = {"issuer": "https://login.example/realms/school", "clientId": "dashboard", "scope": "openid"}
    assert (login["authentication"], login["openIdConnect"]) == ("token", expected)
    assert "connect-src 'self' https://login.example;" in page.headers["content-security-policy"]
    assert (without["authentication"], without["openIdConnect"]) == ("none", None)


async def test_the_dashboard_can_be_switched_off(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, dashboard=False) as http:
        replies = [await http.get(f"/dashboard{path}") for path in ("", "/", "/config.json", "/theme.js")]

    assert {reply.status_code for reply in replies} == {404}


def test_the_policy_names_the_port_of_the_issuer() -> None:
    assert "connect-src 'self' http://localhost:9000;" in policy(
        OpenIdConnect("http://localhost:9000/x", "d", "openid")
    )


def test_every_document_of_the_pages_fits_the_schema(repository: Path) -> None:
    schema = build_schema((repository / "schema.graphql").read_text(encoding="utf-8"))

    assert len(documents()) >= 4
    assert {text: faults for text in documents() if (faults := validate(schema, parse(text)))} == {}


async def test_the_documents_of_the_pages_are_trusted(database: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "documents.json").write_text("{}", encoding="utf-8")
    settings = {"auth": "none", "trusted_documents": tmp_path / "documents.json"}
    query = next(text for text in documents() if text.startswith("query HomeMe") and "__typename" in text)
    async with service(database, **settings) as http:
        own = (await http.post("/graphql", json={"query": query})).json()
        other = (await http.post("/graphql", json={"query": f"{query} "})).json()
    async with service(database, **settings, dashboard=False) as http:
        without = (await http.post("/graphql", json={"query": query})).json()

    assert own["data"]["me"]["role"] == "ADMIN"
    codes = [each["errors"][0]["extensions"]["code"] for each in (other, without)]
    assert codes == ["DOCUMENT_NOT_TRUSTED"] * 2
    assert json.dumps(own).count("__typename") >= 1
