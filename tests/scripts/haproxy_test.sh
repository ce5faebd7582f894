#!/usr/bin/env bash
# What haproxy.cfg promises, against a real HAProxy and stand-ins for the nodes.
#
# The stand-ins are HAProxy processes too: one for each application (so that one can be killed), and one for the three
# nodes' admin ports and the head's teeproxy, whose readiness is a map that the tests change. Prints a line a test,
# `ok - NAME` or `not ok - NAME`, and exits 1 if any failed. Free ports, a folder of its own, nothing left behind.
# shellcheck disable=SC2317 # The tests are called by name.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/teechain-haproxy.XXXXXX")
declare -A pids=()
failures=0

cleanup() {
  local pid
  for pid in "${pids[@]}"; do
    kill -9 "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap cleanup EXIT

# Polls until the command succeeds; fails after 10 s.
eventually() {
  local deadline=$((SECONDS + 10))
  until "$@"; do
    if ((SECONDS >= deadline)); then
      echo "# never came true: $*"
      return 1
    fi
    sleep 0.02
  done
}

# Reports the outcome of one test, a function whose name is a sentence. It runs in a shell of its own, so that the first
# command that fails ends it.
check() {
  local outcome=0
  (set -e; "$1") >"$work/said" 2>&1 &
  wait $! || outcome=$?
  if ((outcome == 0)); then
    echo "ok - ${1//_/ }"
  else
    echo "not ok - ${1//_/ }"
    sed 's/^/#   /' "$work/said"
    failures=$((failures + 1))
  fi
}

equal() {
  [ "$1" = "$2" ] || {
    echo "expected '$1', got '$2'"
    return 1
  }
}

# ---- stand-ins ----

# Below the range that the kernel gives to outgoing connections, so that only other servers can be in the way.
choose_ports() {
  local port
  base=$((20000 + RANDOM % 1000 * 12))
  for ((port = base; port < base + 12; port++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      choose_ports
      return
    fi
  done
}

start() { # NAME CONFIGURATION
  haproxy -db -f "$2" >"$work/$1.log" 2>&1 &
  pids[$1]=$!
  disown # else the shell reports the one that a test kills
}

application() { # NUMBER: says who answered, and what it was sent
  cat >"$work/app$1.cfg" <<END
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend app
  bind 127.0.0.1:$((base + $1))
  http-request reject if { path /dies-in-app$1 }
  http-request return status 200 content-type text/plain lf-string "app$1 %[method] %[path]|%[req.hdrs]"
END
  start "app$1" "$work/app$1.cfg"
}

nodes() {
  local k
  {
    cat <<END
global
  stats socket $work/nodes.sock mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend teeproxy
  bind 127.0.0.1:$((base + 8))
  http-request return status 200 content-type text/plain lf-string "teeproxy %[method] %[path]|%[req.hdrs]"
END
    for k in 1 2 3; do
      printf '/readyz/write %s\n/readyz/read yes\n/readyz/stale yes\n' "$([ "$k" = 1 ] && echo yes || echo no)" >"$work/node$k.map"
      cat <<END
frontend admin$k
  bind 127.0.0.1:$((base + 3 + k))
  http-request return status 200 content-type text/plain string ready if { path,map($work/node$k.map,no) -m str yes }
  http-request return status 503 content-type text/plain string "not ready"
END
    done
  } >"$work/nodes.cfg"
  start nodes "$work/nodes.cfg"
}

front() {
  export TEECHAIN_HTTP_BIND=127.0.0.1:$base
  export TEECHAIN_STATS_BIND=127.0.0.1:$((base + 9)) TEECHAIN_STATS_PASSWORD=its-own
  export TEECHAIN_HAPROXY_SOCKET=$work/front.sock
  local k
  for k in 1 2 3; do
    export "TEECHAIN_NODE${k}_TEEPROXY=127.0.0.1:$((base + 8))"
    export "TEECHAIN_NODE${k}_APP=127.0.0.1:$((base + k))" "TEECHAIN_NODE${k}_ADMIN_PORT=$((base + 3 + k))"
  done
  start front "$root/haproxy.cfg"
}

ready() { # NODE KIND yes|no
  echo "set map $work/node$1.map /readyz/$2 $3" | socat -t 2 - "UNIX-CONNECT:$work/nodes.sock" >/dev/null
}

servers_up() { # BACKEND NUMBER
  local up
  up=$(curl -sf -u teechain:its-own "http://127.0.0.1:$((base + 9))/;csv" |
    awk -F, -v backend="$1" '$1 == backend && $2 != "BACKEND" && $18 ~ /^UP/ { n++ } END { print n + 0 }') || return 1
  [ "$up" = "$2" ]
}

url=
get() { curl -s -m 10 "$@" "$url/login?user=ada"; }
code() { curl -s -m 10 -o /dev/null -w '%{http_code}' "$@"; }
who() { get | cut -d' ' -f1; }

all_ready() {
  local k kind
  for k in 1 2 3; do
    for kind in read stale; do ready "$k" "$kind" yes; done
  done
  ready 1 write yes
  eventually servers_up reads 3
  eventually servers_up reads_stale 3
  eventually servers_up writes 1
  eventually servers_up writes_first 1
}

# ---- tests ----

the_file_is_valid_without_a_warning() {
  env -u TEECHAIN_STATS_BIND -u TEECHAIN_STATS_PASSWORD haproxy -dW -c -f "$root/haproxy.cfg"
}

stats_elsewhere_with_the_known_password_are_refused() {
  ! TEECHAIN_STATS_BIND=:1936 TEECHAIN_STATS_PASSWORD=teechain haproxy -dW -c -f "$root/haproxy.cfg" || return 1
  env -u TEECHAIN_STATS_PASSWORD TEECHAIN_STATS_BIND=:1936 haproxy -dW -c -f "$root/haproxy.cfg" >"$work/refusal" 2>&1 && return 1
  grep -q 'set TEECHAIN_STATS_PASSWORD' "$work/refusal"
  ! TEECHAIN_STATS_PASSWORD='' haproxy -dW -c -f "$root/haproxy.cfg"
}

a_password_may_hold_signs_that_mean_something_to_haproxy() {
  local password
  # shellcheck disable=SC2016 # The dollar sign is meant.
  for password in 'a,b' 'a)b(' 'a"b' "a\\b" 'a$b' 'a#b c' 'a&&b'; do
    TEECHAIN_STATS_PASSWORD=$password haproxy -dW -c -f "$root/haproxy.cfg" || return 1
  done
}

reads_go_to_the_three_applications_in_turn() {
  equal "app1 app2 app3" "$(for _ in 1 2 3 4 5 6; do who; done | sort -u | xargs)"
}

writes_of_each_method_go_to_the_head() {
  local method
  for method in POST PUT PATCH DELETE; do
    equal "teeproxy $method /register" "$(curl -s -X "$method" -d user=ada "$url/register" | cut -d'|' -f1)"
  done
}

other_methods_go_to_an_application() {
  equal app "$(curl -s -X OPTIONS "$url/" | cut -c1-3)"
  equal app "$(curl -s -X PROPFIND "$url/" | cut -c1-3)"
  equal 200 "$(code -I "$url/")"
}

paths_stay_as_they_are() {
  equal "teeproxy POST /Register/%2e/a//b" "$(curl -s --path-as-is -d '' "$url/Register/%2e/a//b" | cut -d'|' -f1)"
}

a_client_cannot_send_the_headers_of_teechain() {
  local seen
  seen=$(curl -s -d x -H 'TeeChain-Sequence: 7' -H 'TEECHAIN-REDELIVERY: 1' -H 'teechain_chain: c' -H 'X-Kept: yes' "$url/register")
  [[ $seen == *x-kept* ]]
  [[ ${seen,,} != *teechain[-_]* ]]
}

the_client_is_named_behind_what_it_claims() {
  local seen
  seen=$(get -H 'X-Forwarded-For: 9.9.9.9' -H 'X-Forwarded-Proto: https')
  [[ $seen == *'x-forwarded-proto: http%0D'* ]]
  [[ $seen == *'x-forwarded-for: 9.9.9.9'*'x-forwarded-for: 127.0.0.1'* ]]
}

an_upgrade_to_the_hop_is_denied() {
  local method protocol
  for method in GET POST; do
    for protocol in teechain/1 TeeChain/2 'h2c, TEECHAIN/1' 'foo,teechain'; do
      equal 403 "$(code -X "$method" -H 'Connection: Upgrade' -H "Upgrade: $protocol" "$url/")"
    done
    equal 403 "$(code -X "$method" -H 'Connection: Upgrade' -H 'Upgrade: teechain/1' -H 'Upgrade: foo' "$url/")"
  done
}

# RFC 8441: HAProxy would turn the pseudo-header :protocol into an Upgrade. The request by hand, since curl has no such.
an_upgrade_to_the_hop_is_denied_over_http2_too() {
  local block='' name value field answer
  for field in ':method CONNECT' ':protocol teechain/1' ':scheme http' ':path /' ':authority localhost'; do
    name=${field% *} value=${field##* }
    block+=$(printf '\\x00\\x%02x%s\\x%02x%s' ${#name} "$name" ${#value} "$value")
  done
  local length
  length=$(printf '%b' "$block" | wc -c)
  exec 3<>"/dev/tcp/127.0.0.1/$base"
  {
    printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
    printf '\x00\x00\x00\x04\x00\x00\x00\x00\x00'
    printf '%b' "\\x00\\x00\\x$(printf %02x "$length")\\x01\\x05\\x00\\x00\\x00\\x01$block"
  } >&3
  answer=$(timeout 2 cat <&3 | tr -cd '[:print:]' || true)
  exec 3>&-
  [[ $answer == *'403 Forbidden'* ]]
}

stats_and_metrics_ask_for_the_password() {
  local stats=http://127.0.0.1:$((base + 9))
  equal 401 "$(code "$stats/")"
  equal 401 "$(code "$stats/metrics")"
  equal 401 "$(code -u teechain:teechain "$stats/metrics")"
  equal 200 "$(code -u teechain:its-own "$stats/")"
  curl -s -u teechain:its-own "$stats/metrics" >"$work/metrics"
  grep -q '^haproxy_server_status' "$work/metrics"
}

the_runtime_socket_is_for_its_owner_alone() {
  equal 600 "$(stat -c %a "$work/front.sock")"
}

a_node_that_is_not_in_step_gets_no_reads() {
  all_ready
  ready 2 read no
  eventually servers_up reads 2

  equal "" "$(for _ in 1 2 3 4 5 6; do who; done | grep app2)"
}

nobody_in_step_is_answered_by_the_nearly_so_and_marked() {
  local k answer
  all_ready
  [[ $(get -i) != *teechain-stale* ]]

  for k in 1 2 3; do ready "$k" read no; done
  ready 3 stale no
  eventually servers_up reads 0
  eventually servers_up reads_stale 2

  answer=$(get -i)
  [[ ${answer,,} == *'teechain-stale: 1'* ]]
  equal "" "$(for _ in 1 2 3 4; do who; done | grep app3)"
  for k in 1 2 3; do ready "$k" stale no; done
  eventually servers_up reads_stale 0
  equal 503 "$(get -o /dev/null -w '%{http_code}')"

  ready 1 read yes
  eventually servers_up reads 1
  [[ $(get -i) != *teechain-stale* ]]
}

writes_without_a_head_are_refused_and_told_that_a_retry_is_safe() {
  local answer
  all_ready
  ready 1 write no
  eventually servers_up writes 0
  eventually servers_up writes_first 0

  answer=$(curl -si -d x "$url/register")
  [[ $answer == *' 503 '* ]]
  [[ ${answer,,} == *'retry-after: 1'* ]]
  [[ $answer == *application/problem+json* ]]
  [[ $answer == *'safe to retry'* ]]
  ready 1 write yes
  eventually servers_up writes 1
}

writes_follow_a_node_that_was_promoted() {
  all_ready
  ready 1 write no
  ready 2 write yes
  eventually server_is_up writes remus
  eventually servers_up writes 1
  equal 200 "$(code -d x "$url/register")"
  ready 2 write no
  ready 1 write yes
  eventually server_is_up writes romulus
  eventually servers_up writes 1
}

server_is_up() { # BACKEND SERVER
  curl -sf -u teechain:its-own "http://127.0.0.1:$((base + 9))/;csv" |
    awk -F, -v backend="$1" -v server="$2" '$1 == backend && $2 == server && $18 ~ /^UP/ { found = 1 } END { exit !found }'
}

no_read_fails_while_an_application_is_killed() {
  local downs
  all_ready
  downs=$(node3_says 23)
  timeout 20 ab -q -k -c 16 -n 40000 "$url/login" >"$work/ab" 2>&1 &
  local load=$!
  eventually under_load
  kill -9 "${pids[app3]}"
  kill -0 "$load"
  wait "$load"
  grep -q 'Complete requests: *40000' "$work/ab"
  grep -q 'Failed requests: *0' "$work/ab"
  equal "" "$(grep 'Non-2xx' "$work/ab")"
  # Its node still calls itself ready, so it was the failed connections that took it out.
  (($(node3_says 23) > downs))
}

a_write_waits_for_a_head_that_is_being_restarted() {
  local before
  all_ready
  before=$(backend_says writes 16)
  kill -9 "${pids[nodes]}"
  code -d x "$url/register" >"$work/answered" &
  local write=$!
  eventually retried "$before"

  nodes
  echo "${pids[nodes]}" >"$work/nodes.pid"
  wait "$write"

  equal 200 "$(cat "$work/answered")"
}

retried() { (($(backend_says writes 16) > $1)); }

backend_says() { # BACKEND COLUMN of the statistics: 16 retries
  curl -sf -u teechain:its-own "http://127.0.0.1:$((base + 9))/;csv" |
    awk -F, -v backend="$1" -v column="$2" '$1 == backend && $2 == "BACKEND" { print $column }'
}

only_what_is_safe_to_repeat_is_repeated_elsewhere() {
  all_ready

  equal 200 "$(for _ in 1 2 3 4 5 6; do code "$url/dies-in-app1"; echo; done | sort -u | xargs)"
  equal "200 502" "$(for _ in 1 2 3 4 5 6; do code -X PROPFIND "$url/dies-in-app1"; echo; done | sort -u | xargs)"
}

node3_says() { # COLUMN of the statistics: 8 requests in all, 23 times taken out
  curl -sf -u teechain:its-own "http://127.0.0.1:$((base + 9))/;csv" |
    awk -F, -v column="$1" '$1 == "reads" && $2 == "node3" { print $column }'
}

# The load generator's requests have reached the application that is about to be killed.
under_load() {
  (($(node3_says 8) > 3000))
}

# ---- the run ----

serving() { servers_up reads 3 && server_is_up writes romulus && servers_up writes 1 && servers_up writes_first 1 && [ "$(code "$url/")" = 200 ]; }

for _ in 1 2 3 4 5; do
  choose_ports
  url=http://127.0.0.1:$base
  for number in 1 2 3; do application "$number"; done
  nodes
  front
  if eventually serving; then break; fi
  # Somebody took a port between our look and our bind: everything again, elsewhere.
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
done
eventually serving || {
  cat "$work"/*.log
  echo "not ok - HAProxy and the stand-ins start"
  exit 1
}

check the_file_is_valid_without_a_warning
check stats_elsewhere_with_the_known_password_are_refused
check a_password_may_hold_signs_that_mean_something_to_haproxy
check reads_go_to_the_three_applications_in_turn
check writes_of_each_method_go_to_the_head
check other_methods_go_to_an_application
check paths_stay_as_they_are
check a_client_cannot_send_the_headers_of_teechain
check the_client_is_named_behind_what_it_claims
check an_upgrade_to_the_hop_is_denied
check an_upgrade_to_the_hop_is_denied_over_http2_too
check stats_and_metrics_ask_for_the_password
check the_runtime_socket_is_for_its_owner_alone
check a_node_that_is_not_in_step_gets_no_reads
check nobody_in_step_is_answered_by_the_nearly_so_and_marked
check writes_without_a_head_are_refused_and_told_that_a_retry_is_safe
check writes_follow_a_node_that_was_promoted
check a_write_waits_for_a_head_that_is_being_restarted
pids[nodes]=$(cat "$work/nodes.pid" 2>/dev/null || echo "${pids[nodes]}") # it was started in the test's own shell
check only_what_is_safe_to_repeat_is_repeated_elsewhere
check no_read_fails_while_an_application_is_killed
((failures == 0))
