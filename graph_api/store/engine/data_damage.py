"""The message about damaged data: what is damaged, and what to do."""

DO = """\
What to do:
1. Copy the folder as it is.
2. Restore the last backup into a new folder: set GRAPH_API_DATA_DIR to one, and run `graph-api restore FILE`.
3. Without a backup: set GRAPH_API_EMBEDDED_CHECK=warn to start with what is left, which may lack answers.
   Run `graph-api doctor`, and `graph-api backup`."""


def describe_damage(data_dir: object, faults: str) -> str:
    """The message about a damaged data folder."""
    lines = "\n".join(f"  - {line}" for line in faults.splitlines())
    return f"the data in {data_dir} is damaged:\n{lines}\n{DO}"
