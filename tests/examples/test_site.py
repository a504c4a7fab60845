# SPDX-License-Identifier: Apache-2.0
"""Example 3, driven from outside as browsers and others do: files, and nothing else."""

from __future__ import annotations

import os
import subprocess
import time
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_forwarding import Answer, Rig, Server, ask, changed_config, connect, rig, until, workerd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["rig", "workerd"]  # fixtures
OLD = 1_700_000_000  # Seconds since 1970: 14 November 2023, long ago.


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a directory to serve, with something of each kind in it."""
    root = tmp_path / "site"
    (root / "sub").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / ".git").mkdir()
    texts = {
        "index.html": "<h1>first</h1>", "404.html": "<h1>own page</h1>", "ten.txt": "0123456789",
        "sub/index.html": "<h1>sub</h1>", "sub/a b%ü?.txt": "odd", "sub/.hidden": "secret",
        ".git/config": "secret", "no-end": "bytes", "empty.css": "", "UPPER.PNG": "png",
    }  # fmt: skip
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
        os.utime(root / name, (OLD, OLD))
    (tmp_path / "outside.txt").write_text("outside")
    (root / "out.txt").symlink_to("../outside.txt")
    (root / "in.txt").symlink_to("ten.txt")
    (root / "etc").symlink_to("/etc")
    (root / "up").symlink_to("..")
    os.mkfifo(root / "pipe")
    return root


def serve(rig: Rig, root: Path, listing: str = "false") -> Server:
    """Run example 3 for a directory."""
    changes = {'path = "/srv/site"': f'path = "{root}"', 'json = "false"': f'json = "{listing}"'}
    return rig.serve(changed_config("example3", rig.folder, changes))


@pytest.fixture
def get(rig: Rig, root: Path) -> Callable[..., Answer]:
    """Return a function that asks the example for a path."""
    server = serve(rig, root)

    def ask_for(path: str, *headers: str, method: str = "GET") -> Answer:
        return ask(server, *headers, line=f"{method} {path} HTTP/1.1")

    return ask_for


#: As in mime.types(5), from IANA's registry of media types and the HTML standard.
TYPES = """
application/gzip gz
application/json json map
application/ld+json jsonld
application/manifest+json webmanifest
application/pdf pdf
application/rss+xml rss
application/wasm wasm
application/x-tar tar
application/xhtml+xml xhtml
application/xml xml
application/zip zip
application/zstd zst
audio/flac flac
audio/mp4 m4a
audio/mpeg mp3
audio/ogg oga ogg opus
audio/wav wav
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/avif avif
image/gif gif
image/jpeg jpeg jpg
image/jxl jxl
image/png png
image/svg+xml svg
image/vnd.microsoft.icon ico
image/webp webp
text/calendar ics
text/css css
text/csv csv
text/html htm html
text/javascript js mjs
text/markdown md
text/plain txt
text/vtt vtt
video/mp4 mp4
video/ogg ogv
video/webm webm
"""


def test_content_types(rig: Rig, tmp_path: Path) -> None:
    """Each end of a name has the registered type; text is UTF-8."""
    root = tmp_path / "site"
    root.mkdir()
    server = serve(rig, root)
    for line in TYPES.split("\n")[1:-1]:
        kind, *ends = line.split(" ")
        wanted = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        for end in ends:
            (root / f"a.{end}").write_text("x")
            answer = ask(server, line=f"GET /a.{end} HTTP/1.1")
            assert answer.values("Content-Type") == [wanted], end


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/", b"<h1>first</h1>", "text/html; charset=utf-8"),
        ("/index.html", b"<h1>first</h1>", "text/html; charset=utf-8"),
        ("/sub/", b"<h1>sub</h1>", "text/html; charset=utf-8"),
        ("/ten.txt", b"0123456789", "text/plain; charset=utf-8"),
        ("/ten.txt?v=2", b"0123456789", "text/plain; charset=utf-8"),
        ("/%74en.txt", b"0123456789", "text/plain; charset=utf-8"),
        ("/sub/../ten.txt", b"0123456789", "text/plain; charset=utf-8"),
        ("/sub/%2e%2e/ten.txt", b"0123456789", "text/plain; charset=utf-8"),
        ("/sub/a%20b%25%C3%BC%3F.txt", b"odd", "text/plain; charset=utf-8"),
        ("/no-end", b"bytes", "application/octet-stream"),
        ("/empty.css", b"", "text/css; charset=utf-8"),
        ("/UPPER.PNG", b"png", "image/png"),
        ("http://whoami.example.com/ten.txt", b"0123456789", "text/plain; charset=utf-8"),
    ],
)
def test_a_file(get: Callable[..., Answer], path: str, body: bytes, content_type: str) -> None:
    """Content, length and type are right; HEAD tells the same without the content."""
    for method in ("GET", "HEAD"):
        answer = get(path, method=method)
        assert answer.status == 200
        assert answer.body == (body if method == "GET" else b"")
        assert answer.values("Content-Length") == [str(len(body))]
        assert answer.values("Content-Type") == [content_type]
        assert answer.values("X-Content-Type-Options") == ["nosniff"]
        assert answer.values("Last-Modified") == [formatdate(OLD, usegmt=True)]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/sub/nothing", "/empty/", "/ten.txt/", "/ten.txt/x", "//", "//sub/",
        "/sub//index.html", "/out.txt", "/in.txt", "/etc/passwd", "/etc/", "/up/outside.txt",
        "/up/site/ten.txt", "/pipe", "/.git/config", "/.git/", "/sub/.hidden", "/.%67it/config",
        "/sub%2Findex.html", "/sub%5Cindex.html", "/ten.txt%00", "/%00", "/%zz", "/%ff",
        "/..%2foutside.txt", "/%2e%2e%2foutside.txt", "/%252e%252e/outside.txt",
        "/sub/..%5c..%5coutside.txt", "/../outside.txt", "/%2e%2e/outside.txt", "/ten.txt%20",
        "/TEN.TXT", "/ten.txt.", "/ten.txt::$DATA",
    ],
)  # fmt: skip
def test_nothing_else(get: Callable[..., Answer], path: str) -> None:
    """What is missing, hidden, or a link looks the same: the site's own page."""
    answer = get(path)
    assert answer.status == 404
    assert answer.body == b"<h1>own page</h1>"
    assert answer.values("Content-Type") == ["text/html; charset=utf-8"]
    assert answer.values("ETag") == answer.values("Last-Modified") == []
    head = get(path, method="HEAD")
    assert (head.status, head.body) == (404, b"")
    assert head.values("Content-Length") == ["17"]


