"""The rules of access by subject: for each type, the fields that each set of roles may select."""
