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
          # NAME.example.com goes to the container NAME. In lower case.
          (name = "DOMAIN", text = "example.com"),

          # Every backend listens here. The client has no say in it.
          (name = "BACKEND_PORT", json = "8080"),

          # Names that resolve but are no backends: this machine, and workerd
          # itself, which would forward to itself without end.
          (name = "NOT_BACKENDS", json = "[\"localhost\", \"workerd\"]"),

          # How long a backend may take to start its answer. The time that the
          # client takes to send its request does not count.
          (name = "TIMEOUT_MS", json = "30000"),

          # How long the client may pause while it sends the body of a request.
          # For what comes before the body, workerd itself gives it 15 seconds.
          (name = "CLIENT_TIMEOUT_MS", json = "60000"),
        ],

        # Every fetch() goes out by way of this service.
        globalOutbound = "mynet",
      )
    ),

    # The second lock: should worker.js ever let a wrong name through, this list
    # still decides which addresses may be connected to. The addresses are those
    # in mynet.network. A name that resolves to any other address is treated as
    # if it did not exist.
    ( name = "mynet",
      network = (
        allow = ["10.80.0.0/24", "fd3b:7a1c:52d9:80::/64"],
        deny = [
          # The gateway: the DNS server of the network listens there.
          "10.80.0.1/32", "fd3b:7a1c:52d9:80::1/128",
          # workerd itself, as fixed in workerd.container: no loops.
          "10.80.0.2/32", "fd3b:7a1c:52d9:80::2/128",
        ],
      )
    ),

    # Unless we say otherwise, workerd also makes a service for all public
    # addresses. Nothing here uses it, so nothing is allowed. It also spares us
    # the CA certificates, without which workerd would not start.
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
