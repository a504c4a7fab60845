// The backend: answers with what it received, so that we can see what the
// proxy sent.

export default {
  async fetch(request) {
    let bodyLength = 0;
    for await (const piece of request.body ?? []) bodyLength += piece.byteLength;

    const received = {
      method: request.method,
      // The path and the query. request.url starts with scheme and host.
      url: request.url.replace(/^https?:\/\/[^/]*/, ""),
      // In alphabetical order; the values of a repeated header are joined.
      headers: Object.fromEntries(request.headers),
      // Who connected to us: the proxy, not the client. Without the port, which
      // differs each time.
      peer: request.cf?.clientIp?.replace(/^\[(?:::ffff:(?=[\d.]+\]))?|\]?:\d+$/g, "") ?? null,
      bodyLength,
    };
    return new Response(JSON.stringify(received, null, 2) + "\n", {
      headers: { "Content-Type": "application/json" },
    });
  },
};

// SPDX-License-Identifier: MIT-0
