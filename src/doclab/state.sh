# SPDX-License-Identifier: Apache-2.0
# Print the state of a machine, section by section; see state.py. Runs as root.
# Sections start with the control character RS; a line is a name, a tab, a value.
set -u
section() { printf '\036%s\n' "$1"; }
# Of the machine's own units, those that did something once at the start are left out.
units() {
  "$@" list-units --type=service,socket,timer,path --state=active,activating,failed \
    --plain --no-legend --no-pager |
    awk -v argc="$#" '$4 != "exited" || argc > 1 { print $1 "\t" $3 }'
}
section user; cut -d: -f1 /etc/passwd
section package
dpkg-query --show --showformat='${binary:Package}\t${Version}\n' 2>/dev/null || rpm --query --all
section lingering; ls /var/lib/systemd/linger 2>/dev/null || true
# systemd-logind forgets a user some time after the account is gone. A new account with the
# same number would be taken for the old one until then.
section 'removed user'
loginctl list-users --no-legend --no-pager 2>/dev/null | while read -r uid _; do
  getent passwd "$uid" > /dev/null || echo "$uid"
done
section unit; units systemctl
section 'unit file'; systemctl list-unit-files --plain --no-legend --no-pager | awk '{ print $1 "\t" $2 }'
section socket; ss --no-header --listening --tcp --udp --numeric | awk '{ print $1 " " $5 }'
section 'firewall rule'
nft --stateless list ruleset 2>/dev/null | awk '/^table/ { table = $2 " " $3; print table; next } NF > 1 { $1 = $1; print table ": " $0 }'
section sysctl
sysctl --all --pattern '^(net\.ipv[46]\.(ip_|ping_|tcp_|udp_|conf\.(all|default)\.)|user\.|vm\.|kernel\.(unpriv|dmesg|yama|sysrq))' 2>/dev/null | sed 's/ = /\t/'
section file
# The engine outside writes hosts, hostname and resolv.conf: each lab has its own addresses.
find /etc /root /home -xdev \( -path '*/.local/share/containers' -o -path /etc/doclab -o -name '*-' -path '/etc/*' \
  -o -path /etc/hosts -o -path /etc/hostname -o -path /etc/resolv.conf \) -prune -o -type f -exec sha256sum {} + | awk '{ sum=$1; $1=""; print substr($0,2) "\t" sum }'
find /etc /root /home -xdev \( -path '*/.local/share/containers' -o -path /etc/doclab \) -prune -o ! -type f -printf '%p\t%y %m %l\n'
while IFS=: read -r name _ uid _ _ home _; do
  case $home in /home/*|/root) ;; *) continue ;; esac
  if [ -S "/run/user/$uid/systemd/private" ]; then
    section "unit of $name"; units systemctl --user --machine="$name@"
  fi
  if [ -d "$home/.local/share/containers/storage" ] || { [ "$uid" = 0 ] && [ -d /var/lib/containers/storage/libpod ]; }; then
    as() { if [ "$uid" = 0 ]; then "$@"; else (cd / && runuser --user "$name" -- env XDG_RUNTIME_DIR="/run/user/$uid" "$@"); fi; }
    section "container of $name"; as podman ps --all --format '{{.Names}}\t{{.State}}'
    section "image of $name"; as podman images --format '{{.Repository}}:{{.Tag}}'
    section "network of $name"; as podman network ls --format '{{.Name}}'
    section "volume of $name"; as podman volume ls --format '{{.Name}}'
  fi
done < /etc/passwd
