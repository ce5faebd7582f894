#!/usr/bin/env bash
# Four real hosts: booted, deployed, deployed again, upgraded under load, cut off and back. Wants root and some minutes.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/hosts-harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/hosts-harness.sh"
# shellcheck source=deploy/test/hosts-load.sh
. "$root/deploy/test/hosts-load.sh"

door=http://$TEECHAIN_HOSTS_NETWORK.10

# ---- the tests ----

hosts_are_not_put_into_a_network_that_is_in_use() {
  ip link add "taken$number" type bridge
  ip address add "$TEECHAIN_HOSTS_NETWORK.200/28" dev "taken$number"
  ip link set "taken$number" up

  if misc start-hosts >"$work/refusal" 2>&1; then return 1; fi

  ip link delete "taken$number"
  grep -F "$TEECHAIN_HOSTS_NETWORK.0/24 is in use here" "$work/refusal"
  all_gone
}

a_start_that_was_killed_leaves_what_stop_hosts_removes() {
  "$root/misc-commands.sh" start-hosts >"$work/half" 2>&1 &
  eventually 20 pgrep -f "directory=$TEECHAIN_HOSTS_DIR/node1/"
  kill -9 $!

  misc stop-hosts

  all_gone
  misc stop-hosts
}

secrets_are_closed_to_others_and_not_made_twice() {
  local before
  [[ $(stat -c %a "$TEECHAIN_SECRETS") == 700 && $(stat -c %a "$TEECHAIN_SECRETS"/{id_ed25519,chain-secret,stats-password} | sort -u) == 600 ]]
  [[ $(on 11 stat -c %a:%U /etc/teeproxy/secret) == 600:teeproxy && $(on 10 stat -c %a:%U /etc/haproxy/teechain.environment) == 600:root ]]
  for k in 11 12 13; do [[ $(on "$k" cat /etc/teeproxy/secret) == "$(<"$TEECHAIN_SECRETS/chain-secret")" ]]; done
  before=$(cat "$TEECHAIN_SECRETS"/{id_ed25519,chain-secret,stats-password} | sha256sum)

  a_second_run_changes_nothing

  [[ $(cat "$TEECHAIN_SECRETS"/{id_ed25519,chain-secret,stats-password} | sha256sum) == "$before" ]]
}

the_services_are_hardened_where_they_run() {
  for k in 11 12 13; do on "$k" systemd-analyze security --no-pager --threshold=29 teeproxy.service >"$work/score" || { tail -n 1 "$work/score" && return 1; }; done
  tail -n 1 "$work/score" | tee -a "$work/durations"
  [[ $(on 11 ps -C teeproxy -o user=) == teeproxy ]]
  # HAProxy serves port 80, and no process of it is root's.
  [[ $(on 10 ps -C haproxy -o user= | sort -u) == haproxy ]]
}

a_rolling_upgrade_under_load_loses_no_write_and_fails_no_read() {
  http -f -d user=first -d password=secret "$door/register"
  # Other bytes, the same program: what stands behind a single file's bundle is not read.
  cp -r "$root/artifacts/publish/self-contained" "$work/upgrade"
  for program in teeproxy sample-app; do echo upgraded >>"$work/upgrade/$program"; done
  begin_load upgrade

  TEECHAIN_DEPLOY_PROGRAMS=$work/upgrade timed misc deploy-nodes

  end_load upgrade
  account upgrade | tee -a "$work/durations"
  for k in 11 12 13; do
    [[ $(sum_of_running "$k" teeproxy) == "$(sha256sum <"$work/upgrade/teeproxy")" ]]
    [[ $(sum_of_running "$k" sample-app) == "$(sha256sum <"$work/upgrade/sample-app")" ]]
    eventually 10 has_all_of upgrade "http://$TEECHAIN_HOSTS_NETWORK.$k:4567"
  done
  [[ ! -s $work/upgrade.odd ]] || { head "$work/upgrade.odd" && return 1; }
  if awk '$2 != 200' "$work/upgrade.reads" | grep .; then return 1; fi
  TEECHAIN_DEPLOY_PROGRAMS=$work/upgrade misc check-up
}

