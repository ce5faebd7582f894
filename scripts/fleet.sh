# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# Up, down and what one asks of a running chain. Sourced by misc-commands.sh.

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

names_of_processes() { # N
  local k
  for ((k = 1; k <= $1; k++)); do echo "$(node_name "$k")-app" "$(node_name "$k")-teeproxy"; done
  echo haproxy
}

anything_alive() {
  local name
  for name in $(names_of_processes 9); do is_alive "$name" && return; done
  return 1
}

# A dead process's port may have been taken by somebody else: better said here than read in a log.
refuse_taken_port() { # NAME PORT VARIABLE
  ! is_alive "$1" || return 0
  ! is_taken "$2" || die "port $2, for $1, is in use. $3 moves it (./misc-commands.sh --help)."
}

refuse_taken_ports() { # N
  local k name
  for ((k = 1; k <= $1; k++)); do
    name=$(node_name "$k")
    refuse_taken_port "$name-app" "$(app_port "$k")" TEECHAIN_BASE_PORT
    refuse_taken_port "$name-teeproxy" "$(teeproxy_port "$k")" TEECHAIN_BASE_PORT
    refuse_taken_port "$name-teeproxy" "$(admin_port "$k")" TEECHAIN_BASE_PORT
  done
  refuse_taken_port haproxy "${http_bind##*:}" "TEECHAIN_HTTP_BIND (or TEECHAIN_BASE_PORT)"
  refuse_taken_port haproxy "${stats_bind##*:}" "TEECHAIN_STATS_BIND (or TEECHAIN_BASE_PORT)"
}

start_application() { # NUMBER
  local name
  name=$(node_name "$1")
  is_alive "$name-app" && return
  mkdir -p "$run/node$1"
  start "$name-app" "$sample_app" --port "$(app_port "$1")" --name "$name" --data "$run/node$1/app.log"
}

# The arguments of the node NUMBER of N; paths as the caller wants to see them.
teeproxy_arguments() { # NUMBER N RUN
  local next=() list="" k
  for ((k = $1 + 1; k <= $2; k++)); do list+=",:$(teeproxy_port "$k")"; done
  [[ -z $list ]] || next=(--next "${list:1}")
  echo --listen ":$(teeproxy_port "$1")" --admin ":$(admin_port "$1")" --local ":$(app_port "$1")" "${next[@]}" \
    --data "$3/node$1/journal" --secret-file "$3/secret"
}

start_teeproxy() { # NUMBER N
  local name arguments
  name=$(node_name "$1")
  is_alive "$name-teeproxy" && return
  mkdir -p "$run/node$1"
  # The folder is given relative to where teeproxy runs: a path with a space stays whole.
  read -ra arguments <<<"$(teeproxy_arguments "$1" "$2" .)"
  (cd "$run" && start "$name-teeproxy" "$teeproxy" "${arguments[@]}")
}

give_up() { die "$* (what was started keeps running: logs, status; ./misc-commands.sh down stops it)"; }

ready() { # NUMBER KIND
  [[ $(http -o /dev/null -w '%{http_code}' "http://127.0.0.1:$(admin_port "$1")/readyz/$2") == 200 ]]
}

# await_ready NUMBER KIND: gives up at once where the process is dead.
await_ready() {
  local name deadline=$((SECONDS + ${TEECHAIN_UP_TIMEOUT:-60}))
  name=$(node_name "$1")
  until ready "$1" "$2"; do
    if ! is_alive "$name-teeproxy" || ((SECONDS >= deadline)); then
      last_lines "$name-app"
      last_lines "$name-teeproxy"
      say "$name says: $(http "http://127.0.0.1:$(admin_port "$1")/readyz/$2" || echo nothing)"
      give_up "$name is not ready ($2)"
    fi
    sleep 0.1
  done
}

# Before a chain is founded only the first node is there for writes (haproxy.cfg, writes_first).
front_is_ready() { (($(servers_up writes) + $(servers_up writes_first) >= 1 && $(servers_up reads) == $1)); }

await_front() { # N
  local deadline=$((SECONDS + ${TEECHAIN_UP_TIMEOUT:-60}))
  until front_is_ready "$1"; do
    if is_gone haproxy || ((SECONDS >= deadline)); then
      last_lines haproxy
      give_up "HAProxy is not ready"
    fi
    sleep 0.1
  done
}

