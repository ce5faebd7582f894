# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# Where everything is: folders, ports, addresses. Sourced by misc-commands.sh; reads the environment, changes nothing.

configuration=${TEECHAIN_CONFIGURATION:-Release}
run=${TEECHAIN_RUN_DIR:-$root/run}
[[ $run == /* ]] || run=$PWD/$run
teeproxy=$root/src/TeeProxy/bin/$configuration/net10.0/teeproxy
sample_app=$root/src/SampleApp/bin/$configuration/net10.0/sample-app
# Programs that are there already, such as published ones, are run instead of built.
if [[ -n ${TEECHAIN_PROGRAMS:-} ]]; then
  teeproxy=$TEECHAIN_PROGRAMS/teeproxy/teeproxy
  sample_app=$TEECHAIN_PROGRAMS/sample-app/sample-app
fi

die() {
  printf 'misc-commands.sh: %s\n' "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*"; }

node_name() {
  case $1 in
    1) echo romulus ;;
    2) echo remus ;;
    *) echo "node$1" ;;
  esac
}

# With a base port, what it does not move explicitly moves with it; without, each has the port of the README.
base_port=${TEECHAIN_BASE_PORT:-}
if [[ -n $base_port ]] && ! [[ $base_port =~ ^[1-9][0-9]{0,4}$ && $base_port -ge 1024 && $base_port -le 65500 ]]; then
  die "TEECHAIN_BASE_PORT is '$base_port': it takes a number from 1024 to 65500, the first of 32 ports."
fi
app_port() { echo $((${base_port:-4567} + $1 - 1)); }
teeproxy_port() { echo $((base_port ? base_port + 10 + $1 - 1 : 9000 + $1 - 1)); }
admin_port() { echo $((base_port ? base_port + 20 + $1 - 1 : 9500 + $1 - 1)); }

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

# What `up` was told is kept beside what it started, so that the other commands need TEECHAIN_RUN_DIR alone.
settings_now() {
  printf '%s\n' "nodes=$1" "base_port=$base_port" "http_bind=$http_bind" "stats_bind=$stats_bind" "stats_user=$stats_user"
}

recall_settings() {
  local name value
  [[ -f $run/settings ]] || return 1
  while IFS='=' read -r name value; do
    case $name in
      nodes | base_port | http_bind | stats_bind | stats_user) printf -v "$name" %s "$value" ;;
    esac
  done <"$run/settings"
}

# bind address -> URL of this machine
url_of() {
  local host=${1%:*} port=${1##*:}
  case $host in
    '' | '*' | 0.0.0.0 | '[::]' | '::') host=127.0.0.1 ;;
  esac
  [[ $port == 80 ]] && echo "http://$host" || echo "http://$host:$port"
}

# The documented password is for the documented address; anywhere else `up` makes one and keeps it.
stats_password() {
  if [[ -n ${TEECHAIN_STATS_PASSWORD:-} ]]; then
    printf '%s\n' "$TEECHAIN_STATS_PASSWORD"
  elif [[ $stats_bind == 127.0.0.1:1936 ]]; then
    echo teechain
  else
    [[ -s $run/stats-password ]] || random_word 18 >"$run/stats-password"
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
