"""The same job, a proxy in front of the same backend, done by others."""

from __future__ import annotations

from claims.server import Server
from claims.ways import FOLDER, Way

WORKERD = Way(name="workerd", title="workerd, as in example 1", port=80, start="")
NGINX = Way(name="nginx", title="nginx", port=8110, start="")
PROXIES = (WORKERD, NGINX)
ABSENT = {
    "caddy": "Debian 13 has Caddy 2.6; a Caddy that takes an inherited socket (2.9) is in no"
    " package archive that the lab can reach"
}

_EXAMPLE = "~/socket-activated-workerd/examples/example1"
_START = f"""
cd {_EXAMPLE}
./install
sed --expression 's/^ContainerName=workerd$/ContainerName=plain/' \\
  --expression 's/workerd\\.socket/plain.socket/' --expression '/^IP6*=/d' \\
  {FOLDER}/plain.container > ~/.config/containers/systemd/plain.container
sed 's/^ListenStream=80$/ListenStream=8111/' workerd.socket > ~/.config/systemd/user/plain.socket
cp {FOLDER}/nginx.container ~/.config/containers/systemd/
sed 's/^ListenStream=80$/ListenStream=8110/' workerd.socket > ~/.config/systemd/user/nginx.socket
podman build --quiet --layers=false --tag localhost/nginx \\
  --file {FOLDER}/nginx.Containerfile {FOLDER}
systemctl --user daemon-reload
systemctl --user start nginx.socket plain.socket
for port in 80 8110 8111; do
  curl --silent --fail --retry 50 --retry-all-errors --retry-delay 1 --max-time 20 \\
    --output /dev/null --header 'Host: whoami.example.com' "http://127.0.0.1:$port/"
done
"""


def install(server: Server) -> None:
    """Start example 1, its plain form, and nginx, each behind a socket of its own."""
    server.as_test(_START)
