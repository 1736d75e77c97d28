// Answers carry a sequence number, their place in the call or file, that decides among equal times (B6). Answers stored
// before this version have none and keep the order they had, which is by time and id: every statement and every fold
// reads a missing sequence number so, before the answers that have one. Nothing is rewritten, so this migration takes
// no time whatever the size of the graph, and holds for a backup of an older version that is restored later. See
// docs/adr/0011-order-of-answers.md.
