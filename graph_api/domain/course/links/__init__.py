"""Whether the answers support the prerequisite links, and which links they miss (Q15)."""
