using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "bench", worker = (
      modules = [(name = "bench.js", esModule = embed "bench.js")],
      compatibilityDate = "2026-11-01",
    )),
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "http", http = (), service = "bench")],
);
