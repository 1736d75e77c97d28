"""What operators see, as tests read it: samples of `/metrics`, and quantiles as Prometheus computes them."""

import math
from collections.abc import Mapping
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

Samples = list[tuple[str, Mapping[str, str], float]]


def samples(text: str) -> Samples:
    """The samples of a scrape."""
    return [(s.name, s.labels, s.value) for family in text_string_to_metric_families(text) for s in family.samples]


def total(scrape: Samples, name: str, **labels: str) -> float:
    """The sum of what matches, as `sum(name{…})`."""
    return sum(
        value for sample, has, value in scrape if sample == name and all(has.get(k) == v for k, v in labels.items())
    )


def quantile(scrape: Samples, share: float, name: str, **labels: str) -> float:
    """`histogram_quantile(share, sum by (le) (name_bucket{…}))`, by Prometheus's documented rule."""
    sums: dict[float, float] = {}
    for sample, has, value in scrape:
        if sample == name + "_bucket" and all(has.get(k) == v for k, v in labels.items()):
            sums[float(has["le"])] = sums.get(float(has["le"]), 0.0) + value
    edges = sorted(sums)
    rank = share * sums[math.inf]
    below, start = 0.0, 0.0
    for edge in edges:
        if sums[edge] >= rank:
            return start if edge == math.inf else start + (edge - start) * (rank - below) / (sums[edge] - below)
        below, start = sums[edge], edge
    return math.nan


async def scrape(client: Any) -> Samples:
    """What the service shows now."""
    return samples((await client.get("/metrics")).text)
