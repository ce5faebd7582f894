# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# `misc-commands.sh start-hosts` and `stop-hosts`: a balancer and three nodes as systemd-nspawn machines on a bridge of
# their own, each an overlay over one image, with systemd, sshd and an address. Sourced by misc-commands.sh.

hosts=$(realpath -ms "${TEECHAIN_HOSTS_DIR:-$root/artifacts/hosts}")
hosts_network=${TEECHAIN_HOSTS_NETWORK:-10.213.47}
host_names=(balancer node1 node2 node3)

need_root() { [[ $EUID -eq 0 ]] || die "$verb wants root: systemd-nspawn boots machines, mmdebstrap makes their image"; }

# The shipped inventory has the same numbers (tests/scripts/deploy_test.sh looks).
host_address() { # HOST
  case $1 in
    balancer) echo "$hosts_network.10" ;;
    *) echo "$hosts_network.1${1#node}" ;;
  esac
}

# Names of interfaces and machines carry the network's last number: two sets of hosts live side by side.
network_number() { echo "${hosts_network##*.}"; }
bridge() { echo "teechain$(network_number)"; }
interface_of() { echo "vb-$1-$(network_number)"; }

good_network() {
  local number
  [[ $hosts_network =~ ^(10|192\.168|172\.(1[6-9]|2[0-9]|3[01]))(\.[0-9]{1,3}){1,2}$ && $hosts_network =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || return
  for number in ${hosts_network//./ }; do ((10#$number < 256)) || return; done
}

# Anything but a default route that has to do with these addresses.
routes_in_use() {
  {
    ip -4 route show table all match "$hosts_network.1/32"
    ip -4 route show table all root "$hosts_network.0/24"
  } | awk -v ours="dev $(bridge) " '!/^default/ && index($0 " ", ours) == 0' | sort -u
}

make_bridge() {
  local taken
  good_network || die "TEECHAIN_HOSTS_NETWORK is '$hosts_network': it takes the first three numbers of a private network, such as 10.213.47"
  if [[ -e $hosts/network && $(<"$hosts/network") != "$hosts_network" ]]; then
    die "$hosts has hosts in $(<"$hosts/network").0/24: stop-hosts first, or another TEECHAIN_HOSTS_DIR"
  fi
  taken=$(routes_in_use)
  [[ -z $taken ]] || die "$hosts_network.0/24 is in use here ($(head -n 1 <<<"$taken")): set TEECHAIN_HOSTS_NETWORK to another"
  if [[ -e /sys/class/net/$(bridge) ]]; then
    [[ -e $hosts/network ]] || die "there is an interface $(bridge) that is not ours: set TEECHAIN_HOSTS_NETWORK to another"
  fi
  # First the note, then the thing: stop-hosts removes only what was noted.
  mkdir -p "$hosts"
  printf '%s\n' "$hosts_network" >"$hosts/network"
  [[ -e /sys/class/net/$(bridge) ]] || ip link add "$(bridge)" type bridge
  ip -4 address show dev "$(bridge)" | grep -q " $hosts_network.1/" || ip address add "$hosts_network.1/24" dev "$(bridge)"
  ip link set "$(bridge)" up
}

# By its command line, which names the folder: a number in a file could be another process by now.
machine_process() { # HOST
  local file arguments
  for file in /proc/[0-9]*/cmdline; do
    mapfile -d '' -t arguments 2>/dev/null <"$file" || continue
    [[ ${arguments[0]:-} == systemd-nspawn && " ${arguments[*]} " == *" --directory=$hosts/$1/root "* ]] || continue
    basename "${file%/cmdline}"
    return
  done
  return 1
}

# Whose root is this overlay: the processes inside, which outlive a systemd-nspawn that was killed.
inhabitants() { # HOST
  local upper
  # shellcheck disable=SC2001 # the shell's own replacement cannot put back what it found
  upper=$(sed 's/[][\.*^$+?(){}|]/\\&/g' <<<"$hosts/$1/upper")
  grep -lsE "^[0-9]+ [0-9]+ [0-9:]+ / / .*upperdir=$upper(,|$)" /proc/[0-9]*/mountinfo | cut -d/ -f3 || true
}

mount_root() { # HOST
  mkdir -p "$hosts/$1/upper" "$hosts/$1/work" "$hosts/$1/root"
  mountpoint -q "$hosts/$1/root" && return
  mount -t overlay overlay -o "lowerdir=$image,upperdir=$hosts/$1/upper,workdir=$hosts/$1/work" "$hosts/$1/root" ||
    die "the kernel does not mount an overlay in $hosts: put it on another file system with TEECHAIN_HOSTS_DIR"
}

# What an installer asks for: a name, an address, who may come in.
settle_in() { # HOST
  local tree=$hosts/$1/root name
  [[ -s $tree/etc/machine-id && $(<"$tree/etc/machine-id") != uninitialized ]] || tr -d - </proc/sys/kernel/random/uuid >"$tree/etc/machine-id"
  echo "$1" >"$tree/etc/hostname"
  {
    echo "127.0.0.1 localhost"
    for name in "${host_names[@]}"; do echo "$(host_address "$name") $name"; done
  } >"$tree/etc/hosts"
  printf '[Match]\nName=host0\n[Network]\nAddress=%s/24\n' "$(host_address "$1")" >"$tree/etc/systemd/network/10-host0.network"
  install -d -m 700 "$tree/root/.ssh"
  install -m 600 "$secrets/id_ed25519.pub" "$tree/root/.ssh/authorized_keys"
  ssh-keygen -A -f "$tree" >/dev/null
}

# The machine outlives this script and holds none of its files.
boot() { # HOST
  setsid systemd-nspawn --quiet --register=no --keep-unit --boot --machine="$1-$(network_number)" --network-bridge="$(bridge)" \
    --directory="$hosts/$1/root" --resolv-conf=off --timezone=off --console=pipe </dev/null >>"$hosts/$1/console.log" 2>&1 8>&- 9>&- &
}

# Its key is read off its disk, not believed over the network; an address that had another one forgets it.
know_key() { # HOST
  local address known=$secrets/known_hosts
  address=$(host_address "$1")
  touch "$known"
  sed -i "/^${address//./\\.} /d" "$known"
  printf '%s %s\n' "$address" "$(cut -d' ' -f1,2 "$hosts/$1/root/etc/ssh/ssh_host_ed25519_key.pub")" >>"$known"
}

start_hosts() {
  local name
  need_root
  need systemd-nspawn ip ssh ssh-keygen
  image_is_there || die "there is no image yet: ./misc-commands.sh images"
  ssh_key
  make_bridge
  for name in "${host_names[@]}"; do
    if machine_process "$name" >/dev/null; then continue; fi
    stop_machine "$name"
    mount_root "$name"
    settle_in "$name"
    boot "$name"
  done
  for name in "${host_names[@]}"; do
    know_key "$name"
    await 60 on_host "$name" true 2>/dev/null || die "$name does not answer ssh: $(tail -n 3 "$hosts/$name/console.log")"
    say "$name is up: ssh -i ${secrets#"$root"/}/id_ed25519 root@$(host_address "$name")"
  done
}

on_host() { # HOST COMMAND…
  ssh -i "$secrets/id_ed25519" -o UserKnownHostsFile="$secrets/known_hosts" -o BatchMode=yes -o ConnectTimeout=5 "root@$(host_address "$1")" "${@:2}"
}

# Orderly first, as a power button does; then as a power failure does.
stop_machine() { # HOST
  local pid left
  if pid=$(machine_process "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    if await 30 machine_is_gone "$1"; then return; fi
  fi
  mapfile -t left < <(machine_process "$1" || true; inhabitants "$1")
  ((${#left[@]} == 0)) || kill -KILL "${left[@]}" 2>/dev/null || true
  await 10 machine_is_gone "$1" || die "processes of $1 do not end: $(inhabitants "$1" | xargs)"
}

machine_is_gone() { # HOST
  ! machine_process "$1" >/dev/null && [[ -z $(inhabitants "$1") ]]
}

# Whatever there is of them, also after a start that broke off; without any, nothing.
stop_hosts() {
  local name stopping=()
  [[ -d $hosts ]] || return 0
  need_root
  [[ -e $hosts/network ]] || die "$hosts is not a folder that start-hosts made: remove it yourself"
  hosts_network=$(<"$hosts/network")
  for name in "${host_names[@]}"; do
    stop_machine "$name" &
    stopping+=($!)
  done
  for name in "${stopping[@]}"; do wait "$name"; done
  for name in "${host_names[@]}"; do
    ! mountpoint -q "$hosts/$name/root" || umount "$hosts/$name/root" || die "$hosts/$name/root is in use"
  done
  [[ ! -e /sys/class/net/$(bridge) ]] || ip link delete "$(bridge)"
  rm -rf --one-file-system "${hosts:?}"
  say "The hosts are gone."
}
