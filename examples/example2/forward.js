// The forwarding policy: what passes between a client and a backend, and what
// does not. All examples of a proxy use this file; worker.js only chooses the backend.

// Headers in which a proxy vouches for the client, or for what it asked for. A backend
// believes them, so the client's own never pass. Compare with plainName(), below.
const CLAIM =
  /^(x-forwarded|forwarded|x-original|cf)(-|$)|(^|-)client-ip$|^(x-real-ip|x-rewrite-url)$/;

// Headers about one connection, not about the message (RFC 9110, 7.6.1).
// workerd drops some of them itself; we do not rely on which.
const HOP_BY_HOP = [
  "connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
  "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
];

// CGI and its heirs turn "X-Forwarded-For" and "X_Forwarded_For" into the same
// variable, so every character that is not a letter or a digit counts as a dash.
const plainName = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "-");

// The host in the Host header, a name or an address: lower case, no port, no final
// dot. Undefined when the header is none, as that of two headers, which workerd joins
// with a comma. It is read as text, since a URL parser is generous: it takes "a:80@b"
// for the host b, decodes %-escapes, and turns odd numbers into IP addresses.
export function hostName(request) {
  const host = request.headers.get("Host") ?? "";
  const found = /^([\w.-]*[\w-]|\[[\da-f:.]+\])\.?(?::(\d*))?$/i.exec(host);
  return found && Number(found[2] ?? 0) <= 65535 ? found[1].toLowerCase() : undefined;
}

// The client's IP address, from what the kernel told workerd: "192.0.2.1:5000",
// "[2001:db8::1]:5000", or, on a socket for both families, "[::ffff:192.0.2.1]:5000".
// A Unix socket has no address: undefined. A zone ("%eth0") means nothing to
// another machine, and is left out.
export function clientAddress(cf) {
  const found = /^(?:\[(?:::ffff:(?=[\d.]+\]))?([\da-f:.]+)(?:%[^\]]*)?\]|([\d.]+)):\d+$/i
    .exec(cf?.clientIp ?? "");
  return found?.[1] ?? found?.[2];
}

// A page of one sentence, for the times when there is no answer to pass on.
export function page(status, sentence) {
  return new Response(sentence + "\n", {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });
}

// Removes what belongs to the other connection only, and what its Connection
// header names. That may be Host or Content-Length, to do harm: workerd writes
// these two itself, from the URL and the body.
function removeHopByHop(headers) {
  // A set, since there may be 100,000 names here, to be compared with 16,000 headers.
  const named = new Set(
    (headers.get("Connection") ?? "").toLowerCase().split(",").map((s) => s.trim()),
  );
  for (const name of [...headers.keys()]) {
    if (HOP_BY_HOP.includes(name) || named.has(name)) headers.delete(name);
  }
}

// A WebSocket handshake is the one upgrade that workerd can pass on.
function isWebSocket(request) {
  return request.method === "GET" &&
    /^websocket$/i.test(request.headers.get("Upgrade") ?? "") &&
    /(^|,)\s*upgrade\s*(,|$)/i.test(request.headers.get("Connection") ?? "");
}

// What the backend receives. Our own headers come last, so nothing that the
// client sends can remove or precede them.
function requestHeaders(request) {
  const headers = new Headers(request.headers);
  removeHopByHop(headers);
  headers.delete("Expect"); // workerd has said 100 Continue itself: the body is on its way.
  for (const name of [...headers.keys()]) {
    if (CLAIM.test(plainName(name))) headers.delete(name);
  }
  const address = clientAddress(request.cf);
  if (address) headers.set("X-Forwarded-For", address);
  headers.set("X-Forwarded-Host", request.headers.get("Host"));
  headers.set("X-Forwarded-Proto", request.url.startsWith("https:") ? "https" : "http");
  if (isWebSocket(request)) headers.set("Upgrade", "websocket");
  return headers;
}

