# SPDX-License-Identifier: Apache-2.0
"""The examples' workerd, driven from outside as clients and backends do.

Each test starts the real ``workerd serve`` with an example's own files on an
inherited listening socket, as systemd does, and a small backend that the test
scripts. Only settings that config.capnp holds as bindings or addresses are
changed. ``workerd/`` beside it holds the tests that run inside the runtime.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import os
import platform
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
HERE = Path(__file__).resolve().parent / "workerd"
PATIENCE = 10.0  # Seconds until a test gives up waiting.
MEGABYTE = 1_000_000
HOST = "whoami.example.com"


# --- the runtime ---------------------------------------------------------------


def find_workerd() -> Path:
    """Return the workerd binary; fail with what to do when there is none."""
    modules = ROOT / "build" / "workerd" / "node_modules"
    machine = {"x86_64": "64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    candidates = [
        modules / "@cloudflare" / f"workerd-linux-{machine}" / "bin" / "workerd",
        modules / ".bin" / "workerd",
    ]
    if named := os.environ.get("WORKERD"):
        candidates = [Path(named)]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate.resolve()
    pytest.fail(
        f"workerd is not at {candidates[0]}: run `nox -s tests`, which installs it, "
        "or set WORKERD to the binary.",
        pytrace=False,
    )


def until(condition: Callable[[], object], what: str) -> None:
    """Poll until the condition is true; fail after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {PATIENCE} s")
        pause.wait(0.01)


def listener(address: str = "::") -> socket.socket:
    """Return a listening socket, as a ``.socket`` unit would; "::" takes both families."""
    if address.startswith("/"):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(address)
    elif ":" in address:
        listening = socket.socket(socket.AF_INET6)
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        listening.bind((address, 0))
    else:
        listening = socket.socket(socket.AF_INET)
        listening.bind((address, 0))
    listening.listen(128)
    return listening


@dataclass(kw_only=True)
class Server:
    """A running ``workerd serve``."""

    process: subprocess.Popen[bytes]
    port: int  # The TCP port that it serves; 0 for a Unix socket.
    log: Path  # Where its stdout and stderr go.

    def lines(self) -> list[str]:
        """What it has logged so far."""
        return self.log.read_text("utf-8", "replace").splitlines()

    def peak_memory(self) -> int:
        """Its largest resident size so far, in bytes (VmHWM in proc(5))."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        assert found
        return int(found[1]) * 1024

    def processor_time(self) -> int:
        """The processor time that it has used, in clock ticks (proc(5))."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return int(user) + int(system)


@dataclass(kw_only=True)
class Rig:
    """Starts what a test needs, and ends it."""

    workerd: Path
    folder: Path  # This test's own.
    servers: list[Server] = field(default_factory=list)
    backends: list[Backend] = field(default_factory=list)

    def serve(
        self,
        config: Path,
        listening: socket.socket | None = None,
        environment: dict[str, str] | None = None,
    ) -> Server:
        """Run ``workerd serve`` with the socket as file descriptor 3."""
        taken = listening or listener()
        log = self.folder / f"log-{len(self.servers)}"
        script = 'exec "$0" serve --socket-fd http=3 "$1" 3<&"$2"'
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["/bin/bash", "-c", script, self.workerd, config, str(taken.fileno())],
                pass_fds=[taken.fileno()],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
            )
        port = 0 if taken.family == socket.AF_UNIX else int(taken.getsockname()[1])
        taken.close()  # From now on a workerd that dies refuses, rather than keeps us waiting.
        server = Server(process=process, port=port, log=log)
        self.servers.append(server)
        return server

    def proxy(
        self,
        example: str,
        backend: int,
        listening: socket.socket | None = None,
        timeout_ms: int = 20_000,
        changes: dict[str, str] | None = None,
    ) -> Server:
        """Run an example's own files in front of a backend on 127.0.0.1."""
        changed = {"TIMEOUT_MS": f'"{timeout_ms}"', **(changes or {})}
        if example == "example1":
            changed["whoami:8080"] = f"127.0.0.1:{backend}"
        elif example == "example4":
            changed["unix:/run/whoami/http"] = f"unix:{unix_path(self.folder, backend)}"
        else:
            changed["BACKEND_PORT"] = f'"{backend}"'
        config = changed_config(example, self.folder, changed)
        return self.serve(config, listening)

    def backend(self, script: Callable[[Exchange], None]) -> Backend:
        """Start a backend that treats each connection as the script says."""
        backend = Backend(script=script, folder=self.folder)
        self.backends.append(backend)
        return backend

    def close(self) -> None:
        """End everything."""
        for server in self.servers:
            server.process.kill()
            server.process.wait()
        for backend in self.backends:
            backend.close()


def unix_path(folder: Path, port: int) -> Path:
    """Where the backend with this port listens on a Unix socket too."""
    return folder / f"backend-{port}"


def changed_config(example: str, folder: Path, changes: dict[str, str]) -> Path:
    """Copy an example and change its config.capnp.

    What is to be changed is found exactly once: a text, or the value of a binding, whose
    name is in capital letters.
    """
    copy = folder / f"{example}-{time.monotonic_ns()}"
    copy.mkdir()
    for source in (*(EXAMPLES / example).glob("*.js"), EXAMPLES / example / "config.capnp"):
        shutil.copy(source, copy)
    config = copy / "config.capnp"
    text = config.read_text("utf-8")
    for old, new in changes.items():
        value = rf'(?<=name = "{old}", json = )"(?:\\.|[^"\\])*"'
        parts = re.split(value if old.isupper() else re.escape(old), text)
        assert len(parts) == 2, f"{old!r} is not exactly once in {example}/config.capnp"
        text = new.join(parts)
    config.write_text(text, "utf-8")
    return config


@pytest.fixture(scope="session")
def workerd() -> Path:
    """Find the workerd binary."""
    return find_workerd()


@pytest.fixture
def rig(workerd: Path, tmp_path: Path) -> Iterator[Rig]:
    """Return the test's rig, and end what it started."""
    built = Rig(workerd=workerd, folder=tmp_path)
    yield built
    built.close()


# --- backends ------------------------------------------------------------------


