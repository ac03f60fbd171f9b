"""Names, pages and proxies: whom the app answers, asked over plain sockets, for a client would tidy the headers up."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from demo import words
from demo.server import hosts
from demo.server.hosts import HostGuard, Hosts
from glamor.errors import GlamorError
from tests.live_app import LiveApp, start, stop

NAME = "glamor.example.org"
HERE = "127.0.0.1:7860"


@pytest.fixture(scope="module")
def named(small_weights: tuple[Path, Path]) -> Iterator[LiveApp]:
    """An app that listens for others, has a name and a proxy at 127.0.0.1."""
    app, process = start(
        "app.py", "--checkpoint", str(small_weights[0]), "--host", "0.0.0.0",
        GLAMOR_ALLOWED_HOSTS=f"{NAME}, 192.0.2.7", GLAMOR_TRUSTED_PROXY="127.0.0.0/8", GLAMOR_DEVICE="cpu",
    )  # fmt: skip
    yield app
    stop(app, process)


def _ask(app: LiveApp, *headers: str, method: str = "GET", path: str = "/robots.txt", version: str = "1.1",
         body: bytes = b"") -> tuple[int, str, str]:  # fmt: skip
    """Send a request as it stands; return status, head and body of the answer."""
    at = urlsplit(app.url)
    lines = [f"{method} {path} HTTP/{version}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    with socket.create_connection((at.hostname or "", at.port or 0), timeout=60) as plain:
        plain.sendall("\r\n".join(lines).encode("latin-1") + body)
        data = b"".join(iter(lambda: plain.recv(65536), b""))
    head, _, content = data.decode().partition("\r\n\r\n")
    return int(head.split()[1]), head.lower(), content


def _port(app: LiveApp) -> int:
    return urlsplit(app.url).port or 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LocalHost", "localhost.", "[::1]", "[0:0:0:0:0:0:0:1]", "127.0.0.1:7860",
             "localhost:1", "[::1]:65535"],
)  # fmt: skip
def test_this_machines_own_names_are_answered_on_any_port(app, host):
    assert _ask(app, f"Host: {host}")[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example",
             "xn--lcalhost-54a", "10.0.0.5", "0.0.0.0", "127.0.0.2", "[::]", "[fe80::1]", "127.1", "0x7f.0.0.1",
             "2130706433", "017700000001", "..", "localhost.evil.example."],
)  # fmt: skip
def test_every_other_name_is_refused_in_one_sentence_that_says_what_to_set(app, host):
    status, head, content = _ask(app, f"Host: {host}")
    assert status in (400, 421)
    assert json.loads(content) == {"error": words.WRONG_HOST}
    assert "GLAMOR_ALLOWED_HOSTS" in content
    assert head.count("x-content-type-options: nosniff") == 1, "refusals carry the security headers, too"


@pytest.mark.parametrize(
    "host", ["localhost@evil.example", "evil.example@localhost", "localhost:80@evil.example", "localhost/evil",
             "localhost:", "localhost:99999", "localhost:0", "localhost:7860x", "[::1", "::1", "[::1]x", "[::1%25lo]",
             "local host", "localhost,evil.example", "http://localhost", "", "-", "[localhost]", "localhost..",
             "l\xf6calhost"],
)  # fmt: skip
def test_what_is_no_name_is_refused(app, host):
    status, _, content = _ask(app, f"Host: {host}")
    assert status in (400, 421)
    assert "User-agent" not in content


def test_none_or_two_names_are_refused(app):
    for headers in ((), ("Host: localhost", "Host: evil.example"), ("Host: localhost", "Host: localhost")):
        for version in ("1.0", "1.1"):
            status, _, content = _ask(app, *headers, version=version)
            assert (status, "User-agent" in content) == (400, False)


def test_a_name_in_the_request_line_does_not_stand_in_for_the_host(app):
    assert _ask(app, "Host: evil.example", path="http://localhost/robots.txt")[0] == 421


@pytest.mark.parametrize(
    "path", ["/", "/config", "/gradio_api/info", "/gradio_api/mcp/", "/gradio_api/queue/data?session_hash=x",
             "/gradio_api/file=/etc/passwd", "/assets/none.js", "/none"],
)  # fmt: skip
def test_no_address_is_open_under_another_name(app, path):
    assert _ask(app, "Host: evil.example", path=path)[0] == 421


WRITES = (("POST", "/gradio_api/upload"), ("POST", "/gradio_api/call/predict"), ("POST", "/gradio_api/queue/join"),
          ("POST", "/gradio_api/run/predict"), ("POST", "/gradio_api/cancel"), ("POST", "/gradio_api/mcp/"),
          ("PUT", "/"), ("DELETE", "/gradio_api/mcp/"), ("BREW", "/config"))  # fmt: skip


@pytest.mark.parametrize(
    "page", [("Origin: https://evil.example",), ("Origin: null",), ("Origin: http://localhost:3000",), ("Origin:",),
             ("Origin: file://",), ("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: same-site",),
             ("Origin: http://localhost@evil.example",), ("Origin: HERE", "Origin: https://evil.example"),
             ("Origin: HERE", "Sec-Fetch-Site: cross-site"), ("Origin: ftp://127.0.0.1",)],
)  # fmt: skip
def test_anothers_page_may_send_nothing(app, page):
    sent = [line.replace("HERE", app.url) for line in page]
    for method, path in WRITES:
        status, head, content = _ask(app, f"Host: 127.0.0.1:{_port(app)}", *sent, method=method, path=path)
        assert (status, json.loads(content)) == (403, {"error": words.FOREIGN_PAGE}), (method, path)
        assert "access-control-allow-origin" not in head


def test_anothers_page_may_not_ask_whether_it_may_nor_read_what_it_links_to(app):
    here = f"Host: 127.0.0.1:{_port(app)}"
    ask = ("Origin: https://evil.example", "Access-Control-Request-Method: POST")
    status, head, _ = _ask(app, here, *ask, method="OPTIONS", path="/gradio_api/upload")
    assert (status, "access-control" in head) == (403, False)
    for origin in ("https://evil.example", "null", "http://localhost:3000"):
        status, head, _ = _ask(app, here, f"Origin: {origin}")
        assert (status, "access-control" in head) == (200, False)
    upgrade = ("Origin: https://evil.example", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")  # fmt: skip
    assert _ask(app, here, *upgrade, path="/gradio_api/queue/join")[0] == 403


@pytest.mark.parametrize(
    "page", [(), ("Origin: HERE",), ("Origin: HERE", "Sec-Fetch-Site: same-origin"), ("Sec-Fetch-Site: none",)],
)  # fmt: skip
def test_the_page_itself_and_programs_go_on(app, page):
    sent = [line.replace("HERE", app.url) for line in page]
    body = b'{"data": [null, null]}'
    status, _, content = _ask(app, f"Host: 127.0.0.1:{_port(app)}", *sent, "Content-Type: application/json",
                              method="POST", path="/gradio_api/call/predict", body=body)  # fmt: skip
    assert (status, list(json.loads(content))) == (200, ["event_id"])


def _root(app: LiveApp, *headers: str) -> str:
    status, _, content = _ask(app, *headers, path="/config")
    assert status == 200, content
    return str(json.loads(content)["root"])


def test_what_a_proxy_says_counts_only_if_it_is_trusted(app, named):
    says = (f"X-Forwarded-Host: {NAME}", "X-Forwarded-Proto: https")
    assert _root(app, "Host: localhost:5", *says) == "http://localhost:5"
    assert _root(named, "Host: localhost:5", *says) == f"https://{NAME}"
    for app_ in (app, named):
        for said in ("X-Forwarded-Host: evil.example", f"X-Forwarded-Host: evil.example, {NAME}",
                     "X-Gradio-Server: http://evil.example", "X-Forwarded-Host: localhost@evil.example",
                     "Forwarded: host=evil.example", f"X-Forwarded-Host: {NAME}/evil"):  # fmt: skip
            assert _root(app_, "Host: localhost:5", said) == "http://localhost:5", said


def test_names_that_are_listed_are_answered_and_no_others(named):
    for host in (NAME, NAME.upper(), f"{NAME}.", f"{NAME}:8443", "192.0.2.7", "localhost", "127.0.0.1", "[::1]"):
        assert _ask(named, f"Host: {host}")[0] == 200, host
    for host in (f"www.{NAME}", "example.org", "192.0.2.8", "0.0.0.0", f"{NAME}.evil.example"):
        assert _ask(named, f"Host: {host}")[0] == 421, host


def test_a_page_under_a_listed_name_may_send_where_the_proxy_changes_the_host(named):
    body, sent = b'{"data": [null, null]}', ("Content-Type: application/json",)
    asked: dict[str, Any] = {"method": "POST", "path": "/gradio_api/call/predict", "body": body}
    for host in (NAME, "127.0.0.1:7860"):
        assert _ask(named, f"Host: {host}", f"Origin: https://{NAME}", *sent, **asked)[0] == 200
    for origin in (f"https://{NAME}:8443", f"https://{NAME}.evil.example", "https://localhost", f"ftp://{NAME}"):
        assert _ask(named, f"Host: {NAME}", f"Origin: {origin}", *sent, **asked)[0] == 403, origin


@pytest.mark.parametrize(
    ("bound", "settings", "accepted", "refused"),
    [
        ("127.0.0.1", {}, ("localhost", "127.0.0.1", "::1"), ("192.0.2.1", "a.example", "0.0.0.0")),
        ("::1", {}, ("localhost", "::1"), ("192.0.2.1", "a.example")),
        ("127.0.0.5", {}, ("127.0.0.5", "localhost"), ("127.0.0.6", "a.example")),
        ("0.0.0.0", {}, ("localhost", "192.0.2.1", "2001:db8::1"), ("a.example", "a")),
        ("[::]", {}, ("localhost", "192.0.2.1"), ("a.example",)),
        ("box.lan", {}, ("box.lan", "192.0.2.1"), ("a.example",)),
        ("0.0.0.0", {"GLAMOR_ALLOWED_HOSTS": "A.example,2001:DB8:0::1"}, ("a.example", "2001:db8::1", "127.0.0.1"),
         ("192.0.2.1", "b.example")),
        ("0.0.0.0", {"SPACE_ID": "o/n", "SPACE_HOST": "o-n.hf.space,own.example"},
         ("o-n.hf.space", "own.example", "10.1.2.3"), ("huggingface.co", "other.hf.space")),
    ],
)  # fmt: skip
def test_which_names_follow_from_where_it_listens(bound, settings, accepted, refused):
    names = hosts.read(bound, settings)
    assert [name for name in accepted if not names.accept(name)] == []
    assert [name for name in refused if names.accept(name)] == []


@pytest.mark.parametrize(
    ("settings", "trusted", "untrusted"),
    [
        ({}, (), ("127.0.0.1", "10.0.0.1", "", "::1")),
        ({"GLAMOR_TRUSTED_PROXY": "0", "SPACE_ID": "o/n"}, (), ("127.0.0.1", "10.0.0.1")),
        ({"SPACE_ID": "o/n"}, ("10.0.0.1", "172.17.0.1"), ("8.8.8.8", "unix:")),
        ({"GLAMOR_TRUSTED_PROXY": "1"}, ("127.0.0.1", "192.168.7.7", "fd00::1"), ("8.8.8.8", "2001:4860::1")),
        ({"GLAMOR_TRUSTED_PROXY": "10.0.0.5, 8.8.8.0/24"}, ("10.0.0.5", "8.8.8.8"), ("10.0.0.6", "127.0.0.1")),
    ],
)
def test_which_proxies_are_believed(settings, trusted, untrusted):
    names = hosts.read("0.0.0.0", settings)
    assert [client for client in trusted if not names.trust(client)] == []
    assert [client for client in untrusted if names.trust(client)] == []


@pytest.mark.parametrize(
    "settings", [{"GLAMOR_ALLOWED_HOSTS": given} for given in ("https://a.example", "a.example:80", "*", "a b", "a/b")]
    + [{"GLAMOR_TRUSTED_PROXY": given} for given in ("yes", "proxy.lan", "10.0.0.0/40", "*")],
)  # fmt: skip
def test_a_setting_that_means_nothing_is_refused_at_the_start(settings):
    ((name, given),) = settings.items()
    with pytest.raises(GlamorError) as refused:
        hosts.read("0.0.0.0", settings)
    assert name in str(refused.value)
    assert given in str(refused.value)


def _seen(names: Hosts, **scope: Any) -> list[Any]:
    """Return what the guard lets through to the app, and what it says itself."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def send(message: Any) -> None:
        seen.append(message)

    with ThreadPoolExecutor(1) as apart:  # asyncio.run would take away the loop that Gradio has set up in this thread
        guarded: Any = HostGuard(app, names)
        apart.submit(asyncio.run, guarded(scope, None, send)).result()
    return seen


