# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# Where everything is: folders, ports, addresses. Sourced by misc-commands.sh; reads the environment and the run folder,
# changes nothing.

configuration=${TEECHAIN_CONFIGURATION:-Release}
run=$(realpath -ms "${TEECHAIN_RUN_DIR:-$root/run}")
fleet_file=$run/teechain.yaml
teeproxy=$root/src/TeeProxy/bin/$configuration/net10.0/teeproxy
sample_app=$root/src/SampleApp/bin/$configuration/net10.0/sample-app
teechain=$root/src/TeeChain.Fleet/bin/$configuration/net10.0/teechain
# Programs that are there already, such as published ones, are run instead of built.
if [[ -n ${TEECHAIN_PROGRAMS:-} ]]; then
  programs=$(realpath -ms "$TEECHAIN_PROGRAMS")
  teeproxy=$programs/teeproxy/teeproxy
  sample_app=$programs/sample-app/sample-app
  teechain=$programs/teechain/teechain
fi

die() {
  printf 'misc-commands.sh: %s\n' "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*"; }

# With a base port, what it does not move explicitly moves with it; without, each has the port of the README.
base_port=${TEECHAIN_BASE_PORT:-}
if [[ -n $base_port ]] && ! [[ $base_port =~ ^[1-9][0-9]{0,4}$ && $base_port -ge 1024 && $base_port -le 65500 ]]; then
  die "TEECHAIN_BASE_PORT is '$base_port': it takes a number from 1024 to 65500, the first of 32 ports."
fi

# Port 80 belongs to root, except where the kernel was told otherwise (containers often are).
may_bind_80() {
  local first
  [[ $EUID -eq 0 ]] && return
  read -r first 2>/dev/null </proc/sys/net/ipv4/ip_unprivileged_port_start || first=1024
  ((first <= 80))
}

default_http_bind() {
  if [[ -n $base_port ]]; then
    echo ":$((base_port + 30))"
  elif may_bind_80; then
    echo :80
  else
    echo :8080
  fi
}

http_bind=${TEECHAIN_HTTP_BIND:-$(default_http_bind)}
stats_bind=${TEECHAIN_STATS_BIND:-127.0.0.1:$((base_port ? base_port + 31 : 1936))}
stats_user=${TEECHAIN_STATS_USER:-teechain}
registry_port=$((base_port ? base_port + 29 : 9400))

# setting KEY DEFAULT: what the run folder's fleet file says, where it says it.
setting() {
  local value
  value=$(sed -nE "s/^$1: *('([^']*)'|\"([^\"]*)\"|([^'\" #]+)).*/\2\3\4/p" "$fleet_file" 2>/dev/null) || true
  printf '%s\n' "${value:-$2}"
}

# What `up` was told is in that file, so that the other commands need TEECHAIN_RUN_DIR alone.
recall_settings() {
  [[ -f $fleet_file ]] || return 1
  http_bind=$(setting balancer-address 0.0.0.0):$(setting balancer-port 9080)
  stats_bind=$(setting stats-address 127.0.0.1):$(setting stats-port 1936)
  stats_user=$(setting stats-user teechain)
  registry_port=$(setting registry-port 9400)
}

# bind address -> URL of this machine
url_of() {
  local host=${1%:*} port=${1##*:}
  case $host in
    '' | '*' | 0.0.0.0 | '[::]' | '::') host=127.0.0.1 ;;
  esac
  [[ $port == 80 ]] && echo "http://$host" || echo "http://$host:$port"
}

# `teechain` makes one for any address but the documented one.
stats_password() {
  local given
  given=$(setting stats-password "")
  if [[ -n $given ]]; then
    printf '%s\n' "$given"
  elif [[ $stats_bind == 127.0.0.1:1936 ]]; then
    echo teechain
  else
    cat "$run/stats-password"
  fi
}

random_word() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_'; }

# No proxy of the environment stands between us and this machine.
http() { curl --silent --noproxy '*' --max-time 5 "$@"; }

# Polls a condition: await SECONDS COMMAND…
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}
