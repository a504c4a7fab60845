// SPDX-License-Identifier: Apache-2.0
// Tests of the policy that need no network: what cannot be sent over a real
// connection here (a link-local client, a cf without an address) is made up.
import assert from "node:assert/strict";
import { clientAddress, forward, hostName } from "./forward.js";

export default {
  // The backend: says which URL was asked for, with which headers.
  async fetch(request) {
    return Response.json({ url: request.url, headers: Object.fromEntries(request.headers) });
  },
};

const request = (host) =>
  new Request("http://x/", { headers: host === undefined ? {} : { Host: host } });

export const clientAddresses = {
  test() {
    const cases = [
      ["127.0.0.1:52434", "127.0.0.1"],
      ["203.0.113.255:1", "203.0.113.255"],
      ["[::ffff:127.0.0.1]:37186", "127.0.0.1"],
      ["[::FFFF:192.0.2.1]:1", "192.0.2.1"],
      ["[::1]:39474", "::1"],
      ["[2001:db8::ffff:1]:443", "2001:db8::ffff:1"],
      ["[::ffff:0:1]:443", "::ffff:0:1"],
      ["[64:ff9b::192.0.2.1]:443", "64:ff9b::192.0.2.1"],
      ["[fe80::1%eth0]:443", "fe80::1"],
      ["[fe80::abcd%2]:443", "fe80::abcd"],
      // Not an address: no header is better than a wrong one.
      ["", undefined], ["unix", undefined], ["127.0.0.1", undefined], ["::1", undefined],
      ["127.0.0.1:1, 6.6.6.6:1", undefined], ["[::1]:1\r\nX: y", undefined], ["evil:80", undefined],
      [undefined, undefined], [null, undefined], [7, undefined], [{}, undefined],
    ];
    for (const [clientIp, address] of cases) {
      assert.equal(clientAddress({ clientIp }), address, String(clientIp));
    }
    assert.equal(clientAddress({ clientPid: 0, clientUid: 65534 }), undefined);
    assert.equal(clientAddress({}), undefined);
    assert.equal(clientAddress(undefined), undefined);
    assert.equal(clientAddress(null), undefined);
  },
};

export const hostNames = {
  test() {
    const cases = [
      ["whoami.example.com", "whoami.example.com"],
      ["WhoAmI.Example.COM.:8080", "whoami.example.com"],
      ["a:", "a"], ["a.", "a"], ["a-", "a-"], ["a_b", "a_b"], ["a:65535", "a"],
      ["[::1]", "[::1]"], ["[2001:DB8::1]:80", "[2001:db8::1]"], ["192.0.2.1", "192.0.2.1"],
      ["a..", undefined], [".", undefined], ["", undefined], [undefined, undefined], [":80", undefined],
      ["a:80:80", undefined], ["a:80@b", undefined], ["a@b", undefined], ["a/b", undefined],
      ["a b", undefined], ["a\tb", undefined], ["a,b", undefined], ["a%41", undefined],
      ["a:65536", undefined], ["a:-1", undefined], ["[::1", undefined], ["\u212a.com", undefined], ["\u0131.com", undefined],
      ["１.com", undefined], ["a\\b", undefined], ["a?b", undefined], ["a#b", undefined],
    ];
    for (const [host, name] of cases) {
      const fake = { headers: new Map([["Host", host]]) };
      assert.equal(hostName(fake), name, String(host));
    }
    assert.equal(hostName(request(undefined)), undefined);
  },
};

const ask = async (service, host, cf) => {
  const answer = await service.fetch(`http://${host}/path?query`, { headers: { Host: host }, cf });
  return answer.status === 200 ? answer.json() : answer.status;
};

export const withoutAnAddressThereIsNoHeader = {
  async test(controller, { EXAMPLE1 }) {
    for (const cf of [undefined, {}, { clientPid: 1, clientUid: 0 }, { clientIp: 5 }]) {
      const { headers } = await ask(EXAMPLE1, "whoami.example.com", cf);
      assert.equal(headers["x-forwarded-for"], undefined);
      assert.equal(headers["x-forwarded-proto"], "http");
    }
    const { headers } = await ask(EXAMPLE1, "whoami.example.com", { clientIp: "[fe80::1%eth0]:1" });
    assert.equal(headers["x-forwarded-for"], "fe80::1");
  },
};

export const example2MakesTheUrlItself = {
  async test(controller, { EXAMPLE2 }) {
    for (const host of ["a.example.com", "A.Example.Com.", "a.example.com:9999"]) {
      const { url } = await ask(EXAMPLE2, host);
      assert.equal(url, "http://a:8080/path?query", host);
    }
    for (const host of ["localhost.example.com", "1.example.com", "a.b.example.com", "example.com"]) {
      assert.equal(await ask(EXAMPLE2, host), 404, host);
    }
  },
};

export const logLinesAreTamed = {
  async test() {
    const lines = [];
    const original = console.error;
    console.error = (line) => lines.push(line);
    const service = { fetch() { throw new Error("a\r\n502 GET forged\u001b[31m\u009b\u2028\u00e9"); } };
    const answer = await forward(request("x"), "http://a:8080", service, { TIMEOUT_MS: 30000 });
    console.error = original;
    assert.equal(answer.status, 502);
    assert.deepEqual(lines, ["502 GET http://x/: Error: a??502 GET forged?[31m???"]);
  },
};

// workerd lets an answer pass that has begun, also when its time is up then. The Fetch
// standard would end it, so the clock must not run any more.
export const theClockStopsWithTheAnswer = {
  async test() {
    const original = console.error;
    console.error = () => {};
    for (const [method, status] of [["GET", 200], ["POST", 200], ["GET", 502]]) {
      let signal;
      const service = {
        fetch(url, init) {
          ({ signal } = init);
          if (status === 502) throw new Error("down");
          return new Response("ok");
        },
      };
      const body = method === "POST" ? "hello" : undefined;
      const sent = new Request("http://x/", { method, headers: { Host: "x" }, body });
      const answer = await forward(sent, "http://a:8080", service, 20);
      assert.equal(answer.status, status);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(signal.aborted, false, `${method} ${status}`);
    }
    console.error = original;
  },
};
