"""The recall of students, computed together (Q9)."""

from collections.abc import Sequence

from graph_api.domain.learners.forgetting import Learner, Recall, estimate_recall
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads, RecallOf


async def estimate_recalls(reads: LearnerReads, recalls: Sequence[RecallOf]) -> list[Recall | None]:
    """The recalls in the order given; None without answers by the moment. In a thread, because many take a while.

    Raises:
        LookupError: a parameter set does not exist any more.
    """
    evidence = await reads.evidence.load_many([(each.student_id, each.target) for each in recalls])
    sets = await reads.parameter_sets.load_many([each.set_id for each in recalls])
    learners = []
    for recall, answers, tracing in zip(recalls, evidence, sets, strict=True):
        if tracing is None:
            raise LookupError(f"parameter set {recall.set_id} is gone")
        learners.append(Learner(recall.target, answers, tracing.parameters))
    used = await reads.forgetting.load("")
    return await compute(estimate_recall, learners, [each.at for each in recalls], used.parameters)
