"""Pages of the answers of a student: all that match a filter."""

from functools import partial

from graph_api.execution.read_ahead import AnswersPage
from graph_api.schema.context import Info
from graph_api.schema.learners.answer import Answer, key_of_order, order_of_key
from graph_api.schema.paging import Connection, Page
from graph_api.store.answers import AnswerFilter, count


async def list_answers(
    info: Info, wanted: Page, student_id: str, matching: AnswerFilter, *, newest_first: bool
) -> Connection[Answer]:
    """The page of the answers that match; its cursors are those of `ORDER_KEY`."""
    last = None if wanted.after is None else order_of_key(wanted.after)
    rows = await info.context.loaders.answers_page.load(
        AnswersPage(student_id, matching, newest_first, last, wanted.limit)
    )
    total = partial(info.context.gateway.read, partial(count, student_id=student_id, filters=matching))
    return wanted.connection(rows, Answer.of, lambda answer: key_of_order(answer.order), total)
