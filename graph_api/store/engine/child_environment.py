"""What of the environment the engine's process gets: how to run, and no secret."""

from collections.abc import Mapping, Sequence

JVM_OPTIONS = "JAVA_TOOL_OPTIONS"
"""The variable whose flags every Java virtual machine reads."""
NAMES = {
    "HOME",
    "JAVA_HOME",
    JVM_OPTIONS,
    "JDK_JAVA_OPTIONS",
    "LANG",
    "LANGUAGE",
    "LOGNAME",
    "PATH",
    "SHELL",
    "TEMP",
    "TMP",
}
NAMES |= {"TMPDIR", "TZ", "USER", "VIRTUAL_ENV"}
PREFIXES = ("ARCADEDB_", "COVERAGE_", "LC_", "LD_", "MALLOC_", "PYTHON")


def engine_environment(environment: Mapping[str, str], jvm_flags: Sequence[str] = ()) -> dict[str, str]:
    """The variables that the engine's process gets, out of those of its parent, with more flags for Java.

    These are paths, language, time zone, and options of Python, Java and the loader. Settings of the service, as its
    JWT secret, are not among them: the password of the engine is in a file of the data folder.

    >>> engine_environment({"PATH": "/bin", "LC_ALL": "C", "GRAPH_API_JWT_SECRET": "s", "AWS_SECRET_ACCESS_KEY": "k"})
    {'PATH': '/bin', 'LC_ALL': 'C'}
    """
    given = {name: value for name, value in environment.items() if name in NAMES or name.startswith(PREFIXES)}
    if jvm_flags:
        given[JVM_OPTIONS] = " ".join([*given.get(JVM_OPTIONS, "").split(), *jvm_flags])
    return given
