"""What the server answers, and whom it answers: a test for every line of what makes it safe."""

import json
import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from starlette import testclient

from steepest.lab.bounds import Bounds
from steepest.lab.server import one_time_link
from steepest.lab.server.app import application
from steepest.lab.server.assets import static_files
from steepest.lab.server.one_time_link import OneTimeLink, connection_users
from steepest.lab.server.site import Site, public_site, read_origin

EXPORT = "/export"
PAGES = ("/", "/document.json")
STATE = {"objective": "x^2", "start": [1], "steps": 3, "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}]}
QUESTION = {"state": STATE, "suffix": "csv"}


def wrong(**changes: Any) -> dict[str, Any]:
    """A question about a state of which something is changed."""
    return {"state": STATE | changes, "suffix": "csv"}


# Answers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "place", "length"),
    [
        (wrong(objective="x^2 + sni(x)"), 6, 3),
        (wrong(objective="x^2 +"), 5, 1),
        (wrong(objective="\ud800"), 0, 1),
        (wrong(objective="𝔵 + 😀"), 4, 1),
        (wrong(objective="x" * 9_000), None, 0),
        (wrong(objective=None), None, 0),
        (wrong(objective="x^2 + y^2"), None, 0),
        (wrong(optimizers=[{"text": "theta = theta - lr*h"}]), 19, 1),
        (wrong(optimizers=[{"text": "adan"}]), None, 0),
        (wrong(optimizers=[{"text": "gd", "settings": {"lr": 10**400}}]), None, 0),
        (wrong(optimizers=[{"text": "gd", "settings": {"inertia": 1}}]), None, 0),
        (wrong(optimizers=[{"text": "gd", "settings": [1]}]), None, 0),
        (wrong(optimizers=[]), None, 0),
        (wrong(start=[1, 2]), None, 0),
        (wrong(start="1"), None, 0),
        (wrong(steps=10**9), None, 0),
        (wrong(seed=-1), None, 0),
        (wrong(tol="1"), None, 0),
        ({}, None, 0),
        ([], None, 0),
        ("x^2", None, 0),
        ({"suffix": "csv"}, None, 0),
        ({"state": STATE, "suffix": "/etc/passwd"}, None, 0),
        ({"state": STATE, "suffix": "../x.csv"}, None, 0),
    ],
)
def test_a_mistake_is_a_sentence_with_its_place(client: Any, question: Any, place: int | None, length: int) -> None:
    answer = client.post(EXPORT, content=json.dumps(question), headers={"content-type": "application/json"})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert set(error) == {"message", "text", "place", "length"}
    assert error["message"] and "\n" not in error["message"] and "Traceback" not in answer.text
    assert (error["place"], error["length"]) == (place, length)
    if place is not None:
        state = question["state"]
        assert error["text"] in (state["objective"], state["optimizers"][0]["text"])


@pytest.mark.parametrize(
    ("suffix", "kind", "begin"),
    [
        ("csv", "text/csv", b"run,"),
        ("json", "application/json", b"{"),
        ("png", "image/png", b"\x89PNG"),
        ("svg", "image/svg+xml", b"<?xml"),
    ],
)
def test_a_file_is_made_of_a_state(client: Any, suffix: str, kind: str, begin: bytes) -> None:
    answer = client.post("/export", json={"state": STATE | {"zoom": [[-1, 2]], "show": ["gradient", "axes"]}, "suffix": suffix})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["content-disposition"] == f'attachment; filename="descent.{suffix}"'
    assert answer.content.startswith(begin)


