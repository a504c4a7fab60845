# SPDX-License-Identifier: Apache-2.0
# Tests of the policy inside the runtime: `workerd test tests/examples/workerd/policy.capnp`.
#
# Each service with a test() is run. The workers are the examples' own files; the
# backend is policy.js itself, which answers with the request that it received.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "policy",
      worker = (
        modules = [
          (name = "policy.js", esModule = embed "policy.js"),
          (name = "forward.js", esModule = embed "../../../examples/example1/forward.js"),
        ],
        compatibilityDate = "2026-11-01",
        bindings = [
          (name = "EXAMPLE1", service = "example1"),
          (name = "EXAMPLE2", service = "example2"),
        ],
      )
    ),

    ( name = "example1",
      worker = (
        modules = [
          (name = "worker.js", esModule = embed "../../../examples/example1/worker.js"),
          (name = "forward.js", esModule = embed "../../../examples/example1/forward.js"),
        ],
        compatibilityDate = "2026-11-01",
        bindings = [
          (name = "HOST_NAME", text = "whoami.example.com"),
          (name = "TIMEOUT_MS", json = "30000"),
          (name = "CLIENT_TIMEOUT_MS", json = "60000"),
          (name = "BACKEND", service = "policy"),
        ],
      )
    ),

    ( name = "example2",
      worker = (
        modules = [
          (name = "worker.js", esModule = embed "../../../examples/example2/worker.js"),
          (name = "forward.js", esModule = embed "../../../examples/example2/forward.js"),
        ],
        compatibilityDate = "2026-11-01",
        bindings = [
          (name = "DOMAIN", text = "example.com"),
          (name = "BACKEND_PORT", json = "8080"),
          (name = "NOT_BACKENDS", json = "[\"localhost\", \"workerd\"]"),
          (name = "TIMEOUT_MS", json = "30000"),
          (name = "CLIENT_TIMEOUT_MS", json = "60000"),
        ],
        globalOutbound = "policy",
      )
    ),

    (name = "internet", network = (allow = [])),
  ],
);
