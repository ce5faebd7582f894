# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# `misc-commands.sh check`, `build`, `deploy-nodes`, `deploy-front`, `check-up`, `deploy-all`: from a clone to a fleet on
# hosts, by Ansible (docs/deploy.md). Sourced by misc-commands.sh.

ansible=$root/deploy/ansible
inventory=$(realpath -ms "${TEECHAIN_INVENTORY:-$ansible/inventory.ini}")
secrets=$(realpath -ms "${TEECHAIN_SECRETS:-$ansible/secrets}")
deployed_programs=$(realpath -ms "${TEECHAIN_DEPLOY_PROGRAMS:-$root/artifacts/publish/self-contained}")

# Made at the first use, never committed (.gitignore).
ssh_key() {
  [[ -s $secrets/id_ed25519 ]] && return
  mkdir -p "$secrets"
  chmod 700 "$secrets"
  ssh-keygen -q -t ed25519 -N '' -C teechain-deploy -f "$secrets/id_ed25519"
  say "A new ssh key: ${secrets#"$root"/}/id_ed25519.pub (for machines of your own: into authorized_keys of their ansible_user)"
}

# a line of `check`
has() { # WHAT WANTED-FOR
  if is_there "$1"; then
    printf 'ok       %-18s %s\n' "$1" "$2"
  else
    printf 'missing  %-18s %s: apt-get install %s\n' "$1" "$2" "$(package_of "$1")"
    return 1
  fi
}

# Says what is missing and how to get it; changes nothing.
check_machine() {
  local missing=0 free
  PATH=$PATH:/usr/sbin:/sbin
  if command -v dotnet >/dev/null; then
    printf 'ok       %-18s build: %s\n' dotnet "$(sdk_version 2>/dev/null || echo 'not the SDK of global.json')"
  else
    printf 'missing  %-18s build: https://dotnet.microsoft.com/download/dotnet/10.0\n' dotnet
    missing=1
  fi
  has mmdebstrap images || missing=1
  has systemd-nspawn start-hosts || missing=1
  has ip start-hosts || missing=1
  has ansible-playbook "deploy-nodes, deploy-front" || missing=1
  has ssh "deploy-nodes, deploy-front" || missing=1
  has ssh-keygen "deploy-nodes, deploy-front" || missing=1
  has openssl "certs, and deploy-nodes with TLS" || missing=1
  if [[ $EUID -ne 0 ]]; then
    say "missing  root               images, start-hosts: sudo (machines of your own need neither)"
    missing=1
  fi
  free=$(df --output=avail -BG "$root" | tail -n 1 | tr -dc 0-9)
  ((free >= 5)) || { say "missing  5 GB of disk       $root has $free" && missing=1; }
  ((missing == 0)) || die "see what is missing above; each is needed only for what stands beside it"
  say "Nothing is missing."
}

# Publishing takes minutes: what is newer than all it is made from stays.
published_is_current() {
  local sums=$root/artifacts/publish/SHA256SUMS
  [[ -f $sums ]] &&
    [[ -z $(find "$root/src" "$root"/Directory.*.props "$root/global.json" "$root/haproxy.cfg" \( -name bin -o -name obj \) -prune -o -type f -newer "$sums" -print -quit) ]]
}

build() {
  if published_is_current; then
    say "artifacts/publish is newer than its sources."
  else
    publish
  fi
}

play() { # PLAYBOOK [FLAG OF ansible-playbook…]
  need ansible-playbook ssh ssh-keygen
  ssh_key
  # Ansible refuses to start without UTF-8.
  LC_ALL=C.UTF-8 ANSIBLE_CONFIG=$ansible/ansible.cfg TEECHAIN_SECRETS=$secrets \
    ansible-playbook -i "$inventory" -e "programs=$deployed_programs" "$ansible/$1" "${@:2}" </dev/null
}

deploy_nodes() {
  [[ -x $deployed_programs/teeproxy ]] || die "there is no $deployed_programs/teeproxy: ./misc-commands.sh build"
  play nodes.yml "$@"
}

deploy_front() { play front.yml "$@"; }

# A user is registered through the balancer and read back from every node's application; then `teechain` is asked.
check_up() {
  [[ -x $deployed_programs/teechain ]] || die "there is no $deployed_programs/teechain: ./misc-commands.sh build"
  play check.yml "$@"
}

deploy_all() {
  local step
  for step in check_machine build images start_hosts deploy_nodes deploy_front check_up; do
    say "== ${step//_/-}"
    "$step"
  done
}
