"""The schema, put together from its parts."""

from collections.abc import Callable
from functools import cache
from typing import Any

from graphql.validation import ASTValidationRule, NoSchemaIntrospectionCustomRule
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from graph_api.execution.bounded_execution import BoundedExecutor
from graph_api.execution.large_inputs import convert_in_threads
from graph_api.execution.query_costs import CostLimit
from graph_api.execution.query_limits import DEFAULT_LIMITS, DOCUMENTS_KEPT, QueryLimits, SizedValidation, TextLimits
from graph_api.execution.trusted_documents import Documents, TrustedDocuments
from graph_api.schema.answers.grading import GradingMutation
from graph_api.schema.answers.record_answer import AnswerMutation
from graph_api.schema.course.archive_concepts import ArchiveConceptMutation
from graph_api.schema.course.archive_skills import ArchiveSkillMutation
from graph_api.schema.course.concept import ConceptMutation, ConceptQuery
from graph_api.schema.course.concept_links import CONCEPT_FORMS, STABLE_TYPES
from graph_api.schema.course.course import CourseQuery
from graph_api.schema.course.graph_health import GraphHealthQuery
from graph_api.schema.course.skill import SkillMutation, SkillQuery
from graph_api.schema.federation.entities import REPRESENTATIONS, FederationQuery
from graph_api.schema.learners.answer_columns import ANSWER_FORMS
from graph_api.schema.learners.archive_groups import ArchiveGroupMutation
from graph_api.schema.learners.edit_courses import CourseMutation
from graph_api.schema.learners.edit_judgements import JudgementMutation
from graph_api.schema.learners.edit_rosters import RosterMutation
from graph_api.schema.learners.edit_students import StudentMutation
from graph_api.schema.learners.edit_thresholds import ThresholdMutation
from graph_api.schema.learners.group import GroupMutation, GroupQuery
from graph_api.schema.learners.mastery_changed import MasterySubscription
from graph_api.schema.learners.mastery_columns import MASTERY_FORMS
from graph_api.schema.learners.matrices import MATRICES
from graph_api.schema.learners.me import MeQuery
from graph_api.schema.learners.pages_ahead import AHEAD_FORMS
from graph_api.schema.learners.placement import PlacementQuery
from graph_api.schema.learners.question_difficulties import QuestionDifficultyMutation, QuestionDifficultyQuery
from graph_api.schema.learners.recency import RecencyMutation
from graph_api.schema.learners.replay import ReplayMutation
from graph_api.schema.learners.risk import REASONS
from graph_api.schema.learners.root_causes import RootCauseQuery
from graph_api.schema.learners.run_placements import PlacementMutation
from graph_api.schema.learners.session import SessionMutation, SessionQuery
from graph_api.schema.learners.student import StudentQuery
from graph_api.schema.learners.students import StudentListQuery
from graph_api.schema.mutations import MEMBERS
from graph_api.schema.node import NodeQuery
from graph_api.schema.observed_schema import NoteDocument, Schema
from graph_api.schema.operations.access_check import AccessRules
from graph_api.schema.operations.audit import AuditQuery, audit
from graph_api.schema.operations.references import ReferenceQuery
from graph_api.schema.operations.run import RunMutation, RunQuery, RunSubscription
from graph_api.schema.parameters.evidence_parameters import EvidenceParametersMutation, EvidenceParametersQuery
from graph_api.schema.parameters.fit_parameters import FitMutation
from graph_api.schema.parameters.forgetting_parameters import ForgettingParametersMutation, ForgettingParametersQuery
from graph_api.schema.parameters.inference_models import InferenceModelsMutation, InferenceModelsQuery
from graph_api.schema.parameters.model_comparison import ModelComparisonQuery
from graph_api.schema.parameters.parameter_set import ParameterSetMutation, ParameterSetQuery
from graph_api.schema.parameters.predictor import PredictorMutation, PredictorQuery
from graph_api.schema.parameters.recency_parameters import RecencyParametersMutation, RecencyParametersQuery
from graph_api.schema.parameters.topic_parameters import TopicMutation, TopicQuery
from graph_api.schema.runnable_operation import RunnableOperation
from graph_api.schema.service_info import ServiceQuery


