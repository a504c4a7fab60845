# SPDX-License-Identifier: Apache-2.0
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "bench", worker = (
      modules = [(name = "bench.js", esModule = embed "bench.js")],
      compatibilityDate = "2026-11-01",
    )),
    (name = "internet", network = (allow = [])),
  ],
  # No address: each way gives it on the command line, as a descriptor or as a port.
  sockets = [(name = "http", http = (), service = "bench")],
);
