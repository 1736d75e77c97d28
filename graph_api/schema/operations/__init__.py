"""Operations: runs, audit, backup, checks and export."""
