"""Frameworks in the form of CASE 1.1, made from a seed; and the same in OpenSALT's forms."""

import random
import uuid
from typing import Any

ASSOCIATION_TYPES = (
    "isPeerOf", "isPartOf", "exactMatchOf", "isRelatedTo", "replacedBy", "exemplar", "hasSkillLevel", "isTranslationOf",
    "ext:assesses",
)  # fmt: skip
TIME = "2026-01-31T09:30:00Z"
ELSEWHERE = "https://elsewhere.example/items/"


def case_framework(  # noqa: C901 - a program of small steps
    seed: int, *, domains: int = 2, clusters: int = 2, standards: int = 3
) -> dict[str, Any]:
    """A package with three levels of items, every type of association, definitions, a rubric and extensions."""
    chance = random.Random(seed)

    def identifier() -> str:
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))

    def uri(kind: str, key: str) -> str:
        return f"https://frameworks.example/ims/case/v1p1/{kind}/{key}"

    def link(kind: str, key: str, title: str) -> dict[str, Any]:
        return {"title": title, "identifier": key, "uri": uri(kind, key)}

    def definition(title: str, **others: str) -> dict[str, Any]:
        key = identifier()
        head = {"identifier": key, "uri": uri("definitions", key), "title": title, "description": f"About {title}"}
        return head | {"lastChangeDateTime": TIME, "extensions": {"x": [1, 2.5, None]}} | others

    types = [definition(title, hierarchyCode="1") for title in ("Domain", "Cluster", "Standard")]
    licence = definition("CC BY 4.0", licenseText="You are free to share.")
    groupings = [definition("Main sequence")]
    key = identifier()
    document: dict[str, Any] = {
        "identifier": key,
        "uri": uri("CFDocuments", key),
        "creator": "Made for this project",
        "title": f"Fractions {seed}",
        "description": "Numbers between numbers, für alle.",
        "adoptionStatus": "Adopted",
        "caseVersion": "1.1",
        "subject": ["Mathematics"],
        "licenseURI": link("CFLicenses", licence["identifier"], "CC BY 4.0"),
        "lastChangeDateTime": TIME,
        "extensions": {"publisherNote": {"edition": 3}},
    }
    items: list[dict[str, Any]] = []
    associations: list[dict[str, Any]] = []

    def add_item(code: str, statement: str, depth: int) -> dict[str, Any]:
        held: dict[str, Any] = {
            "identifier": identifier(),
            "fullStatement": statement,
            "humanCodingScheme": code,
            "CFItemType": types[depth]["title"],
            "CFItemTypeURI": link("CFItemTypes", types[depth]["identifier"], types[depth]["title"]),
            "educationLevel": ["03", "04"],
            "conceptKeywords": ["number"],
            "language": "en",
            "lastChangeDateTime": TIME,
            "CFDocumentURI": link("CFDocuments", document["identifier"], document["title"]),
        }
        held["uri"] = uri("CFItems", held["identifier"])
        if chance.random() < 0.3:
            held["abbreviatedStatement"] = f"Short {code}"
        if chance.random() < 0.2:
            held["extensions"] = {"rigour": chance.choice(["low", "high"]), "weights": [0.1, 3]}
        items.append(held)
        return held

    def associate(kind: str, origin: dict[str, Any], destination: dict[str, Any]) -> None:
        made = identifier()
        associations.append(
            {
                "identifier": made,
                "uri": uri("CFAssociations", made),
                "associationType": kind,
                "sequenceNumber": len(associations),
                "originNodeURI": origin,
                "destinationNodeURI": destination,
                "CFAssociationGroupingURI": link("CFAssociationGroupings", groupings[0]["identifier"], "Main sequence"),
                "CFDocumentURI": link("CFDocuments", document["identifier"], document["title"]),
                "lastChangeDateTime": TIME,
                **({"notes": "kept"} if chance.random() < 0.2 else {}),
            }
        )

    def end(held: dict[str, Any]) -> dict[str, Any]:
        return link("CFItems", held["identifier"], held["humanCodingScheme"])

    leaves: list[dict[str, Any]] = []
    for d in range(domains):
        domain = add_item(f"{d}", f"Domain {d}", 0)
        associate("isChildOf", end(domain), link("CFDocuments", document["identifier"], document["title"]))
        for c in range(clusters):
            cluster = add_item(f"{d}.{c}", f"Cluster {c} of domain {d}, which says\nmore on a second line", 1)
            associate("isChildOf", end(cluster), end(domain))
            for s in range(standards):
                long = " and then some" * chance.choice([0, 0, 30])
                leaf = add_item(f"{d}.{c}.{s}", f"Standard {s} of cluster {d}.{c}{long}", 2)
                associate("isChildOf", end(leaf), end(cluster))
                leaves.append(leaf)
    for place, leaf in enumerate(leaves[1:], 1):
        for before in chance.sample(leaves[:place], min(place, chance.choice([0, 1, 2]))):
            associate("precedes", end(before), end(leaf))
    for kind in ASSOCIATION_TYPES * 3:
        other = end(chance.choice(items))
        if kind in {"exactMatchOf", "exemplar"}:
            key = identifier()
            other = {"title": "elsewhere", "identifier": key, "uri": f"{ELSEWHERE}{key}"}
        associate(kind, end(chance.choice(items)), other)
    definitions = {
        "CFConcepts": [definition("Number", hierarchyCode="1", keywords="number|count")],
        "CFSubjects": [definition("Mathematics", hierarchyCode="1")],
        "CFLicenses": [licence],
        "CFItemTypes": types,
        "CFAssociationGroupings": groupings,
        "extensions": {"vocabulary": "own"},
    }
    rubric = definition("Rubric of fractions", CFRubricCriteria="") | {"CFRubricCriteria": [definition("Accuracy")]}
    return {
        "CFDocument": document,
        "CFItems": items,
        "CFAssociations": associations,
        "CFDefinitions": definitions,
        "CFRubrics": [rubric],
        "extensions": {"madeBy": "a seeded program"},
    }


