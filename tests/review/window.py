"""A browser's window without a browser: plain HTTP to the page, with the headers that one sends."""

import json
import re
import socket
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from safehouse.review.desk import Desk


@dataclass
class Told:
    """An answer, as it came."""

    status: int
    heads: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Window:
    """One window; it keeps its cookie, and sends what Chromium sends from a page of ours."""

    desk: Desk
    cookie: str = ""
    heads: dict[str, str] = field(default_factory=dict)

    def enter(self, link: str) -> Told:
        told = self.ask("GET", link.split(self.desk.host)[1], whole=True, site="none")
        if "set-cookie" in told.heads:
            self.cookie = told.heads["set-cookie"].split(";")[0]
        return told

    def get(self, path: str, **heads: str) -> Told:
        return self.ask("GET", path, heads=heads)

    def post(self, path: str, /, **fields: Any) -> Told:
        """Post a form as the page would, with the number of the act that was seen last."""
        if "expect" not in fields and self.desk.project is not None:
            fields["expect"] = self.desk.project.version
        body = urlencode(fields, doseq=True).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body=body, heads=kind)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        heads: dict[str, str] | None = None,
        whole: bool = False,
        site: str = "same-origin",
    ) -> Told:
        given = {"host": self.desk.host, "sec-fetch-site": site, "connection": "close"}
        given |= {"origin": f"http://{self.desk.host}"} if method in {"POST", "PUT"} else {}
        given |= {"content-length": str(len(body))} if body else {}
        given |= {"cookie": self.cookie} if self.cookie else {}
        given |= self.heads | {k.replace("_", "-"): v for k, v in (heads or {}).items()}
        target = path if whole else self.desk.base + path
        lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items() if v)]
        return self.raw("\r\n".join([*lines, "", ""]).encode() + body)

    def raw(self, request: bytes) -> Told:
        """Send bytes as they are."""
        name, port = self.desk.host.split(":")
        with socket.socket() as place:
            place.settimeout(20)
            place.connect((name, int(port)))
            place.sendall(request)
            found = bytearray()
            while part := place.recv(1 << 16):
                found += part
        return _told(bytes(found))

    def cut_off(self, request: bytes) -> None:
        """Send the beginning of a request, and hang up."""
        name, port = self.desk.host.split(":")
        with socket.socket() as place:
            place.connect((name, int(port)))
            place.sendall(request)
            time.sleep(0.2)


def _told(answer: bytes) -> Told:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    heads = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    if heads.get("transfer-encoding") == "chunked":
        body = _whole(body)
    return Told(int(first.split()[1]) if first else 0, heads, body)


def _whole(body: bytes) -> bytes:
    found = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        count = int(size, 16)
        if not count:
            break
        found, body = found + body[:count], body[count + 2 :]
    return found


def links_of(page: str) -> set[str]:
    """Every address in a page."""
    return set(re.findall(r'(?:href|src|action)="([^"]*)"', page))
