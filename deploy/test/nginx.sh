#!/usr/bin/env bash
# What deploy/nginx/nginx.conf promises: a real nginx in front of a real chain of three, both on other ports than theirs, and
# a second one in front of a stand-in that shows what reaches it.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# ---- a chain of three, a stand-in, and nginx in front of each ----

teeproxy_of() { # NUMBER
  local next=()
  (($1 == 3)) || next=(--next "$(seq -s, -f ":%.0f" $((base + 10 + $1 + 1)) $((base + 13)))")
  start "teeproxy$1" "$teeproxy" --listen ":$((base + 10 + $1))" --admin ":$((base + 4 + $1))" --local ":$((base + $1))" \
    --data "$work/data$1" --secret-file "$work/secret" "${next[@]}"
}

node() { # NUMBER
  start "app$1" "$sample_app" --port $((base + $1)) --name "node$1" --data "$work/users$1"
  teeproxy_of "$1"
}

# Answers everything with what it was sent.
stand_in() {
  cat >"$work/stand-in.cfg" <<END
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend all
  bind 127.0.0.1:$((base + 8))
  http-request return status 200 content-type text/plain lf-string "%[method] %[path]|%[req.hdrs]"
END
  start stand-in haproxy -db -f "$work/stand-in.cfg"
}

# As shipped but for the addresses and where its own files are.
front() { # NAME PORT, and the port of: the head's teeproxy, each application
  local file=$work/$1.conf
  sed -e "s/listen 9080/listen 127.0.0.1:$2/; s/:9000/:$3/; s/:4567/:$4/; s/:4568/:$5/; s/:4569/:$6/" \
    -e "s|/tmp/teechain-nginx|$work/$1-files|" "$root/deploy/nginx/nginx.conf" >"$file"
  start "$1" nginx -c "$file"
}

status_of() { http -o /dev/null -w '%{http_code}' "$@"; }

register() { http -f -o /dev/null -d "user=$1" -d password=secret "$url/register"; }

who() { http -f "$url/" | grep -o 'node[0-9]'; }

has_user() { http -f -o /dev/null "http://127.0.0.1:$((base + $1))/login?user=$2"; } # NUMBER USER

seen() { http "$@" | tr -d '\r'; }

# nginx is asked to end: its workers would outlive a master that is killed.
end_nginx() {
  local name
  for name in front showing; do
    [[ -n ${pids[$name]:-} ]] || continue
    kill -TERM "${pids[$name]}" 2>/dev/null || true
    tail --pid="${pids[$name]}" --sleep-interval=0.1 -f /dev/null
    unset "pids[$name]"
  done
}
trap 'end_nginx; cleanup' EXIT

# ---- the tests ----

nginx_takes_the_file_without_a_warning() {
  nginx -t -c "$work/front.conf" 2>&1 | tee "$work/checked"
  ! grep -E 'warn|emerg' "$work/checked"
}

a_write_reaches_the_applications_of_all_nodes() {
  local k
  register ada
  for k in 1 2 3; do eventually 15 has_user "$k" ada; done
}

writes_of_each_method_go_through_the_head() {
  local method
  for method in POST PUT PATCH DELETE; do
    status_of -X "$method" -d user=x "$url/nothing"
    http "http://127.0.0.1:$((base + 5))/metrics" | grep "^teechain_requests_total{.*method=\"$method\"" || { echo "no $method at the head" && return 1; }
  done
}

reads_go_to_the_three_applications_in_turn() {
  local answered
  answered=$(for _ in {1..30}; do who; done | sort | uniq -c | xargs)
  echo "$answered"
  # Turns are of all of nginx's processes together.
  [[ $answered == '10 node1 10 node2 10 node3' ]]
}

other_methods_go_to_an_application() {
  [[ $(status_of -I "$url/") == 200 && $(seen -X PROPFIND "$shown/a") == 'PROPFIND /a|'* ]]
}

paths_stay_as_they_are() {
  [[ $(seen --path-as-is -d '' "$shown/Register/%2e/a//b%2Fc?q=%20") == 'POST /Register/%2e/a//b%2Fc|'* ]]
  [[ $(seen --path-as-is "$shown/Register/%2e/a//b%2Fc") == 'GET /Register/%2e/a//b%2Fc|'* ]]
}