def test_the_page_for_nothing_has_no_conditions(get: Callable[..., Answer]) -> None:
    """A range or a date that suits 404.html is none of the wanted page."""
    since = f"If-Modified-Since: {formatdate(OLD + 100, usegmt=True)}"
    for header in ("Range: bytes=0-1", "If-None-Match: *", since):
        assert get("/nothing", header).status == 404
        assert get("/nothing", header).body == b"<h1>own page</h1>"
        assert get("/nothing", header).values("Accept-Ranges") == []


@pytest.mark.parametrize("page", ["", "link", "directory"])
def test_without_a_page_of_its_own(rig: Rig, root: Path, page: str) -> None:
    """There is a plain one, and one that is no file does not count."""
    (root / "404.html").unlink()
    if page == "link":
        (root / "404.html").symlink_to("../outside.txt")
    if page == "directory":
        (root / "404.html").mkdir()
    answer = ask(serve(rig, root), line="GET /nothing HTTP/1.1")
    assert answer.status == 404
    assert (
        answer.body == b"<!doctype html>\n<title>404</title>\n<p>There is no such page here.</p>\n"
    )
    assert answer.values("Content-Type") == ["text/html; charset=utf-8"]
    assert answer.values("Content-Length") == [str(len(answer.body))]
    assert answer.values("Content-Security-Policy") == ["default-src 'none'"]