up() {
  local nodes=${1:-3} k
  [[ $nodes =~ ^[1-9]$ ]] || usage_error "up takes a number of nodes from 1 to 9, not '$nodes'"
  need_dotnet
  need curl haproxy
  [[ ${TEECHAIN_STATS_PASSWORD:-} != *"'"* ]] || die "TEECHAIN_STATS_PASSWORD may hold anything but a single quote"
  make_run_folder
  lock_run_folder
  if anything_alive && [[ $(settings_now "$nodes") != "$(cat "$run/settings" 2>/dev/null)" ]]; then
    die "something else runs in $run: $(xargs <"$run/settings"). Run ./misc-commands.sh down first."
  fi
  [[ -n ${TEECHAIN_HTTP_BIND:-}$base_port ]] || may_bind_80 || say "Without root port 80 is not ours: HAProxy takes $http_bind (TEECHAIN_HTTP_BIND moves it)."
  under_build_lock build_programs
  [[ -s $run/secret ]] || (umask 077 && random_word 32 >"$run/secret")
  refuse_taken_ports "$nodes"
  settings_now "$nodes" >"$run/settings"

  say "Starting $nodes nodes and HAProxy in $run"
  for ((k = 1; k <= nodes; k++)); do start_application "$k"; done
  # From the tail, so that each finds its successor listening.
  for ((k = nodes; k >= 1; k--)); do start_teeproxy "$k" "$nodes"; done
  if ! is_alive haproxy; then
    write_front "$nodes"
    start_front
  fi
  await_ready 1 write
  for ((k = 1; k <= nodes; k++)); do await_ready "$k" read; done
  await_front "$nodes"
  exercise "$nodes"
  # The first write founds the chain: for a moment the head has not counted everybody yet.
  for ((k = 1; k <= nodes; k++)); do await_ready "$k" read; done
  summary "$nodes"
}

post() { # PATH USER PASSWORD: prints the status
  http --max-time 20 -o /dev/null -w '%{http_code}' --data-urlencode "user=$2" --data-urlencode "password=$3" "$(url_of "$http_bind")$1"
}

version_at() { # NUMBER USER
  http "http://127.0.0.1:$(app_port "$1")/login?user=$2" | sed -nE 's/.*"version" *: *([0-9]+).*/\1/p'
}

has_version() { [[ $(version_at "$1" "$2") == "$3" ]]; }

# A user is registered and changes its password through HAProxy; every node must have both.
exercise() {
  local nodes=$1 user first second k status
  user=ada-$(date +%s)-$$
  status=$(post /register "$user" first) || true
  [[ $status == 2* ]] || give_up "POST /register through $(url_of "$http_bind") was answered with $status"
  first=$(version_at 1 "$user")
  status=$(post /changePassword "$user" second) || true
  [[ $status == 2* ]] || give_up "POST /changePassword through $(url_of "$http_bind") was answered with $status"
  second=$(version_at 1 "$user")
  [[ -n $second && $second != "$first" ]] || give_up "the application of $(node_name 1) shows version '$first', then '$second': the change is missing"
  for ((k = 1; k <= nodes; k++)); do
    await 15 has_version "$k" "$user" "$second" || {
      last_lines "$(node_name "$k")-teeproxy"
      give_up "$(node_name "$k") has version '$(version_at "$k" "$user")' of $user, the head has $second"
    }
    say "  $(node_name "$k") has $user in version $second"
  done
  [[ $(http -o /dev/null -w '%{http_code}' "$(url_of "$http_bind")/login?user=$user") == 200 ]] ||
    give_up "GET /login through $(url_of "$http_bind") does not find $user"
}

summary() {
  local nodes=$1 k url
  url=$(url_of "$http_bind")
  say ""
  printf '%-10s %-28s %-28s %s\n' node application teeproxy 'admin (live page, /status, /metrics)'
  for ((k = 1; k <= nodes; k++)); do
    printf '%-10s %-28s %-28s %s\n' "$(node_name "$k")" "http://127.0.0.1:$(app_port "$k")" \
      "http://127.0.0.1:$(teeproxy_port "$k")" "http://127.0.0.1:$(admin_port "$k")/"
  done
  cat <<END

HAProxy    $url          try: curl "$url/login?user=ada"
                             curl -d user=ada -d password=secret "$url/register"
stats      $(url_of "$stats_bind")/   user $stats_user, password $(stats_password)
next       ./misc-commands.sh status | logs | verify | ab-get | ab-post | down
END
}

started_here() {
  recall_settings || die "nothing was started in $run (./misc-commands.sh up; TEECHAIN_RUN_DIR names another folder)"
}

