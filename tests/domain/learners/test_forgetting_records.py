"""Records of fits of forgetting are stored and read back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.learners.forgetting_fit import FitResult, TargetFit, TargetReason
from graph_api.domain.learners.forgetting_records import ForgettingFitRecord, HeldOutFigures
from graph_api.domain.targets import concept, skill

COUNTS = st.integers(0, 10**6)
FIGURES = st.none() | st.builds(HeldOutFigures, st.floats(0, 10), st.floats(0, 1))
TARGETS = st.dictionaries(
    st.builds(concept, st.text()) | st.builds(skill, st.text()),
    st.builds(TargetFit, st.sampled_from(TargetReason), COUNTS),
    max_size=5,
)
RECORDS = st.builds(
    ForgettingFitRecord,
    run_id=st.text(),
    author=st.none() | st.text(),
    result=st.sampled_from(FitResult),
    compared_with=st.text(),
    students=COUNTS,
    pauses=COUNTS,
    held_out=COUNTS,
    before=FIGURES,
    after=FIGURES,
    targets=TARGETS,
)


@given(RECORDS)
def test_a_record_is_read_back_as_it_was_stored(record: ForgettingFitRecord) -> None:
    assert ForgettingFitRecord.of_json(record.as_json()) == record


@given(RECORDS)
def test_reasons_count_every_target_and_the_most_paused_come_first(record: ForgettingFitRecord) -> None:
    assert sum(record.reasons().values()) == len(record.targets)
    pauses = [each.pauses for _, each in record.most_paused(3)]
    assert pauses == sorted((each.pauses for each in record.targets.values()), reverse=True)[:3]