@dataclass(kw_only=True)
class Exchange:
    """One connection from workerd to a backend."""

    connection: socket.socket
    stream: BinaryIO  # What workerd sends.
    line: str = ""  # The request line.
    headers: list[tuple[str, str]] = field(default_factory=list)  # As on the wire.
    body: bytes = b""
    clean: bool = False  # Whether the body came to its proper end.

    def read_head(self) -> bool:
        """Read the request line and the headers; false at the connection's end."""
        self.line = self.stream.readline().decode("latin-1").rstrip("\r\n")
        while (header := self.stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = header.partition(":")
            self.headers.append((name, value.strip()))
        return self.line != ""

    def values(self, name: str) -> list[str]:
        """All values of a header; its name in any case, as in HTTP."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def pieces(self) -> Iterator[bytes]:
        """Read the body piece by piece, as it arrives."""
        if self.values("Transfer-Encoding") == ["chunked"]:
            while size := int(self.stream.readline() or b"-1", 16):
                if size < 0:
                    return
                yield self.stream.read(size)
                self.stream.readline()
            self.clean = self.stream.readline() == b"\r\n"
            return
        left = int((self.values("Content-Length") or ["0"])[0])
        while left and (piece := self.connection_read(min(left, 65536))):
            left -= len(piece)
            yield piece
        self.clean = left == 0

    def connection_read(self, most: int) -> bytes:
        """Read what is there, at least one byte unless the connection ended."""
        return self.stream.read1(most)  # type: ignore[attr-defined, no-any-return]

    def send(self, data: bytes) -> None:
        """Send bytes to workerd."""
        self.connection.sendall(data)


class Backend:
    """A small server on 127.0.0.1 and a Unix socket; a script handles each connection."""

    def __init__(self, *, script: Callable[[Exchange], None], folder: Path) -> None:
        """Listen, and handle connections in threads."""
        self.listening = [listener("127.0.0.1")]
        self.port = int(self.listening[0].getsockname()[1])
        self.listening.append(listener(str(unix_path(folder, self.port))))
        self.exchanges: list[Exchange] = []
        self._script = script
        for listening in self.listening:
            threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            exchange = Exchange(connection=connection, stream=stream)
            try:
                if exchange.read_head():
                    self.exchanges.append(exchange)
                    self._script(exchange)
            except OSError:
                pass  # workerd hung up, which is its right.

    def close(self) -> None:
        """Stop listening."""
        for listening in self.listening:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()


def answering(answer: bytes) -> Callable[[Exchange], None]:
    """Read the whole request, send this answer, and close."""

    def script(exchange: Exchange) -> None:
        exchange.body = b"".join(exchange.pieces())
        exchange.send(answer)

    return script


# The scripts close after one answer. To say so matters: workerd would otherwise
# keep the connection for another request, and a POST may be lost on it (502).
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"


# --- clients -------------------------------------------------------------------


def connect(server: Server, address: str = "127.0.0.1") -> socket.socket:
    """Connect a client to workerd."""
    return socket.create_connection((address, server.port), timeout=PATIENCE)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client received."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def receive(client: socket.socket, method: str = "GET") -> Answer:
    """Read one answer; http.client raises IncompleteRead when it breaks off."""
    response = http.client.HTTPResponse(client, method=method)
    response.begin()
    body = response.read()
    return Answer(
        status=response.status, reason=response.reason, headers=response.getheaders(), body=body
    )


def ask(
    server: Server,
    *headers: str,
    line: str = "GET / HTTP/1.1",
    host: str | None = HOST,
    body: bytes = b"",
    address: str = "127.0.0.1",
) -> Answer:
    """Send one request as it stands, and return the answer."""
    named = [] if host is None else [f"Host: {host}"]
    head = "\r\n".join([line, *named, *headers, "", ""])
    with connect(server, address) as client:
        client.sendall(head.encode("utf-8") + body)
        return receive(client, line.split(" ", 1)[0])


#: Our own pages; `test_methods_that_are_not_forwarded` has the rarer ones.
SENTENCES = {
    400: "A GET or HEAD request must not have a body.",
    404: "There is no such site here.",
    408: "The body of the request did not arrive in time.",
    413: "The request is too long.",
    501: "This transfer coding is not supported.",
    502: "The backend could not be reached or did not answer properly.",
    504: "The backend did not answer in time.",
}


def assert_page(answer: Answer, status: int, sentence: str = "") -> None:
    """Check that an answer is one of our own pages, tells nothing, and is not kept."""
    assert answer.status == status
    assert answer.body.decode() == f"{sentence or SENTENCES[status]}\n"
    assert answer.values("Content-Type") == ["text/plain; charset=utf-8"]
    assert answer.values("Cache-Control") == ["no-store"]
    assert re.fullmatch(rb"[A-Z][^\n]*\.\n", answer.body)
    assert not re.search(rb"127\.0|whoami|mynet|\.js|Error|errno|\d\d", answer.body)


NO_HOST = "The Host header is not that of a site."

PROXIES = ["example1", "example2", "example4"]
EACH = pytest.mark.parametrize("example", PROXIES)

# example2 refuses "localhost" and all addresses but mynet's. The tests have no
# mynet, so for them both locks are opened: for localhost, and for 127.0.0.1.
LOCALHOST_ALLOWED = {"NOT_BACKENDS": r'"[\"workerd\"]"'}
UNLOCKED = {**LOCALHOST_ALLOWED, '"10.80.0.0/24"': '"127.0.0.1/32"'}


def site(rig: Rig, example: str, backend: int, timeout_ms: int = 20_000) -> tuple[Server, str]:
    """Run the example in front of the backend; return it and the host to ask for."""
    if example != "example2":
        return rig.proxy(example, backend, timeout_ms=timeout_ms), HOST
    server = rig.proxy(example, backend, timeout_ms=timeout_ms, changes=UNLOCKED)
    return server, "localhost.example.com"


# --- inside the runtime ----------------------------------------------------------


@pytest.mark.parametrize("config", sorted(HERE.glob("*.capnp")), ids=lambda path: str(path.stem))
def test_inside_the_runtime(workerd: Path, config: Path) -> None:
    """Run ``workerd test``."""
    done = subprocess.run(
        [workerd, "test", "--no-verbose", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[ PASS ]" in done.stdout + done.stderr


def test_there_are_tests_inside_the_runtime() -> None:
    """A parameter list that is empty would pass."""
    assert list(HERE.glob("*.capnp"))


@EACH
def test_all_proxies_have_the_same_policy_and_backend(example: str) -> None:
    """An example borrows nothing, so the files are copies: they must not drift apart."""
    for name in ("forward.js", "whoami.js"):
        one = (EXAMPLES / "example1" / name).read_bytes()
        assert one == (EXAMPLES / example / name).read_bytes(), name


# --- the client's address --------------------------------------------------------


@pytest.mark.parametrize(
    ("listen", "client", "address"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("::", "127.0.0.1", "127.0.0.1"),
        ("::", "::1", "::1"),
        ("::1", "::1", "::1"),
    ],
)
def test_the_client_address_is_the_only_one(
    rig: Rig, listen: str, client: str, address: str
) -> None:
    """The backend sees one X-Forwarded-For with one address, in its plain form."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example1", backend.port, listening=listener(listen))
    assert ask(server, "X-Forwarded-For: 6.6.6.6", address=client).body == b"ok"
    assert backend.exchanges[0].values("X-Forwarded-For") == [address]


def test_a_unix_socket_has_no_client_address(rig: Rig, tmp_path: Path) -> None:
    """No address: no header, and no crash."""
    backend = rig.backend(answering(OK))
    path = str(tmp_path / "s")
    rig.proxy("example1", backend.port, listening=listener(path))
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(path)
        head = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
        client.sendall(head.encode())
        assert receive(client).body == b"ok"
    assert backend.exchanges[0].values("X-Forwarded-For") == []
    assert backend.exchanges[0].values("X-Forwarded-Proto") == ["http"]


# --- headers to the backend --------------------------------------------------------

SPOOFED = [
    "X-Forwarded-For", "x-forwarded-for", "X-FORWARDED-FOR", "X_Forwarded_For", "X-Forwarded_For",
    "X.Forwarded.For", "X-Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
    "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Anything", "X_FORWARDED_PROTO",
    "Forwarded", "forwarded", "X-Real-IP", "X_REAL_IP", "X-Client-IP", "True-Client-IP",
    "X-Cluster-Client-IP", "CF-Connecting-IP", "cf-ray", "CF_IPCountry", "CF-Visitor",
    "Client-IP", "CLIENT_IP", "Proxy-Client-IP", "WL-Proxy-Client-IP", "Fastly-Client-IP",
    "X-Original-For", "X-Original-Forwarded-For", "X-Original-Host", "X-Original-URL",
    "X_Original_URL", "X-Original-URI", "X-Rewrite-URL", "x_rewrite_url",
]  # fmt: skip


