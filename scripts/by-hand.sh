# shellcheck shell=bash disable=SC2154 # variables are shared between the parts
# The same chain in terminals, without `teechain`. Sourced by misc-commands.sh.

name_of() {
  case $1 in
    1) echo romulus ;;
    2) echo remus ;;
    *) echo "node$1" ;;
  esac
}

# For the nodes and ports that the bundled haproxy.cfg has.
teeproxy_commands() { # [N]
  local nodes=${1:-3} k other next
  [[ $nodes =~ ^[1-3]$ ]] || usage_error "teeproxy-commands takes a number of nodes from 1 to 3, which haproxy.cfg has, not '$nodes'"
  say "# From $root, each in a terminal of its own."
  say "[ -s data/by-hand/secret ] || (umask 077; mkdir -p data/by-hand; head -c 32 /dev/urandom | base64 >data/by-hand/secret)"
  for ((k = 1; k <= nodes; k++)); do
    say "${sample_app#"$root"/} --port $((4566 + k)) --name $(name_of "$k") --data data/by-hand/users-$k.log"
  done
  for ((k = 1; k <= nodes; k++)); do
    next=$(for ((other = k + 1; other <= nodes; other++)); do printf ',:%s' $((8999 + other)); done)
    say "${teeproxy#"$root"/} --listen :$((8999 + k)) --local :$((4566 + k))${next:+ --next ${next:1}} --data data/by-hand/journal-$k --secret-file data/by-hand/secret"
  done
  say "$(may_bind_80 || echo "TEECHAIN_HTTP_BIND=:8080 ")haproxy -f haproxy.cfg"
}
