"""The bytes of replies, in memory with a bound in bytes; those that were not requested longest go first."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from graph_api.execution.operation_outcomes import Operation
from graph_api.store.dependencies import Dependencies
from graph_api.store.reply_tokens import ReplyToken

OVERHEAD = 1_000
"""Bytes to count for an entry beside its reply: keys, and places in the indexes."""
OF_AN_ID = 100
"""Bytes to count for each id that an entry names."""
LARGEST_SHARE = 8
"""A reply may take one eighth of the bound, so that one reply cannot displace all others."""


@dataclass(slots=True)
class StoredReply:
    """A reply as it was sent, and the token that it is good for."""

    body: bytes
    etag: str
    token: ReplyToken
    operation: Operation
    compressed: bytes | None = None


@dataclass(slots=True)
class Entry:
    """What is known of one request: what its reply depends on, and the reply, once it was requested again."""

    needs: Dependencies
    reply: StoredReply | None = None
    token: ReplyToken | None = None
    token_at: float = 0.0
    """When the token was first read."""
    used_at: float = 0.0
    size: int = 0

    def age_of(self, token: ReplyToken, now: float) -> float:
        """The seconds since a token was first read, without another one in between."""
        if token != self.token:
            self.token, self.token_at = token, now
        return now - self.token_at

    def student_ids(self) -> frozenset[str]:
        """The students whose data the entry holds or names."""
        own = frozenset(self.needs.students | self.needs.memberships | self.needs.seen)
        return own | self.reply.token.student_ids if self.reply else own


class ReplyStore:
    """Entries by key.

    >>> store = ReplyStore(4_000)
    >>> for key in (b"1", b"2", b"3", b"4"):
    ...     store.put(key, Entry(Dependencies()), now=0.0)
    >>> store.get(b"1", now=1.0) is None, store.get(b"2", now=1.0) is None, store.bytes
    (False, False, 4000)
    >>> store.put(b"5", Entry(Dependencies()), now=2.0)
    >>> store.get(b"3", now=3.0) is None, store.bytes
    (True, 4000)
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._of_student: defaultdict[str, set[bytes]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes, now: float) -> Entry | None:
        """The entry of a key, which is now the one used last."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.used_at = now
            self._entries.move_to_end(key)
        return entry

    def put(self, key: bytes, entry: Entry, now: float) -> None:
        """Store an entry in the place of another one with its key; a reply that is too large is left out."""
        self.drop(key)
        if entry.reply is not None and len(entry.reply.body) > self.limit // LARGEST_SHARE:
            entry.reply = None
        self._add(key, entry, now)
        while self.bytes > self.limit:
            self.drop(next(iter(self._entries)))

    def add_compressed(self, key: bytes, reply: StoredReply, compressed: bytes) -> None:
        """Store the compressed form of a reply beside it, if it is still stored."""
        entry = self._entries.get(key)
        if entry is not None and entry.reply is reply:
            reply.compressed = compressed
            self.put(key, entry, entry.used_at)

    def drop(self, key: bytes) -> None:
        """Remove an entry, if it is stored."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= entry.size
        for student_id in entry.student_ids():
            keys = self._of_student[student_id]
            keys.discard(key)
            if not keys:
                del self._of_student[student_id]

    def drop_replies_of(self, student_ids: Iterable[str]) -> None:
        """Remove the replies that show students who have changed; what the requests depend on stays."""
        for student_id in student_ids:
            for key in list(self._of_student.get(student_id, ())):
                entry = self._entries[key]
                self.drop(key)
                entry.reply = None
                self._add(key, entry, entry.used_at)

    def drop_all_of(self, student_ids: Iterable[str]) -> None:
        """Remove everything about students who were erased, their ids included."""
        for student_id in student_ids:
            for key in list(self._of_student.get(student_id, ())):
                self.drop(key)

    def drop_unused_since(self, moment: float) -> None:
        """Remove what was not requested since a moment."""
        while self._entries and (oldest := next(iter(self._entries.items())))[1].used_at < moment:
            self.drop(oldest[0])

    def _add(self, key: bytes, entry: Entry, now: float) -> None:
        ids = entry.student_ids()
        held = entry.reply
        bodies = len(held.body) + len(held.compressed or b"") if held else 0
        entry.size, entry.used_at = OVERHEAD + OF_AN_ID * (len(ids) + len(entry.needs.groups)) + bodies, now
        self._entries[key] = entry
        self.bytes += entry.size
        for student_id in ids:
            self._of_student[student_id].add(key)
