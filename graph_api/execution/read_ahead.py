"""Where the loaders find what a page has read ahead of them, in one statement (see `learners.pages_ahead`)."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.targets import TargetKind
from graph_api.execution.course_loaders import ONE
from graph_api.execution.row_loaders import Ahead
from graph_api.store.answers import AnswerFilter
from graph_api.store.class_pages import GroupHead, GroupPage, Member, StudentHead, StudentPage, StudentWithAnswers
from graph_api.store.masteries import ShownLevels


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """A page of a student's answers."""

    student_id: str
    wanted: AnswerFilter
    newest_first: bool
    after: Order | None
    limit: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """A page of a group's members."""

    group_id: str
    after_name: str
    after_id: str
    limit: int


class PagesAhead:
    """What was read together, by loader and key."""

    ahead: Ahead

    def note_student_page(self, student_id: str, kind: TargetKind, page: StudentPage | None) -> None:
        """Let the loaders take a student and their levels from what was read."""
        self.ahead.setdefault("students", {})[student_id] = page and page.member.student
        if page is not None:
            self._note_levels(page.mark, kind, [page.member])

    def note_group_page(self, wanted: MembersPage, kind: TargetKind, page: GroupPage) -> None:
        """Let the loaders take a group, its first members and their levels from what was read."""
        self.ahead.setdefault("groups", {})[wanted.group_id] = page.group
        self.ahead.setdefault("members", {})[wanted] = [member.student for member in page.members]
        self._note_levels(page.mark, kind, page.members)

    def note_student(self, student_id: str, head: StudentHead | None) -> None:
        """Let the loaders take a student, and what was read with the student, from there."""
        self.ahead.setdefault("students", {})[student_id] = head and head.student
        if head is not None:
            self.ahead["course_mark"] = {ONE: head.mark}
            self.ahead.setdefault("course_ids_of_student", {})[student_id] = head.course_ids
            if head.answers is not None:
                self.ahead.setdefault("answer_counts", {})[student_id] = head.answers
            if head.masteries is not None:
                self._note_masteries(student_id, head.masteries)
            if head.groups is not None:
                self.ahead.setdefault("group_ids_of_student", {})[student_id] = [group.id for group in head.groups]
                self.ahead.setdefault("groups", {}).update((group.id, group) for group in head.groups)

    def _note_masteries(self, student_id: str, masteries: list[Mastery]) -> None:
        """Let the loaders take the masteries of a student, and what sums them up, from what was read."""
        self.ahead.setdefault("masteries_of_student", {})[student_id] = masteries
        for kind in TargetKind:
            self.ahead.setdefault("shown_levels", {})[student_id, kind] = ShownLevels.of(masteries, kind)
        times = [row.last_practiced_at for row in masteries if row.last_practiced_at is not None]
        self.ahead.setdefault("latest_times", {})[student_id] = max(times, default=None)

    def note_answers(self, wanted: AnswersPage, page: StudentWithAnswers | None) -> None:
        """Let the loaders take a student, and the student's newest answers, from what was read."""
        self.ahead.setdefault("students", {})[wanted.student_id] = page and page.student
        if page is not None and page.answers is not None:
            self.ahead.setdefault("answers_page", {})[wanted] = page.answers

    def note_group(self, group_id: str, head: GroupHead | None) -> None:
        """Let the loaders take a group, its courses and the versions of its members from what was read."""
        self.ahead.setdefault("groups", {})[group_id] = head and head.group
        if head is not None:
            self.ahead["course_mark"] = {ONE: head.mark}
            self.ahead.setdefault("course_ids_of_group", {})[group_id] = head.course_ids
            if head.versions is not None:
                self.ahead.setdefault("member_versions", {})[group_id] = head.versions

    def _note_levels(self, mark: str, kind: TargetKind, members: Iterable[Member]) -> None:
        """Invalid levels are left to their loader, which reads them again and raises."""
        self.ahead["course_mark"] = {ONE: mark}
        shown = self.ahead.setdefault("shown_levels", {})
        shown.update(((each.student.id, kind), each.levels) for each in members if each.is_valid)