def test_a_name_that_is_not_utf_8_does_not_vouch_for_a_link(rig: Rig, root: Path) -> None:
    """The disk lists it as U+FFFD, and then follows a link of that name."""
    (root / os.fsdecode(b"\xff.txt")).write_text("odd")
    (root / "\ufffd.txt").symlink_to("../outside.txt")
    (root / os.fsdecode(b"\xff")).mkdir()
    (root / "\ufffd").symlink_to("..")
    server = serve(rig, root)
    for path in ("/%EF%BF%BD.txt", "/%EF%BF%BD/outside.txt", "/%FF.txt", "/%FF/"):
        answer = ask(server, line=f"GET {path} HTTP/1.1")
        assert (answer.status, answer.body) == (404, b"<h1>own page</h1>"), path


@pytest.fixture
def somebody(rig: Rig, root: Path) -> Iterator[Rig]:
    """Run workerd so that permissions stop it, as they do not stop root."""
    if os.geteuid() == 0:
        program = rig.folder / "as-somebody"
        command = "exec setpriv --bounding-set=-dac_override,-dac_read_search"
        program.write_text(f'#!/bin/sh\n{command} {rig.workerd} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        rig.workerd = program
    yield rig
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


@pytest.mark.parametrize(
    ("closed", "path", "body"),
    [
        ("ten.txt", "/ten.txt", "own"), ("empty.css", "/empty.css", "own"),
        ("sub/index.html", "/sub/", "own"), ("sub", "/sub/", "own"), ("sub", "/sub", "own"),
        ("sub", "/sub/index.html", "own"), ("404.html", "/nothing", "plain"),
        ("404.html", "/404.html", "plain"), (".", "/ten.txt", "plain"), (".", "/", "plain"),
    ],
)  # fmt: skip
def test_what_workerd_may_not_read(
    somebody: Rig, root: Path, closed: str, path: str, body: str
) -> None:
    """Is not there for a visitor, and the journal says why."""
    server = serve(somebody, root)
    (root / closed).chmod(0)
    bodies = {
        "own": b"<h1>own page</h1>",
        "plain": b"<!doctype html>\n<title>404</title>\n<p>There is no such page here.</p>\n",
    }
    name = {".": "/", "sub": "/sub/"}.get(closed, f"/{closed}")
    for method in ("GET", "HEAD"):
        before = len(server.lines())

        def told(after: int = before) -> list[str]:
            return [line for line in server.lines()[after:] if "cannot read" in line]

        answer = ask(server, line=f"{method} {path} HTTP/1.1")
        assert answer.status == 404
        assert answer.body == (bodies[body] if method == "GET" else b"")
        assert answer.values("Content-Length") == [str(len(bodies[body]))]
        until(told, "a word in the log")
        sentence = f"cannot read {name} in the site: may others read it?"
        assert all(line.endswith(sentence) for line in told()), told()


def test_an_index_that_is_a_link_is_none(rig: Rig, root: Path) -> None:
    """Else a link could show what is outside."""
    (root / "sub" / "index.html").unlink()
    (root / "sub" / "index.html").symlink_to("../../outside.txt")
    assert ask(serve(rig, root), line="GET /sub/ HTTP/1.1").status == 404


@pytest.mark.parametrize(("path", "target"), [("/sub", "/sub/"), ("/sub?a=b", "/sub/?a=b")])
def test_a_directory_gets_its_slash(get: Callable[..., Answer], path: str, target: str) -> None:
    """On the same host, whatever the request calls it."""
    answer = get(path, "X-Forwarded-Host: evil.example")
    assert answer.status == 301
    assert answer.values("Location") == [target]
    assert "<p>It is here, with a slash at the end.</p>" in answer.body.decode()


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/..", "/\\evil.example"])
def test_no_redirect_to_another_host(get: Callable[..., Answer], path: str) -> None:
    """A path with two slashes would be a host to a browser."""
    answer = get(path)
    assert not any(location.startswith("//") for location in answer.values("Location"))
    assert answer.status in {200, 404}


@pytest.mark.parametrize(
    "host",
    ["a@b", "a/b", "a/style.css?", "a?b", "a#b", "a b", "a, b", "a%41", "a:x", "a:99999", "a:80:80",
     ":80", "[::1", "[::1]x", "a\\b"],
)  # fmt: skip
def test_what_is_no_host_gets_a_400_page(rig: Rig, root: Path, host: str) -> None:
    """A slash in it would be a part of the path, and workerd answers 500 to a bad URL."""
    server = serve(rig, root)
    answer = ask(server, host=host)
    assert answer.status == 400
    assert b"<title>400</title>" in answer.body
    assert b"This is not a request for a page." in answer.body
    assert ask(server, line="HEAD / HTTP/1.1", host=host).status == 400
    assert server.lines() == []


@pytest.mark.parametrize("second", ["whoami.example.com", "other"])
def test_two_host_headers(rig: Rig, root: Path, second: str) -> None:
    """Workerd joins them with a comma, which is no host."""
    server = serve(rig, root)
    assert ask(server, f"Host: {second}").status == 400
    assert server.lines() == []


@pytest.mark.parametrize("host", ["a", "a_b", "a.", "A:80", "a:", "192.0.2.1", "[::1]", "[::1]:80"])
def test_any_host_has_the_same_site(rig: Rig, root: Path, host: str) -> None:
    """It is the only one here."""
    assert ask(serve(rig, root), host=host).body == b"<h1>first</h1>"


def test_a_target_without_a_path(get: Callable[..., Answer]) -> None:
    """An asterisk is for OPTIONS, which is not answered either."""
    assert get("*").status == 400


def test_the_body_of_a_get_is_not_taken_for_a_request(rig: Rig, root: Path) -> None:
    """It ends before the next request."""
    inner = "GET /ten.txt HTTP/1.1\r\nHost: a\r\n\r\n"
    with connect(serve(rig, root)) as client:
        head = f"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: {len(inner)}\r\n\r\n"
        client.sendall(
            f"{head}{inner}GET /sub/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        )
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert b"0123456789" not in received
    assert received.endswith(b"<h1>sub</h1>")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_read_only(get: Callable[..., Answer], root: Path, method: str) -> None:
    """Other methods are refused, and nothing is written."""
    answer = get("/ten.txt", "Content-Length: 0", method=method)
    assert answer.status == 405
    assert answer.values("Allow") == ["GET, HEAD"]
    assert (root / "ten.txt").read_text() == "0123456789"


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=5-", 206, b"56789", "bytes 5-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 200, b"0123456789", None),
        ("bytes=8-99999999999999999999", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99999999999999999999", 200, b"0123456789", None),
        ("bytes=99999999999999999999-", 416, None, "bytes */10"),
        ("bytes=1-00000000000000000002", 206, b"12", "bytes 1-2/10"),
        ("bytes=00000000000000000001-2", 206, b"12", "bytes 1-2/10"),
        ("bytes=-00000000000000000002", 206, b"89", "bytes 8-9/10"),
        ("bytes=00000000000000000004-2", 200, b"0123456789", None),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=4-2", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=a-b", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
    ],
)
def test_ranges(
    get: Callable[..., Answer], asked: str, status: int, body: bytes | None, told: str | None
) -> None:
    """One range is given; nonsense and several ranges are ignored (RFC 9110, 14.2)."""
    answer = get("/ten.txt", f"Range: {asked}")
    assert answer.status == status
    assert answer.values("Content-Range") == ([told] if told else [])
    assert answer.values("Accept-Ranges") == ["bytes"]
    if body is not None:
        assert answer.body == body
        assert answer.values("Content-Length") == [str(len(body))]
    head = get("/ten.txt", f"Range: {asked}", method="HEAD")
    assert (head.status, head.values("Content-Length")) == (200, ["10"])