def opensalt_package(framework: dict[str, Any]) -> dict[str, Any]:
    """The framework as OpenSALT writes packages: CASE 1.0, its own keys, and no empty lists."""
    items = [{**held, "educationalLevel": held["educationLevel"]} for held in framework["CFItems"]]
    associations = [
        {**held, "lastChangeDateTime": "2026-01-31T09:30:00"}
        for held in framework["CFAssociations"]
        if not held["associationType"].startswith("ext:")
    ]
    return {"CFDocument": framework["CFDocument"], "CFItems": items, "CFAssociations": associations}


def opensalt_tree(framework: dict[str, Any]) -> dict[str, Any]:
    """The framework as OpenSALT's tree, which is `condensed` and spells ends and types otherwise."""
    document = framework["CFDocument"]["identifier"]

    def end(held: dict[str, Any]) -> dict[str, Any]:
        doc = "?" if held["uri"].startswith(ELSEWHERE) else document
        return {"doc": doc, "item": held["identifier"], "uri": held["uri"]}

    items = [
        {
            "id": place,
            "identifier": held["identifier"],
            "uri": held["uri"],
            "fullStatement": held["fullStatement"],
            "humanCodingScheme": held["humanCodingScheme"],
            "itemType": held["CFItemType"],
            "educationAlignment": "03,04",
            "lastChangeDateTime": "2026-01-31T09:30:00",
        }
        for place, held in enumerate(framework["CFItems"])
    ]
    associations = [
        {
            "id": place,
            "identifier": held["identifier"],
            "groupId": 7,
            "origin": end(held["originNodeURI"]),
            "type": held["associationType"],
            "dest": end(held["destinationNodeURI"]),
            "lastChangeDateTime": "2026-01-31T09:30:00",
        }
        for place, held in enumerate(framework["CFAssociations"])
    ]
    return {
        "condensed": True,
        "lsDocId": 31,
        "baseDoc": "self",
        "associatedDocs": None,
        "CFDocument": framework["CFDocument"],
        "CFItems": items,
        "CFAssociations": associations,
        "CFDefinitions": framework["CFDefinitions"],
    }


def by_identifier(value: Any) -> Any:
    """A document whose lists of objects are sorted by identifier, for comparison."""
    if isinstance(value, dict):
        return {key: by_identifier(each) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    held = [by_identifier(each) for each in value]
    is_sortable = all(isinstance(each, dict) and "identifier" in each for each in held)
    return sorted(held, key=lambda each: each["identifier"]) if is_sortable else held
