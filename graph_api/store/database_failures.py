"""Why a transaction failed, apart from what the product's rules refuse."""


class ConstraintViolated(Exception):
    """A write would have broken a uniqueness constraint; its transaction was rolled back."""


class DatabaseUnavailable(Exception):
    """The database did not answer, or not in time. A write may or may not have happened."""


class Contended(DatabaseUnavailable):
    """Other writers changed the same each time. Nothing was written: write less at once."""
