"""P(the next answer is correct) of students, by the model in effect for each target (Q7, Q10)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from graph_api.domain.learners.next_answer import NextAnswer, practice_of_student, predict_next
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel, PredictorSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.domain.text import identifier
from graph_api.store import past_answers
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads


async def read_next_answer(
    reads: LearnerReads, student_id: str, target: Target, p_correct_bkt: float, question_id: str | None = None
) -> NextAnswer:
    """The prediction of a student's next answer to a target. The student's practice is read only where it is needed.

    Args:
        reads: of the request.
        student_id: the student.
        target: what is answered next.
        p_correct_bkt: by knowledge tracing.
        question_id: of the next answer, if it is known.

    Raises:
        InvalidInput: the id of the question is no identifier.
    """
    if question_id is not None:
        identifier(question_id, "questionId")
    return predict_next(target, p_correct_bkt, *await _read_predictor(reads, student_id, target), question_id)


async def read_next_answers(
    reads: LearnerReads, student_id: str, target: Target, p_correct_bkt: float, question_ids: Iterable[str]
) -> dict[str, float]:
    """P(the next answer to a target is correct), by question."""
    used = await _read_predictor(reads, student_id, target)
    return await compute(
        lambda: {each: predict_next(target, p_correct_bkt, *used, each).p_correct for each in question_ids}
    )


async def _read_predictor(
    reads: LearnerReads, student_id: str, target: Target
) -> tuple[PredictorSet | None, PracticeState | None]:
    """The predictor of a target with the practice of a student; nothing where knowledge tracing predicts it."""
    used = await reads.predictors.load(target.kind)
    if used is None or used.parameters.choice(target.key).model is NextAnswerModel.BKT:
        return None, None
    return used, await reads.practice.load((student_id, target.kind))


async def read_practice(reads: LearnerReads, keys: Sequence[tuple[str, TargetKind]]) -> list[PracticeState]:
    """The practice of students on concepts or on skills, in the order given, folded from their history pages.

    Nothing of it is stored, so late answers, corrections and erasures need no upkeep. The counts of a student need all
    answers, because an answer to several targets counts once.
    """
    ids: defaultdict[TargetKind, list[str]] = defaultdict(list)
    for student_id, kind in keys:
        ids[kind].append(student_id)
    states: dict[tuple[str, TargetKind], PracticeState] = {}
    for kind, of_kind in ids.items():
        read = await reads.gateway.read_one(partial(past_answers.read_practice, student_ids=of_kind, kind=kind))
        states |= {(student_id, kind): state for student_id, state in read.items()}
    without = [key for key in keys if key not in states]
    states |= dict(zip(without, await _fold_practice(reads, without), strict=True))
    return [states[key] for key in keys]


async def _fold_practice(reads: LearnerReads, keys: Sequence[tuple[str, TargetKind]]) -> list[PracticeState]:
    """The practice of students without history pages, folded from the answers behind their levels."""
    masteries = await reads.masteries_of_student.load_many([student_id for student_id, _ in keys])
    pairs = [
        [(student_id, each.target) for each in of_one if each.target.kind is kind]
        for (student_id, kind), of_one in zip(keys, masteries, strict=True)
    ]
    evidence = await reads.evidence.load_many([pair for of_one in pairs for pair in of_one])
    following = iter(evidence)
    rows = [[(target.key, each) for _, target in of_one for each in next(following)] for of_one in pairs]
    return list(await compute(lambda: list(map(practice_of_student, rows))))
