"""Who may come in: links that work once, sessions, and the lock that falls when nobody is there."""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["COOKIE", "Door"]

COOKIE = "safehouse"
"""Name of the session's cookie; its path is secret, as cookies do not know ports."""

WRONG_MOST = 5
"""Wrong passphrases after which only a new link opens."""


@dataclass(slots=True)
class Door:
    """Links, sessions and the lock of one running page.

    Args:
        clock: seconds that never go back.
        idle_s: after how long without a request of the user's the page locks; 0 never.
    """

    clock: Callable[[], float]
    idle_s: float = 900.0
    _links: set[str] = field(default_factory=set)
    _session: str = ""
    _locked: bool = False
    _seen: float = 0.0
    _wrong: int = 0
    _told: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._seen = self.clock()

    def new_link(self) -> str:
        """Return a new token, good for one entry; the ones before it no longer open."""
        with self._lock:
            token = secrets.token_urlsafe(32)
            self._links = {token}
            return token

    def enter(self, token: str) -> str | None:
        """Return the session that a token opens, once; None if it opens nothing.

        A new session ends the one before, and unlocks.
        """
        with self._lock:
            if not any(hmac.compare_digest(token.encode(), link.encode()) for link in self._links):
                return None
            self._links.clear()
            self._session = secrets.token_urlsafe(32)
            self.unlock()
            return self._session

    def holds(self, session: str) -> bool:
        """Return whether a cookie is the session's."""
        return bool(self._session) and hmac.compare_digest(session.encode(), self._session.encode())

    @property
    def is_locked(self) -> bool:
        """Whether the page is locked, by hand or as nobody asked for anything for too long."""
        with self._lock:
            if self.idle_s and self.clock() - self._seen > self.idle_s:
                self._locked = True
            return self._locked

    def seen(self) -> None:
        """Note that the user is there."""
        with self._lock:
            if not self.is_locked:
                self._seen = self.clock()

    def lock(self) -> None:
        """Lock the page now."""
        with self._lock:
            self._locked = True

    def must_tell(self) -> bool:
        """Return whether a new link has to be told now: once for each time that it locks."""
        with self._lock:
            if not self.is_locked or self._told:
                return False
            self._told = True
            return True

    def unlock(self) -> None:
        """Unlock the page."""
        with self._lock:
            self._locked, self._wrong, self._seen = False, 0, self.clock()
            self._told = False

    def wrong(self) -> bool:
        """Count a wrong passphrase; return whether another may still be tried."""
        with self._lock:
            self._wrong += 1
            return self.may_try

    @property
    def may_try(self) -> bool:
        """Whether a passphrase may be tried; after too many wrong ones only a link opens."""
        return self._wrong < WRONG_MOST
