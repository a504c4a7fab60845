# What workerd runs, in Cap'n Proto's text format: names, values, lists in
# brackets. The comments say why; workerd.capnp in the npm package "workerd"
# says what each field means.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "site",
      worker = (
        # The first module handles the requests.
        modules = [
          (name = "worker.js", esModule = embed "worker.js"),
          (name = "files.js", esModule = embed "files.js"),
          (name = "conditions.js", esModule = embed "conditions.js"),
          (name = "listing.js", esModule = embed "listing.js"),
          (name = "types.js", esModule = embed "types.js"),
        ],

        # Fixed, so that a newer workerd runs this code as this one does.
        compatibilityDate = "2026-11-01",

        # The settings: worker.js finds them in `env`.
        bindings = [
          # Whether a directory without index.html shows what is in it.
          (name = "LISTING", json = "false"),

          # The only thing that this code can reach.
          (name = "DISK", service = "disk"),
        ],
      )
    ),

    # The directory of the site. Left to itself, this service lists directories,
    # and follows symbolic links to wherever they lead: files.js does not let it.
    # allowDotfiles is not set, so hidden files are not there for it either.
    (name = "disk", disk = (path = "/srv/site", writable = false)),

    # Unless we say otherwise, a Worker may call any public address. This one
    # does not need to, so nothing is allowed. It also spares us the CA
    # certificates, without which workerd would not start.
    (name = "internet", network = (allow = [])),
  ],

  sockets = [
    # No address: systemd opens the socket, and `--socket-fd http=3` hands it
    # over. "http" here is the name that the option refers to.
    (name = "http", http = (), service = "site"),
  ],
);

# SPDX-License-Identifier: MIT-0
