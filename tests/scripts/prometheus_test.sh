#!/usr/bin/env bash
# What can be known of deploy/prometheus and deploy/grafana without a chain: that Prometheus takes the configuration, that
# the rules do what their tests say, that nothing is forgotten. deploy/test/prometheus.sh does the rest.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/test/harness.sh"

prometheus=$root/deploy/prometheus
dashboard=$root/deploy/grafana/teechain.json

alerts() { sed -nE 's/^ *- alert: ([A-Za-z]+)$/\1/p' "$prometheus/teechain.alerts.yml"; }

# One alert's lines.
alert() { # NAME
  awk -v name="$1" '/^ *- alert: / { ours = $3 == name } ours' "$prometheus/teechain.alerts.yml"
}

promtool_takes_the_configuration_and_the_rules() {
  promtool check config "$prometheus/prometheus.yml"
}

the_tests_of_the_rules_pass() {
  promtool test rules "$prometheus/teechain.test.yml"
}

every_rule_is_seen_in_a_test() {
  local name names
  mapfile -t names < <(alerts)
  ((${#names[@]} > 10))
  for name in "${names[@]}"; do
    grep -qF "alertname=\"$name\"" "$prometheus/teechain.test.yml" || { echo "$name never fires in a test" && return 1; }
  done
  mapfile -t names < <(sed -nE 's/^ *- record: (.+)$/\1/p' "$prometheus/teechain.rules.yml")
  ((${#names[@]} > 5))
  # A rule of which an alert is made may be seen through it.
  for name in "${names[@]}"; do
    grep -qF "$name" "$prometheus/teechain.test.yml" "$prometheus/teechain.alerts.yml" || { echo "$name is in no test" && return 1; }
  done
}

every_alert_has_a_severity_a_summary_and_its_section_in_the_runbook() {
  local name names
  mapfile -t names < <(alerts)
  for name in "${names[@]}"; do
    alert "$name" | grep -qE '^ +severity: (critical|warning|info)$' || { echo "$name has no severity" && return 1; }
    alert "$name" | grep -q '^ *summary: .' || { echo "$name has no summary" && return 1; }
    alert "$name" | grep -qx " *runbook: docs/runbook.md#${name,,}" || { echo "$name does not name its section" && return 1; }
    grep -qx "## $name" "$root/docs/runbook.md" || { echo "docs/runbook.md has no section $name" && return 1; }
  done
  [[ $(sed -nE 's/^## (TeeChain.*)/\1/p' "$root/docs/runbook.md" | sort) == "$(alerts | sort)" ]]
}

every_metric_of_a_node_that_is_used_is_in_the_docs() {
  local name names
  # Behind a colon stands the middle of a recorded name.
  mapfile -t names < <(cat "$prometheus"/teechain.*.yml "$dashboard" | grep -oP '(?<![:a-z_])teechain_[a-z_]+' | sed -E 's/_(bucket|count|sum)$//' | sort -u)
  ((${#names[@]} > 15))
  for name in "${names[@]}"; do
    grep -qF "| \`$name\` |" "$root/docs/metrics.md" || { echo "docs/metrics.md does not have $name" && return 1; }
  done
}

the_dashboard_is_of_one_piece() {
  jq -e '
    ([.panels[].id] | length == (unique | length))
    and (.panels | all(.gridPos | .x >= 0 and .w > 0 and .h > 0 and .x + .w <= 24))
    and ([.panels[] | .gridPos as $g | range($g.x; $g.x + $g.w) as $x | range($g.y; $g.y + $g.h) as $y | "\($x) \($y)"] | length == (unique | length))
    and ([.panels[] | select(.type != "row")] | all((.targets | length > 0) and (.title != "") and (.fieldConfig.defaults | has("unit") or has("mappings"))))
    and (.templating.list | map(.name) == ["datasource", "chain", "instance"])' "$dashboard"
}

the_dashboard_is_bound_to_no_datasource_and_no_host() {
  jq -e '[.. | objects | select(.type? == "prometheus" and has("uid")) | .uid] | length > 30 and all(. == "${datasource}")' "$dashboard"
  if grep -nE '[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|localhost|:9[05]0[0-9]' "$dashboard"; then return 1; fi
  # All of it is of the chain that was chosen.
  jq -e '[.panels[].targets // [] | .[].expr] | all(contains("chain=\"$chain\""))' "$dashboard"
}

need promtool jq
check promtool_takes_the_configuration_and_the_rules
check the_tests_of_the_rules_pass
check every_rule_is_seen_in_a_test
check every_alert_has_a_severity_a_summary_and_its_section_in_the_runbook
check every_metric_of_a_node_that_is_used_is_in_the_docs
check the_dashboard_is_of_one_piece
check the_dashboard_is_bound_to_no_datasource_and_no_host
closing_line
