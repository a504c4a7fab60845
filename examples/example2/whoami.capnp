# The backend: a second workerd, which says what it received.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "whoami",
      worker = (
        modules = [(name = "whoami.js", esModule = embed "whoami.js")],
        # Fixed, so that a newer workerd runs this code as this one does.
        compatibilityDate = "2026-11-01",
      )
    ),

    # The backend never calls out, so nothing is allowed. It also spares us the
    # CA certificates, without which workerd would not start.
    (name = "internet", network = (allow = [])),
  ],

  sockets = [
    # "*" is every address, IPv4 and IPv6. Only containers on the same internal
    # network can connect: no port of this container is published.
    (name = "http", address = "*:8080", http = (), service = "whoami"),
  ],
);

# SPDX-License-Identifier: MIT-0
