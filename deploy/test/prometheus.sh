#!/usr/bin/env bash
# A real Prometheus with the shipped configuration, moved to other ports, watches a real chain of three over TLS behind a
# real HAProxy. Each expression of the rules, the alerts and the dashboard is asked of it; then a node is killed.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
# shellcheck source=deploy/test/ask-prometheus.sh
. "$root/deploy/test/ask-prometheus.sh"

# ---- a chain of three, HAProxy, Prometheus ----

teeproxy_of() { # NUMBER: without a second successor, so that the chain breaks where its middle is killed
  local next=()
  (($1 == 3)) || next=(--next ":$((base + 10 + $1 + 1))")
  start "teeproxy$1" "$teeproxy" --listen ":$((base + 10 + $1))" --admin ":$((base + 4 + $1))" --local ":$((base + $1))" \
    --data "$work/data$1" --secret-file "$work/secret" "${next[@]}" \
    --tls-cert "$work/certs/node.pem" --tls-key "$work/certs/node.key" --tls-ca "$CURL_CA_BUNDLE"
}

fleet() {
  local k
  (umask 077 && random_word 32 >"$work/secret")
  "$root/misc-commands.sh" certs "$work/certs" node >/dev/null
  for k in 1 2 3; do
    start "app$k" "$sample_app" --port $((base + k)) --name "node$k"
    teeproxy_of "$k"
    export "TEECHAIN_NODE${k}_TEEPROXY=127.0.0.1:$((base + 10 + k))"
    export "TEECHAIN_NODE${k}_APP=127.0.0.1:$((base + 10 + k))" "TEECHAIN_NODE${k}_ADMIN_PORT=$((base + 4 + k))"
  done
  TEECHAIN_HTTP_BIND=127.0.0.1:$base TEECHAIN_STATS_BIND=127.0.0.1:$((base + 8)) TEECHAIN_STATS_PASSWORD=its-own \
    TEECHAIN_HAPROXY_SOCKET=$work/front.sock TEECHAIN_NODES_CA=$CURL_CA_BUNDLE start haproxy haproxy -db -f "$root/haproxy.cfg"
}

# As shipped but for the addresses, the password, and how long an alert waits before it fires.
prometheus_of_the_chain() {
  local folder=$work/prometheus
  cp -r "$root/deploy/prometheus" "$folder"
  sed -i -E "s/127\.0\.0\.1:950([0-2])/127.0.0.1:PORT\1/; s/PORT0/$((base + 5))/; s/PORT1/$((base + 6))/; s/PORT2/$((base + 7))/" "$folder/nodes.yml"
  sed -i "s/127\.0\.0\.1:1936/127.0.0.1:$((base + 8))/" "$folder/haproxy.yml"
  sed -i -E "s|^( +)# (scheme:.*)|\1\2|; s|^( +)# (tls_config:.*)ca.pem|\1\2$CURL_CA_BUNDLE|" "$folder/prometheus.yml"
  sed -i -E 's/^( +for:) .*/\1 1s/' "$folder/teechain.alerts.yml"
  echo its-own >"$folder/haproxy-password"
  start prometheus prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$((base + 9))" --log.level=warn
}

# Some of each outcome: answered, and refused by a replica; a read that passes through.
load() {
  local k
  for ((k = 0; ; k++)); do
    http -o /dev/null -d "user=user$k" -d password=secret "http://127.0.0.1:$base/register" "http://127.0.0.1:$base/changePassword" || true
    http -o /dev/null "http://127.0.0.1:$base/login?user=user$k" "https://127.0.0.1:$((base + 11))/" || true
    ((k % 50 != 0)) || http -o /dev/null -d user=x -d password=y "https://127.0.0.1:$((base + 12))/register" || true
    sleep 0.1
  done
}

takes_writes() { http -f -o /dev/null -d user=first -d password=secret "http://127.0.0.1:$base/register"; }

# ---- the tests ----

every_target_of_the_shipped_configuration_is_scraped() {
  eventually 30 all_targets_are_up
}

all_targets_are_up() {
  api targets | jq -r '.data.activeTargets[] | "\(.scrapePool) \(.health) \(.lastError)"' | tee "$work/targets"
  [[ $(grep -c '^teechain up' "$work/targets") == 3 && $(grep -c '^teechain-haproxy up' "$work/targets") == 1 && $(wc -l <"$work/targets") == 4 ]]
}

