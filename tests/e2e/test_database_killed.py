"""Under load the database process is killed: every acknowledged answer is stored, once, and levels are exact."""

import asyncio
import os
import random
import signal
from datetime import datetime
from pathlib import Path

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course import Concept
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store import answers as answer_store
from graph_api.store import masteries
from graph_api.usecases.course.edit_course import upsert_concepts
from tests.conftest import NOW
from tests.sizes import size

CLIENTS, ANSWERS_EACH = 200, size(12, 50)


async def test_kill_the_database_in_the_middle_of_writing(tmp_path: Path) -> None:
    acknowledged: dict[tuple[str, str], list[tuple[datetime, str, bool]]] = {}
    settings = Settings(_env_file=None, data_dir=tmp_path)
    async with running(settings, Metrics("", "embedded")) as behind:
        await upsert_concepts(behind.gateway, [Concept(f"c{n}", f"C{n}") for n in range(4)], NOW)

        async def client(number: int) -> None:
            rng = random.Random(number)
            for n in range(ANSWERS_EACH):
                student, concept = f"s{rng.randrange(5)}", f"c{rng.randrange(4)}"
                sent = AnswerInput(student, correct=rng.random() < 0.5, concept_ids=[concept], id=f"{number}-{n}")
                (outcome,) = await behind.intake.submit([sent])
                assert isinstance(outcome, Recorded), outcome
                assert not outcome.duplicate
                answer = (outcome.answer.at, outcome.answer.id, sent.correct)
                acknowledged.setdefault((student, concept), []).append(answer)

        async def killer() -> None:
            assert behind.engine
            for share in (0.2, 0.6):
                while sum(map(len, acknowledged.values())) < CLIENTS * ANSWERS_EACH * share:
                    await asyncio.sleep(0.005)
                os.kill(behind.engine.pid, signal.SIGKILL)

        await asyncio.gather(killer(), *(client(number) for number in range(CLIENTS)))

        assert behind.engine
        assert behind.engine.restarts == 2
        students = sorted({student for student, _ in acknowledged})
        stored = await behind.gateway.read(lambda tx: masteries.read_of_students(tx, students))
        parameters = DEFAULTS[TargetKind.CONCEPT].parameters
        assert sum(mastery.attempts for each in stored.values() for mastery in each) == CLIENTS * ANSWERS_EACH
        for each in stored.values():
            for mastery in each:
                history = sorted(acknowledged[mastery.student_id, mastery.target.key])
                assert mastery.attempts == len(history)
                assert mastery.level == trace([right for *_, right in history], parameters)[-1].after
        keys = [(student, key) for (student, _), history in acknowledged.items() for _, key, _ in history]
        known = await behind.gateway.read(lambda tx: answer_store.read_known_ids(tx, keys))
        assert known == {key for _, key in keys}
