// SPDX-License-Identifier: Apache-2.0
// What the benchmark asks for: a small answer, many bytes, somewhere to send bytes to.
const chunk = new Uint8Array(1 << 20);

export default {
  async fetch(request) {
    const [, what, count] = new URL(request.url).pathname.split("/");
    if (what === "bytes") {
      const { readable, writable } = new FixedLengthStream(Number(count));
      send(writable.getWriter(), Number(count));
      return new Response(readable);
    }
    if (what === "sink") return new Response(`${await size(request.body)}\n`);
    return new Response("ok\n");
  },
};

// Reads in large pieces: what is measured is the way here, and not this loop.
async function size(body) {
  const reader = body.getReader({ mode: "byob" });
  let total = 0;
  let buffer = new Uint8Array(1 << 20);
  for (;;) {
    const { value, done } = await reader.read(buffer);
    if (done) return total;
    total += value.length;
    buffer = new Uint8Array(value.buffer);
  }
}

async function send(writer, count) {
  for (let left = count; left > 0; left -= chunk.length) {
    await writer.write(left < chunk.length ? chunk.subarray(0, left) : chunk);
  }
  await writer.close();
}