the_metrics_of_every_teeproxy_pass_promtool_without_a_word() {
  local k said
  for k in 1 2 3; do
    http -f "https://127.0.0.1:$((base + 4 + k))/metrics" >"$work/metrics"
    grep -q '^teechain_' "$work/metrics"
    said=$(promtool check metrics <"$work/metrics" 2>&1) || { echo "$said" && return 1; }
    [[ -z $said ]] || { echo "$said" && return 1; }
  done
}

every_recording_rule_gives_series() {
  local rule names
  mapfile -t names < <(rules recording name)
  ((${#names[@]} > 5))
  for rule in "${names[@]}"; do eventually 60 has_value "$rule"; done
}

every_alert_looks_at_series_that_exist() {
  local expressions expression found selector
  mapfile -t expressions < <(rules alerting query)
  ((${#expressions[@]} > 10))
  for expression in "${expressions[@]}"; do
    mapfile -t found < <(selectors "$expression")
    ((${#found[@]} > 0)) || { echo "no metric found in $expression" && return 1; }
    for selector in "${found[@]}"; do eventually 30 has_value "$selector"; done
  done
}

no_rule_has_an_error() {
  api rules | jq -r '.data.groups[].rules[] | select(.health != "ok" or (.lastError // "") != "") | "\(.name): \(.health) \(.lastError)"' | tee "$work/errors"
  [[ ! -s $work/errors ]]
}

nothing_fires_while_the_chain_is_well() { eventually 60 nothing_fires; }

nothing_fires() {
  local answer
  answer=$(api alerts) || return
  jq -r '.data.alerts[] | "\(.labels.alertname) \(.labels.instance) \(.state)"' <<<"$answer" | tee "$work/alerts"
  [[ ! -s $work/alerts ]]
}

every_query_of_the_dashboard_gives_series() {
  local expressions expression
  mapfile -t expressions < <(jq -r '.panels[].targets // [] | .[].expr' "$root/deploy/grafana/teechain.json")
  ((${#expressions[@]} > 30))
  for expression in "${expressions[@]}"; do eventually 60 has_value "$(filled_in "$expression")"; done
}

every_variable_of_the_dashboard_has_its_values() {
  local query queries
  mapfile -t queries < <(jq -r '.templating.list[] | select(.type == "query") | .definition' "$root/deploy/grafana/teechain.json")
  ((${#queries[@]} == 2))
  for query in "${queries[@]}"; do
    [[ $(filled_in "$query") =~ ^label_values\((.*),\ ([a-z]+)\)$ ]]
    api "label/${BASH_REMATCH[2]}/values" "match[]=${BASH_REMATCH[1]}" | jq -e '.data | length >= 1' || { echo "$query" && return 1; }
  done
}

the_annotation_of_the_dashboard_is_no_error() {
  # In health there is none to show.
  api query "query=$(filled_in "$(jq -r '.annotations.list[] | select(.expr).expr' "$root/deploy/grafana/teechain.json")")" | jq -e '.status == "success"'
}

a_killed_middle_breaks_the_chain_and_the_alerts_say_so() {
  eventually 30 alert_is TeeChainBroken "127.0.0.1:$((base + 5))" firing
  eventually 30 alert_is TeeChainNodeDown "127.0.0.1:$((base + 6))" firing
}

started_again_it_mends_the_chain_and_the_alerts_end() {
  eventually 60 alert_is TeeChainBroken "127.0.0.1:$((base + 5))" silent
  eventually 60 alert_is TeeChainNodeDown "127.0.0.1:$((base + 6))" silent
}

need haproxy promtool jq curl
programs_are_there
choose_ports 14
export CURL_CA_BUNDLE=$work/certs/ca.pem
prometheus=http://127.0.0.1:$((base + 9))
fleet
eventually 60 takes_writes || die "the chain takes no writes: $(tail -n 5 "$work"/*.log)"
prometheus_of_the_chain
start load load

check every_target_of_the_shipped_configuration_is_scraped
check the_metrics_of_every_teeproxy_pass_promtool_without_a_word
check every_recording_rule_gives_series
check every_alert_looks_at_series_that_exist
check no_rule_has_an_error
check every_query_of_the_dashboard_gives_series
check every_variable_of_the_dashboard_has_its_values
check the_annotation_of_the_dashboard_is_no_error
check nothing_fires_while_the_chain_is_well
end_at_once teeproxy2
check a_killed_middle_breaks_the_chain_and_the_alerts_say_so
teeproxy_of 2
check started_again_it_mends_the_chain_and_the_alerts_end
closing_line