@EACH
def test_spoofed_headers_never_reach_the_backend(rig: Rig, example: str) -> None:
    """None of the values that the client made up arrives, under whatever name."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    spoofed = [f"{name}: spoofed-{index}" for index, name in enumerate(SPOOFED * 2)]
    ask(server, *spoofed, "X-Mine: kept", host=host)
    seen = backend.exchanges[0]
    assert [pair for pair in seen.headers if "spoofed" in pair[1]] == []
    assert seen.values("X-Mine") == ["kept"]
    assert seen.values("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.values("X-Forwarded-Host") == [host]
    assert seen.values("X-Forwarded-Proto") == ["http"]
    names = {name.lower() for name, _ in seen.headers}
    assert names == {"host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-mine"}


@pytest.mark.parametrize("name", SPOOFED)
def test_each_spoofed_header_alone(rig: Rig, name: str) -> None:
    """Each name is removed for its own sake, not as part of a merged header."""
    backend = rig.backend(answering(OK))
    ask(rig.proxy("example1", backend.port), f"{name}: spoofed")
    assert [pair for pair in backend.exchanges[0].headers if "spoofed" in pair[1]] == []


def test_hop_by_hop_headers_stop_here(rig: Rig) -> None:
    """Connection, what it names, and the other headers about one connection."""
    backend = rig.backend(answering(OK))
    ask(
        rig.proxy("example1", backend.port),
        "Connection: close, X-Named",
        "Connection: x-also",
        "X-Named: hop",
        "X-Also: hop",
        "Keep-Alive: hop",
        "Proxy-Connection: hop",
        "Proxy-Authenticate: hop",
        "Proxy-Authorization: hop",
        "TE: hop",
        "Trailer: hop",
        "Upgrade: hop",
        "Authorization: Basic kept",
        "Accept-Encoding: zstd, gzip",
        "Range: bytes=0-5",
        "Cookie: a=1; b=2",
        'If-None-Match: "x"',
    )
    seen = backend.exchanges[0]
    assert [pair for pair in seen.headers if "hop" in pair[1]] == []
    assert seen.values("Connection") == []
    assert seen.values("Authorization") == ["Basic kept"]
    assert seen.values("Accept-Encoding") == ["zstd, gzip"]
    assert seen.values("Range") == ["bytes=0-5"]
    assert seen.values("Cookie") == ["a=1; b=2"]
    assert seen.values("If-None-Match") == ['"x"']


@EACH
def test_connection_cannot_remove_our_headers(rig: Rig, example: str) -> None:
    """A client that names our headers, or the framing, in Connection gains nothing."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    answer = ask(
        server,
        "Connection: close, X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto",
        "Connection: Host, Content-Length, Transfer-Encoding",
        "Content-Length: 5",
        line="POST / HTTP/1.1",
        host=host,
        body=b"hello",
    )
    seen = backend.exchanges[0]
    assert answer.body == b"ok"
    assert seen.values("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.values("X-Forwarded-Host") == [host]
    assert seen.values("X-Forwarded-Proto") == ["http"]
    assert seen.values("Content-Length") == ["5"]
    assert len(seen.values("Host")) == 1
    assert seen.body == b"hello"


@EACH
def test_many_names_in_connection_cost_little(rig: Rig, example: str) -> None:
    """Each name must not be compared with each header: others wait meanwhile.

    Compared is the processor time with that of a request of the same size, with one name.
    """
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    others = [f"q{number}:" for number in range(7800)]
    used = []
    for names in (["z" * 389_999], ["zz"] * 130_000):
        named = f"Connection: {','.join(names)}"
        assert ask(server, named, *others, host=host).body == b"ok"  # The first is slower.
        before = server.processor_time()
        for _ in range(3):
            assert ask(server, named, *others, host=host).body == b"ok"
        used.append(server.processor_time() - before)
    assert used[1] < 4 * used[0]


def test_the_host_that_the_backend_sees(rig: Rig) -> None:
    """example1 keeps it; in example2 it is the backend's own, and X-Forwarded-Host has it."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, "example1", backend.port)
    ask(server, host="WhoAmI.Example.com:8000")
    assert backend.exchanges[-1].values("Host") == ["whoami.example.com:8000"]
    assert backend.exchanges[-1].values("X-Forwarded-Host") == ["WhoAmI.Example.com:8000"]
    server, host = site(rig, "example2", backend.port)
    ask(server, host=f"{host}:8000")
    assert backend.exchanges[-1].values("Host") == [f"localhost:{backend.port}"]
    assert backend.exchanges[-1].values("X-Forwarded-Host") == [f"{host}:8000"]


def test_no_encoding_is_asked_for_that_the_client_did_not(rig: Rig) -> None:
    """A client without Accept-Encoding must not get a gzip body that it cannot read."""
    backend = rig.backend(answering(OK))
    ask(rig.proxy("example1", backend.port))
    assert backend.exchanges[0].values("Accept-Encoding") == []


# --- answers ---------------------------------------------------------------------


def test_answer_headers(rig: Rig) -> None:
    """Hop-by-hop headers stop, the others arrive, and Set-Cookie stays repeated."""
    backend = rig.backend(
        answering(
            b'HTTP/1.1 200 Fine\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nETag: "x"\r\n'
            b"Connection: close, X-Named\r\nX-Named: hop\r\nKeep-Alive: hop\r\nTrailer: hop\r\n"
            b"Proxy-Authenticate: hop\r\nProxy-Connection: hop\r\nUpgrade: hop\r\nTE: hop\r\n"
            b"X-Latin: \xe9\r\nContent-Length: 2\r\n\r\nok"
        )
    )
    answer = ask(rig.proxy("example1", backend.port))
    assert (answer.status, answer.reason, answer.body) == (200, "Fine", b"ok")
    assert answer.values("Set-Cookie") == ["a=1; Path=/", "b=2"]
    assert answer.values("ETag") == ['"x"']
    assert answer.values("X-Latin") == ["é"]
    assert answer.values("Content-Length") == ["2"]
    assert [pair for pair in answer.headers if "hop" in pair[1]] == []
    assert "X-Named" not in "".join(answer.values("Connection"))


BODIES = {
    "gzip": gzip.compress(b"x" * 5000, 1, mtime=0),
    "GZIP": gzip.compress(b"y" * 5000, 9, mtime=0),
    "x-gzip": gzip.compress(b"z" * 5000, mtime=0),
    "br": b"\x0b\x02\x80hello\x03",
    "zstd": b"\x28\xb5\x2f\xfd\x04\x00\x29\x00\x00hello",
    "gzip, gzip": gzip.compress(gzip.compress(b"w" * 500, mtime=0), mtime=0),
    "identity": b"plain",
}


@pytest.mark.parametrize("coding", BODIES)
@pytest.mark.parametrize("sized", [True, False], ids=["sized", "chunked"])
def test_encoded_bodies_pass_unchanged(rig: Rig, *, coding: str, sized: bool) -> None:
    """The same bytes with the same Content-Encoding, not unpacked and packed again."""
    body = BODIES[coding]
    length = f"Content-Length: {len(body)}" if sized else "Transfer-Encoding: chunked"
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n{length}\r\n\r\n".encode()
    framed = body if sized else b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    backend = rig.backend(answering(head + framed))
    answer = ask(rig.proxy("example1", backend.port), "Accept-Encoding: gzip, br, zstd")
    assert answer.body == body
    assert answer.values("Content-Encoding") == [coding]
    assert answer.values("Content-Length") == ([str(len(body))] if sized else [])


def test_a_body_that_is_not_what_its_encoding_says_passes_unchanged(rig: Rig) -> None:
    """The proxy does not look inside."""
    backend = rig.backend(
        answering(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")
    )
    assert ask(rig.proxy("example1", backend.port), "Accept-Encoding: gzip").body == b"hello"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("204 No Content", {}),
        ("205 Reset Content", {"Content-Length": "0"}),
        ("206 Partial Content", {"Content-Range": "bytes 0-1/9", "Content-Length": "2"}),
        ("301 Moved Permanently", {"Location": "http://other.example.net/", "Content-Length": "2"}),
        ("302 Found", {"Location": "/relative?q=1", "Content-Length": "2"}),
        ("303 See Other", {"Location": "http://127.0.0.1:1/", "Content-Length": "2"}),
        ("304 Not Modified", {"ETag": '"x"'}),
        ("307 Temporary Redirect", {"Location": "//evil/", "Content-Length": "2"}),
        ("308 Permanent Redirect", {"Location": "x", "Content-Length": "2"}),
        ("401 Unauthorized", {"WWW-Authenticate": "Basic", "Content-Length": "2"}),
        ("404 Not Found", {"Content-Length": "2"}),
        ("418 I'm a teapot", {"Content-Length": "2"}),
        ("500 Internal Server Error", {"Content-Length": "2"}),
        ("503 Service Unavailable", {"Retry-After": "5", "Content-Length": "2"}),
        ("599 Odd", {"Content-Length": "2"}),
    ],
)
def test_every_status_passes_untouched(rig: Rig, status: str, headers: dict[str, str]) -> None:
    """A redirect too: it is answered, not followed."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    body = "ok" if headers.get("Content-Length") == "2" else ""
    backend = rig.backend(answering(f"HTTP/1.1 {status}\r\n{head}\r\n{body}".encode()))
    answer = ask(rig.proxy("example1", backend.port))
    assert f"{answer.status} {answer.reason}" == status
    assert answer.body == body.encode()
    for name, value in headers.items():
        assert answer.values(name) == [value]
    assert len(backend.exchanges) == 1


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 99\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 1",
        "Transfer-Encoding: chunked\r\nTrailer: X-Forwarded-For",
    ],
)
def test_a_request_cannot_hide_another(rig: Rig, head: str) -> None:
    """Both framings, or a trailer: the backend sees one plain request."""
    backend = rig.backend(answering(OK))
    body = b"5\r\nhello\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
    server = rig.proxy("example1", backend.port)
    assert ask(server, *head.split("\r\n"), line="POST / HTTP/1.1", body=body).body == b"ok"
    seen = backend.exchanges[0]
    assert (seen.body, seen.clean) == (b"hello", True)
    assert seen.values("Content-Length") == []
    assert seen.values("Trailer") == []
    assert seen.values("X-Forwarded-For") == ["127.0.0.1"]


