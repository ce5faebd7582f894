# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# run/haproxy.cfg: the bundled haproxy.cfg with the addresses of this run. Sourced by misc-commands.sh.

declare -A address=()

# Inside double quotes HAProxy gives these three a meaning.
# shellcheck disable=SC2001 # A character class with a reference is what sed is for.
quoted() { sed 's/[\\"$]/\\&/g' <<<"$1"; }

# render_front N: prints the bundled file for N nodes. The first node's server line in each backend is the pattern for
# all nodes; where the bundled file lists the first node alone (writes), so does the rendered one.
render_front() {
  local nodes=$1 line backend="" k last
  local -A lists_all=()
  address=(
    [TEECHAIN_HTTP_BIND]=$http_bind
    [TEECHAIN_STATS_BIND]=$stats_bind
    [TEECHAIN_STATS_USER]=$stats_user
    [TEECHAIN_STATS_PASSWORD]=$(stats_password)
    [TEECHAIN_HAPROXY_SOCKET]=$run/haproxy.sock
  )
  for ((k = 1; k <= nodes; k++)); do
    address[TEECHAIN_NODE${k}_TEEPROXY]=127.0.0.1:$(teeproxy_port "$k")
    address[TEECHAIN_NODE${k}_APP]=127.0.0.1:$(app_port "$k")
    address[TEECHAIN_NODE${k}_ADMIN_PORT]=$(admin_port "$k")
  done
  # First pass: which backends list more than the first node.
  while IFS= read -r line; do
    [[ $line =~ ^backend\ +([a-z_]+) ]] && backend=${BASH_REMATCH[1]}
    [[ $line =~ ^\ +server\ .*TEECHAIN_NODE2_ ]] && lists_all[$backend]=yes
  done <"$root/haproxy.cfg"

  echo "# Rendered from the bundled haproxy.cfg for $nodes nodes by misc-commands.sh up; the next up overwrites it."
  while IFS= read -r line; do
    [[ $line =~ ^backend\ +([a-z_]+) ]] && backend=${BASH_REMATCH[1]}
    if [[ $line =~ ^\ +server\ .*TEECHAIN_NODE([0-9]+)_ ]]; then
      ((BASH_REMATCH[1] == 1)) || continue
      last=1
      [[ -z ${lists_all[$backend]:-} ]] || last=$nodes
      for ((k = 1; k <= last; k++)); do
        resolve "$(sed "s/server *$(node_name 1) */server $(node_name "$k") /; s/TEECHAIN_NODE1_/TEECHAIN_NODE${k}_/g" <<<"$line")"
      done
    else
      resolve "$line"
    fi
  done <"$root/haproxy.cfg"
}

# Puts the address of this run in the place of each "${VARIABLE-default}" that has one; the others stay.
resolve() {
  local line=$1 out="" name
  while [[ $line =~ ^([^$]*)\$\{([A-Z0-9_]+)(-[^}]*)?\}(.*)$ ]]; do
    name=${BASH_REMATCH[2]}
    out+=${BASH_REMATCH[1]}
    if [[ -n ${address[$name]+set} ]]; then
      out+=$(quoted "${address[$name]}")
    else
      out+="\${$name${BASH_REMATCH[3]}}"
    fi
    line=${BASH_REMATCH[4]}
  done
  printf '%s\n' "$out$line"
}

# -dW (fail on warnings) is as old as 2.4; older ones are not supported anyway.
check_front() { haproxy -dW -c -f "$1"; }

write_front() { # N
  local said
  (umask 077 && render_front "$1" >"$run/haproxy.cfg")
  said=$(check_front "$run/haproxy.cfg" 2>&1) || die "HAProxy refuses $run/haproxy.cfg:
$said"
}

start_front() {
  # As root, HAProxy needs root for binding only (haproxy.cfg, global).
  if [[ $EUID -eq 0 ]] && getent passwd haproxy >/dev/null; then
    start haproxy env TEECHAIN_HAPROXY_USER=haproxy haproxy -db -f "$run/haproxy.cfg"
  else
    start haproxy haproxy -db -f "$run/haproxy.cfg"
  fi
}

# backend -> how many of its servers HAProxy itself sees up
servers_up() {
  http -f -u "$stats_user:$(stats_password)" "$(url_of "$stats_bind")/;csv" |
    awk -F, -v backend="$1" '$1 == backend && $2 != "BACKEND" && $18 ~ /^UP/ { n++ } END { print n + 0 }'
}
