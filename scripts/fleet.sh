# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# The fleet in the background: `teechain` does it all, here it is started, asked and stopped. Sourced by misc-commands.sh.

ours=.teechain # marks the run folder, so that `clean` removes no other

make_run_folder() {
  if [[ -d $run && ! -e $run/$ours && -n $(ls -A "$run") ]]; then
    die "$run is not empty and not TeeChain's; TEECHAIN_RUN_DIR names another folder"
  fi
  (umask 077 && mkdir -p "$run")
  touch "$run/$ours"
}

# One `up` or `down` at a time in a run folder.
lock_run_folder() {
  exec 9>"$run/lock"
  flock -w 120 9 || die "another up or down of $run has been going on for 2 minutes ($run/lock)"
}

# Written once; from then on it is changed where `up` is told something else.
write_fleet_file() { # [N]
  cat <<END
# The fleet of ./misc-commands.sh up. docs/fleet-up.md has all keys; change it while the fleet is down. What up is told, by
# its argument or its variables, it writes here.
workers: ${1:-3}
names: [romulus, remus]
front: haproxy
balancer-address: $(address_of "$http_bind")
balancer-port: ${http_bind##*:}
worker-port: ${base_port:-4567}
tee-port: $((base_port ? base_port + 10 : 9000))
admin-port: $((base_port ? base_port + 20 : 9500))
registry-port: $registry_port
stats-address: $(address_of "$stats_bind")
stats-port: ${stats_bind##*:}
stats-user: '$stats_user'
data: .
END
}

# bind address -> the address that it means
address_of() {
  local host=${1%:*}
  case $host in
    '' | '*') echo 0.0.0.0 ;;
    *) echo "$host" ;;
  esac
}

# Where it says so already, not even a comment is touched.
tell_fleet_file() { # KEY VALUE
  local line="$1: $2"
  [[ $(setting "$1" "") != "$2" ]] || return 0
  [[ $2 =~ ^[A-Za-z0-9.]+$ ]] || line="$1: '$2'"
  KEY=$1 LINE=$line awk 'index($0, ENVIRON["KEY"] ":") == 1 { print ENVIRON["LINE"]; told = 1; next }
    { print }
    END { if (!told) print ENVIRON["LINE"] }' "$fleet_file" >"$fleet_file.told"
  mv "$fleet_file.told" "$fleet_file"
}

# What is told is written into a copy first: a fleet that runs keeps what it was started with.
update_fleet_file() { # [N]
  local kept=$fleet_file fleet_file=$fleet_file.new
  rm -f "$fleet_file"
  if [[ -f $kept ]]; then cp "$kept" "$fleet_file"; else write_fleet_file "$1" >"$fleet_file"; fi
  [[ -z $1 ]] || tell_fleet_file workers "$1"
  if [[ -n $base_port ]]; then
    tell_fleet_file worker-port "$base_port"
    tell_fleet_file tee-port $((base_port + 10))
    tell_fleet_file admin-port $((base_port + 20))
    tell_fleet_file registry-port "$registry_port"
  fi
  if [[ -n ${TEECHAIN_HTTP_BIND:-}$base_port ]]; then
    tell_fleet_file balancer-address "$(address_of "$http_bind")"
    tell_fleet_file balancer-port "${http_bind##*:}"
  fi
  if [[ -n ${TEECHAIN_STATS_BIND:-}$base_port ]]; then
    tell_fleet_file stats-address "$(address_of "$stats_bind")"
    tell_fleet_file stats-port "${stats_bind##*:}"
  fi
  [[ -z ${TEECHAIN_STATS_USER:-} ]] || tell_fleet_file stats-user "$TEECHAIN_STATS_USER"
  [[ -z ${TEECHAIN_STATS_PASSWORD:-} ]] || tell_fleet_file stats-password "$TEECHAIN_STATS_PASSWORD"
  if cmp -s "$fleet_file" "$kept"; then
    rm "$fleet_file"
  elif fleet_is_alive; then
    say "$(diff "$kept" "$fleet_file" || true)"
    rm "$fleet_file"
    die "another fleet runs in $run (above, <). ./misc-commands.sh scale N changes the number of nodes; run down before anything else."
  else
    mv "$fleet_file" "$kept"
  fi
}