sum_of_running() { on "$1" "sha256sum </proc/\$(pidof $2)/exe"; } # HOST NUMBER PROGRAM

the_tail_was_first_and_the_head_last() {
  local since
  for k in 13 12 11; do since+="$(on "$k" systemctl show --value -p ActiveEnterTimestampMonotonic teeproxy) "; done
  echo "$since"
  [[ $since == "$(tr ' ' '\n' <<<"$since" | grep . | sort -n | tr '\n' ' ')" ]]
}

a_roll_out_does_not_touch_a_node_while_another_is_away() {
  local before
  before=$(on 13 systemctl show --value -p InvocationID teeproxy)
  on 12 systemctl stop teeproxy

  if misc deploy-nodes >"$work/stopped" 2>&1; then return 1; fi

  on 12 systemctl start teeproxy
  grep -F 'Every other node is in step' "$work/stopped"
  [[ $(on 13 systemctl show --value -p InvocationID teeproxy) == "$before" ]]
  eventually 60 ready 13 read
  # What it had put there is started by the next one: nothing is forgotten.
  misc deploy-nodes
  [[ $(on 13 systemctl show --value -p InvocationID teeproxy) != "$before" ]]
}

a_host_that_is_cut_off_stops_nobody_and_catches_up() {
  local before
  begin_load cut
  ip link set "vb-node2-$number" down
  # The stream goes past it to node3, which serves reads again.
  eventually 30 ready 13 read
  before=$(wc -l <"$work/cut.acknowledged")
  eventually 30 has_lines $((before + 100)) "$work/cut.acknowledged"

  ip link set "vb-node2-$number" up
  eventually 60 ready 12 read

  end_load cut
  account cut | tee -a "$work/durations"
  for k in 11 12 13; do eventually 20 has_all_of cut "http://$TEECHAIN_HOSTS_NETWORK.$k:4567"; done
  [[ ! -s $work/cut.odd ]] || { head "$work/cut.odd" && return 1; }
  # HAProxy asks elsewhere where it gets no connection; only what was on its way at that moment cannot be helped.
  (($(awk '$2 != 200' "$work/cut.reads" | wc -l) <= 1))
  eventually 30 stream_goes_to_node2
  misc check-up
}

stream_goes_to_node2() {
  http -f "$(admin_of 11)/metrics" | grep -E '^teechain_chain_whole(\{[^}]*\})? 1$'
}

a_host_that_is_killed_is_back_with_all_it_had() {
  local pid
  pid=$(pgrep -P "$(pgrep -f "directory=$TEECHAIN_HOSTS_DIR/node3/")")
  begin_load power

  kill -9 "$pid" # the first process of the host, and with it all others
  eventually 10 host_is_gone node3
  misc start-hosts

  eventually 60 ready 13 read
  end_load power
  account power | tee -a "$work/durations"
  for k in 11 12 13; do eventually 20 has_all_of power "http://$TEECHAIN_HOSTS_NETWORK.$k:4567"; done
  misc check-up
}

host_is_gone() { ! pgrep -f "directory=$TEECHAIN_HOSTS_DIR/$1/"; }

the_watchdog_restarts_a_node_that_hangs() {
  local pid
  on 13 'mkdir -p /run/systemd/system/teeproxy.service.d && printf "[Service]\nWatchdogSec=2\n" >/run/systemd/system/teeproxy.service.d/test.conf && systemctl daemon-reload && systemctl restart teeproxy'
  pid=$(on 13 pidof teeproxy)
  # Three times the watchdog's patience: a healthy one is left alone.
  on 13 sleep 6
  [[ $(on 13 pidof teeproxy) == "$pid" ]]

  on 13 kill -STOP "$pid"

  eventually 20 another_process "$pid"
  eventually 30 ready 13 read
  on 13 'rm -r /run/systemd/system/teeproxy.service.d && systemctl daemon-reload'
}

another_process() { # PID
  local now
  now=$(on 13 pidof teeproxy) && [[ $now != "$1" ]]
}