@pytest.mark.parametrize("coding", ["gzip, chunked", "identity, chunked", "chunked, chunked"])
@EACH
def test_other_transfer_codings_are_not_supported(rig: Rig, example: str, coding: str) -> None:
    """Workerd unpacks the chunks only, and does not pass on the header (RFC 9112, 6.1)."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    answer = ask(
        server, f"Transfer-Encoding: {coding}", line="POST / HTTP/1.1", host=host, body=b"0\r\n\r\n"
    )
    assert_page(answer, 501)
    assert backend.exchanges == []


@EACH
def test_leave_to_send_is_no_matter_of_the_backend(rig: Rig, example: str) -> None:
    """A client that asks for 100 Continue gets it from workerd; the backend is not asked."""

    def script(exchange: Exchange) -> None:
        if exchange.values("Expect"):
            exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        answering(OK)(exchange)

    backend = rig.backend(script)
    server, host = site(rig, example, backend.port)
    with connect(server) as client:
        head = f"POST / HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 5"
        client.sendall(f"{head}\r\n\r\n".encode())
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        answer = receive(client, "POST")
    assert (answer.status, answer.body) == (200, b"ok")
    (seen,) = backend.exchanges
    assert seen.values("Expect") == []
    assert (seen.body, seen.clean) == (b"hello", True)


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    ],
    ids=["100", "102", "103", "103 twice"],
)
def test_what_comes_before_an_answer_is_left_out(rig: Rig, before: bytes) -> None:
    """workerd does not pass it on, and does not take it for the answer."""
    backend = rig.backend(answering(before + OK))
    server = rig.proxy("example1", backend.port)
    with connect(server) as client:
        head = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\n\r\nok")
    assert b"Link" not in received
    assert server.lines() == []


def reading(ended: threading.Event) -> Callable[[Exchange], None]:
    """Return a script that reads the body, and says when it has come to an end of any kind."""

    def script(exchange: Exchange) -> None:
        try:
            exchange.body = b"".join(exchange.pieces())
        finally:
            ended.set()

    return script


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n", b"-1\r\n", b"0x3\r\n", b"3\r\nabcdef", b"3\nabc\n", b"1" + b"0" * 16 + b"\r\n"],
)
@EACH
def test_a_broken_body_gives_400(rig: Rig, example: str, body: bytes) -> None:
    """It is the client's fault, and no news; the backend sees that something is wrong."""
    ended = threading.Event()
    backend = rig.backend(reading(ended))
    server, host = site(rig, example, backend.port)
    with connect(server) as client:
        head = f"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.sendall(head.encode() + b"5\r\nfirst\r\n")
        until(lambda: backend.exchanges, "the request reaches the backend")
        client.sendall(body + b"\r\n0\r\n\r\n")
        assert_page(receive(client), 400, "The body of the request is broken.")
    assert ended.wait(PATIENCE)
    assert server.lines() == []
    assert [exchange.clean for exchange in backend.exchanges] == [False]


@EACH
def test_a_body_that_never_ends_gives_408(rig: Rig, example: str) -> None:
    """The backend is freed of it, and not told that the body is complete."""
    ended = threading.Event()
    backend = rig.backend(reading(ended))
    changes = {"CLIENT_TIMEOUT_MS": '"300"', **(UNLOCKED if example == "example2" else {})}
    server = rig.proxy(example, backend.port, changes=changes)
    host = "localhost.example.com" if example == "example2" else HOST
    began = time.monotonic()
    for framing, body in (
        ("Content-Length: 10", b"abc"),
        ("Transfer-Encoding: chunked", b"3\r\na"),
    ):
        ended.clear()
        assert_page(ask(server, framing, line="POST / HTTP/1.1", host=host, body=body), 408)
        assert ended.wait(PATIENCE)
    assert 0.6 <= time.monotonic() - began < PATIENCE / 2
    assert [exchange.clean for exchange in backend.exchanges] == [False, False]
    assert server.lines() == []


@pytest.mark.parametrize("length", [2**53, 2**63 - 1])
def test_a_body_too_long_to_count_gives_413(rig: Rig, length: int) -> None:
    """JavaScript counts to 2^53 - 1; workerd refuses what is more than 64 bits itself."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example1", backend.port)
    assert_page(ask(server, f"Content-Length: {length}", line="POST / HTTP/1.1", body=b"x"), 413)
    assert backend.exchanges == []


def test_a_refused_body_is_not_taken_for_a_request(rig: Rig) -> None:
    """The body of a request that gets a 404 page ends before the next request."""
    backend = rig.backend(answering(OK))
    inner = f"GET /inner HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    with connect(rig.proxy("example1", backend.port)) as client:
        head = f"POST / HTTP/1.1\r\nHost: other\r\nContent-Length: {len(inner)}\r\n\r\n"
        client.sendall(f"{head}{inner}GET /next HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        received = b""
        while not received.endswith(b"\r\n\r\nok"):
            received += client.recv(65536)
    assert received.count(b"HTTP/1.1 ") == 2
    assert [exchange.line for exchange in backend.exchanges] == ["GET /next HTTP/1.1"]


def test_head_keeps_the_length(rig: Rig) -> None:
    """HEAD says how long the body would be, encoded or not."""
    backend = rig.backend(
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nContent-Encoding: gzip\r\n\r\n")
    )
    answer = ask(rig.proxy("example1", backend.port), line="HEAD / HTTP/1.1")
    assert answer.values("Content-Length") == ["1234"]
    assert answer.values("Content-Encoding") == ["gzip"]
    assert backend.exchanges[0].line == "HEAD / HTTP/1.1"


# --- methods and targets -----------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("body", [b"", b"hello"], ids=["empty", "body"])
def test_methods(rig: Rig, method: str, body: bytes) -> None:
    """Every method passes; a body too, except where fetch() cannot send one."""
    backend = rig.backend(answering(OK))
    answer = ask(
        rig.proxy("example1", backend.port),
        f"Content-Length: {len(body)}",
        line=f"{method} /p?q=1 HTTP/1.1",
        body=body,
    )
    if method == "GET" and body:
        assert_page(answer, 400)
        assert backend.exchanges == []
        return
    assert answer.body == b"ok"
    assert backend.exchanges[0].line == f"{method} /p?q=1 HTTP/1.1"
    assert backend.exchanges[0].body == body


@pytest.mark.parametrize(
    ("line", "status", "sentence"),
    [("TRACE / HTTP/1.1", 501, "TRACE is not supported."),
     ("OPTIONS * HTTP/1.1", 400, "The request has no path."),
     ("CONNECT whoami.example.com:80 HTTP/1.1", 500, ""), ("BREW / HTTP/1.1", 501, "")],
)  # fmt: skip
def test_methods_that_are_not_forwarded(rig: Rig, line: str, status: int, sentence: str) -> None:
    """TRACE and "*" by our choice; CONNECT and unknown methods workerd refuses itself."""
    backend = rig.backend(answering(OK))
    answer = ask(rig.proxy("example1", backend.port), line=line)
    assert answer.status == status
    assert backend.exchanges == []
    if sentence:
        assert_page(answer, status, sentence)


@pytest.mark.parametrize(
    "path",
    ["/", "/a/b?c=d&e=%20f", "//evil.example.net/x", "/%2e%2e%2Fx", "/?", "/@evil:80/", "/:81/"],
)
@EACH
def test_paths_pass_as_sent(rig: Rig, example: str, path: str) -> None:
    """The path never becomes a host, and the query is not decoded."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    assert ask(server, line=f"GET {path} HTTP/1.1", host=host).body == b"ok"
    assert backend.exchanges[0].line == f"GET {path} HTTP/1.1"


