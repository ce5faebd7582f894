# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# `misc-commands.sh images`: the Debian root file system from which start-hosts boots. Sourced by misc-commands.sh.

# What a small real server has, and Ansible's modules need. haproxy is in it because the hosts reach no mirror.
image_packages=(systemd-sysv dbus openssh-server python3 python3-apt iproute2 procps curl haproxy)
image=$root/artifacts/hosts-image

# Another list makes another image.
image_stamp() { printf '%s\n' "bookworm ${image_packages[*]}"; }

image_is_there() { [[ -f $image.stamp && $(<"$image.stamp") == "$(image_stamp)" ]]; }

# As on any Debian, its package would start HAProxy at boot; who has a configuration enables it.
finish_image() { # FOLDER
  chroot "$1" systemctl --quiet disable haproxy.service
  chroot "$1" systemctl --quiet enable systemd-networkd.service ssh.service
  # Each host has an identity of its own, made at its start.
  rm -f "$1"/etc/ssh/ssh_host_*_key* "$1/etc/machine-id"
  printf 'uninitialized\n' >"$1/etc/machine-id"
}

images() {
  need_root
  if image_is_there; then
    say "The image is there: ${image#"$root"/}"
    return
  fi
  need mmdebstrap
  mkdir -p "$root/artifacts"
  under_build_lock make_image
}

make_image() {
  local packages log=$root/artifacts/hosts-image.log
  if image_is_there; then return; fi
  say "Making the hosts' image with mmdebstrap (some minutes, once)"
  rm -rf --one-file-system "$image" "$image.stamp"
  packages=$(
    IFS=,
    echo "${image_packages[*]}"
  )
  mmdebstrap --mode=root --variant=minbase --include="$packages" bookworm "$image" >"$log" 2>&1 ||
    die "mmdebstrap failed: $(tail -n 5 "$log")"
  finish_image "$image"
  image_stamp >"$image.stamp"
}