def test_the_news_of_a_wrong_range_is_text(get: Callable[..., Answer]) -> None:
    """Whatever the file is."""
    answer = get("/UPPER.PNG", "Range: bytes=10-")
    assert answer.status == 416
    assert answer.values("Content-Type") == ["text/plain; charset=utf-8"]


def tag_of(answer: Answer) -> str:
    """Return the entity tag of an answer."""
    (tag,) = answer.values("ETag")
    return tag


EARLIER, SAME, SOON, LATER = (formatdate(OLD + n, usegmt=True) for n in (-1, 0, 1, 3))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["If-None-Match: TAG"], 304),
        (["If-None-Match: W/TAG"], 304),
        (['If-None-Match: "x", TAG'], 304),
        (["If-None-Match: *"], 304),
        (['If-None-Match: "x"'], 200),
        (["If-None-Match: nonsense"], 200),
        ([f"If-Modified-Since: {SAME}"], 304),
        ([f"If-Modified-Since: {SOON}"], 200),  # That of a copy: the file had not settled.
        ([f"If-Modified-Since: {LATER}"], 304),
        ([f"If-Modified-Since: {EARLIER}"], 200),
        (["If-Modified-Since: nonsense"], 200),
        (['If-None-Match: "x"', f"If-Modified-Since: {LATER}"], 200),
        (["If-Match: TAG"], 200),
        (["If-Match: *"], 200),
        (["If-Match: W/TAG"], 412),
        (['If-Match: "x"'], 412),
        ([f"If-Unmodified-Since: {EARLIER}"], 412),
        ([f"If-Unmodified-Since: {SAME}"], 200),
        (["If-Match: TAG", f"If-Unmodified-Since: {EARLIER}"], 200),
        (["If-Match: TAG", "If-None-Match: TAG"], 304),
        (["Range: bytes=0-1", "If-Range: TAG"], 206),
        (["Range: bytes=0-1", 'If-Range: "x"'], 200),
        (["Range: bytes=0-1", "If-Range: W/TAG"], 200),
        (["Range: bytes=0-1", f"If-Range: {SAME}"], 206),
        (["Range: bytes=0-1", f"If-Range: {LATER}"], 200),
        (["Range: bytes=0-1", "If-None-Match: TAG"], 304),
    ],
)
def test_conditions(get: Callable[..., Answer], headers: list[str], status: int) -> None:
    """As RFC 9110, section 13, has it; the answer tells the version in each case."""
    tag = tag_of(get("/ten.txt"))
    answer = get("/ten.txt", *[header.replace("TAG", tag) for header in headers])
    assert answer.status == status
    assert tag_of(answer) == tag
    if status in {304, 412}:
        assert answer.body == b""
        assert answer.values("Content-Type") == []


