# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# What the commands need from the system, and how it gets there. Sourced by misc-commands.sh.

# command or file -> Debian package
package_of() {
  case $1 in
    ab) echo apache2-utils ;;
    ps) echo procps ;;
    ss | ip) echo iproute2 ;;
    promtool) echo prometheus ;;
    /usr/lib/python3/dist-packages/yaml) echo python3-yaml ;;
    /usr/lib/podman/*) basename "$1" ;;
    systemd-nspawn) echo systemd-container ;;
    ansible-playbook | ansible-inventory) echo ansible-core ;;
    ssh | ssh-keygen) echo openssh-client ;;
    /usr/include/stdio.h) echo libc6-dev ;;
    /usr/lib/nginx/modules/ngx_http_lua_module.so) echo libnginx-mod-http-lua ;;
    /usr/share/doc/ruby-sinatra) echo ruby-sinatra ;;
    *) echo "$1" ;;
  esac
}

is_there() {
  if [[ $1 == /* ]]; then [[ -e $1 ]]; else command -v "$1" >/dev/null; fi
}

# need WHAT…: installs what is missing where that is possible, else says exactly what to install and fails.
need() {
  local what missing=()
  # Some shells of ordinary users do not look where Debian puts servers.
  PATH=$PATH:/usr/sbin:/sbin
  for what in "$@"; do
    is_there "$what" || missing+=("$(package_of "$what")")
  done
  ((${#missing[@]} == 0)) && return
  if ! command -v apt-get >/dev/null; then
    die "please install what Debian calls: ${missing[*]}"
  elif [[ $EUID -eq 0 ]]; then
    install_packages "" "${missing[@]}"
  elif sudo -n true 2>/dev/null; then
    install_packages sudo "${missing[@]}"
  else
    die "please install: sudo apt-get install ${missing[*]}"
  fi
  for what in "$@"; do
    is_there "$what" || die "$what is not there after installing $(package_of "$what")"
  done
}

# HAProxy's package starts a service, which would take port 80. policy-rc.d is Debian's way to forbid that; one that is
# there already is the administrator's and stays.
install_packages() { # "sudo" or "", PACKAGE…
  local become=$1 policy=/usr/sbin/policy-rc.d ours="" outcome=0 log
  shift
  log=$(mktemp)
  say "Installing: $*"
  if [[ ! -e $policy && ! -L $policy ]]; then
    ours=yes
    # shellcheck disable=SC2064 # These values, now.
    trap "$become rm -f $policy; exit 130" INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' | $become tee "$policy" >/dev/null
    $become chmod 755 "$policy"
  fi
  # apt-get takes its standard input from nobody, so that it never waits for an answer.
  $become env DEBIAN_FRONTEND=noninteractive apt-get -q update </dev/null >"$log" 2>&1 || true
  $become env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@" </dev/null >>"$log" 2>&1 || outcome=$?
  if [[ -n $ours ]]; then
    $become rm -f "$policy"
    trap - INT TERM HUP
  fi
  if ((outcome != 0)); then
    tail -n 15 "$log" >&2
    rm -f "$log"
    die "apt-get could not install: $* (see above)"
  fi
  rm -f "$log"
}

need_dotnet() {
  command -v dotnet >/dev/null || die "please install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0"
}
