"""The schema put together, and the ASGI application that serves it."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from graphql.validation import ASTValidationRule, NoSchemaIntrospectionCustomRule
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from graph_api.schema.access import AccessRules
from graph_api.schema.audit import AuditQuery, audit
from graph_api.schema.bounded_execution import BoundedExecutor
from graph_api.schema.class_view import MATRICES
from graph_api.schema.concept import ConceptMutation, ConceptQuery
from graph_api.schema.edit_students import StudentMutation
from graph_api.schema.fit_parameters import FitMutation
from graph_api.schema.grading import GradingMutation
from graph_api.schema.graph_health import GraphHealthQuery
from graph_api.schema.group import GroupMutation, GroupQuery
from graph_api.schema.http import DEFAULT_HTTP_LIMITS, GraphQLView, HttpLimits
from graph_api.schema.large_inputs import convert_in_threads
from graph_api.schema.mastery_changed import MasterySubscription
from graph_api.schema.model_comparison import ModelComparisonQuery
from graph_api.schema.observed_schema import NoteDocument, Schema
from graph_api.schema.parameter_set import ParameterSetMutation, ParameterSetQuery
from graph_api.schema.query_costs import CostLimit
from graph_api.schema.query_limits import DEFAULT_LIMITS, DOCUMENTS_KEPT, QueryLimits, SizedValidation, TextLimits
from graph_api.schema.recency import RecencyMutation
from graph_api.schema.recency_parameters import RecencyParametersMutation, RecencyParametersQuery
from graph_api.schema.record_answer import AnswerMutation
from graph_api.schema.replay import ReplayMutation
from graph_api.schema.risk import REASONS
from graph_api.schema.root_causes import RootCauseQuery
from graph_api.schema.run import RunMutation, RunQuery, RunSubscription
from graph_api.schema.runnable_operation import RunnableOperation
from graph_api.schema.service_info import ServiceQuery
from graph_api.schema.session import SessionMutation, SessionQuery
from graph_api.schema.skill import SkillMutation, SkillQuery
from graph_api.schema.student import StudentQuery
from graph_api.schema.topic_parameters import TopicMutation, TopicQuery
from graph_api.schema.trusted_documents import Documents, TrustedDocuments, check_documents


@cache
def build_schema(
    limits: QueryLimits = DEFAULT_LIMITS, *, introspection: bool = True, documents: Documents | None = None
) -> Schema:
    """The schema; one a process, because strawberry's types are bound to it."""
    queries = (
        StudentQuery,
        GroupQuery,
        SkillQuery,
        ConceptQuery,
        SessionQuery,
        ParameterSetQuery,
        ModelComparisonQuery,
        RootCauseQuery,
        GraphHealthQuery,
        RunQuery,
        RecencyParametersQuery,
        TopicQuery,
        AuditQuery,
        ServiceQuery,
    )
    mutations = (
        AnswerMutation,
        SessionMutation,
        StudentMutation,
        GroupMutation,
        SkillMutation,
        ConceptMutation,
        ParameterSetMutation,
        ReplayMutation,
        FitMutation,
        RecencyMutation,
        RecencyParametersMutation,
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
        query=_root("Query", "What can be asked.", *queries),
        mutation=mutation,
        subscription=_root("Subscription", "What can be followed.", MasterySubscription, RunSubscription),
        types=REASONS,
        config=StrawberryConfig(scalar_map=MATRICES),
        execution_context_class=BoundedExecutor,
        extensions=extensions,
    )
    convert_in_threads(schema)
    return schema


def _root(name: str, description: str, *parts: type) -> Any:  # noqa: ANN401 - what a decorator made of a type
    root: Any = merge_types(name, parts)
    root.__strawberry_definition__.description = description  # which merge_types does not take
    return root


def graphql_app(
    *,
    development: bool,
    introspection: bool,
    examples: Sequence[str] = (),
    query_limits: QueryLimits = DEFAULT_LIMITS,
    http_limits: HttpLimits = DEFAULT_HTTP_LIMITS,
    documents: Documents | None = None,
) -> GraphQLView:
    """The endpoint. In development it shows GraphiQL with the examples, a tab each.

    Without introspection the schema cannot be asked for, and errors do not suggest names from it. The application it is
    part of has the `Services` in `state.services`.

    Raises:
        BadDocuments: a trusted document is none of this schema.
    """
    schema = build_schema(query_limits, introspection=introspection, documents=documents)
    if documents is not None:
        check_documents(documents, schema._schema)  # noqa: SLF001 - no public way
    return GraphQLView(
        schema,
        development=development,
        suggestions=introspection,
        examples=examples,
        limits=http_limits,
        query_characters=query_limits.characters,
        documents=documents,
    )