// Why we gave up, and what the client is told. All else is a 502.
const REASONS = {
  brokenBody: [400, "The body of the request is broken."],
  slowClient: [408, "The body of the request did not arrive in time."],
  slowBackend: [504, "The backend did not answer in time."],
};
const OTHERWISE = [502, "The backend could not be reached or did not answer properly."];

// Copies the client's body to the backend, piece by piece. The two have clocks of
// their own: a slow client is not the backend's fault.
async function upload(from, to, clock, cancel) {
  const reader = from.getReader({ mode: "byob" });
  const writer = to.getWriter();
  let buffer = new ArrayBuffer(65536); // One, used again: the memory stays flat.
  for (;;) {
    clock.start("slowClient");
    // If the client is gone, or sends nonsense, the backend must see a broken body.
    // Closing or aborting the writer would end a chunked body as if it were complete.
    const { done, value } = await reader.read(new Uint8Array(buffer)).catch((error) => {
      cancel.abort("brokenBody");
      throw error;
    });
    clock.start("slowBackend");
    if (done) return writer.close();
    await writer.write(value);
    buffer = value.buffer;
  }
}

// Forwards the request to the origin, such as "http://whoami:8080", by way of
// the service, and returns the backend's answer or a page that says why not.
export async function forward(request, origin, service, env) {
  // request.url is scheme, Host header, path and query, put together as sent.
  const path = request.url.replace(/^https?:\/\//, "").slice(request.headers.get("Host").length);
  if (!path.startsWith("/")) return page(400, "The request has no path.");
  // TRACE would show a script the headers that browsers hide from it.
  if (request.method === "TRACE") return page(501, "TRACE is not supported.");
  // workerd itself unpacks the chunks, and forgets a Content-Length beside them. What
  // else the body is packed in would reach the backend without a word about it.
  const coding = request.headers.get("Transfer-Encoding") ?? "chunked";
  if (coding.toLowerCase() !== "chunked") {
    return page(501, "This transfer coding is not supported.");
  }
  const length = request.headers.get("Content-Length");
  // JavaScript cannot count further than that.
  if (length > Number.MAX_SAFE_INTEGER) return page(413, "The request is too long.");
  const body = length === "0" ? null : request.body;
  // fetch() cannot send such a body; to drop it would change the request.
  if (body && ["GET", "HEAD"].includes(request.method)) {
    return page(400, "A GET or HEAD request must not have a body.");
  }

  const cancel = new AbortController();
  let timer;
  let answered = false;
  const clock = {
    stop: () => clearTimeout(timer),
    start: (reason) => {
      clearTimeout(timer);
      const limit = reason === "slowClient" ? env.CLIENT_TIMEOUT_MS : env.TIMEOUT_MS;
      if (!answered) timer = setTimeout(() => cancel.abort(reason), limit);
    },
  };
  try {
    // A body of known length stays one; the backend may need the length.
    const pipe = !body ? null
      : length ? new FixedLengthStream(Number(length)) : new IdentityTransformStream();
    clock.start("slowBackend");
    // When it fails, so does fetch(), unless the backend has an early answer.
    if (body) upload(body, pipe.writable, clock, cancel).catch(() => {});
    const answer = await service.fetch(origin + path, {
      method: request.method,
      headers: requestHeaders(request),
      body: pipe?.readable,
      redirect: "manual", // Where a redirect leads is for the client to decide.
      signal: cancel.signal,
    });
    answered = true; // From here on the answer may take as long as it likes.
    clock.stop();
    const response = new Response(answer.body, answer); // Streams; nothing is kept in memory.
    removeHopByHop(response.headers);
    return response;
  } catch (error) {
    clock.stop();
    const [status, sentence] = REASONS[cancel.signal.reason] ?? OTHERWISE;
    // For the journal, not for the client, whose own faults are no news. Printable ASCII
    // only, so that a request cannot write a line of its own or drive a terminal.
    const line = `${status} ${request.method} ${request.url}: ${error}`;
    if (status >= 500) console.error(line.slice(0, 500).replace(/[^ -~]/g, "?"));
    return page(status, sentence);
  }
}

// SPDX-License-Identifier: MIT-0