def test_a_file_that_was_just_written_has_no_version(
    get: Callable[..., Answer], root: Path
) -> None:
    """It could change again within the same second, and a copy would be right for ever."""
    new = (int(time.time()) + 3600,) * 2  # As just now, however slow the test is.
    date = formatdate(new[0], usegmt=True)
    tag = f'"{new[0]:x}-a"'
    os.utime(root / "ten.txt", new)
    for header in ("X: y", f"If-None-Match: {tag}", f"If-None-Match: W/{tag}",
                   f"If-Modified-Since: {date}", "If-Match: *", "If-None-Match: *"):  # fmt: skip
        for method in ("GET", "HEAD"):
            answer = get("/ten.txt", header, method=method)
            assert (answer.status, answer.values("ETag")) == (200, []), header
            assert answer.values("Last-Modified") == []
    assert get("/ten.txt", f"If-Match: {tag}").status == 412
    for condition in (tag, date):
        assert get("/ten.txt", "Range: bytes=0-1", f"If-Range: {condition}").status == 200
    assert get("/ten.txt", "Range: bytes=0-1").status == 206


def test_a_file_gets_its_version_when_it_has_settled(
    get: Callable[..., Answer], root: Path
) -> None:
    """Two seconds after it was written."""
    (root / "ten.txt").write_text("9876543210")
    written = time.time()
    os.utime(root / "ten.txt", (written, written))
    until(lambda: get("/ten.txt").values("ETag"), "a version")
    assert time.time() - int(written) > 2
    assert tag_of(get("/ten.txt")) == f'"{int(written):x}-a"'


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/", "X: y", 200),
        ("/ten.txt", "Range: bytes=0-1", 206),
        ("/sub", "X: y", 301),
        ("/ten.txt", "If-None-Match: *", 304),
        ("/nothing", "X: y", 404),
        ("/ten.txt", 'If-Match: "x"', 412),
        ("/ten.txt", "Range: bytes=10-", 416),
    ],
)
def test_a_copy_is_used_only_after_a_question(
    get: Callable[..., Answer], path: str, header: str, status: int
) -> None:
    """Else a browser goes by how old a file is, and shows a copy without asking (RFC 9111)."""
    for method in ("GET", "HEAD") if status not in {206, 416} else ("GET",):
        answer = get(path, header, method=method)
        assert answer.status == status
        assert answer.values("Cache-Control") == ["no-cache"]


