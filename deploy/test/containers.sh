#!/usr/bin/env bash
# The images of deploy/containers are built and its compose file is brought up with podman, as root: a write through the front
# reaches all three nodes; nodes are killed, started again, made anew. Podman keeps all of it in a folder of its own, so
# that neither images nor networks of this machine are touched, and nothing stays.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
# shellcheck source=scripts/build.sh
. "$root/scripts/build.sh"
# shellcheck source=scripts/publish.sh
. "$root/scripts/publish.sh"

project=teechain-test-$$

# ---- podman, images, the compose set ----

# This shell's limits, since not everywhere may podman go beyond; a storage and networks of its own. No static_dir: podman's own
# calls, which restart containers, look for it in the storage.
configure_podman() {
  cat >"$work/containers.conf" <<END
[containers]
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=2000:2000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
tmp_dir = "$work/podman/tmp"
volume_path = "$work/podman/volumes"
[network]
network_config_dir = "$work/podman/networks"
END
  cat >"$work/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$work/podman/storage"
runroot = "$work/podman/run"
END
  export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
}

# Prometheus is this machine's, on the same Debian.
prometheus_image() {
  mkdir "$work/prometheus"
  cp "$(command -v prometheus)" "$work/prometheus/prometheus"
  cat >"$work/prometheus/Containerfile" <<END
FROM localhost/teechain-base:bookworm
COPY prometheus /usr/local/bin/
RUN install -d -o nobody -g nogroup /prometheus
USER nobody
ENTRYPOINT ["prometheus"]
END
  podman build --quiet --tag teechain-test-prometheus "$work/prometheus"
}

images() {
  if [[ -z ${TEECHAIN_SELF_CONTAINED:-} ]]; then
    write_feed_props
    under_build_lock publish_self_contained "$work/programs" >"$work/publish.log" 2>&1 || die "publishing failed: $(tail "$work/publish.log")"
    export TEECHAIN_SELF_CONTAINED=$work/programs
  fi
  "$root/deploy/containers/build.sh" --bootstrap >"$work/build.log" 2>&1 || die "the images could not be built: $(tail "$work/build.log")"
  prometheus_image >"$work/build.log" 2>&1 || die "no image of Prometheus: $(tail "$work/build.log")"
}

compose() { (cd "$root/deploy/containers" && podman-compose -p "$project" "$@"); }

container() { echo "${project}_$1_1"; } # SERVICE

# Before the folder goes, all that is in it must have ended. Never what is this machine's own.
remove_all() {
  [[ $(podman info --format '{{.Store.GraphRoot}}') == "$work/podman/storage" ]] || return 1
  podman rm --all --force --time 0
  podman volume prune --force
  podman network prune --force
  podman image rm --all --force
} >"$work/removed.log" 2>&1

