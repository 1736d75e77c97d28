"""What comes inside of packages, and what was copied or built into the tree: pip knows neither."""

import hashlib
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

Component = dict[str, Any]  # as CycloneDX has it

JAR = re.compile(r"(?P<name>.+?)(?:-(?P<version>\d[^-]*)(?:-shaded)?)?\.jar")
POM = re.compile(r"META-INF/maven/(?P<group>[^/]+)/(?P<artifact>[^/]+)/pom\.properties")
BUNDLED = re.compile(r"^## (?P<name>\S+) - (?P<version>\S+) \((?P<licence>[^)]+)\)$", re.MULTILINE)
TAKEN = re.compile(r"^take (?P<name>[\w-]+)@(?P<version>\S+)", re.MULTILINE)


def inside_engine(package: Path) -> list[Component]:
    """The Java of the embedded engine and its jars. A jar states its licence in its own way, or not at all."""
    return [_java(package / "jre"), *(_jar(path) for path in sorted(package.glob("jars/*.jar")))]


def _jar(path: Path) -> Component:
    match = JAR.fullmatch(path.name)
    if not match:
        raise ValueError(f"no name and version: {path.name}")
    name, version = match["name"], match["version"] or "unknown"
    jar: Component = {
        "type": "library",
        "bom-ref": path.name,
        "name": name,
        "version": version,
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
    }
    with ZipFile(path) as files:
        for pom in filter(None, (POM.fullmatch(file) for file in files.namelist())):
            if pom["artifact"] == name:
                jar["purl"] = f"pkg:maven/{pom['group']}/{name}@{version}"
    return jar


def _java(folder: Path) -> Component:
    version = re.search(r'JAVA_VERSION="(.+)"', (folder / "release").read_text(encoding="utf-8"))
    terms = (folder / "legal" / "java.base" / "LICENSE").read_text(encoding="utf-8")
    if not version or '"CLASSPATH" EXCEPTION' not in terms:
        raise ValueError("not an OpenJDK as it was when this was written")
    licence = "GPL-2.0-only WITH Classpath-exception-2.0"
    return {
        "type": "platform",
        "bom-ref": "openjdk",
        "name": "openjdk",
        "version": version[1],
        "licenses": [{"expression": licence}],
    }


def vendored(root: Path) -> list[Component]:
    """The packages of npm whose files were copied, as `scripts/vendor_graphiql` names them."""
    script = (root / "scripts" / "vendor_graphiql").read_text(encoding="utf-8")
    static = root / "graph_api" / "protocol" / "graphiql" / "static"
    return [
        {
            "type": "library",
            "bom-ref": f"{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name}@{version}",
            "licenses": [{"expression": _title(static / f"LICENSE.{name}")}],
        }
        for name, version in sorted(set(TAKEN.findall(script)))
    ]


def bundled(root: Path) -> list[Component]:
    """The packages of npm in the built dashboard, as its build lists them."""
    licences = root / "graph_api" / "protocol" / "dashboard" / "static" / "LICENSES.md"
    return [
        {
            "type": "library",
            "bom-ref": f"{each['name']}@{each['version']}",
            "name": each["name"],
            "version": each["version"],
            "purl": f"pkg:npm/{each['name'].replace('@', '%40')}@{each['version']}",
            "licenses": [{"expression": each["licence"]}],
        }
        for each in BUNDLED.finditer(licences.read_text(encoding="utf-8"))
    ]


def _title(licence: Path) -> str:
    """The SPDX name of a licence, from its first line."""
    return licence.read_text(encoding="utf-8").splitlines()[0].removesuffix(" License")
