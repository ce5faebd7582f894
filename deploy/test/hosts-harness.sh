# shellcheck shell=bash disable=SC2034,SC2154,SC2317 # variables are shared with the script that sources this; tests are called by name
# What the tests of booted hosts share: hosts of their own, how they are asked, and the tests with which each begins and ends.
# Sourced, hence not executable.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# ---- hosts of its own, beside those that somebody may have ----

unset TEECHAIN_PROGRAMS # `build` makes its own
export TEECHAIN_HOSTS_DIR=$work/hosts TEECHAIN_SECRETS=$work/secrets TEECHAIN_INVENTORY=$work/inventory.ini
number=$((100 + RANDOM % 100))
export TEECHAIN_HOSTS_NETWORK=10.213.$number
scheme=http    # of the nodes
play_flags=()  # what each playbook is given

misc() { "$root/misc-commands.sh" "$@"; }
deploy() { misc "$1" "${play_flags[@]}" "${@:2}"; } # deploy-nodes|deploy-front|check-up [FLAG…]

remove_all() {
  misc stop-hosts || true
  cleanup
}
trap remove_all EXIT

# Programs and an image to boot; whatever was there stays.
begin_hosts() {
  [[ $EUID -eq 0 ]] || die "booting hosts wants root"
  need systemd-nspawn mmdebstrap ansible-playbook ssh ssh-keygen ip curl ps jq openssl
  sed "s/10\.213\.47\./$TEECHAIN_HOSTS_NETWORK./" "$root/deploy/ansible/inventory.ini" >"$TEECHAIN_INVENTORY"
  timed misc build >"$work/build.log" 2>&1 || { cat "$work/build.log" && die "there are no programs to deploy"; }
  timed misc images >"$work/images.log" 2>&1 || { cat "$work/images.log" && die "there is no image to boot"; }
}

end_hosts() {
  cat "$work/durations"
  closing_line
}

timed() { # COMMAND…
  local begun=$EPOCHSECONDS
  "$@"
  echo "# ${*:2}: $((EPOCHSECONDS - begun)) s" >>"$work/durations"
}

# ---- what they are asked ----

on() { # HOST NUMBER COMMAND…
  ssh -i "$TEECHAIN_SECRETS/id_ed25519" -o UserKnownHostsFile="$TEECHAIN_SECRETS/known_hosts" -o BatchMode=yes -o ConnectTimeout=5 \
    "root@$TEECHAIN_HOSTS_NETWORK.$1" "${@:2}"
}

admin_of() { echo "$scheme://$TEECHAIN_HOSTS_NETWORK.$1:9500"; } # HOST NUMBER

ready() { # HOST NUMBER PROBE
  http -f "$(admin_of "$1")/readyz/$2"
}

changes_nothing() { # PLAY'S OUTPUT
  grep -q 'ok=' "$1" && ! grep -E '(changed|unreachable|failed)=[1-9]' "$1"
}

all_gone() { # what is left, if anything
  if pgrep -fa "directory=$TEECHAIN_HOSTS_DIR/"; then return 1; fi
  if grep -lF "upperdir=$TEECHAIN_HOSTS_DIR/" /proc/[0-9]*/mountinfo 2>/dev/null; then return 1; fi
  if grep -F "$TEECHAIN_HOSTS_DIR" /proc/mounts; then return 1; fi
  [[ ! -e /sys/class/net/teechain$number && ! -e $TEECHAIN_HOSTS_DIR ]]
}

# ---- tests ----

four_hosts_boot() {
  timed misc start-hosts
  for k in 10 11 12 13; do eventually 30 is_running "$k"; done
}

is_running() { [[ $(on "$1" systemctl is-system-running) == running ]]; }

nodes_and_front_are_deployed_and_the_fleet_is_up() {
  timed deploy deploy-nodes
  timed deploy deploy-front
  timed deploy check-up
}

a_second_run_changes_nothing() {
  deploy deploy-nodes --check | tee "$work/second-check"
  changes_nothing "$work/second-check"
  timed deploy deploy-nodes | tee "$work/second-nodes"
  timed deploy deploy-front | tee "$work/second-front"
  changes_nothing "$work/second-nodes"
  changes_nothing "$work/second-front"
}

stop_hosts_leaves_nothing() {
  timed misc stop-hosts
  all_gone
}