give_up() { die "$* (what was started keeps running: logs, status; ./misc-commands.sh down stops it)"; }

ask_registry() { http -f "http://127.0.0.1:$registry_port$1"; }

ask_teechain() { # VERB ARGUMENT…
  local verb=$1
  shift
  "$teechain" "$verb" "$@" --registry "http://127.0.0.1:$registry_port"
}

# A line a node, the head first: name, and the addresses of application, teeproxy and admin port.
nodes_now() {
  ask_registry /registry | tr -d ' \n' | grep -o '{"name":"[^}]*}' |
    sed -E 's/.*"name":"([^"]*)","address":"([^"]*)","teeproxy":"([^"]*)","admin":"([^"]*)".*/\1 \2 \3 \4/'
}

front_answers() {
  local status
  status=$(http -o /dev/null -w '%{http_code}' "$(url_of "$http_bind")/") && [[ $status != 503 ]]
}

has_as_many_as_wanted() { ask_registry /scale | grep -q '"isScaling": *false'; }

has_wanted() { ask_registry /scale | grep -q "\"wanted\": *$1\b"; } # N

fleet_is_ready() { has_as_many_as_wanted && front_answers && ask_teechain status >/dev/null 2>&1; }

# Gives up at once where it has ended.
await_fleet() {
  local deadline=$((SECONDS + ${TEECHAIN_UP_TIMEOUT:-60}))
  until fleet_is_ready; do
    if fleet_is_gone; then
      last_lines
      die "teechain up has ended. Ports are moved by TEECHAIN_BASE_PORT, TEECHAIN_HTTP_BIND, TEECHAIN_STATS_BIND or in $fleet_file."
    elif ((SECONDS >= deadline)); then
      last_lines
      ask_teechain status || true
      give_up "the fleet is not ready"
    fi
    sleep 0.3
  done
}

up() {
  local nodes=${1:-}
  [[ $nodes =~ ^[1-9]?$ ]] || usage_error "up takes a number of nodes from 1 to 9, not '$nodes'"
  [[ ${TEECHAIN_STATS_PASSWORD:-} != *"'"* ]] || die "TEECHAIN_STATS_PASSWORD may hold anything but a single quote"
  need_dotnet
  need curl haproxy
  make_run_folder
  [[ ! -e $run/settings ]] || die "$run is of an earlier misc-commands.sh: stop that fleet with it, and name another folder in TEECHAIN_RUN_DIR"
  lock_run_folder
  (umask 077 && update_fleet_file "$nodes")
  recall_settings
  if fleet_is_alive; then
    say "The fleet of $run runs already (process $(fleet_pid))."
  else
    under_build_lock build_programs
    say "Starting $(setting workers 3) nodes and HAProxy in $run"
    (umask 077 && start_fleet)
  fi
  await_fleet
  # The fleet goes on with as many as it was last scaled to; who names a number means it.
  [[ -z $nodes ]] || has_wanted "$nodes" || (scale "$nodes")
  # Another application has other writes.
  [[ $(setting app sample) != sample ]] || exercise
  summary
}

# post PATH USER PASSWORD: 503 says that nothing was recorded, and that it may be sent again.
post() {
  status=$(http --max-time 20 -o /dev/null -w '%{http_code}' --data-urlencode "user=$2" --data-urlencode "password=$3" "$(url_of "$http_bind")$1") || true
  [[ $status != 503 ]]
}

must_post() {
  local status
  await 15 post "$@" || true
  [[ $status == 2* ]] || give_up "POST $1 through $(url_of "$http_bind") was answered with $status"
}

version_at() { # ADDRESS USER
  http "http://$1/login?user=$2" | sed -nE 's/.*"version" *: *([0-9]+).*/\1/p'
}

has_version() { [[ $(version_at "$1" "$2") == "$3" ]]; }

# The front door's turns: as many nodes answer as there are.
all_answer() { # N
  local k
  (($(for ((k = 0; k < $1; k++)); do
    http "$(url_of "$http_bind")/"
    echo
  done | sort -u | grep -c .) == $1))
}