def test_dots_in_a_path_are_resolved(rig: Rig) -> None:
    """fetch() takes a URL, and a URL has no dot segments. Browsers do the same."""
    backend = rig.backend(answering(OK))
    ask(rig.proxy("example1", backend.port), line="GET /a/../b/./c HTTP/1.1")
    assert backend.exchanges[0].line == "GET /b/c HTTP/1.1"


# --- which host --------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", [HOST, "WHOAMI.EXAMPLE.COM", f"{HOST}:8443", f"{HOST}.", f"{HOST}.:80"]
)
def test_the_host_in_any_spelling(rig: Rig, host: str) -> None:
    """Case, a port and one final dot make no difference."""
    backend = rig.backend(answering(OK))
    assert ask(rig.proxy("example1", backend.port), host=host).body == b"ok"


@pytest.mark.parametrize(
    "host",
    ["other.example.com", "example.com", "x.whoami.example.com", "whoami_.example.com",
     "whoami.example.com.evil.com", "localhost", "127.0.0.1", "[::1]", "[::1]:80", "whoami"],
)  # fmt: skip
def test_unknown_hosts_get_a_404_page(rig: Rig, host: str) -> None:
    """Nothing else reaches the backend."""
    backend = rig.backend(answering(OK))
    assert_page(ask(rig.proxy("example1", backend.port), host=host), 404)
    assert backend.exchanges == []


@pytest.mark.parametrize(
    "host",
    ["whoami.example.com..", "whoami.example.com@evil", "evil@whoami.example.com",
     "whoami.example.com:80@evil", "whoami.example.com/", "whoami.example.com:x",
     "whoami.example.com:99999", "whoami.example.com:-1", "%77hoami.example.com",
     "whoami.example.com, x", "whoami.example.com evil", "\uff57hoami.example.com", ":80", "[::1"],
)  # fmt: skip
@EACH
def test_what_is_no_host_gets_a_400_page(rig: Rig, example: str, host: str) -> None:
    """Not a name, not an address, or no port (RFC 9112, 3.2); nothing for the journal."""
    backend = rig.backend(answering(OK))
    server, _ = site(rig, example, backend.port)
    assert_page(ask(server, host=host), 400, NO_HOST)
    assert backend.exchanges == []
    assert server.lines() == []


@EACH
def test_two_host_headers(rig: Rig, example: str) -> None:
    """Workerd joins them with a comma, which is no host name."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    for second in (host, "other.example.com"):
        assert_page(ask(server, f"Host: {second}", host=host), 400, NO_HOST)
    assert backend.exchanges == []


@pytest.mark.parametrize(
    ("line", "host", "status"),
    [("GET / HTTP/1.1", None, 400), ("GET / HTTP/1.1", "", 400), ("GET / HTTP/1.0", None, 400),
     ("GET / HTTP/1.0", HOST, 200), (f"GET http://{HOST}/ HTTP/1.1", None, 400)],
)  # fmt: skip
def test_requests_without_a_host(rig: Rig, line: str, host: str | None, status: int) -> None:
    """Workerd itself answers 400; HTTP/1.0 with a Host is served."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example1", backend.port)
    assert ask(server, line=line, host=host).status == status
    assert ask(server).status == 200


@EACH
def test_an_absolute_target_reaches_no_other_host(rig: Rig, example: str) -> None:
    """Workerd routes by the Host header and drops the target's own host."""
    backend = rig.backend(answering(OK))
    server, host = site(rig, example, backend.port)
    for target in ("http://evil.example.net:99/p?q", "https://evil/p?q", "http://127.0.0.1:1/p?q"):
        assert ask(server, line=f"GET {target} HTTP/1.1", host=host).body == b"ok"
        assert backend.exchanges[-1].line == "GET /p?q HTTP/1.1"
        assert backend.exchanges[-1].values("X-Forwarded-Proto") == ["http"]
        assert_page(ask(server, line=f"GET http://{host}/ HTTP/1.1", host="evil"), 404)


# --- bodies stream -----------------------------------------------------------------


@EACH
@pytest.mark.parametrize("sized", [True, False], ids=["sized", "chunked"])
def test_an_upload_streams(rig: Rig, *, example: str, sized: bool) -> None:
    """The first piece is at the backend before the client sends the second."""
    first_seen = threading.Event()

    def script(exchange: Exchange) -> None:
        for piece in exchange.pieces():
            exchange.body += piece
            first_seen.set()
        exchange.send(OK)

    backend = rig.backend(script)
    server, host = site(rig, example, backend.port)
    with connect(server) as client:
        framing = "Content-Length: 10" if sized else "Transfer-Encoding: chunked"
        client.sendall(f"POST / HTTP/1.1\r\nHost: {host}\r\n{framing}\r\n\r\n".encode())
        client.sendall(b"first" if sized else b"5\r\nfirst\r\n")
        assert first_seen.wait(PATIENCE)
        client.sendall(b"-last" if sized else b"5\r\n-last\r\n0\r\n\r\n")
        assert receive(client).body == b"ok"
    seen = backend.exchanges[0]
    assert seen.body == b"first-last"
    assert seen.clean
    assert seen.values("Content-Length") == (["10"] if sized else [])
    assert seen.values("Transfer-Encoding") == ([] if sized else ["chunked"])


