#!/usr/bin/env bash
# Four hosts that speak TLS from the first deployment on, and a certificate that is renewed under load. Wants root.
# shellcheck disable=SC2034,SC2317 # The tests are called by name; hosts-load.sh reads what is set here.
# shellcheck source=deploy/test/hosts-harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/hosts-harness.sh"
# shellcheck source=deploy/test/hosts-load.sh
. "$root/deploy/test/hosts-load.sh"

door=https://$TEECHAIN_HOSTS_NETWORK.10
scheme=https
play_flags=(-e teechain_tls=true)
tls=$TEECHAIN_SECRETS/tls
export CURL_CA_BUNDLE=$tls/ca.pem # whom every request of these tests trusts

# ---- what is asked ----

shown_by() { # PORT: the certificate of node2
  openssl s_client -connect "$TEECHAIN_HOSTS_NETWORK.12:$1" </dev/null 2>/dev/null | openssl x509
}

# of node2; the times as openssl and /status write them are one in seconds
expires() { http -f -H "Authorization: Bearer $(<"$TEECHAIN_SECRETS/chain-secret")" "$(admin_of 12)/status" | jq -r '.tls.expires | sub("[.+Z].*"; "Z") | fromdate'; }
ends() { date -d "$(openssl x509 -noout -enddate -in "$tls/node2.pem" | cut -d= -f2)" +%s; }

processes() { # of teeproxy and HAProxy's first, on all hosts
  local k
  for k in 11 12 13; do on "$k" systemctl show --value -p MainPID,NRestarts,ActiveEnterTimestampMonotonic teeproxy; done
  on 10 systemctl show --value -p MainPID haproxy
}

keys_of() { on "$1" "find /etc/teeproxy /etc/haproxy -name '*.key' -o -name front.pem 2>/dev/null | xargs stat -c %a:%U:%n"; }

reloads_of() { on "$1" "journalctl -q --no-pager -u teeproxy.service | grep -c 'systemd.*: Reloaded '" || true; } # HOST NUMBER

fails() { ! "$@"; }

# ---- the tests ----

keys_are_closed_to_others_and_the_authoritys_stays_at_home() {
  [[ $(stat -c %a "$tls") == 700 && $(stat -c %a "$tls"/*.key | sort -u) == 600 ]]
  # One key a node, and it is that node's; nothing else that is secret has come along.
  for k in 11 12 13; do
    keys_of "$k" | tee "$work/keys"
    [[ $(wc -l <"$work/keys") == 1 && $(<"$work/keys") == 600:teeproxy:*/node.key ]]
    [[ $(on "$k" cat /etc/teeproxy/tls/node.key) == "$(<"$tls/node$((k - 10)).key")" ]]
  done
  [[ $(keys_of 10) == 600:haproxy:/etc/haproxy/tls/front.pem ]]
}

nobody_is_answered_without_TLS() {
  ready 12 read
  http -f "$door/" -o /dev/null -w '%{http_code}\n'
  fails http "http://$TEECHAIN_HOSTS_NETWORK.12:9000/"
  fails http "http://$TEECHAIN_HOSTS_NETWORK.12:9500/livez"
  # Applications and HAProxy's plain port are within their hosts; reads go through the teeproxies.
  fails http "http://$TEECHAIN_HOSTS_NETWORK.12:4567/"
  fails http "http://$TEECHAIN_HOSTS_NETWORK.10/"
}

a_renewed_certificate_is_reloaded_and_no_request_fails() {
  local before old
  http -f -d user=first -d password=secret "$door/register"
  before=$(processes)
  old=$(shown_by 9000)
  [[ $old == "$(openssl x509 -in "$tls/node2.pem")" && $(expires) == "$(ends)" ]]
  begin_load renewal
  rm "$tls/node2.pem" "$tls/node2.key"

  deploy deploy-nodes --check | tee "$work/renewal-check"
  [[ $(shown_by 9000) == "$old" ]]
  timed deploy deploy-nodes | tee "$work/renewal-play"

  end_load renewal
  account renewal | tee -a "$work/durations"
  [[ $old != "$(openssl x509 -in "$tls/node2.pem")" ]]
  for port in 9000 9500; do [[ $(shown_by "$port") == "$(openssl x509 -in "$tls/node2.pem")" ]]; done
  [[ $(expires) == "$(ends)" ]]
  [[ $(processes) == "$before" ]]
  # Node2 alone was touched, and told at once; what it had is not left behind.
  [[ $(reloads_of 11) == 0 && $(reloads_of 12) == 1 && $(reloads_of 13) == 0 ]]
  [[ $(grep -oE '^changed: \[(node.|balancer)\]' "$work/renewal-play" | sort -u) == 'changed: [node2]' ]]
  [[ $(keys_of 12 | wc -l) == 1 ]]
  [[ ! -s $work/renewal.odd && ! -s $work/renewal.refused ]] || { head "$work"/renewal.{odd,refused} && return 1; }
  if awk '$2 != 200' "$work/renewal.reads" | grep .; then return 1; fi
  for k in 11 12 13; do eventually 10 has_all_of renewal "https://$TEECHAIN_HOSTS_NETWORK.$k:9000"; done
}

the_hop_shows_the_new_certificate_when_it_opens_anew() {
  on 12 systemctl restart teeproxy
  eventually 60 ready 12 read
  eventually 60 ready 13 read
  deploy check-up
}

begin_hosts
check four_hosts_boot
check nodes_and_front_are_deployed_and_the_fleet_is_up
check keys_are_closed_to_others_and_the_authoritys_stays_at_home
check nobody_is_answered_without_TLS
check a_second_run_changes_nothing
check a_renewed_certificate_is_reloaded_and_no_request_fails
check the_hop_shows_the_new_certificate_when_it_opens_anew
check stop_hosts_leaves_nothing
end_hosts
