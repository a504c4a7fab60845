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
    if (what === "sink") {
      let size = 0;
      for await (const piece of request.body) size += piece.length;
      return new Response(`${size}\n`);
    }
    return new Response("ok\n");
  },
};

async function send(writer, count) {
  for (let left = count; left > 0; left -= chunk.length) {
    await writer.write(left < chunk.length ? chunk.subarray(0, left) : chunk);
  }
  await writer.close();
}