down() {
  local nodes k
  if ! recall_settings; then
    say "Nothing was started in $run."
    return
  fi
  lock_run_folder
  # HAProxy first, so that nothing new comes in; the head next, so that it hands on what it has; the applications last,
  # so that what is in flight is answered. What a node could not deliver is in its journal.
  ask_to_stop haproxy
  ensure_gone haproxy 5
  ask_to_stop "$(node_name 1)-teeproxy"
  ensure_gone "$(node_name 1)-teeproxy" 30
  for ((k = 2; k <= nodes; k++)); do ask_to_stop "$(node_name "$k")-teeproxy"; done
  for ((k = 2; k <= nodes; k++)); do ensure_gone "$(node_name "$k")-teeproxy" 30; done
  for ((k = 1; k <= nodes; k++)); do ask_to_stop "$(node_name "$k")-app"; done
  for ((k = 1; k <= nodes; k++)); do ensure_gone "$(node_name "$k")-app" 10; done
  rm -f "$run/haproxy.sock"
  say "Stopped. The data stays in $run; ./misc-commands.sh clean removes it."
}

# The members of a JSON object's top level, a line each: what is nested is dropped from the inside out.
top_level() {
  tr -d '\n' | sed -E 's/^[^{]*\{//; s/\}[^}]*$//; :again; s/[[{][^][{}]*[]}]/null/; t again; s/, *"/\n"/g'
}

member() { # NAME, of the object on standard input
  top_level | sed -nE "s/^ *\"$1\" *: *\"?([^\",]*)\"?.*/\1/p" | head -n 1
}

status_of() { http -f "http://127.0.0.1:$(admin_port "$1")/status${2:-}"; }

alive_word() { if is_alive "$1"; then echo up; else echo DOWN; fi; }

ready_word() { if ready "$1" "$2"; then echo yes; else echo no; fi; }

status() {
  local nodes k name json good=0 head=0 field value row
  local -r line='%-9s %-5s %-9s %-10s %5s %9s %9s %6s %6s %12s %7s %6s\n'
  started_here
  # shellcheck disable=SC2059 # The format is ours.
  printf "$line" node app teeproxy role epoch last applied lag parked divergences writes reads
  for ((k = 1; k <= nodes; k++)); do
    name=$(node_name "$k")
    json=$(status_of "$k") || json="{}"
    row=()
    for field in role epoch lastSequence appliedSequence lagEntries parked divergences; do
      value=$(member "$field" <<<"$json")
      row+=("${value:--}")
    done
    # shellcheck disable=SC2059
    printf "$line" "$name" "$(alive_word "$name-app")" "$(alive_word "$name-teeproxy")" \
      "${row[@]}" "$(ready_word "$k" write)" "$(ready_word "$k" read)"
    if is_gone "$name-app" || is_gone "$name-teeproxy" || ! ready "$k" read; then good=1; fi
    if ready "$k" write; then head=$k; fi
  done
  say "haproxy   $(alive_word haproxy)    $(url_of "$http_bind"), stats $(url_of "$stats_bind")/ ($stats_user, $(stats_password))"
  if is_gone haproxy || ((head == 0)); then good=1; fi
  return $good
}

logs() { # [NAME] [-f]
  local follow=() files=() argument
  started_here
  for argument in "$@"; do
    case $argument in
      -f) follow=(-F) ;;
      *)
        [[ -f $run/$argument.log ]] || die "no log of '$argument'; there are: $(cd "$run" && echo ./*.log | sed 's|\./||g; s|\.log||g')"
        files+=("$argument.log")
        ;;
    esac
  done
  cd "$run" || die "$run cannot be entered"
  ((${#files[@]})) || files=(*.log)
  exec tail -n "${TEECHAIN_LOG_LINES:-20}" "${follow[@]}" -- "${files[@]}"
}

teeproxy_commands() {
  local nodes=3 k from=${run#"$root"/} programs
  recall_settings || true
  [[ -z ${1:-} ]] || nodes=$1
  [[ $nodes =~ ^[1-9]$ ]] || usage_error "teeproxy-commands takes a number of nodes from 1 to 9, not '$nodes'"
  programs=${teeproxy#"$root"/}
  say "# From $root, each in a terminal of its own."
  say "mkdir -p$(for ((k = 1; k <= nodes; k++)); do printf ' %s' "$from/node$k"; done)"
  [[ -s $run/secret ]] || say "(umask 077; head -c 32 /dev/urandom | base64 >$from/secret)"
  for ((k = 1; k <= nodes; k++)); do
    say "${sample_app#"$root"/} --port $(app_port "$k") --name $(node_name "$k") --data $from/node$k/app.log"
  done
  for ((k = 1; k <= nodes; k++)); do say "$programs $(teeproxy_arguments "$k" "$nodes" "$from")"; done
  say "haproxy -f $([[ -f $run/haproxy.cfg ]] && echo "$from/")haproxy.cfg"
}

clean() {
  if [[ -d $run ]]; then
    [[ -e $run/$ours ]] || die "$run is not a folder that TeeChain made: remove it yourself"
    down
    rm -rf "${run:?}"
  fi
  rm -rf "$root/artifacts" "$root/feed.props"
  say "Removed: $run, artifacts, feed.props. (dotnet clean removes the build.)"
}
