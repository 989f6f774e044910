"""Each attack on the page, driven against a running server over a socket."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from made_projects import made_project
from window import Window, links_of

from safehouse.model.acts import DescribePerson, NamePerson
from safehouse.model.consent import Person
from safehouse.review.app import PAGES
from safehouse.review.desk import Desk
from safehouse.review.security import BODY_MOST
from safehouse.review.session import Door

NAME = "Canary Nightingale"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with made_project(tmp_path_factory.mktemp("film")) as project:
        project.act(DescribePerson(Person(id="P03")), NamePerson("P03", project.seal(NAME)))
        yield project


@pytest.fixture(scope="module")
def desk(project: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    private = tmp_path_factory.mktemp("private")
    desk = Desk(private=private, project=project, who="reviewer")
    with served(desk):
        yield desk


@pytest.fixture
def window(desk: Desk) -> Window:
    window = Window(desk)
    assert window.enter(desk.link()).status == 303
    return window


def test_a_link_opens_once_and_its_token_is_not_in_the_next_address(desk: Desk) -> None:
    link, first, second = desk.link(), Window(desk), Window(desk)
    told = first.enter(link)
    assert (told.status, told.heads["location"]) == (303, f"{desk.base}/")
    assert first.get("/status").status == 200
    assert second.enter(link).status == 403
    assert second.get("/status").status == 403


def test_the_cookie_is_strict_and_kept_from_scripts_and_from_other_ports(desk: Desk) -> None:
    cookie = Window(desk).enter(desk.link()).heads["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"path={desk.base}/".lower() in cookie


def test_an_older_link_no_longer_opens(desk: Desk) -> None:
    old, new = desk.link(), desk.link()
    assert Window(desk).enter(old).status == 403
    assert Window(desk).enter(new).status == 303


def test_a_new_entry_ends_the_session_before(window: Window, desk: Desk) -> None:
    assert Window(desk).enter(desk.link()).status == 303
    assert window.get("/status").status == 403


@pytest.mark.parametrize("path", ["/status", "/people", "/queue.json", "/faces/C0001-A001.jpg"])
def test_nothing_is_told_without_a_session(desk: Desk, path: str) -> None:
    for cookie in ("", "safehouse=", "safehouse=guess", "safehouse=\u00e9", "other=1"):
        told = Window(desk, cookie).get(path)
        assert told.status == 403
        assert b"P01" not in told.body


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:{port}", "localhost:{port}", "127.0.0.1", "[::1]:{port}"],
)
def test_a_rebound_name_is_refused(window: Window, host: str) -> None:
    port = window.desk.host.split(":")[1]
    assert window.get("/status", host=host.format(port=port)).status == 400
    assert window.get("/static/page.css", host=host.format(port=port)).status == 400


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("cross-site", ""),
        ("same-site", ""),
        ("same-site", "http://127.0.0.1:1"),
        ("", "http://evil.example"),
        ("same-origin", "http://evil.example"),
        ("", "null"),
        ("cross-site", "null"),
    ],
)
def test_another_page_can_neither_read_nor_act(window: Window, site: str, origin: str) -> None:
    heads = {"sec-fetch-site": site, "origin": origin}
    before = window.desk.project.version  # type: ignore[union-attr]  # a project is open
    assert window.ask("GET", "/status", heads=heads).status == 403
    told = window.ask("POST", "/people/add", body=f"expect={before}".encode(), heads=heads)
    assert told.status == 403
    assert window.desk.project.version == before  # type: ignore[union-attr]  # a project is open


def test_an_act_needs_to_say_where_it_comes_from(window: Window) -> None:
    heads = {"sec-fetch-site": "", "origin": ""}
    assert window.ask("POST", "/people/add", body=b"expect=0", heads=heads).status == 403
    typed = window.ask("POST", "/people/add", body=b"expect=0", site="none", heads={"origin": ""})
    assert typed.status == 403


def test_a_form_of_a_page_without_referrer_acts(window: Window) -> None:
    heads = {"sec-fetch-site": "same-origin", "origin": "null"}
    assert window.ask("POST", "/lock", body=b"a=1", heads=heads).status == 303


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"])
def test_methods_that_nothing_needs_are_refused(window: Window, method: str) -> None:
    origin = {"origin": f"http://{window.desk.host}"}
    assert window.ask(method, "/status", heads=origin).status in {400, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/page.css%00.js",
        "/../../etc/passwd",
        "/versions/..%2f..%2f/films/C0001",
        "/versions/x/films/..%2f..%2fproject.json",
        "/clips/..%2f..%2fetc%2fpasswd/proxy.mp4",
        "/faces/..%2f..%2fkey.txt.jpg",
        "/films/..%2f1/film",
    ],
)
def test_no_path_leads_out(window: Window, path: str) -> None:
    told = window.get(path)
    assert told.status in {400, 404, 409}
    assert b"root:" not in told.body
    assert b"AGE-SECRET" not in told.body
    assert b"public_key" not in told.body


@pytest.mark.parametrize("path", ["/status", "/", "/enter/x"])
def test_nothing_lies_outside_the_secret_part_of_the_address(window: Window, path: str) -> None:
    assert window.ask("GET", path, whole=True).status == 404
    assert window.ask("GET", f"{window.desk.base[:-1]}x{path}", whole=True).status == 404


def test_a_link_that_was_used_tells_nothing_of_the_project(window: Window) -> None:
    told = window.get("/enter/x")
    assert told.status == 403
    assert 'id="undo"' in window.get("/status").text
    for shown in ('id="undo"', "/people", 'id="lock"'):
        assert shown not in told.text


def test_every_answer_forbids_inline_scripts_frames_caches_and_guessing(window: Window) -> None:
    for path in ("/status", "/status.json", "/static/page.js", "/nothing", "/queue/C0001-Q001"):
        heads = window.get(path).heads
        policy = heads["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert heads["cache-control"] == "no-store"
        assert heads["x-content-type-options"] == "nosniff"
        assert heads["referrer-policy"] == "no-referrer"
        assert heads["x-frame-options"] == "DENY"
        assert "server" not in heads


PATHS = (
    *("/status", "/clips", "/people", "/people/P01", "/people/nobody", "/queue", "/work"),
    *("/queue/C0001-Q001", "/consent", "/consent/P03", "/versions", "/settings", "/history"),
    *("/withdraw/P03", "/clips/C0001", "/keys"),
)


@pytest.mark.parametrize("path", PATHS)
def test_pages_hold_no_name_no_inline_code_and_nothing_from_outside(
    window: Window, path: str
) -> None:
    told = window.get(path)
    assert told.status == 200
    page = told.text
    assert NAME not in page
    assert "Nightingale" not in page
    assert "<script>" not in page
    assert " style=" not in page
    assert "<style" not in page
    assert not any(f" on{event}=" in page for event in ("click", "load", "error", "change"))
    outside = {link for link in links_of(page) if not link.startswith((window.desk.base, "#"))}
    assert outside == set()
    as_json = window.get(f"{path}.json")
    assert as_json.status == 200
    assert "Nightingale" not in as_json.text


def test_a_name_shows_only_when_it_is_asked_for_and_never_in_title_or_address(
    window: Window,
) -> None:
    page = window.get("/consent/P03?name=1").text
    assert NAME in page
    assert NAME not in page.split("</title>")[0]
    assert all("Nightingale" not in link for link in links_of(page))
    assert "Nightingale" not in window.get("/consent/P03.json?name=1").text


def test_the_page_locks_by_hand_and_tells_nothing_until_a_new_link(window: Window) -> None:
    told: list[str] = []
    window.desk.announce = told.append
    assert window.post("/lock").status == 303
    assert window.get("/people").heads["location"].endswith("/locked")
    assert window.get("/people.json").status == 423
    assert window.get("/faces/C0001-A001.jpg").status == 303
    assert window.post("/people/add").status == 303
    assert told == []
    assert window.get("/locked").status == 200
    assert window.get("/locked").status == 200
    assert len(told) == 1, "a link is told once for each time that it locks"
    assert window.enter(told[0]).status == 303
    assert window.get("/people").status == 200


def test_the_page_locks_when_nobody_is_there_and_looking_after_itself_is_no_sign(
    window: Window,
) -> None:
    door, now = window.desk.door, [0.0]
    clock, idle_s = door.clock, door.idle_s
    door.clock, door.idle_s = lambda: now[0], 60.0
    try:
        window.enter(window.desk.link())
        now[0] = 50.0
        assert window.get("/people").status == 200
        now[0] = 105.0
        assert window.get("/alive.json").json() == {"locked": False}
        assert window.get("/work.json").status == 200
        now[0] = 111.0
        assert window.get("/alive.json").status == 423
        assert window.get("/people").heads["location"].endswith("/locked")
        told: list[str] = []
        window.desk.announce = told.append
        window.get("/locked")
        assert len(told) == 1, "whoever comes back finds a new link"
    finally:
        window.desk.announce = lambda _: None
        door.clock, door.idle_s = clock, idle_s
        door.unlock()


def test_an_unused_door_locks() -> None:
    now = [0.0]
    door = Door(lambda: now[0], 60.0)
    session = door.enter(door.new_link())
    assert session is not None
    now[0] = 59.0
    assert not door.is_locked
    door.seen()
    now[0] = 118.0
    assert not door.is_locked
    now[0] = 120.0
    assert door.is_locked
    door.seen()
    assert door.is_locked, "a request does not unlock"
    door.unlock()
    assert not door.is_locked


def test_five_wrong_passphrases_leave_only_a_new_link() -> None:
    door = Door(lambda: 0.0)
    assert [door.wrong() for _ in range(5)] == [True, True, True, True, False]
    assert not door.may_try
    door.enter(door.new_link())
    assert door.may_try


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=0-9", 206),
        ("bytes=-5", 206),
        ("bytes=9-1", 416),
        ("bytes=99999999999999999-", 416),
        ("bytes=0-1,2-3", 416),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(3000)), 416),
        ("bytes=-", 416),
        ("bytes=abc", 416),
        ("lines=0-1", 416),
        ("bytes=" + "9" * 4000 + "-", 416),
    ],
)
def test_one_range_is_given_and_no_other(
    window: Window, wanted: str, status: int, tmp_path: Path
) -> None:
    proxies = window.desk.require_project().folder / "proxies"
    proxies.mkdir(exist_ok=True)
    (proxies / "C0001.mp4").write_bytes(bytes(range(100)))
    told = window.get("/clips/C0001/proxy.mp4", range=wanted)
    assert told.status == status
    if status == 206:
        assert len(told.body) in {5, 10}


def test_two_range_headers_are_refused(window: Window) -> None:
    lines = [
        f"GET {window.desk.base}/clips/C0001/proxy.mp4 HTTP/1.1",
        f"host: {window.desk.host}",
        f"cookie: {window.cookie}",
        "range: bytes=0-1",
        "range: bytes=2-3",
        "connection: close",
    ]
    assert window.raw("\r\n".join([*lines, "", ""]).encode()).status == 416


def test_two_hosts_are_refused(window: Window) -> None:
    lines = [
        f"GET {window.desk.base}/status HTTP/1.1",
        f"host: {window.desk.host}",
        "host: evil.example",
        f"cookie: {window.cookie}",
        "connection: close",
    ]
    assert window.raw("\r\n".join([*lines, "", ""]).encode()).status == 400


def test_a_body_that_is_too_long_is_refused_and_nothing_changes(window: Window) -> None:
    before = window.desk.require_project().version
    told = window.post("/people/add", text="a" * (BODY_MOST + 1))
    assert told.status == 400
    assert "too long" in told.text
    assert window.desk.require_project().version == before


def test_an_upload_needs_a_length_an_ending_and_room(window: Window) -> None:
    origin = {"origin": f"http://{window.desk.host}"}
    endless = {"transfer-encoding": "chunked"} | origin
    told = window.ask("PUT", "/upload.json?ending=.mov", heads=endless)
    assert told.status == 400
    told = window.ask("PUT", "/upload.json?ending=../../x", body=b"1", heads=origin)
    assert told.status == 400
    huge = {"content-length": str(1 << 46)} | origin
    assert window.ask("PUT", "/upload.json?ending=.mov", heads=huge).status == 409
    assert [p for p in window.desk.private.rglob("*") if p.is_file()] == []


def test_a_redirect_never_leads_elsewhere(window: Window) -> None:
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "evil"):
        told = window.post("/settings/greyscale", value="0", next=wanted)
        assert told.heads["location"].startswith(window.desk.base + "/settings")


def test_the_server_listens_on_loopback_alone(desk: Desk) -> None:
    port = int(desk.host.split(":")[1])
    rows = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    listening = [row.split()[1] for row in rows if row.split()[3] == "0A"]
    assert [place for place in listening if int(place.split(":")[1], 16) == port] == [
        f"0100007F:{port:04X}"
    ]
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


def test_untrusted_text_is_shown_as_text(window: Window) -> None:
    window.post("/clips/C0001/hand", to="<b>x</b>")
    page = window.get("/clips").text
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    window.post("/undo")


def test_each_page_has_its_module_and_no_path_is_taken_twice() -> None:
    rows = [(r.path, m) for page in PAGES for r in page.ROUTES for m in r.methods or ()]
    assert len(rows) == len(set(rows))
