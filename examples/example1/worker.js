// One host name, one backend. See config.capnp for the settings in env.
import { forward, hostName, page } from "./forward.js";

export default {
  async fetch(request, env) {
    const name = hostName(request);
    if (!name) return page(400, "The Host header is not that of a site.");
    // Requests for other names end here: the backend is not meant for them.
    if (name !== env.HOST_NAME) return page(404, "There is no such site here.");
    // BACKEND always connects to the one address in config.capnp, whatever the
    // URL says, so the URL can carry the client's Host header to the backend.
    const origin = `http://${request.headers.get("Host")}`;
    return forward(request, origin, env.BACKEND, env);
  },
};

// SPDX-License-Identifier: MIT-0