def test_a_film_is_made(client: Any) -> None:
    answer = client.post("/export", json={"state": STATE, "suffix": "gif", "theme": "dark"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"GIF89a")
    assert b"steepest run 'x^2' --start 1" in answer.content


def test_the_page_loads_its_files_and_nothing_else(client: Any) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "<style" not in page.text and " style=" not in page.text and " on" not in page.text.replace(" on the", "")
    assert not re.findall(r"<script(?![^>]*src=)", page.text)
    links = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert links
    for link in links:
        answer = client.get(f"/{link}")
        assert answer.status_code == 200, link
        assert answer.headers["etag"]
    assert client.get("/static/page.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_document_is_complete_and_compressed(client: Any, site: Site) -> None:
    answer = client.get("/document.json")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["state"]["objective"] == "parabola"
    plain = client.get("/document.json", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()
    again = client.get("/document.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_health_says_that_the_server_is_there_by_whatever_name(stranger: Any) -> None:
    answer = stranger.get("/health", headers={"host": "10.0.0.7"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert stranger.head("/health").content == b""


@pytest.mark.parametrize("path", ["/nothing", "/static/", "/static/nothing.js", "/read/objective", "/docs"])
def test_what_is_not_there(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["message"]


def test_a_question_is_posted(client: Any) -> None:
    answer = client.get(EXPORT)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert client.put(EXPORT, json={}).status_code == 405


# Who may ask --------------------------------------------------------------------------------------------------------

EVIL_HOSTS = [
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:8001",
    "127.0.0.1:8000.evil.example",
    "127.0.0.1:8000@evil.example",
    "",
    "localhost.",
]


@pytest.mark.parametrize("host", EVIL_HOSTS)
@pytest.mark.parametrize("path", [*PAGES, "/static/page.js", "/openapi.json"])
def test_a_page_under_another_name_gets_nothing(client: Any, host: str, path: str) -> None:
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == 421
    assert set(answer.json()) == {"error"}


def test_a_question_under_another_name_gets_nothing(client: Any) -> None:
    assert client.post(EXPORT, json=QUESTION, headers={"host": "evil.example"}).status_code == 421


def test_two_host_headers_are_none(client: Any, site: Site) -> None:
    headers = [("host", "127.0.0.1:8000"), ("host", "evil.example"), ("x-steepest-token", site.token)]
    assert client.get("/document.json", headers=headers).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_every_name_of_this_machine_is_the_site(client: Any, host: str) -> None:
    answer = client.post(EXPORT, json=QUESTION, headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code == 200


EVIL_ORIGINS = [
    "https://evil.example", "null", "", "https://127.0.0.1:8000", "http://127.0.0.1", "http://127.0.0.1:8001",
    "http://127.0.0.1:8000.evil.example", "http://127.0.0.1:8000/", "HTTP://127.0.0.1:8000", "file://",
]  # fmt: skip


@pytest.mark.parametrize("origin", EVIL_ORIGINS)
def test_another_page_may_not_ask(client: Any, origin: str) -> None:
    answer = client.post(EXPORT, json=QUESTION, headers={"origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_browser_that_names_no_origin_says_where_it_comes_from(client: Any) -> None:
    assert client.post(EXPORT, json=QUESTION, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(EXPORT, json=QUESTION, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_another_page_may_not_even_ask_whether_it_may(client: Any) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert client.options(EXPORT, headers=headers).status_code == 403


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
@pytest.mark.parametrize("path", [*PAGES, EXPORT, "/nothing"])
def test_without_the_token_there_is_nothing(stranger: Any, path: str, token: str | None) -> None:
    headers = {} if token is None else {"x-steepest-token": token.encode()}
    answer = stranger.post(path, json={}, headers=headers) if path == EXPORT else stranger.get(path, headers=headers)
    assert answer.status_code == 403


def test_the_token_may_stand_in_the_address_of_the_page_only(stranger: Any, site: Site) -> None:
    assert stranger.get(f"/?token={site.token}").status_code == 200
    assert stranger.get(f"/?token={site.token}&token=x").status_code == 403
    assert stranger.get(f"/document.json?token={site.token}").status_code == 403


def test_every_start_has_a_token_of_its_own(site: Site) -> None:
    from steepest.lab.server.site import local_site

    tokens = {local_site("127.0.0.1", 8000).token for _ in range(100)} | {site.token}
    assert len(tokens) == 101
    assert min(map(len, tokens)) >= 32


# What every answer says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/document.json", "/health", "/nothing", "/openapi.json"])
def test_every_answer_is_sealed(client: Any, stranger: Any, path: str) -> None:
    for asker in (client, stranger):
        headers = asker.get(path).headers
        policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert headers["content-security-policy"].count("unsafe") == 1
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_a_site_may_embed_the_lab_if_it_is_asked_for() -> None:
    site = public_site(("https://lab.example.org",), ("https://school.example",))
    with testclient.TestClient(application(site, {}), "https://lab.example.org") as opened:
        headers = opened.get("/").headers
    assert "frame-ancestors https://school.example" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


# How much may be asked ----------------------------------------------------------------------------------------------


def test_a_large_body_is_refused(client: Any) -> None:
    headers = {"content-type": "application/json"}
    fits = json.dumps(QUESTION | {"more": "x" * 63_500})
    assert client.post(EXPORT, content=fits, headers=headers).status_code == 200
    assert client.post(EXPORT, content=b" " * 64_001, headers=headers).status_code == 413
    assert client.post(EXPORT, content=(b" " * 1_000 for _ in range(65)), headers=headers).status_code == 413


def test_a_length_that_is_no_number_is_refused(client: Any) -> None:
    headers = {"content-type": "application/json", "content-length": "-1"}
    assert client.post(EXPORT, content=b"{}", headers=headers).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b"[" * 60_000,
        b"1" * 5_000,
        b'{"text": "x^2"} {}',
        b"\x80\x04K\x01.",
    ],
)
def test_what_is_not_json_is_refused(client: Any, body: bytes) -> None:
    answer = client.post(EXPORT, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream"]
)
def test_only_json_is_read(client: Any, kind: str) -> None:
    answer = client.post(EXPORT, content=b'{"text": "x^2"}', headers={"content-type": kind})
    assert answer.status_code == 415


def test_no_file_outside_the_list_is_sent(client: Any) -> None:
    for name in ("../page.py", "..%2fpage.py", "%2e%2e/page.py", "/etc/passwd", "page.js%00.css", "..\\page.py", "page.js/"):
        answer = client.get(f"/static/{name}")
        assert answer.status_code == 404, name
        assert set(answer.json()) == {"error"}


# A public site ------------------------------------------------------------------------------------------------------


def test_a_public_site_needs_no_token_and_may_be_kept(public: Any) -> None:
    page = public.get("/")
    assert page.headers["cache-control"] == "public, max-age=3600"
    answer = public.post(EXPORT, json=QUESTION, headers={"origin": "https://lab.example.org"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "set-cookie" not in answer.headers


def test_every_copy_of_a_public_site_answers_alike(public: Any) -> None:
    from steepest.lab.document import document

    with testclient.TestClient(
        application(public_site(("https://lab.example.org",)), document({})), "https://lab.example.org"
    ) as other:
        for path in ("/", "/document.json", "/openapi.json", "/static/page.js"):
            here, there = public.get(path), other.get(path)
            assert (here.content, here.headers["etag"]) == (there.content, there.headers["etag"])
        for question in (QUESTION, wrong(objective="x^")):
            assert public.post(EXPORT, json=question).content == other.post(EXPORT, json=question).content


def test_a_public_site_has_stricter_bounds(public: Any) -> None:
    assert public.post(EXPORT, json=wrong(objective="x^2 + " + "0*" * 300 + "x")).status_code == 422
    assert public.post(EXPORT, json=QUESTION | {"more": "x" * 16_000}).status_code == 413
    assert public.post("/export", json={"state": STATE | {"steps": 2_001}, "suffix": "csv"}).status_code == 422
    assert public.post(EXPORT, json=QUESTION, headers={"origin": "http://lab.example.org"}).status_code == 403
    assert public.get("/", headers={"host": "127.0.0.1"}).status_code == 421


# Files in processes of their own ------------------------------------------------------------------------------------


def small(**changes: Any) -> Site:
    bounds = Bounds(text=500, optimizers=4, steps=1_000)
    return Site(("http://lab.test",), bounds=bounds, **changes)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with testclient.TestClient(application(small(seconds=0.05), {}), "http://lab.test") as opened:
        answer = opened.post("/export", json={"state": STATE, "suffix": "gif"})
    assert answer.status_code == 504
    assert "not ready after 0.05 seconds" in answer.json()["error"]["message"]


def test_a_full_queue_says_when_to_come_again() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with (
        testclient.TestClient(application(small(exports=1, waiting=1), {}), "http://lab.test") as opened,
        ThreadPoolExecutor(6) as pool,
    ):
        answers = list(pool.map(lambda _: opened.post("/export", json={"state": STATE, "suffix": "csv"}), range(6)))
        after = opened.post("/export", json={"state": STATE, "suffix": "csv"})
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[:2] == [200, 200]
    assert statuses[-1] == 503
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status_code == 503)
    assert after.status_code == 200, "a place is free again"


def test_a_file_that_needs_too_much_memory_is_refused() -> None:
    with testclient.TestClient(
        application(small(memory=60_000_000), {}), "http://lab.test", raise_server_exceptions=False
    ) as opened:
        answer = opened.post("/export", json={"state": STATE, "suffix": "png"})
    assert answer.status_code in (422, 500)
    assert answer.json()["error"]["message"]


# Origins ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://lab.test", "http://lab.test"),
        ("https://LAB.test:443", "https://lab.test"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://192.168.1.5:80", "http://192.168.1.5"),
        ("https://lab.test:8443", "https://lab.test:8443"),
    ],
)
def test_an_origin_is_written_as_a_browser_writes_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "*", "lab.test", "https://*.test", "ftp://lab.test", "https://lab.test/path", "https://a@b", "https://a; b", "http://a:x"],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an origin is such as"):
        read_origin(text)


def test_the_manifest_is_the_page() -> None:
    assert set(static_files()) == {"page.js", "page.css"}


# An address that works once -----------------------------------------------------------------------------------------


def test_an_address_that_works_once_is_for_this_user_only(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    link = OneTimeLink(site)
    assert site.token not in link.address
    once = link.address.rpartition("/")[2]
    monkeypatch.setattr(one_time_link, "connection_users", lambda client, server: {os.getuid() + 1})
    assert not link.redeem(once, 1, 2)
    monkeypatch.setattr(one_time_link, "connection_users", lambda client, server: {os.getuid(), 0})
    assert not link.redeem(once[:-1], 1, 2)
    assert not link.redeem("é", 1, 2)
    assert link.redeem(once, 1, 2)
    assert not link.redeem(once, 1, 2)
    assert not link.redeem("", 1, 2)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system does not tell whose a connection is")
def test_the_system_tells_whose_a_connection_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as line:
            assert connection_users(line.getsockname()[1], port) == {os.getuid()}
            assert connection_users(port, port) == set()
