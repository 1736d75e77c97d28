"""A long run under faults: nothing acknowledged is lost or doubled, levels stay exact, and memory stays flat.

    python -m benchmarks.soak [--minutes 30] [--every 60] [--set NAME=VALUE …]

Starts the embedded engine, a network that can be broken, and `graph-api serve --workers 2` as users do, with tokens and
production's settings; more of them, without GRAPH_API_, by `--set`. Finds the highest rate in a short ramp, then drives
half of it with answers of every kind, sessions, duplicates and questions, while every `--every` seconds something
breaks in turn: the engine, a worker or the writer is killed, the network cut or stalled, the service flooded. In the
end every acknowledged answer must be stored once, every level be a replay of its answers, no error be unexpected,
and the medians of the memory of the middle and the last third of the run differ by at most 5 %.

Exits with 1 if anything of that is not so.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks.soaking.clients import CONCEPTS, STUDENTS, Client, Pace
from benchmarks.soaking.ledger import Ledger
from benchmarks.soaking.stage import Stage, break_in_turn, staged
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.learners.people import Group, Student
from graph_api.store.cypher_files import load
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.load import prove

RAMP, RAMP_SECONDS = (4, 16, 64), 5.0
CLIENTS, FLOODERS, FLOOD_SECONDS = 64, 100, 5.0
TOLERANCE = 0.05
MEGABYTE = 1e6


def client(stage: Stage, name: str, ledger: Ledger) -> Client:
    """A client with both tokens."""
    return Client(stage.port, name, ledger, service=stage.tokens["service"], admin=stage.tokens["admin"])


async def prepare(gateway: Gateway) -> None:
    """A course, and a class of thirty among many students."""
    now = datetime.now(UTC)
    await upsert_skills(gateway, [Skill(f"k{n}", f"Skill {n}", "grammar") for n in range(4)], now)
    await upsert_concepts(gateway, [Concept(f"c{n}", f"Concept {n}", [f"k{n % 4}"], []) for n in range(CONCEPTS)], now)
    for start in range(0, STUDENTS, 500):
        await upsert_students(gateway, [Student(f"s{n}", f"Student {n}") for n in range(start, start + 500)], now)
    await upsert_group(gateway, Group("class", "Class", [f"s{n}" for n in range(30)], []), now)


async def ramp(stage: Stage, ledger: Ledger) -> float:
    """The most operations a second, over numbers of clients that do not wait."""
    rates = []
    for clients in RAMP:
        before, started = ledger.done, time.monotonic()
        until = started + RAMP_SECONDS
        await asyncio.gather(*(client(stage, f"ramp-{clients}-{n}", ledger).run(until) for n in range(clients)))
        rates.append((ledger.done - before) / (time.monotonic() - started))
        print(f"  {clients} clients: {rates[-1]:,.0f} operations a second")
    return max(rates)


async def watch(stage: Stage, until: float, seen: list[dict[str, int]]) -> None:
    """Look at the memory once a second."""
    while time.monotonic() < until:
        seen.append(stage.memory())
        await asyncio.sleep(1.0)


def is_flat(name: str, seen: list[dict[str, int]], rotation: float) -> bool:
    """Compare the middle third of the run with the last; the first is for warming up.

    A third must hold every fault once, because some of them start processes afresh; a shorter run is not judged.
    """
    third = len(seen) // 3
    middle, last = (
        statistics.median(each[name] for each in part if name in each) / MEGABYTE
        for part in (seen[third : 2 * third], seen[2 * third :])
    )
    judged = third >= rotation * (1 - TOLERANCE)
    summary = f"{middle:.1f} MB in the middle third, {last:.1f} MB in the last ({last / middle - 1:+.1%})"
    print(f"memory of the {name}: {summary}{'' if judged else ', too short a run to judge it'}")
    return not judged or abs(last / middle - 1) <= TOLERANCE


async def soak(minutes: float, every: float, settings: dict[str, str]) -> bool:
    """The whole run; returns whether all is well."""
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder:
        async with staged(Path(folder), settings) as stage:
            engine = stage.engine
            gateway = Gateway.connect(
                engine.uri, user=engine.user, password=engine.password, database=engine.database,
                statements=load(packaged("cypher")), silence=600,
            )  # fmt: skip
            async with gateway:
                await prepare(gateway)
                print("ramp:")
                rate = await ramp(stage, ledger) / 2
                print(f"driving {rate:,.0f} operations a second for {minutes:g} minutes, a fault every {every:g} s")
                before, seen, until = ledger.done, list[dict[str, int]](), time.monotonic() + minutes * 60

                async def flood() -> None:
                    end = time.monotonic() + FLOOD_SECONDS
                    flooding = [client(stage, f"flood-{end}-{n}", ledger) for n in range(FLOODERS)]
                    half = FLOODERS // 2
                    await asyncio.gather(
                        *(each.run(end) for each in flooding[:half]), *(each.flood(end) for each in flooding[half:])
                    )

                pace, log_before = Pace(rate), stage.log.stat().st_size
                await asyncio.gather(
                    watch(stage, until, seen),
                    break_in_turn(stage, ledger, every, until, flood),
                    *(client(stage, f"soak-{n}", ledger).run(until, pace) for n in range(CLIENTS)),
                )
                logged = (stage.log.stat().st_size - log_before) / (ledger.done - before)
                for line in [each for each in stage.log.read_text().splitlines() if '"fault_id"' in each][:5]:
                    print(f"a fault in the log: {line}")
                return await report(gateway, ledger, seen, logged, len(stage.faults(flood)) * every)


async def report(gateway: Gateway, ledger: Ledger, seen: list[dict[str, int]], logged: float, rotation: float) -> bool:
    """Print the figures and prove what was promised."""
    answers = sum(map(len, ledger.acknowledged.values()))
    for kind, seconds in sorted(ledger.seconds.items()):
        cuts = statistics.quantiles(seconds, n=100)
        summary = f"median {cuts[49] * 1e3:.0f} ms, p95 {cuts[94] * 1e3:.0f} ms, longest {max(seconds):.1f} s"
        print(f"  {len(seconds):,} x {kind}: {summary}")
    print(f"faults, with the seconds until all was well: {', '.join(ledger.faults)}")
    print(f"refused while something was broken, and sent again: {dict(ledger.expected)}")
    print(f"unexpected: {ledger.unexpected.total()}")
    for why, count in ledger.unexpected.most_common(20):
        print(f"  {count} x {why}")
    print(f"log: {logged:.0f} bytes an operation")
    flat = [is_flat(name, seen, rotation) for name in ("service", "writer", "engine")]
    started = time.monotonic()
    await prove(gateway, ledger.acknowledged)
    print(f"{answers:,} acknowledged answers: each is there once, levels equal a replay")
    rows = await find_inconsistencies(gateway)
    print(f"inconsistencies: {len(rows)} ({time.monotonic() - started:.0f} s to look at all)")
    for each in rows[:10]:
        print(f"  {each}")
    return all(flat) and not rows and not ledger.unexpected


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=60, help="seconds between faults")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the service")
    given = parser.parse_args()
    well = uvloop.run(soak(given.minutes, given.every, dict(each.split("=", 1) for each in given.set)))
    print("all is well" if well else "NOT all is well")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
