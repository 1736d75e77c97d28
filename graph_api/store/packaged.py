"""Where the data that travels with the code is: `cypher/` and `seeds/`, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def packaged(folder: str) -> Path:
    """The folder as installed inside the package, or at the top of the checkout.

    Raises:
        FileNotFoundError: it is in neither place.

    >>> packaged("cypher").name
    'cypher'
    """
    for parent in (PACKAGE, PACKAGE.parent):
        if (parent / folder).is_dir():
            return parent / folder
    raise FileNotFoundError(f"no {folder}/ beside or inside {PACKAGE}")