@cache
def build_schema(
    limits: QueryLimits = DEFAULT_LIMITS,
    *,
    introspection: bool = True,
    documents: Documents | None = None,
    federation: bool = False,
) -> Schema:
    """The schema; one per process, because strawberry's types are bound to it.

    With `federation` it has the fields that gateways of Apollo Federation need.
    """
    queries = [
        MeQuery,
        StudentQuery,
        StudentListQuery,
        GroupQuery,
        SkillQuery,
        CourseQuery,
        ConceptQuery,
        SessionQuery,
        PlacementQuery,
        ParameterSetQuery,
        ModelComparisonQuery,
        RootCauseQuery,
        GraphHealthQuery,
        RunQuery,
        RecencyParametersQuery,
        EvidenceParametersQuery,
        ForgettingParametersQuery,
        PredictorQuery,
        InferenceModelsQuery,
        QuestionDifficultyQuery,
        TopicQuery,
        AuditQuery,
        ReferenceQuery,
        ServiceQuery,
        NodeQuery,
        *([FederationQuery] if federation else []),
    ]
    mutations = (
        AnswerMutation,
        SessionMutation,
        PlacementMutation,
        StudentMutation,
        GroupMutation,
        RosterMutation,
        ArchiveGroupMutation,
        ArchiveSkillMutation,
        ArchiveConceptMutation,
        SkillMutation,
        CourseMutation,
        ThresholdMutation,
        JudgementMutation,
        ConceptMutation,
        ParameterSetMutation,
        ReplayMutation,
        FitMutation,
        RecencyMutation,
        RecencyParametersMutation,
        EvidenceParametersMutation,
        ForgettingParametersMutation,
        PredictorMutation,
        InferenceModelsMutation,
        QuestionDifficultyMutation,
        GradingMutation,
        TopicMutation,
        RunMutation,
    )
    rules: list[type[ASTValidationRule]] = [] if introspection else [NoSchemaIntrospectionCustomRule]
    mutation = _root("Mutation", "What can be changed. Each answers with a payload or a named failure.", *mutations)
    audit(mutation.__strawberry_definition__.fields)
    extensions: list[Callable[[], SchemaExtension]] = [
        lambda: MaxTokensLimiter(max_token_count=limits.tokens),
        lambda: ParserCache(maxsize=DOCUMENTS_KEPT),
        lambda: AddValidationRules(rules),  # the same every time: documents that passed are known again
        lambda: SizedValidation(limits),
        lambda: CostLimit(limits),
        AccessRules,
        RunnableOperation,
        NoteDocument,
    ]
    extensions.insert(0, lambda: TrustedDocuments(documents))
    extensions.insert(0, lambda: TextLimits(limits))
    schema = Schema(
        query=_root("Query", "Queries.", *queries),
        mutation=mutation,
        subscription=_root("Subscription", "What can be followed.", MasterySubscription, RunSubscription),
        types=[*REASONS, *MEMBERS],
        config=StrawberryConfig(scalar_map={**MATRICES, **REPRESENTATIONS} if federation else MATRICES),
        execution_context_class=BoundedExecutor,
        extensions=extensions,
    )
    schema.limits, schema.forms = limits, {**CONCEPT_FORMS, **MASTERY_FORMS, **ANSWER_FORMS, **AHEAD_FORMS}
    schema.stable_types = STABLE_TYPES
    convert_in_threads(schema)
    return schema


def _root(name: str, description: str, *parts: type) -> Any:  # noqa: ANN401 - what a decorator made of a type
    root: Any = merge_types(name, parts)
    root.__strawberry_definition__.description = description  # which merge_types does not take
    return root
