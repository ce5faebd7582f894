# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# Do all nodes hold and deliver the same? Sourced by misc-commands.sh.
#
# /status?at=S says what a node's journal and its application are at sequence S: the CRC of the record there, which
# covers all records before it, and a digest of all that was delivered and answered up to it. So equality at S is
# equality up to S, and the first difference can be searched by halves.

# state_at NUMBER S: prints "CRC DIGEST", or nothing where the node cannot tell.
state_at() {
  local json
  json=$(status_of "$1" "?at=$2") || return 0
  [[ $(member available <<<"$json") == true ]] || return 0
  echo "$(member recordCrc <<<"$json") $(member deliveredDigest <<<"$json")"
}

# compare_at S: same, different, or unknown; what each node says is left in `said`.
compare_at() {
  local k
  said=()
  verdict=same
  for ((k = 1; k <= nodes; k++)); do
    said[k]=$(state_at "$k" "$1")
    if [[ -z ${said[k]} ]]; then
      verdict=unknown
      return
    fi
    [[ ${said[k]} == "${said[1]}" ]] || verdict=different
  done
}

applied_at() { # NUMBER
  local json applied=""
  if json=$(status_of "$1"); then applied=$(member appliedSequence <<<"$json"); fi
  [[ $applied =~ ^[0-9]+$ ]] || die "$(node_name "$1") does not say on its admin port ($(admin_port "$1")) what it has applied"
  echo "$applied"
}

# The last sequence that every node has applied, in `common`; fails where a node does not say.
find_common() {
  local k applied
  common=
  for ((k = 1; k <= nodes; k++)); do
    applied=$(applied_at "$k")
    if [[ -z $common ]] || ((applied < common)); then
      common=$applied
      slowest=$k
    fi
  done
}

verify() {
  local nodes common slowest said verdict target forgotten='' low high middle k
  local deadline=$((SECONDS + ${TEECHAIN_VERIFY_TIMEOUT:-10}))
  started_here
  # What the head has applied by now, all must have applied soon.
  target=$(applied_at 1)
  find_common
  while ((common < target && SECONDS < deadline)); do
    sleep 0.2
    find_common
  done

  compare_at "$common"
  if [[ $verdict == unknown ]]; then
    show_said "$common"
    die "not every node can tell its state at $common, the last sequence that all have applied"
  elif [[ $verdict == different ]]; then
    low=0 high=$common # same (or before anything) at low, different at high
    while ((high - low > 1)); do
      middle=$(((low + high) / 2))
      compare_at "$middle"
      if [[ $verdict == different ]]; then high=$middle; else low=$middle; fi
      # What nobody can tell any more counts as before the difference; said below.
      [[ $verdict != unknown ]] || forgotten=$middle
    done
    compare_at "$high"
    show_said "$high"
    if [[ $forgotten == "$low" ]]; then
      say "They differ at $high or earlier: not every node can tell its state at $low."
    else
      say "They differ first at sequence $high, and agree at $low."
    fi
    return 1
  fi
  show_said "$common"
  if ((common < target)); then
    say "They agree up to $common, but $(node_name "$slowest") has not applied more, and the head $target."
    return 1
  fi
  say "All $nodes nodes agree up to sequence $common."
}

show_said() { # S
  local k
  printf '%-10s %-10s %-10s %s\n' node sequence record delivered
  for ((k = 1; k <= nodes; k++)); do
    if [[ -n ${said[k]:-} ]]; then
      # shellcheck disable=SC2086 # Two columns.
      printf '%-10s %-10s %-10s %s\n' "$(node_name "$k")" "$1" ${said[k]}
    else
      printf '%-10s %-10s %s\n' "$(node_name "$k")" "$1" "cannot tell"
    fi
  done
}
