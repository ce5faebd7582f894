#!/usr/bin/env bash
# What can be known of deploy/kubernetes without a cluster: that it builds, that what refers to something finds it, that no pod
# may more than it must. Where there is no kubectl, which Debian 12 does not have, only the scripts of the pods are tried.
# shellcheck disable=SC2317,SC2016 # The tests are called by name; the dollar signs are jq's.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/test/harness.sh"

# ---- the manifests, as one JSON array each ----

manifests() { # FOLDER
  kubectl kustomize "$work/kubernetes/$1" >"$work/$1.yaml"
  python3 -c 'import json, sys, yaml; json.dump([each for each in yaml.safe_load_all(sys.stdin)], sys.stdout)' <"$work/$1.yaml" >"$work/$1.json"
}

# What questions are made of: the pods that workloads make, and what a selector selects.
pods='
  def pods: [.[] | select(.kind == "StatefulSet" or .kind == "Deployment")
    | {owner: .metadata.name, labels: .spec.template.metadata.labels, spec: .spec.template.spec, claims: [.spec.volumeClaimTemplates // [] | .[].metadata.name]}];
  def containers: [(.spec.initContainers // [])[], .spec.containers[]];
  def selects($labels): . as $selector | ($selector.matchLabels // {} | to_entries | all($labels[.key] == .value))
    and ($selector.matchExpressions // [] | all(.operator == "In" and (. as $one | $one.values | index($labels[$one.key]))));
'

# holds QUESTION: true in both, else what the question gave is shown.
holds() {
  local each
  for each in base example; do
    jq -e "$pods $1" "$work/$each.json" || { echo "in $each" && return 1; }
  done
}

# ---- the tests ----

it_builds_with_a_secret_and_not_without() {
  if kubectl kustomize "$root/deploy/kubernetes/base" >"$work/without" 2>&1 && [[ ! -e $root/deploy/kubernetes/base/secret ]]; then return 1; fi
  manifests base
  manifests example
}

no_secret_is_committed_and_the_one_made_is_used() {
  [[ -z $(git -C "$root" ls-files 'deploy/kubernetes/**/secret' deploy/containers/secret) ]]
  [[ $(jq -r '.[] | select(.kind == "Secret" and .metadata.name == "teechain-secret") | .data.secret' "$work/base.json" | base64 -d) == "$(<"$work/kubernetes/base/secret")" ]]
}

no_pod_may_more_than_it_must() {
  holds 'pods | length == 3 and all(
    .spec.securityContext.runAsNonRoot and .spec.securityContext.runAsUser == 10001 and .spec.securityContext.fsGroup == 10001
    and .spec.securityContext.seccompProfile.type == "RuntimeDefault" and .spec.automountServiceAccountToken == false and .spec.enableServiceLinks == false)'
  holds 'pods | all(containers | length >= 2 and all(.securityContext
    | .allowPrivilegeEscalation == false and .readOnlyRootFilesystem and .capabilities.drop == ["ALL"]))'
}

every_selector_selects_a_pod() {
  holds '(pods | map(.labels)) as $labels | [.[] | select(.kind == "Service") | .spec.selector as $s | {matchLabels: $s}]
    + [.[] | select(.kind == "PodDisruptionBudget") | .spec.selector] + [.[] | select(.kind == "NetworkPolicy") | .spec.podSelector]
    | length == 8 and all(. as $selector | any($labels[]; . as $one | $selector | selects($one)))'
}

every_port_that_is_named_is_there() {
  holds 'pods as $pods
    | ([.[] | select(.kind == "Service") | .spec.selector as $s | {at: {matchLabels: $s}, port: .spec.ports[].targetPort}]
      + [.[] | select(.kind == "NetworkPolicy") | .spec.podSelector as $s | {at: $s, port: .spec.ingress[].ports[].port}])
    | length >= 9 and all(. as $named | any($pods[]; . as $pod | ($named.at | selects($pod.labels)) and ([$pod.spec.containers[].ports[]?.name] | index($named.port))))'
  holds 'pods | all([.spec.containers[].ports[]?.name] as $names
    | [.spec.containers[] | .startupProbe, .livenessProbe, .readinessProbe | values | (.httpGet // .tcpSocket).port] | length >= 2 and all(. as $port | $names | index($port)))'
}

every_volume_that_is_mounted_is_there() {
  holds 'pods | all(([.spec.volumes[].name] + .claims) as $there | [containers[].volumeMounts[].name] | length >= 3 and all(. as $name | $there | index($name)))'
  holds '[.[] | select(.kind == "Secret" or .kind == "ConfigMap") | .metadata.name] as $there
    | [pods[].spec.volumes[] | .secret.secretName // .configMap.name // empty] | length == 4 and all(. as $name | $there | index($name))'
}

nodes_are_probed_as_they_should_be() {
  holds '[pods[] | select(.owner == "teechain") | .spec.containers[] | select(.name == "teeproxy")] | length == 1 and all(
    .livenessProbe.httpGet.path == "/livez" and .startupProbe.httpGet.path == "/livez" and .readinessProbe.httpGet.path == "/readyz/read")'
}

nodes_find_each_other_before_they_are_ready_and_all_start_at_once() {
  holds 'any(.[]; .kind == "Service" and .metadata.name == "teechain-nodes" and .spec.clusterIP == "None" and .spec.publishNotReadyAddresses)'
  holds '[.[] | select(.kind == "StatefulSet" and .metadata.name == "teechain")] | length == 1
    and all(.spec.serviceName == "teechain-nodes" and .spec.podManagementPolicy == "Parallel" and (.spec.volumeClaimTemplates | map(.metadata.name) == ["journal", "application"]))'
}

an_application_outlives_the_drain_and_both_the_grace() {
  holds '[pods[] | select(.owner == "teechain")] | length == 1 and all(
    ([.spec.containers[].env[]? | select(.name == "TEEPROXY_DRAIN") | .value | rtrimstr("s") | tonumber] | first) as $drain
    | ([.spec.containers[] | select(.name == "application") | .lifecycle.preStop.sleep.seconds] | first) as $sleep
    | $drain + 15 <= $sleep and $sleep < .spec.terminationGracePeriodSeconds)'
}

one_node_at_a_time_may_be_taken_away() {
  holds '[.[] | select(.kind == "PodDisruptionBudget")] | length == 2 and all(.spec.maxUnavailable == 1)'
}

every_pod_has_its_policy_and_applications_are_for_front_doors_alone() {
  holds '[.[] | select(.kind == "NetworkPolicy")] as $policies
    | pods | all(.labels as $labels | [$policies[] | select(.spec.podSelector | selects($labels))] | length == 1)'
  holds '[.[] | select(.kind == "NetworkPolicy") | .spec.ingress[] | select(any(.ports[]; .port == "application"))] | length == 1
    and all(.from | length == 1 and (.[0].podSelector.matchExpressions | any(.key == "app.kubernetes.io/component" and .values == ["registry", "gateway"])))'
  holds '[.[] | select(.kind == "NetworkPolicy") | .spec.ingress[] | select(has("from") | not) | .ports[].port] == ["http"]'
}

every_variable_for_teeproxy_is_a_flag() {
  local variable variables flag
  mapfile -t variables < <(jq -r '.. | objects | .name? // empty | strings | select(startswith("TEEPROXY_"))' "$work/base.json" | sort -u)
  ((${#variables[@]} >= 6))
  for variable in "${variables[@]}"; do
    flag=${variable#TEEPROXY_} flag=${flag,,}
    grep -qF "[Option(\"${flag//_/-}\"" "$root/src/TeeProxy/Options/RunArguments.cs" || { echo "$variable is no flag" && return 1; }
  done
}

an_overlay_changes_what_it_says_and_nothing_else() {
  jq -e 'any(.[]; .kind == "StatefulSet" and .metadata.name == "teechain" and .spec.replicas == 5) and all(.metadata.namespace == "shop")' "$work/example.json"
  jq -e "$pods"'[pods[].spec.containers[] | select(.name == "application")] | length == 1 and all(.image == "example/shop:1.0" and .lifecycle.preStop
    and .volumeMounts == [{mountPath: "/srv/shop", name: "application"}])' "$work/example.json"
  jq -e "$pods"'[pods[] | containers[].image] | all(startswith("example/"))' "$work/example.json"
}

# ---- in-turn.sh, with a stand-in for the registry ----

registry() { # WORKERS: as a JSON array
  cat >"$work/registry.cfg" <<END
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend registry
  bind 127.0.0.1:$base
  http-request return status 200 content-type application/json string '$1' if { path /workers }
END
  start registry haproxy -db -f "$work/registry.cfg"
  eventually 10 http -f -o /dev/null "http://127.0.0.1:$base/workers"
}

in_turn() { # POD FOLDER
  POD_NAME=$1 TEEPROXY_DATA=$2 REGISTRY=127.0.0.1:$base timeout 20 "$root/deploy/kubernetes/base/in-turn.sh"
}

the_first_and_who_was_there_before_wait_for_nobody() {
  mkdir "$work/journal"
  [[ -z $(in_turn teechain-0 "$work/none") ]]
  [[ -z $(in_turn teechain-2 "$work/journal") ]]
}

a_new_one_waits_for_the_one_before_it() {
  local waiting
  # Also where this fails half-way.
  trap 'kill -9 "${pids[@]}" ${waiting:-} 2>/dev/null || true' EXIT
  in_turn teechain-2 "$work/none" >"$work/turn" &
  waiting=$!
  eventually 5 grep -q 'waiting until teechain-1 is registered' "$work/turn"
  # teechain-10 and another's teechain-1 are not teechain-1.
  registry '["http://teechain-0.teechain-nodes.shop.svc.cluster.local:4567", "http://teechain-10.teechain-nodes.shop.svc.cluster.local:4567"]'
  [[ $(IN_TURN_SECONDS=2 in_turn teechain-2 "$work/none") == *'goes on without'* ]]
  kill -0 "$waiting"
  end_at_once registry
  registry '["http://teechain-0.teechain-nodes.shop.svc.cluster.local:4567", "http://teechain-1.teechain-nodes.shop.svc.cluster.local:4567"]'
  wait "$waiting"
  if grep 'goes on without' "$work/turn"; then return 1; fi
  end_at_once registry
}

need haproxy jq curl
choose_ports 1
if command -v kubectl >/dev/null; then
  need python3 /usr/lib/python3/dist-packages/yaml
  cp -r "$root/deploy/kubernetes" "$work/kubernetes"
  random_word 32 >"$work/kubernetes/base/secret"
  check it_builds_with_a_secret_and_not_without
  check no_secret_is_committed_and_the_one_made_is_used
  check no_pod_may_more_than_it_must
  check every_selector_selects_a_pod
  check every_port_that_is_named_is_there
  check every_volume_that_is_mounted_is_there
  check nodes_are_probed_as_they_should_be
  check nodes_find_each_other_before_they_are_ready_and_all_start_at_once
  check an_application_outlives_the_drain_and_both_the_grace
  check one_node_at_a_time_may_be_taken_away
  check every_pod_has_its_policy_and_applications_are_for_front_doors_alone
  check every_variable_for_teeproxy_is_a_flag
  check an_overlay_changes_what_it_says_and_nothing_else
else
  echo "# no kubectl here: the manifests are not checked"
fi
check the_first_and_who_was_there_before_wait_for_nobody
check a_new_one_waits_for_the_one_before_it
closing_line