# On node3, beside all else: a registry, a HAProxy, and a node of a chain of its own that announces itself.
the_keeper_of_haproxy_runs_as_a_service() {
  on 13 'cat >/usr/local/bin/teechain && chmod 755 /usr/local/bin/teechain' <"$root/artifacts/publish/self-contained/teechain"
  on 13 'cat >/etc/systemd/system/teechain-haproxy.service' <"$root/deploy/systemd/teechain-haproxy.service"
  on 13 'cat >/run/bundled.cfg' <"$root/haproxy.cfg"
  on 13 'bash -es' <<'END'
install -d /etc/teechain
install -m 600 -o haproxy /etc/teeproxy/secret /etc/teechain/secret
printf '%s\n' TEECHAIN_FLEET_HAPROXY_REGISTRY=http://127.0.0.1:9400 TEECHAIN_FLEET_HAPROXY_SOCKET=/run/haproxy/teechain.sock \
  TEECHAIN_FLEET_HAPROXY_SECRET_FILE=/etc/teechain/secret >/etc/teechain/haproxy.environment
systemd-run -q --unit=registry -p StateDirectory=registry teechain gateway --registry --listen :9081 --secret-file /etc/teeproxy/secret
systemd-run -q --unit=other-app sample-app --port 4600
systemd-run -q --unit=other -p StateDirectory=other teeproxy --listen :9100 --local :4600 --secret-file /etc/teeproxy/secret \
  --register http://127.0.0.1:9400 --name other
systemd-run -q --unit=front -p User=haproxy -p RuntimeDirectory=haproxy --setenv=TEECHAIN_HTTP_BIND=127.0.0.1:8081 \
  --setenv=TEECHAIN_HAPROXY_SOCKET=/run/haproxy/teechain.sock haproxy -db -f /run/bundled.cfg
systemctl daemon-reload
systemctl start teechain-haproxy
END
  eventually 20 keeper_is_in_step
  # HAProxy was started with other nodes; this one it was told of.
  eventually 20 on 13 curl -fsS -d user=kept -d password=secret http://127.0.0.1:8081/register
  on 13 curl -fsS 'http://127.0.0.1:8081/login?user=kept'
  on 13 systemd-analyze security --no-pager --threshold=29 teechain-haproxy.service >"$work/score" || { tail -n 1 "$work/score" && return 1; }
  tail -n 1 "$work/score" | tee -a "$work/durations"
  on 13 systemctl stop teechain-haproxy front other other-app registry
}

keeper_is_in_step() { [[ $(on 13 systemctl show --value -p StatusText teechain-haproxy) == "HAProxy is in step with the registry" ]]; }

# Flags that must be equal on all nodes cannot be rolled: all are down, and each is started without waiting for the others.
a_fleet_that_is_down_is_deployed_without_waiting() {
  for k in 11 12 13; do on "$k" systemctl stop teeproxy; done

  misc deploy-nodes -e '{"careful": false, "teeproxy_environment": {"TEEPROXY_ORDER": "key", "TEEPROXY_KEY": "form:user"}}'

  [[ $(on 13 grep -c '^TEEPROXY_KEY=form:user$' /etc/teeproxy/environment) == 1 ]]
  misc check-up
}

begin_hosts
check hosts_are_not_put_into_a_network_that_is_in_use
check a_start_that_was_killed_leaves_what_stop_hosts_removes
check four_hosts_boot
check nodes_and_front_are_deployed_and_the_fleet_is_up
check secrets_are_closed_to_others_and_not_made_twice
check the_services_are_hardened_where_they_run
check a_rolling_upgrade_under_load_loses_no_write_and_fails_no_read
check the_tail_was_first_and_the_head_last
check a_roll_out_does_not_touch_a_node_while_another_is_away
check a_host_that_is_cut_off_stops_nobody_and_catches_up
check a_host_that_is_killed_is_back_with_all_it_had
check a_fleet_that_is_down_is_deployed_without_waiting
check the_watchdog_restarts_a_node_that_hangs
check the_keeper_of_haproxy_runs_as_a_service
check stop_hosts_leaves_nothing
end_hosts