address_of() { podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(container "$1")"; } # SERVICE

register() { http -f -o /dev/null -d "user=$1" -d password=secret "$url/register"; }

has_user() { http -f -o /dev/null "http://$(address_of "worker$1"):4567/login?user=$2"; } # NUMBER USER

fleet_is_well() { podman exec "$(container gateway)" teechain status --secret-file /run/secrets/teechain; }

# ---- the tests ----

docker_compose_takes_the_file_too() {
  docker-compose --file "$root/deploy/containers/compose.yaml" config | tee "$work/config"
  grep -q 'TEEPROXY_REGISTER: http://gateway:9400' "$work/config"
}

a_write_through_the_front_reaches_all_three_nodes() {
  local k
  eventually 60 register ada
  for k in 1 2 3; do eventually 30 has_user "$k" ada; done
}

the_fleet_is_well_by_its_own_words_under_the_names_given() {
  local k
  eventually 30 fleet_is_well
  for k in 1 2 3; do grep -q "node$k" "$work/said-last"; done
  http "$url/workers" | jq -e 'sort == ["http://worker1:4567", "http://worker2:4567", "http://worker3:4567"]'
}

reads_come_from_all_three() { eventually 20 all_three_answer; }

all_three_answer() { [[ $(for _ in {1..9}; do http "$url/" | grep -o 'node[0-9]'; done | sort -u | xargs) == 'node1 node2 node3' ]]; }

no_container_may_more_than_it_must() {
  local service
  for service in gateway node1 worker1; do
    [[ $(podman exec "$(container "$service")" id -u) == 10001 ]]
    podman exec "$(container "$service")" grep -E '^(CapEff|NoNewPrivs)' /proc/1/status | tr -d '\t' | xargs >"$work/may"
    [[ $(<"$work/may") == 'CapEff:0000000000000000 NoNewPrivs:1' ]] || { cat "$work/may" && return 1; }
    if podman exec "$(container "$service")" touch /usr/local/bin/of-its-own; then return 1; fi
  done
}

prometheus_watches_the_three() { eventually 60 three_targets_are_up; }

three_targets_are_up() {
  http "$prometheus/api/v1/targets" | jq -e '[.data.activeTargets[] | select(.scrapePool == "teechain" and .health == "up") | .labels.instance] | sort == ["node1:9500", "node2:9500", "node3:9500"]'
}

a_node_that_was_killed_comes_back_by_itself() {
  # Not by `podman kill`, which counts as stopped on purpose.
  kill -9 "$(podman inspect --format '{{.State.Pid}}' "$(container node3)")"
  register bob
  eventually 60 has_user 3 bob
}

a_node_that_was_away_catches_up() {
  podman stop --time 0 "$(container node2)"
  register cleo
  eventually 30 has_user 3 cleo
  if has_user 2 cleo; then return 1; fi
  podman start "$(container node2)"
  eventually 60 has_user 2 cleo
  eventually 30 fleet_is_well
}

asked_to_stop_a_node_ends_in_order() {
  podman stop --time 30 "$(container node2)"
  [[ $(podman inspect --format '{{.State.ExitCode}}' "$(container node2)") == 0 ]]
  podman start "$(container node2)"
}

made_anew_on_the_same_volumes_the_chain_goes_on() {
  local k
  compose down >"$work/down.log" 2>&1
  podman ps --all
  [[ -z $(podman ps --all --quiet) ]]
  compose up -d >"$work/up.log" 2>&1
  eventually 60 register dora
  for k in 1 2 3; do
    eventually 60 has_user "$k" dora
    has_user "$k" ada
  done
}

all_of_it_can_be_removed() {
  remove_all
  [[ -z $(podman ps --all --quiet)$(podman volume ls --quiet)$(podman images --quiet) ]]
  [[ $(podman network ls --quiet) == podman ]]
}

[[ $EUID == 0 ]] || die "podman's networks want root"
need podman runc podman-compose docker-compose mmdebstrap iptables prometheus curl jq /usr/lib/podman/netavark /usr/lib/podman/aardvark-dns
choose_ports 2
url=http://127.0.0.1:$base prometheus=http://127.0.0.1:$((base + 1))
configure_podman
trap 'remove_all || true; cleanup' EXIT
images
(umask 077 && random_word 32 >"$work/secret")
chown 10001 "$work/secret"
export TEECHAIN_SECRET_FILE=$work/secret TEECHAIN_HTTP_BIND=127.0.0.1:$base TEECHAIN_PROMETHEUS_BIND=127.0.0.1:$((base + 1))
export TEECHAIN_PROMETHEUS_IMAGE=localhost/teechain-test-prometheus
compose up -d >"$work/up.log" 2>&1 || die "podman-compose: $(tail "$work/up.log")"

check docker_compose_takes_the_file_too
check a_write_through_the_front_reaches_all_three_nodes
check the_fleet_is_well_by_its_own_words_under_the_names_given
check reads_come_from_all_three
check no_container_may_more_than_it_must
check prometheus_watches_the_three
check a_node_that_was_killed_comes_back_by_itself
check a_node_that_was_away_catches_up
check asked_to_stop_a_node_ends_in_order
check made_anew_on_the_same_volumes_the_chain_goes_on
check all_of_it_can_be_removed
closing_line
