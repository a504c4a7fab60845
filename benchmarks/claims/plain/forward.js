// The forwarding policy: what passes between a client and a backend, and what
// does not. Both examples use this file; worker.js only chooses the backend.

// Headers in which a proxy vouches for the client. A backend believes them, so
// the client's own never pass. Compare with plainName(), below.
const CLAIM =
  /^(x-forwarded|forwarded|cf)(-|$)|^(x-real-ip|x-client-ip|true-client-ip|x-cluster-client-ip)$/;

// Headers about one connection, not about the message (RFC 9110, 7.6.1).
// workerd drops some of them itself; we do not rely on which.
const HOP_BY_HOP = [
  "connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
  "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
];

// CGI and its heirs turn "X-Forwarded-For" and "X_Forwarded_For" into the same
// variable, so every character that is not a letter or a digit counts as a dash.
const plainName = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "-");

// The host name in the Host header: lower case, no port, no final dot.
// Undefined when a character is not allowed in a host name. The header is read
// as text, since a URL parser is generous: it takes "a:80@b" for the host b,
// decodes %-escapes, and turns odd numbers and letters into IP addresses.
export function hostName(request) {
  const host = request.headers.get("Host") ?? "";
  return /^([a-z0-9.-]*[a-z0-9-])\.?(:\d*)?$/i.exec(host)?.[1].toLowerCase();
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
  const named = (headers.get("Connection") ?? "").toLowerCase().split(",").map((s) => s.trim());
  for (const name of [...headers.keys()]) {
    if (HOP_BY_HOP.includes(name) || named.includes(name)) headers.delete(name);
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

// Copies the client's body to the backend, piece by piece. The clock runs only
// while the backend is to act: a slow client is not the backend's fault.
async function upload(from, to, clock, giveUp) {
  const reader = from.getReader({ mode: "byob" });
  const writer = to.getWriter();
  let buffer = new ArrayBuffer(65536); // One, used again: the memory stays flat.
  for (;;) {
    clock.stop();
    // If the client is gone, the backend must see a broken body. Closing or
    // aborting the writer would end a chunked body as if it were complete.
    const { done, value } = await reader.read(new Uint8Array(buffer)).catch(giveUp);
    clock.start();
    if (done) return writer.close();
    await writer.write(value);
    buffer = value.buffer;
  }
}

// Forwards the request to the origin, such as "http://whoami:8080", by way of
// the service, and returns the backend's answer or a page that says why not.
export async function forward(request, origin, service, timeoutMs) {
  // request.url is scheme, Host header, path and query, put together as sent.
  const path = request.url.replace(/^https?:\/\//, "").slice(request.headers.get("Host").length);
  if (!path.startsWith("/")) return page(400, "The request has no path.");
  // TRACE would show a script the headers that browsers hide from it.
  if (request.method === "TRACE") return page(501, "TRACE is not supported.");
  const length = request.headers.get("Content-Length");
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
    start: () => {
      clearTimeout(timer);
      if (!answered) timer = setTimeout(() => cancel.abort("timeout"), timeoutMs);
    },
  };
  const giveUp = (error) => { cancel.abort(error); throw error; };
  try {
    // A body of known length stays one; the backend may need the length.
    const pipe = !body ? null
      : length ? new FixedLengthStream(Number(length)) : new IdentityTransformStream();
    clock.start();
    // When it fails, so does fetch(), unless the backend has an early answer.
    if (body) upload(body, pipe.writable, clock, giveUp).catch(() => {});
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
    const status = cancel.signal.reason === "timeout" ? 504 : 502;
    // For the journal, not for the client. Printable ASCII only, so that a
    // request cannot write a line of its own or drive a terminal.
    const line = `${status} ${request.method} ${request.url}: ${error}`;
    console.error(line.slice(0, 500).replace(/[^ -~]/g, "?"));
    return page(status, status === 504
      ? "The backend did not answer in time."
      : "The backend could not be reached or did not answer properly.");
  }
}
