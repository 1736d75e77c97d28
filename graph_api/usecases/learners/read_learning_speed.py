"""The learning speed of a student, from all their answers to concepts or to skills (Q15)."""

from graph_api.domain.learners.learning_speed import LearningHistory, LearningSpeed, learning_speed
from graph_api.domain.learners.mastery import since_judged
from graph_api.domain.targets import TargetKind
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads


async def read_learning_speed(reads: LearnerReads, student_id: str, kind: TargetKind) -> LearningSpeed:
    """The learning speed, in a thread. Each history starts after the last judgement, with its level as the prior.

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    masteries = [each for each in await reads.masteries_of_student.load(student_id) if each.target.kind is kind]
    evidence = await reads.evidence.load_many([(student_id, each.target) for each in masteries])
    sets = await reads.parameter_sets.load_many([each.parameter_set_id for each in masteries])
    histories = []
    for mastery, answers, used in zip(masteries, evidence, sets, strict=True):
        if used is None:
            raise LookupError(f"parameter set {mastery.parameter_set_id} is gone")
        start, since = since_judged(answers, used.parameters)
        counted = tuple(each.correct for each in since), tuple(each.weight for each in since)
        histories.append(LearningHistory(start, *counted))
    return await compute(learning_speed, histories)