a_client_cannot_send_the_headers_of_teechain() {
  local names name forged=() answer
  mapfile -t names < <(grep -oE '"TeeChain-[A-Za-z]+"' "$root/src/TeeChain.Protocol/HeaderNames.cs" | tr -d '"')
  ((${#names[@]} >= 4))
  for name in "${names[@]}"; do forged+=(-H "$name: 7" -H "${name/-/_}: 7"); done
  for answer in "$(seen "${forged[@]}" -H 'X-Kept: yes' "$shown/")" "$(seen "${forged[@]}" -H 'X-Kept: yes' -d x "$shown/")"; do
    [[ $answer == *x-kept* ]]
    [[ ${answer,,} != *teechain[-_]* ]] || { echo "$answer" && return 1; }
  done
}

the_client_is_named_behind_what_it_claims() {
  local answer
  answer=$(seen -H 'X-Forwarded-For: 9.9.9.9' -H 'X-Forwarded-Proto: https' "$shown/")
  [[ $answer == *'x-forwarded-for: 9.9.9.9, 127.0.0.1'* && $answer == *'x-forwarded-proto: http'* && $answer != *https* ]]
}

an_upgrade_to_the_hop_is_refused() {
  local method protocol
  for method in GET POST; do
    for protocol in teechain/1 TeeChain/2 'h2c, TEECHAIN/1' 'foo,teechain'; do
      [[ $(status_of -X "$method" -H 'Connection: Upgrade' -H "Upgrade: $protocol" "$url/teechain/hop") == 403 ]]
    done
  done
}

a_second_upgrade_header_hides_none() {
  local answer
  answer=$(seen -H 'Connection: Upgrade' -H 'Upgrade: foo' -H 'Upgrade: teechain/1' "$shown/")
  [[ $answer == *'upgrade: foo'* && ${answer,,} != *teechain/1* ]] || [[ $answer == *'403 Forbidden'* ]]
}

upgrades_of_the_application_are_passed_on() {
  local answer
  answer=$(seen -H 'Connection: Upgrade' -H 'Upgrade: other' "$shown/")
  echo "$answer"
  [[ $answer == *'upgrade: other'* && $answer == *'connection: upgrade'* ]]
}

a_body_that_is_too_long_is_refused_by_teeproxy() {
  head -c 33M /dev/zero >"$work/long"
  http --max-time 20 -D "$work/head" -o "$work/answer" --data-binary @"$work/long" "$url/register" || true
  grep -q '^HTTP/1.1 413' "$work/head"
  grep -q '"recorded":"no"' "$work/answer"
}

no_read_fails_while_a_node_is_killed() {
  local reader before
  : >"$work/reads"
  read_on >"$work/reads" 2>&1 &
  reader=$!
  eventually 10 has_lines "$work/reads" 20
  end_at_once app2
  end_at_once teeproxy2
  before=$(wc -l <"$work/reads")
  eventually 30 has_lines "$work/reads" $((before + 200))
  kill "$reader"
  ! grep -vE '^200 ' "$work/reads"
}

read_on() { while true; do http -o /dev/null -w '%{http_code} %{time_total}\n' "$url/login?user=ada" || echo failed; done; }

has_lines() { (($(wc -l <"$1") >= $2)); }

writes_go_on_without_that_node() {
  register bob
  eventually 15 has_user 3 bob
}

it_catches_up_and_has_its_turn_again() {
  eventually 30 has_user 2 bob
  eventually 10 has_its_turn node2
}

has_its_turn() { [[ $(for _ in 1 2 3 4 5 6; do who; done) == *"$1"* ]]; }

a_write_without_a_head_is_refused_and_its_outcome_called_unknown() {
  local method
  for method in POST PUT; do
    http -i -X "$method" -d user=eve "$url/register" | tr -d '\r' >"$work/answer"
    grep -q '^HTTP/1.1 502' "$work/answer"
    grep -qi '^content-type: application/problem+json' "$work/answer"
    tail -n 1 "$work/answer" | jq -e '.recorded == "unknown"'
  done
}

reads_go_on_without_a_head() { for _ in 1 2 3 4 5 6; do who; done; }

with_the_head_back_writes_go_on() { eventually 30 register eve; }

need nginx haproxy curl jq
PATH=$PATH:/usr/sbin:/sbin
programs_are_there
choose_ports 14
url=http://127.0.0.1:$base shown=http://127.0.0.1:$((base + 9))
(umask 077 && random_word 32 >"$work/secret")
chmod 711 "$work" # nginx's workers, who are nobody, reach their folder in it
for k in 1 2 3; do node "$k"; done
stand_in
front front "$base" $((base + 11)) $((base + 1)) $((base + 2)) $((base + 3))
front showing $((base + 9)) $((base + 8)) $((base + 8)) $((base + 8)) $((base + 8))
eventually 60 register first || die "the chain takes no writes: $(tail -n 5 "$work"/*.log)"
eventually 10 status_of "$shown/" || die "nginx does not answer: $(cat "$work/showing.log")"

check nginx_takes_the_file_without_a_warning
check a_write_reaches_the_applications_of_all_nodes
check writes_of_each_method_go_through_the_head
check reads_go_to_the_three_applications_in_turn
check other_methods_go_to_an_application
check paths_stay_as_they_are
check a_client_cannot_send_the_headers_of_teechain
check the_client_is_named_behind_what_it_claims
check an_upgrade_to_the_hop_is_refused
check a_second_upgrade_header_hides_none
check upgrades_of_the_application_are_passed_on
check a_body_that_is_too_long_is_refused_by_teeproxy
check no_read_fails_while_a_node_is_killed
check writes_go_on_without_that_node
node 2
check it_catches_up_and_has_its_turn_again
end_at_once teeproxy1
check a_write_without_a_head_is_refused_and_its_outcome_called_unknown
check reads_go_on_without_a_head
teeproxy_of 1
check with_the_head_back_writes_go_on
closing_line
