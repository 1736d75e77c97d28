"""The name, version, engine and time of the service."""

from tests.conftest import Ask


async def test_service_info_has_name_version_engine_and_time(ask: Ask) -> None:
    info = (await ask("{ serviceInfo { name version engine time } }"))["serviceInfo"]
    assert (info["name"], info["version"]) == ("graph-api", "0.1.0")
    assert info["engine"] in ("neo4j", "embedded")
