#!/usr/bin/env bash
# What can be known of deploy/systemd and deploy/ansible without a host; deploy/test/hosts.sh does the rest.
# shellcheck disable=SC2034,SC2317 # The tests are called by name; hosts.sh reads what is set here.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/test/harness.sh"
verb="test"
# shellcheck source=scripts/hosts-image.sh
. "$root/scripts/hosts-image.sh"
# shellcheck source=scripts/hosts.sh
. "$root/scripts/hosts.sh"

units=("$root"/deploy/systemd/*.service)

# systemd wants every program to be there.
units_are_valid_without_a_word() {
  local unit said
  ((${#units[@]} == 2))
  for unit in "${units[@]}"; do
    sed -E 's|^ExecStart=[^ ]+|ExecStart=/bin/true|' "$unit" >"$work/$(basename "$unit")"
    said=$(systemd-analyze verify --man=no "$work/$(basename "$unit")" 2>&1) || { echo "$said" && return 1; }
    [[ -z $said ]] || { echo "$said" && return 1; }
  done
}

units_score_below_3() {
  local unit
  for unit in "${units[@]}"; do
    systemd-analyze security --offline=true --no-pager --threshold=29 "$unit" >"$work/score" 2>&1 || { tail -n 5 "$work/score" && return 1; }
  done
}

units_say_what_the_programs_hold_to() {
  local unit line
  for unit in "${units[@]}"; do
    for line in Type=notify Restart=always WatchdogSec= TimeoutStopSec= LimitNOFILE= StateDirectory= EnvironmentFile=; do
      grep -q "^$line" "$unit" || { echo "$(basename "$unit") has no $line" && return 1; }
    done
  done
}

playbooks_are_well_formed() {
  local playbook
  for playbook in site check; do
    LC_ALL=C.UTF-8 ANSIBLE_CONFIG=$root/deploy/ansible/ansible.cfg TEECHAIN_SECRETS=$work/secrets \
      ansible-playbook --syntax-check "$root/deploy/ansible/$playbook.yml"
  done
}

the_inventory_has_the_addresses_of_the_hosts() {
  local name
  for name in "${host_names[@]}"; do
    grep -qx "$name ansible_host=$(host_address "$name")" "$root/deploy/ansible/inventory.ini" || { echo "$name" && return 1; }
  done
  [[ $(grep -c ansible_host= "$root/deploy/ansible/inventory.ini") == "${#host_names[@]}" ]]
}

only_a_private_network_is_taken() {
  for hosts_network in 10.213.47 192.168.7 172.16.0; do good_network || { echo "$hosts_network is refused" && return 1; }; done
  for hosts_network in 8.8.8 10.213 10.213.47.0 10.300.1 172.32.0 '10.1.1; rm' ''; do
    if good_network; then echo "'$hosts_network' is taken" && return 1; fi
  done
}

what_is_secret_is_not_committed() {
  local file
  for file in id_ed25519 chain-secret stats-password tls/ca.key; do
    [[ $(<"$root/.gitignore") == */deploy/ansible/secrets/* ]]
    if [[ -d $root/.git || -f $root/.git ]]; then git -C "$root" check-ignore -q "deploy/ansible/secrets/$file"; fi
  done
}

if command -v systemd-analyze >/dev/null; then
  check units_are_valid_without_a_word
  check units_score_below_3
else
  echo "# no systemd-analyze: the units are not verified here"
fi
check units_say_what_the_programs_hold_to
if command -v ansible-playbook >/dev/null; then
  check playbooks_are_well_formed
else
  echo "# no ansible-playbook: the playbooks' form is not checked here"
fi
check the_inventory_has_the_addresses_of_the_hosts
check only_a_private_network_is_taken
check what_is_secret_is_not_committed
closing_line