# A user is registered and changes its password through HAProxy; every node must have both, and have its turn.
exercise() {
  local user version name application rest nodes=0
  user=ada-$(date +%s)-$$
  must_post /register "$user" first
  must_post /changePassword "$user" second
  version=2
  while read -r name application rest; do
    await 15 has_version "$application" "$user" $version || {
      last_lines
      give_up "$name has version '$(version_at "$application" "$user")' of $user, not $version"
    }
    say "  $name has $user in version $version"
    nodes=$((nodes + 1))
  done < <(nodes_now)
  ((nodes > 0)) || give_up "the registry does not say which nodes there are"
  await 15 all_answer "$nodes" || give_up "not all $nodes nodes get GETs through $(url_of "$http_bind")"
  # The first write founds the chain: for a moment the head has not counted everybody.
  await_fleet
}

summary() {
  local url name application teeproxy admin
  url=$(url_of "$http_bind")
  say ""
  printf '%-10s %-28s %-28s %s\n' node application teeproxy 'admin (live page, /status, /metrics)'
  while read -r name application teeproxy admin; do
    printf '%-10s %-28s %-28s %s\n' "$name" "http://$application" "http://$teeproxy" "http://$admin/"
  done < <(nodes_now)
  cat <<END

HAProxy    $url          try: curl "$url/login?user=ada"
                             curl -d user=ada -d password=secret "$url/register"
stats      $(url_of "$stats_bind")/   user $stats_user, password $(stats_password)
next       ./misc-commands.sh status | logs | verify | scale N | ab-get | ab-post | down
END
}

started_here() {
  recall_settings || die "nothing was started in $run (./misc-commands.sh up; TEECHAIN_RUN_DIR names another folder)"
  [[ -x $teechain ]] || die "$teechain is not there: ./misc-commands.sh up builds it"
}

status() {
  local outcome=0 front=up
  started_here
  ask_teechain status || outcome=1
  front_answers || front=DOWN outcome=1
  say "haproxy   $front    $(url_of "$http_bind"), stats $(url_of "$stats_bind")/ ($stats_user, $(stats_password))"
  return $outcome
}

verify() {
  started_here
  ask_teechain verify --timeout "${TEECHAIN_VERIFY_TIMEOUT:-10}"
}

scale() { # N
  started_here
  cd "$run" || die "$run cannot be entered"
  ask_teechain scale "${1:-}" --secret-file "$(setting secret-file secret)"
}

down() {
  local pid
  if ! recall_settings; then
    say "Nothing was started in $run."
    return
  fi
  lock_run_folder
  # It stops all that it started, in order: up to 20 s for HAProxy, 20 s for the nodes.
  if pid=$(fleet_pid); then
    kill -TERM "$pid" 2>/dev/null || true
    await 60 fleet_is_gone || {
      say "teechain up did not stop within 60 s: SIGKILL"
      kill -KILL "$pid" 2>/dev/null || true
    }
  fi
  # Killed, it leaves them to the kernel and its watchman, who need 10 s at most.
  await 20 no_child_is_left || die "processes of $run are left: $(processes_with "TEECHAIN_UP=$(cd "$run" && pwd -P)" | xargs)"
  rm -f "$run/up.pid"
  say "Stopped. The data stays in $run; ./misc-commands.sh clean removes it."
}

logs() { # [NAME] [-f]
  local follow=() files=() argument
  recall_settings || die "nothing was started in $run"
  cd "$run/logs" || die "$run/logs cannot be entered"
  for argument in "$@"; do
    case $argument in
      -f) follow=(-F) ;;
      *)
        [[ -f $argument.log ]] || die "no log of '$argument'; there are: $(echo ./*.log | sed 's|\./||g; s|\.log||g')"
        files+=("$argument.log")
        ;;
    esac
  done
  ((${#files[@]})) || files=(*.log)
  exec tail -n "${TEECHAIN_LOG_LINES:-20}" "${follow[@]}" -- "${files[@]}"
}

clean() {
  if [[ -d $run ]]; then
    [[ -e $run/$ours ]] || die "$run is not a folder that TeeChain made: remove it yourself"
    down
    rm -rf "${run:?}"
  fi
  stop_hosts
  rm -rf "$root/artifacts" "$root/feed.props"
  say "Removed: $run, artifacts, feed.props. (dotnet clean removes the build.)"
}