def test_a_websocket_of_anothers_page_is_closed_before_it_is_open():
    names = Hosts()
    asked = {"type": "websocket", "path": "/", "client": ("127.0.0.1", 1)}
    host = (b"host", HERE.encode())
    for headers in ([(b"host", b"evil.example")], [host, (b"origin", b"https://evil.example")], []):
        assert _seen(names, headers=headers, **asked) == [{"type": "websocket.close", "code": 1008}]
    (passed,) = _seen(names, headers=[host, (b"origin", f"http://{HERE}".encode())], **asked)
    assert passed["type"] == "websocket"


def test_the_address_of_a_visitor_is_what_a_trusted_proxy_says():
    headers = [
        (b"host", b"localhost"),
        (b"x-forwarded-for", b"203.0.113.9, 10.0.0.7"),
        (b"x-forwarded-proto", b"https"),
    ]
    asked = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": headers,
        "client": ("10.0.0.1", 5),
        "scheme": "http",
    }
    (believed,) = _seen(hosts.read("0.0.0.0", {"GLAMOR_TRUSTED_PROXY": "1"}), **asked)
    assert (believed["client"][0], believed["scheme"]) == ("203.0.113.9", "https")
    (unknown,) = _seen(hosts.read("0.0.0.0", {}), **asked)
    assert (unknown["client"][0], unknown["scheme"], unknown["headers"]) == ("10.0.0.1", "http", headers[:1])
