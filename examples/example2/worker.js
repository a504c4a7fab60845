// NAME.example.com goes to the container NAME on the Podman network mynet.
// See config.capnp for the settings in env.
import { forward, hostName, page } from "./forward.js";

// One DNS label: letters, digits and inner dashes, at most 63 characters.
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

// Labels that a resolver or a URL parser does not take for a plain name:
// "2130706433" and "0x7f000001" are 127.0.0.1, and "xn--…" is an encoded one.
const NOT_A_NAME = /^(\d+|0x[0-9a-f]*|xn--.*)$/;

// The container's name, or undefined when the client asks for anything else.
function backendName(host, env) {
  const suffix = "." + env.DOMAIN;
  if (!host.endsWith(suffix)) return undefined;
  const name = host.slice(0, -suffix.length);
  const allowed = LABEL.test(name) && !NOT_A_NAME.test(name) && !env.NOT_BACKENDS.includes(name);
  return allowed ? name : undefined;
}

export default {
  async fetch(request, env) {
    const host = hostName(request);
    if (!host) return page(400, "The Host header is not that of a site.");
    const name = backendName(host, env);
    if (!name) return page(404, "There is no such site here.");
    // The port is ours: a client that could choose it could scan the network.
    // globalThis.fetch connects by way of globalOutbound in config.capnp.
    return forward(request, `http://${name}:${env.BACKEND_PORT}`, globalThis, env);
  },
};

// SPDX-License-Identifier: MIT-0
