"""The name, version, engine and time of the service."""

from tests.conftest import Ask


async def test_the_service_says_what_it_is(ask: Ask) -> None:
    info = (await ask("{ serviceInfo { name version engine time } }"))["serviceInfo"]
    assert (info["name"], info["version"]) == ("graph-api", "0.1.0")
    assert info["engine"] in ("neo4j", "embedded")