def test_a_new_version_has_another_tag(get: Callable[..., Answer], root: Path) -> None:
    """By its length or its time."""
    first = tag_of(get("/ten.txt"))
    (root / "ten.txt").write_text("01234567890")
    os.utime(root / "ten.txt", (OLD, OLD))
    second = tag_of(get("/ten.txt"))
    os.utime(root / "ten.txt", (OLD + 1, OLD + 1))
    assert len({first, second, tag_of(get("/ten.txt"))}) == 3


def test_a_list_for_those_who_ask(rig: Rig, root: Path) -> None:
    """Neither hidden files nor links are in it, and names are escaped."""
    (root / "index.html").unlink()
    (root / "<b>&.txt").write_text("")
    (root / "it's").write_text("")
    (root / "javascript:x").write_text("")
    server = serve(rig, root, listing="true")
    answer = ask(server)
    assert answer.status == 200
    assert answer.body.decode() == (
        "<!doctype html>\n<title>/</title>\n<h1>/</h1>\n<ul>\n"
        '<li><a href="./404.html">404.html</a></li>\n'
        '<li><a href="./%3Cb%3E%26.txt">&lt;b&gt;&amp;.txt</a></li>\n'
        '<li><a href="./UPPER.PNG">UPPER.PNG</a></li>\n'
        '<li><a href="./empty.css">empty.css</a></li>\n'
        '<li><a href="./empty/">empty/</a></li>\n'
        """<li><a href="./it&#39;s">it&#39;s</a></li>\n"""
        '<li><a href="./javascript%3Ax">javascript:x</a></li>\n'
        '<li><a href="./no-end">no-end</a></li>\n'
        '<li><a href="./sub/">sub/</a></li>\n'
        '<li><a href="./ten.txt">ten.txt</a></li>\n'
        "</ul>\n"
    )
    assert answer.values("Content-Security-Policy") == ["default-src 'none'"]
    assert b'<li><a href="../">../</a></li>' in ask(server, line="GET /empty/ HTTP/1.1").body
    assert ask(server, line="GET /sub/ HTTP/1.1").body == b"<h1>sub</h1>"
    assert ask(server, line="GET /etc/ HTTP/1.1").status == 404


def test_the_public_network_is_not_configured(rig: Rig, root: Path) -> None:
    """Else workerd would need the certificates of its authorities to start."""
    config = changed_config("example3", rig.folder, {'path = "/srv/site"': f'path = "{root}"'})
    nowhere = {"SSL_CERT_FILE": "/nonexistent", "SSL_CERT_DIR": "/nonexistent"}
    server = rig.serve(config, environment=nowhere)
    assert ask(server, line="GET /ten.txt HTTP/1.1").body == b"0123456789"
    assert server.lines() == []


def test_a_directory_that_is_not_there(rig: Rig, root: Path) -> None:
    """workerd starts, and answers, and says so in its log."""
    root.rename(root.with_name("away"))
    done = subprocess.run(
        [rig.workerd, "serve", "--socket-fd", "http=0",
         changed_config("example3", rig.folder, {'path = "/srv/site"': f'path = "{root}"'})],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert done.returncode != 0 or "no such" in done.stderr.lower(), done.stderr
