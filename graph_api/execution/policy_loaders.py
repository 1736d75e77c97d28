"""Loaders of parameters: versions by id, the records of their fits, and what is in effect."""

from functools import cached_property

from strawberry.dataloader import DataLoader

from graph_api.domain.answers.evidence_rules import EvidenceParameterSet
from graph_api.domain.learners.forgetting_records import ForgettingFitRecord
from graph_api.domain.parameters.forgetting_parameters import ForgettingParameterSet
from graph_api.domain.parameters.inference.records import InferenceFitRecord, InferenceModelSet
from graph_api.domain.parameters.predictors.predictor_records import PredictorRecord
from graph_api.domain.parameters.predictors.predictor_sets import PredictorSet
from graph_api.domain.parameters.question_difficulties import QuestionDifficultySet
from graph_api.domain.parameters.recency_parameters import RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.targets import TargetKind
from graph_api.execution.course_loaders import ONE, CourseLoaders
from graph_api.execution.row_loaders import LoadOne, never
from graph_api.store import forgetting as forgetting_store
from graph_api.store import inference as inference_store
from graph_api.store import policy_sets, predictors
from graph_api.usecases.learners.forgetting_in_effect import ForgettingNow
from graph_api.usecases.learners.predictors_in_effect import PredictorsNow


class PolicyLoaders(CourseLoaders):
    """The loaders of one request for parameters. Each is made when it is first used."""

    _forgetting: ForgettingNow
    _predictors: PredictorsNow

    recency_sets = LoadOne[str, RecencyParameterSet](policy_sets.recency_sets.read_by_ids)
    difficulty_sets = LoadOne[str, QuestionDifficultySet](policy_sets.difficulty_sets.read_by_ids)
    topic_sets = LoadOne[str, TopicParameterSet](policy_sets.topic_sets.read_by_ids)
    evidence_sets = LoadOne[str, EvidenceParameterSet](policy_sets.evidence_sets.read_by_ids)
    evidence_in_effect = LoadOne[str, bool](policy_sets.read_is_in_effect)
    forgetting_sets = LoadOne[str, ForgettingParameterSet](policy_sets.forgetting_sets.read_by_ids)
    forgetting_fits = LoadOne[str, ForgettingFitRecord](forgetting_store.read_fits)
    inference = LoadOne[TargetKind, InferenceModelSet](inference_store.read_in_effect, never)
    inference_sets = LoadOne[str, InferenceModelSet](policy_sets.inference_sets.read_by_ids)
    inference_fits = LoadOne[str, InferenceFitRecord](inference_store.read_fits)
    predictor_sets = LoadOne[str, PredictorSet](policy_sets.predictor_sets.read_by_ids)
    predictor_fits = LoadOne[str, PredictorRecord](predictors.read_fits)

    @cached_property
    def forgetting(self) -> DataLoader[str, ForgettingParameterSet]:
        """The forgetting parameters in effect, under any key: the same for all fields of a request."""
        return DataLoader(self._read_forgetting)

    async def _read_forgetting(self, keys: list[str]) -> list[ForgettingParameterSet | BaseException]:
        in_effect = await self._forgetting.now()
        return [in_effect for _ in keys]

    @cached_property
    def predictors(self) -> DataLoader[TargetKind, PredictorSet | None]:
        """The predictors in effect: the same for all fields of a request."""
        return DataLoader(self._read_predictors)

    async def _read_predictors(self, kinds: list[TargetKind]) -> list[PredictorSet | BaseException | None]:
        in_effect = await self._predictors.now(await self.course_mark.load(ONE))
        return [in_effect.get(kind) for kind in kinds]
