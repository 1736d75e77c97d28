"""A changed setting: the start replays in a run, once, and every command uses the same set."""

import asyncio
import itertools
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import ParameterSetNotFound
from graph_api.domain.learners import topic
from graph_api.domain.parameters.recency_parameters import RecencyParameters
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.jobs.parameters_in_effect import TRIGGER, replay_stale_topics
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import recency_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.replay_topics import has_stale_topics
from graph_api.usecases.operations.check_topics import find_wrong_topics
from graph_api.usecases.operations.hold_job import Claim, JobHolder
from graph_api.usecases.parameters.edit_policy_sets import put_policy
from tests.conftest import NOW, Ask
from tests.topic_states import OWN, SHOWN, assert_sums, own_set, practise, serial, states

pytestmark = pytest.mark.usefixtures("course")

SETS = "{ topicParameterSets { id inEffect } recencyParameterSets { id inEffect } }"
RUNS = "{ runs(first: 50) { nodes { algorithm status trigger parameters output } } }"


@pytest.fixture
async def practised(course: None, intake: AnswerIntake) -> list[AnswerInput]:
    """What three students answered under the default set."""
    return await practise(intake)


def run_command(database: dict[str, str], folder: Path, *arguments: str, **settings: str) -> str:
    """What a command prints, with settings of the environment, on the same database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_API_")}
    given = {f"GRAPH_API_{name.upper()}": value for name, value in {**database, **settings}.items()}
    done = subprocess.run(
        [sys.executable, "-m", "graph_api", *arguments],
        cwd=folder, env=clean | given | {"COLUMNS": "300"}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return f"{done.stdout}{done.stderr}exit {done.returncode}"


@pytest.mark.usefixtures("practised")
async def test_commands_use_the_set_of_the_setting(database: dict[str, str], gateway: Gateway, tmp_path: Path) -> None:
    """An import folds under the setting, not under the default; then the doctor and a replay agree with it."""
    used = await own_set(gateway)
    (tmp_path / "answers.csv").write_text(
        "id,student_id,at,correct,concept_ids,skill_codes,session_id,question_id,difficulty,response_time,"
        "semantic_score,keyword_score,mentioned\n"
        'i1,s0,2026-02-28T10:00:00Z,true,"[""accusative""]",[],,,,,0.9,0.9,"[""dative""]"\n'
    )

    def command(*arguments: str) -> str:
        return run_command(database, tmp_path, *arguments, topic_parameters=used.id)

    imported = await asyncio.to_thread(command, "import", "answers", "answers.csv")
    assert "1 recorded" in imported, imported
    replayed = await states(gateway)
    assert {each.set_id for each in replayed["topics"]["s0"].values()} == {used.id}
    assert replayed["topics"]["s0"]["cases"].topic.attempted == 6
    assert replayed["samplings"]["s0"]["dative"].set_id == used.id
    assert replayed["topics"]["s1"]["cases"].set_id == DEFAULT_SET.id

    sick = await asyncio.to_thread(command, "doctor")
    assert "exit 1" in sick
    assert f"found topic-v1, version {topic.VERSION}, not {used.id}" in sick
    assert "4 topics and 5 sampling records replayed" in await asyncio.to_thread(command, "replay-topics")
    healthy = await asyncio.to_thread(command, "doctor")
    assert "exit 0" in healthy, healthy


async def shown(database: dict[str, str], *documents: str, until: Any = None, **settings: Any) -> list[Any]:
    """Replies of an application of its own, with other settings, on the same database."""
    app = create_app(Settings(_env_file=None, scheduler=False, **database, **settings))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as connected:

            async def reply(document: str) -> Any:
                answer = (await connected.post("/graphql", json={"query": document})).json()
                assert "errors" not in answer, answer
                return answer["data"]

            for _ in range(200):
                if until is None or await until(reply):
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail(str(await reply(RUNS)))
            return [await reply(document) for document in documents]


@pytest.mark.usefixtures("practised")
async def test_a_changed_setting_replays_at_the_start_in_a_run(
    database: dict[str, str], gateway: Gateway, raw: Ask
) -> None:
    await raw("MATCH (r:Run) DELETE r")
    await raw("MATCH (j:Job) DELETE j")
    used = await own_set(gateway)
    windows = await put_policy(
        gateway,
        recency_sets,
        f"of-replays-{next(serial)}",
        RecencyParameters(min_attempts=1, lookback_days=36_500),
        NOW,
    )
    await shown(database, "mutation { recomputeRecency { __typename } }")

    async def ended(reply: Any) -> bool:
        listed = (await reply(RUNS))["runs"]["nodes"]
        return {each["algorithm"] for each in listed if each["trigger"] == TRIGGER and each["status"] == "SUCCESS"} == {
            "REPLAY_TOPICS", "RECOMPUTE_RECENCY",
        }  # fmt: skip

    recency = '{ student(id: "s0") { mastery(skillCode: "cases") { recency { parameterSetId status } } } }'
    replayed, sets, score = await shown(
        database, SHOWN, SETS, recency, until=ended, topic_parameters=used.id, recency_parameters=windows.id
    )

    assert_sums(replayed["student"], OWN.semantic_weight)
    assert replayed["student"]["topic"]["parameterSetId"] == used.id
    assert [each["id"] for each in sets["topicParameterSets"] if each["inEffect"]] == [used.id]
    assert [each["id"] for each in sets["recencyParameterSets"] if each["inEffect"]] == [windows.id]
    assert score["student"]["mastery"]["recency"] == {"parameterSetId": windows.id, "status": "SCORED"}
    assert await find_wrong_topics(gateway, used) == []


@pytest.mark.usefixtures("practised")
async def test_a_start_without_a_change_opens_no_run(database: dict[str, str], raw: Ask) -> None:
    await raw("MATCH (r:Run) DELETE r")

    async def looked(_reply: Any) -> bool:
        await asyncio.sleep(2)  # it looks after a second
        return True

    await shown(database, SETS, until=looked)

    assert await raw("MATCH (r:Run) RETURN r") == []


@pytest.mark.parametrize("setting", ["topic_parameters", "recency_parameters"])
async def test_a_setting_that_names_no_stored_set_stops_the_start(database: dict[str, str], setting: str) -> None:
    with pytest.raises(ParameterSetNotFound, match="must be a stored version, got 'nothing-v9'"):
        await shown(database, **{setting: "nothing-v9"})


@pytest.mark.usefixtures("practised")
async def test_of_several_instances_one_replays(gateway: Gateway, raw: Ask) -> None:
    await raw("MATCH (r:Run) DELETE r")
    await raw("MATCH (j:Job) DELETE j")
    used = await own_set(gateway)
    moments = itertools.count()
    holders = [
        JobHolder(gateway, f"i{n}", timedelta(seconds=30), lambda: NOW + timedelta(seconds=next(moments)))
        for n in range(3)
    ]

    await asyncio.gather(*(replay_stale_topics(each, used) for each in holders))

    assert len(await raw("MATCH (r:Run {algorithm: 'REPLAY_TOPICS'}) RETURN r.id AS id")) == 1
    assert all([await replay_stale_topics(each, used) for each in holders])


@pytest.mark.usefixtures("practised")
async def test_a_replay_waits_for_the_lease_of_a_holder_that_died(gateway: Gateway, raw: Ask) -> None:
    await raw("MATCH (j:Job) DELETE j")
    used, times = await own_set(gateway), [NOW]
    dead, alive = (JobHolder(gateway, name, timedelta(seconds=30), lambda: times[0]) for name in ("dead", "alive"))
    assert await dead.claim("topics", NOW, "lost") is Claim.CLAIMED
    times[0] = NOW + timedelta(seconds=10)
    assert not await replay_stale_topics(alive, used)

    times[0] = NOW + timedelta(seconds=31)

    assert await replay_stale_topics(alive, used)
    assert not await has_stale_topics(gateway, used)