@pytest.mark.parametrize("sized", [True, False], ids=["sized", "chunked"])
def test_a_download_streams_for_longer_than_the_timeout(rig: Rig, *, sized: bool) -> None:
    """The first piece is at the client before the backend sends the second, much later."""
    first_seen = threading.Event()
    late = 1.0  # Seconds; the timeout is half of it.

    def script(exchange: Exchange) -> None:
        framing = b"Content-Length: 10" if sized else b"Transfer-Encoding: chunked"
        exchange.send(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
        exchange.send(b"first" if sized else b"5\r\nfirst\r\n")
        assert first_seen.wait(PATIENCE)
        threading.Event().wait(late)  # The slowness is what is tested.
        exchange.send(b"-last" if sized else b"5\r\n-last\r\n0\r\n\r\n")

    server = rig.proxy("example1", rig.backend(script).port, timeout_ms=int(late * 500))
    with connect(server) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.read(5) == b"first"
        first_seen.set()
        assert response.read() == b"-last"


def test_a_slow_upload_is_not_cut(rig: Rig) -> None:
    """An upload may take longer than the timeout, with pauses that are longer too."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example1", backend.port, timeout_ms=300)
    with connect(server) as client:
        client.sendall(f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5\r\n\r\n".encode())
        for byte in (b"h", b"e", b"l", b"l", b"o"):
            threading.Event().wait(0.4)  # The slowness is what is tested.
            client.sendall(byte)
        assert receive(client).body == b"ok"
    assert backend.exchanges[0].body == b"hello"


def test_both_directions_at_once(rig: Rig) -> None:
    """A backend may answer while the client still sends; the timeout does not matter then."""

    def script(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in exchange.pieces():
            exchange.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        threading.Event().wait(0.6)  # Longer than the timeout, after the upload's end too.
        exchange.send(b"3\r\nend\r\n0\r\n\r\n")

    server = rig.proxy("example1", rig.backend(script).port, timeout_ms=300)
    with connect(server) as client:
        head = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.sendall(head.encode())
        response = http.client.HTTPResponse(client)
        response.begin()
        for number in range(3):
            client.sendall(b"3\r\nab%d\r\n" % number)
            assert response.read(3) == b"ab%d" % number
            threading.Event().wait(0.4)  # Longer than the timeout.
        client.sendall(b"0\r\n\r\n")
        assert response.read() == b"end"


@pytest.mark.parametrize("sized", [True, False], ids=["sized", "chunked"])
def test_100_megabytes_up_and_down_in_flat_memory(rig: Rig, *, sized: bool) -> None:
    """Nothing is kept: the memory does not grow with the body."""
    piece = os.urandom(MEGABYTE)
    total = 100 * MEGABYTE
    sums: list[str] = []

    def script(exchange: Exchange) -> None:
        digest = hashlib.sha256()
        for part in exchange.pieces():
            digest.update(part)
        sums.append(digest.hexdigest())
        framing = f"Content-Length: {total}" if sized else "Transfer-Encoding: chunked"
        exchange.send(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode())
        for _ in range(100):
            exchange.send(piece if sized else b"%x\r\n%b\r\n" % (MEGABYTE, piece))
        if not sized:
            exchange.send(b"0\r\n\r\n")

    backend = rig.backend(script)
    server = rig.proxy("example1", backend.port)
    ask(server, host="warm-up.example.com")
    before = server.peak_memory()
    expected = hashlib.sha256(piece * 100).hexdigest()
    with connect(server) as client:
        framing = f"Content-Length: {total}" if sized else "Transfer-Encoding: chunked"
        client.sendall(f"POST / HTTP/1.1\r\nHost: {HOST}\r\n{framing}\r\n\r\n".encode())
        for _ in range(100):
            client.sendall(piece if sized else b"%x\r\n%b\r\n" % (MEGABYTE, piece))
        if not sized:
            client.sendall(b"0\r\n\r\n")
        answer = receive(client)
    assert sums == [expected]
    assert hashlib.sha256(answer.body).hexdigest() == expected
    grown = server.peak_memory() - before
    assert grown < 50 * MEGABYTE, f"{grown / MEGABYTE:.1f} MB"


def test_a_client_that_breaks_off_an_upload(rig: Rig) -> None:
    """The backend sees a broken body, not a short one that looks complete."""
    started, ended = threading.Event(), threading.Event()

    def script(exchange: Exchange) -> None:
        try:
            for _ in exchange.pieces():
                started.set()
        finally:
            ended.set()

    backend = rig.backend(script)
    server = rig.proxy("example1", backend.port)
    client = connect(server)
    head = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
    client.sendall(head.encode() + b"5\r\nfirst\r\n")
    assert started.wait(PATIENCE)
    client.close()
    assert ended.wait(PATIENCE)
    assert not backend.exchanges[0].clean


# --- WebSocket ---------------------------------------------------------------------

HANDSHAKE = (
    "Connection: keep-alive, Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


def frame(opcode: int, data: bytes, *, masked: bool) -> bytes:
    """Build a short, final WebSocket frame (RFC 6455, 5.2)."""
    assert len(data) < 126
    mask = b"\x01\x02\x03\x04" if masked else b""
    if masked:
        data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    return struct.pack("!BB", 0x80 | opcode, len(data) | (0x80 if masked else 0)) + mask + data


def read_frame(stream: BinaryIO) -> tuple[int, bytes]:
    """Read a short, final WebSocket frame: its opcode and data."""
    first, second = stream.read(2)
    mask = stream.read(4) if second & 0x80 else bytes(4)
    data = stream.read(second & 0x7F)
    return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))


def echo(exchange: Exchange) -> None:
    """Accept a WebSocket and send back each frame; a close too."""
    key = exchange.values("Sec-WebSocket-Key")[0] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
    exchange.send(
        f"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\nX-Backend: yes\r\n\r\n".encode()
    )
    while True:
        opcode, data = read_frame(exchange.stream)
        exchange.body += data
        exchange.send(frame(opcode, data, masked=False))
        if opcode == 8:
            # As RFC 6455 (7.1.1) has it: our side ends, then the other. From a Unix
            # socket that is closed at once, workerd does not read the last frame.
            exchange.connection.shutdown(socket.SHUT_WR)
            exchange.stream.read()
            return


@EACH
def test_websocket(rig: Rig, example: str) -> None:
    """Text, binary and the close code pass both ways; the handshake obeys the same rules."""
    backend = rig.backend(echo)
    server, host = site(rig, example, backend.port, timeout_ms=1000)
    with connect(server) as client, client.makefile("rb") as stream:
        headers = [f"Host: {host}", *HANDSHAKE, "X-Forwarded-For: 6.6.6.6", "CF-Ray: 6"]
        client.sendall("\r\n".join(["GET /ws?x HTTP/1.1", *headers, "", ""]).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.read(1)
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
        threading.Event().wait(1.2)  # Longer than the timeout, which must not matter now.
        for opcode, data in ((1, "héllo".encode()), (2, b"\x00\xff\x80")):
            client.sendall(frame(opcode, data, masked=True))
            assert read_frame(stream) == (opcode, data)
        goodbye = struct.pack("!H", 4321) + b"bye"
        client.sendall(frame(8, goodbye, masked=True))
        assert read_frame(stream) == (8, goodbye)
    seen = backend.exchanges[0]
    assert seen.line == "GET /ws?x HTTP/1.1"
    assert seen.body.endswith(goodbye)
    assert seen.values("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.values("X-Forwarded-Host") == [host]
    assert seen.values("CF-Ray") == []


def test_websocket_refused_by_the_backend(rig: Rig) -> None:
    """The backend's own answer arrives."""
    backend = rig.backend(answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"))
    answer = ask(rig.proxy("example1", backend.port), *HANDSHAKE)
    assert (answer.status, answer.body) == (403, b"no")
    assert backend.exchanges[0].values("Upgrade") == ["websocket"]


def test_websocket_needs_the_connection_header(rig: Rig) -> None:
    """Upgrade without Connection is not a handshake, and a POST is none either."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example1", backend.port)
    assert ask(server, *HANDSHAKE[1:]).body == b"ok"
    assert backend.exchanges[-1].values("Upgrade") == []
    assert ask(server, *HANDSHAKE, line="POST / HTTP/1.1").body == b"ok"
    assert backend.exchanges[-1].values("Upgrade") == []


def test_no_other_upgrade_passes(rig: Rig) -> None:
    """A connection that changes its protocol would be out of our hands."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example1", backend.port)
    for protocol in ("h2c", "websocketx"):
        assert ask(server, "Connection: Upgrade", f"Upgrade: {protocol}").body == b"ok"
        assert backend.exchanges[-1].values("Upgrade") == []


# --- when the backend fails ----------------------------------------------------------


def logged(server: Server, status: int, count: int = 1) -> str:
    """Wait for our log lines with the status, check their number, return the last.

    workerd adds lines of its own when a name does not resolve or is not allowed.
    """

    def ours() -> list[str]:
        return [line for line in server.lines() if re.match(r"\d{3} ", line)]

    until(lambda: len(ours()) >= count, "a line in the log")
    assert len(ours()) == count, ours()
    assert ours()[-1].startswith(f"{status} "), ours()
    return ours()[-1]


def hang_up(exchange: Exchange) -> None:
    """Read the request and close without an answer."""
    exchange.body = b"".join(exchange.pieces())


FAILURES: dict[str, Callable[[Exchange], None]] = {
    "closes without an answer": hang_up,
    "answers garbage": answering(b"220 smtp.example.net ESMTP\r\n"),
    "answers binary garbage": answering(bytes(range(256))),
    "breaks off in the headers": answering(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "answers with status 999": answering(b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
    "switches to what nobody asked for": answering(
        b"HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"
    ),
}


@EACH
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_broken_backend_gives_502(rig: Rig, example: str, failure: str, method: str) -> None:
    """A page for the client, a line for the journal."""
    backend = rig.backend(FAILURES[failure])
    server, host = site(rig, example, backend.port)
    sent = b"Content-Length: 5\r\n\r\nhello" if method == "POST" else b"\r\n"
    with connect(server) as client:
        client.sendall(f"{method} /p HTTP/1.1\r\nHost: {host}\r\n".encode() + sent)
        assert_page(receive(client), 502)
    assert f" {method} http://{host}/p: " in logged(server, 502)


@EACH
def test_a_backend_that_is_down_gives_502(rig: Rig, example: str) -> None:
    """Nothing listens on the port."""
    with listener("127.0.0.1") as closed:
        port = int(closed.getsockname()[1])
    server, host = site(rig, example, port)
    assert_page(ask(server, host=host), 502)
    logged(server, 502)
    big = ask(server, "Content-Length: 5", line="POST / HTTP/1.1", host=host, body=b"hello")
    assert_page(big, 502)
    logged(server, 502, count=2)
    assert ask(server, line="HEAD / HTTP/1.1", host=host).status == 502


def test_an_unknown_name_gives_502(rig: Rig) -> None:
    """DNS does not know it; ".invalid" never exists (RFC 6761)."""
    config = changed_config("example1", rig.folder, {"whoami:8080": "backend.invalid:8080"})
    server = rig.serve(config)
    assert_page(ask(server), 502)
    logged(server, 502)
    config = changed_config("example2", rig.folder, {})
    server = rig.serve(config)
    assert_page(ask(server, host="no-such-container-here.example.com"), 502)
    logged(server, 502)


@EACH
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_silent_backend_gives_504(rig: Rig, example: str, method: str) -> None:
    """It accepts and reads, but never answers; in the end workerd hangs up on it."""
    left = threading.Event()

    def script(exchange: Exchange) -> None:
        exchange.body = b"".join(exchange.pieces())
        exchange.connection.settimeout(PATIENCE)
        try:
            if exchange.connection.recv(1) == b"":
                left.set()
        except ConnectionError:
            left.set()

    server, host = site(rig, example, rig.backend(script).port, timeout_ms=300)
    body = b"hello" if method == "POST" else b""
    began = time.monotonic()
    answer = ask(
        server, f"Content-Length: {len(body)}", line=f"{method} / HTTP/1.1", host=host, body=body
    )
    assert_page(answer, 504)
    assert 0.3 <= time.monotonic() - began < PATIENCE / 2
    logged(server, 504)
    assert left.wait(PATIENCE)


def test_a_backend_that_stops_reading_gives_504(rig: Rig) -> None:
    """The upload is stuck on the backend's side, which is not the client's fault."""
    done = threading.Event()
    backend = rig.backend(lambda _: void(done.wait(PATIENCE)))
    server = rig.proxy("example1", backend.port, timeout_ms=300)
    with connect(server) as client:
        head = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {200 * MEGABYTE}\r\n\r\n"
        client.sendall(head.encode())
        sender = threading.Thread(target=send_until_refused, args=(client, 200), daemon=True)
        sender.start()
        assert_page(receive(client), 504)
    done.set()
    logged(server, 504)


def void(_: object) -> None:
    """Make an expression a statement, for a lambda that returns nothing."""


def send_until_refused(client: socket.socket, megabytes: int) -> None:
    """Send zeros until the other side has had enough."""
    try:
        for _ in range(megabytes):
            client.sendall(bytes(MEGABYTE))
    except OSError:
        pass


def test_an_early_answer_to_an_upload_arrives(rig: Rig) -> None:
    """A backend may refuse a body that it has not read."""
    refuse = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
    server = rig.proxy("example1", rig.backend(lambda exchange: exchange.send(refuse)).port)
    with connect(server) as client:
        head = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\n"
        client.sendall(head.encode() + b"some")
        assert receive(client).status == 413


@EACH
@pytest.mark.parametrize("sized", [True, False], ids=["sized", "chunked"])
def test_a_backend_that_dies_in_its_answer_is_seen_to(
    rig: Rig, *, example: str, sized: bool
) -> None:
    """The client sees a broken transfer, not a short body that looks complete."""
    framing = b"Content-Length: 10" if sized else b"Transfer-Encoding: chunked"
    part = b"first" if sized else b"5\r\nfirst\r\n"
    backend = rig.backend(answering(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n" + part))
    server, host = site(rig, example, backend.port)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask(server, host=host)


def test_a_request_cannot_forge_log_lines(rig: Rig) -> None:
    """Control characters, line ends, other scripts and length: all tamed."""
    with listener("127.0.0.1") as closed:
        port = int(closed.getsockname()[1])
    server, host = site(rig, "example1", port)
    nasty = "%0a502 GET forged\u2028\u009b31m\u0085é" + "x" * 3000
    ask(server, f"X-Nasty: {nasty}", line=f"GET /{nasty.replace(' ', '')} HTTP/1.1", host=host)
    line = logged(server, 502)
    assert re.fullmatch(r"[ -~]{1,500}", line)


def test_a_kept_connection_that_the_backend_closed(rig: Rig) -> None:
    """A backend may close an idle connection; the next GET gets a new one."""
    silent = OK.replace(b"Connection: close\r\n", b"")
    backend = rig.backend(answering(silent))
    server = rig.proxy("example1", backend.port)
    for _ in range(20):
        assert ask(server).body == b"ok"
    assert len(backend.exchanges) == 20


# --- example2 is not an open proxy ---------------------------------------------------

REFUSED = [
    # No backends, though they resolve.
    "localhost.example.com", "workerd.example.com", "LOCALHOST.example.com",
    # Numbers that a resolver or a URL parser takes for an address.
    "2130706433.example.com", "0x7f000001.example.com", "0X7F000001.example.com",
    "017700000001.example.com", "0.example.com", "127.example.com", "0x.example.com",
    "127.0.0.1.example.com", "127.1.example.com",
    # Addresses, in every notation, with and without a port.
    "127.0.0.1", "127.0.0.1:8080", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001",
    "[::1]", "[::1]:8080", "[::ffff:127.0.0.1]", "[fe80::1%eth0]", "[fe80::1%25eth0]",
    "169.254.169.254", "10.80.0.1", "10.80.0.3", "[fd3b:7a1c:52d9:80::3]", "1.1.1.1", "::1",
    # Other names.
    "example.com", ".example.com", "..example.com", "a.b.example.com", "a..example.com",
    "example.com.evil.com", "whoami.example.com.evil.com", "evilexample.com", "whoami",
    "localhost", "whoami.example.org", "whoami.example.com..",
    # Not a label.
    "-a.example.com", "a-.example.com", "a_b.example.com", "*.example.com", "@.example.com",
    f"{'a' * 64}.example.com", "xn--80ak6aa92e.example.com",
    # Odd characters.
    "whoami@x.example.com", "whoami.example.com:80@evil", "whoami.example.com:8080:1",
    "whoami.example.com:80a", "evil/.example.com", "evil?.example.com", "evil#.example.com",
    "evil\\.example.com", "evil:81/.example.com", "evil:81.example.com", "who ami.example.com",
    "whoami%2eexample.com", "%6cocalhost.example.com", "[whoami].example.com",
    "whoami.example.com,x.example.com", "whoami;.example.com", "whoami\t.example.com",
    "\uff11\uff12\uff17.example.com", "\uff4cocalhost.example.com", "é.example.com",
    "localhost\u3002example.com",
]  # fmt: skip


@pytest.mark.parametrize("host", REFUSED)
def test_example2_refuses(rig: Rig, host: str) -> None:
    """A page and no attempt to connect: an attempt would leave a 502 in the log."""
    backend = rig.backend(answering(OK))
    everything = {'"10.80.0.0/24"': '"0.0.0.0/0", "::/0"'}  # So that only the JavaScript refuses.
    server = rig.proxy("example2", backend.port, changes=everything)
    well_formed = re.fullmatch(r"[\w.-]*[\w-](:\d+)?|\[[\da-f:.]+\](:\d+)?", host, re.ASCII)
    if well_formed:
        assert_page(ask(server, host=host), 404)
    else:
        assert_page(ask(server, host=host), 400, NO_HOST)
    assert server.lines() == []
    assert backend.exchanges == []


def test_example2_takes_the_port_from_the_config(rig: Rig) -> None:
    """Whatever port the client names, its own is used."""
    backend, other = rig.backend(answering(OK)), rig.backend(answering(OK))
    server, host = site(rig, "example2", backend.port)
    assert ask(server, host=f"{host}:{other.port}").body == b"ok"
    assert (len(backend.exchanges), len(other.exchanges)) == (1, 0)


@pytest.mark.parametrize("name", ["a", "a1", "1a", "whoami-2", "0xyz", "a" * 63, "127-0-0-1"])
def test_example2_accepts_names(rig: Rig, name: str) -> None:
    """Names are tried; here they do not exist, so a 502 shows that they got that far."""
    server = rig.proxy("example2", 8080)
    assert_page(ask(server, host=f"{name}.example.com"), 502)
    assert f"//{name}.example.com/" in logged(server, 502)


# --- the second lock: the network's own list -------------------------------------------


def network(allow: str = "", deny: str = "") -> str:
    """Return example2's stanza for mynet, or one with other lists."""
    if allow:
        return f"network = (allow = [{allow}], deny = [{deny}])"
    text = (EXAMPLES / "example2" / "config.capnp").read_text("utf-8")
    found = re.search(r'name = "mynet",\s*(network = \(.*?\n {6}\))', text, re.DOTALL)
    assert found
    return found[1]


def fetcher(rig: Rig, stanza: str) -> Server:
    """Run a Worker that fetches whatever it is told, behind that network only."""
    config = rig.folder / "fetcher.capnp"
    shutil.copy(HERE / "fetch-anything.js", rig.folder)
    config.write_text(
        f"""using Workerd = import "/workerd/workerd.capnp";
        const config :Workerd.Config = (
          services = [
            (name = "main", worker = (
              modules = [(name = "fetch-anything.js", esModule = embed "fetch-anything.js")],
              compatibilityDate = "2026-11-01", globalOutbound = "mynet")),
            (name = "mynet", {stanza}),
            (name = "internet", network = (allow = [])),
          ],
          sockets = [(name = "http", http = (), service = "main")],
        );""",
        "utf-8",
    )
    return rig.serve(config)


def fetch_anything(server: Server, url: str) -> str:
    """Return what the Worker's fetch() came to: the body, or the error."""
    return ask(server, f"X-URL: {url}").body.decode()


def test_the_network_allows_just_mynet() -> None:
    """The two subnets of mynet, less the gateway and workerd's own addresses."""
    lists = re.findall(r"(allow|deny) = \[(.*?)\]", network(), re.DOTALL)
    found = {key: re.findall(r'"([^"]+)"', value) for key, value in lists}
    assert found["allow"] == ["10.80.0.0/24", "fd3b:7a1c:52d9:80::/64"]
    assert sorted(found["deny"]) == [
        "10.80.0.1/32", "10.80.0.2/32", "fd3b:7a1c:52d9:80::1/128", "fd3b:7a1c:52d9:80::2/128",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "localhost", "[::ffff:127.0.0.1]", "[::]", "127.1",
     "0.0.0.0",
     "10.80.0.1", "10.80.0.2", "[fd3b:7a1c:52d9:80::1]", "[fd3b:7a1c:52d9:80::2]",
     "[::ffff:10.80.0.1]", "10.80.1.1", "10.0.0.1", "169.254.169.254", "1.1.1.1"],
)  # fmt: skip
def test_the_network_refuses(rig: Rig, host: str) -> None:
    """Refused before any connection: at once, and with no trace at the backend."""
    backend = rig.backend(answering(OK))
    server = fetcher(rig, network())
    outcome = fetch_anything(server, f"http://{host}:{backend.port}/")
    assert outcome.startswith("error: "), outcome
    until(
        lambda: re.search("connecting to .* is not allowed", "\n".join(server.lines())), "refusal"
    )
    assert backend.exchanges == []


def test_the_network_lets_an_allowed_subnet_through(rig: Rig) -> None:
    """An allowed block is reached; a more specific denied one in it is not."""
    backend = rig.backend(answering(OK))
    server = fetcher(rig, network('"127.0.0.0/8"', '"127.0.0.2/32"'))
    assert fetch_anything(server, f"http://127.0.0.1:{backend.port}/") == "body: ok"
    assert fetch_anything(server, f"http://localhost:{backend.port}/") == "body: ok"
    assert fetch_anything(server, f"http://127.0.0.2:{backend.port}/").startswith("error: ")
    refusal = f"connecting to 127.0.0.2:{backend.port} is not allowed"
    until(lambda: refusal in "\n".join(server.lines()), "the refusal in the log")


def test_the_most_specific_rule_of_a_network_wins(rig: Rig) -> None:
    """Not the deny list: an allowed address in a denied block is reached."""
    backend = rig.backend(answering(OK))
    server = fetcher(rig, network('"127.0.0.1/32"', '"127.0.0.0/8"'))
    assert fetch_anything(server, f"http://127.0.0.1:{backend.port}/") == "body: ok"


def test_example2_answers_with_a_page_when_the_network_refuses(rig: Rig) -> None:
    """A container's own host name resolves to its own address: the second lock's case."""
    backend = rig.backend(answering(OK))
    server = rig.proxy("example2", backend.port, changes=LOCALHOST_ALLOWED)
    assert_page(ask(server, host="localhost.example.com"), 502)
    logged(server, 502)
    assert backend.exchanges == []


# --- the backend of the examples -----------------------------------------------------


def test_whoami_says_what_it_received(rig: Rig) -> None:
    """Through the proxy, on both families, in a fixed order and form."""
    whoami = rig.serve(EXAMPLES / "example1" / "whoami.capnp")
    server = rig.proxy("example1", whoami.port)
    answer = ask(server, "Content-Length: 5", "X-B: 1", "X-A: 2", line="POST /p?q=1 HTTP/1.1",
                 body=b"hello", address="::1")  # fmt: skip
    assert answer.values("Content-Type") == ["application/json"]
    assert (
        answer.body.decode()
        == """{
  "method": "POST",
  "url": "/p?q=1",
  "headers": {
    "content-length": "5",
    "host": "whoami.example.com",
    "x-a": "2",
    "x-b": "1",
    "x-forwarded-for": "::1",
    "x-forwarded-host": "whoami.example.com",
    "x-forwarded-proto": "http"
  },
  "peer": "127.0.0.1",
  "bodyLength": 5
}
"""
    )
    assert b'"peer": "::1"' in ask(whoami, address="::1").body


def test_whoami_without_a_peer(rig: Rig, tmp_path: Path) -> None:
    """A Unix socket has no address; the field is there all the same."""
    path = str(tmp_path / "s")
    rig.serve(EXAMPLES / "example1" / "whoami.capnp", listener(path))
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(path)
        client.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert b'"peer": null' in receive(client).body


def test_whoami_listens_on_both_families(rig: Rig) -> None:
    """The address "*:8080" in its config.capnp means IPv4 and IPv6."""
    text = (EXAMPLES / "example1" / "whoami.capnp").read_text("utf-8")
    assert text.count('"*:8080"') == 1
    with listener() as free:
        port = int(free.getsockname()[1])
    shutil.copy(EXAMPLES / "example1" / "whoami.js", rig.folder)
    config = rig.folder / "whoami.capnp"
    config.write_text(text.replace("*:8080", f"*:{port}"), "utf-8")
    process = subprocess.Popen([rig.workerd, "serve", config])
    try:
        for address in ("127.0.0.1", "::1"):
            until(lambda address=address: accepts(address, port), f"{address} port {port}")  # type: ignore[misc]
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    "unit", sorted(EXAMPLES.glob("*/workerd.socket")), ids=lambda path: str(path.parent.name)
)
def test_a_restart_loses_no_request_on_its_way(rig: Rig, unit: Path) -> None:
    """Who is connected when workerd stops, and asks a moment later, is answered by the next.

    When it is told to stop, workerd closes each connection in which no byte has come. So it
    must not have such a one, for as long as the socket unit says.
    """
    deferred = re.search(r"^DeferAcceptSec=(\d+)$", unit.read_text("utf-8"), re.MULTILINE)
    listening = listener()
    listening.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, int(deferred[1]) if deferred else 0
    )
    backend = rig.backend(answering(OK))
    first = rig.proxy("example1", backend.port, listening.dup())
    assert ask(first).status == 200
    with connect(first) as visitor:
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(PATIENCE)
        second = rig.proxy("example1", backend.port, listening)
        assert ask(second).status == 200
        visitor.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        assert receive(visitor).status == 200


def accepts(address: str, port: int) -> bool:
    """Say whether something listens there."""
    try:
        socket.create_connection((address, port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "config",
    [f"{name}/config.capnp" for name in PROXIES]
    + ["example1/whoami.capnp", "example4/whoami.capnp"],
)
def test_no_ca_certificates_are_needed(rig: Rig, config: str) -> None:
    """The image has none; workerd would stop if a service could reach the public network."""
    nowhere = {"SSL_CERT_FILE": "/nonexistent", "SSL_CERT_DIR": "/nonexistent"}
    server = rig.serve(EXAMPLES / config, environment=nowhere)
    assert ask(server, host="nobody.invalid").status in {200, 404}
    assert server.lines() == []
