# What workerd runs, in Cap'n Proto's text format: names, values, lists in
# brackets. The comments say why; workerd.capnp in the npm package "workerd"
# says what each field means.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "proxy",
      worker = (
        # The first module handles the requests; it imports the second.
        modules = [
          (name = "worker.js", esModule = embed "worker.js"),
          (name = "forward.js", esModule = embed "forward.js"),
        ],

        # Fixed, so that a newer workerd runs this code as this one does.
        compatibilityDate = "2026-11-01",

        # The settings: worker.js finds them in `env`.
        bindings = [
          # The one site served here, in lower case. Other names get a 404 page.
          (name = "HOST_NAME", text = "whoami.example.com"),

          # How long the backend may take to start its answer. The time that
          # the client takes to send its request does not count.
          (name = "TIMEOUT_MS", json = "30000"),

          # How long the client may pause while it sends the body of a request.
          # For what comes before the body, workerd itself gives it 15 seconds.
          (name = "CLIENT_TIMEOUT_MS", json = "60000"),

          # The only way out that this code has.
          (name = "BACKEND", service = "whoami"),
        ],
      )
    ),

    # The backend: the name of a container on the same Podman network, and the
    # port on which it listens. A request to this service goes there and nowhere
    # else, whatever its URL.
    (name = "whoami", external = (address = "whoami:8080", http = ())),

    # Unless we say otherwise, a Worker may call any public address. This one
    # does not need to, so nothing is allowed. It also spares us the CA
    # certificates, without which workerd would not start.
    (name = "internet", network = (allow = [])),
  ],

  sockets = [
    # No address: systemd opens the socket, and `--socket-fd http=3` hands it
    # over. "http" here is the name that the option refers to.
    #
    # No cfBlobHeader either: with it, any client could forge its own address.
    (name = "http", http = (), service = "proxy"),
  ],
);

# SPDX-License-Identifier: MIT-0
