# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the script that sources this
# What the scripts of this folder share. `misc-commands.sh test --all` runs every executable file here, each alone: it
# prints `ok - NAME` or `not ok - NAME` a test, ends with a line that says how many passed and how long it took, exits
# with 1 if any failed, and leaves neither a process nor a file behind. This file is sourced, hence not executable.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/settings.sh
. "$root/scripts/settings.sh"
# shellcheck source=scripts/packages.sh
. "$root/scripts/packages.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/teechain-deploy.XXXXXX")
declare -A pids=()
passed=0 failed=0

cleanup() {
  local pid
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do tail --pid="$pid" --sleep-interval=0.1 -f /dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

start() { # NAME COMMAND…: in the background, its output in NAME.log
  local name=$1
  shift
  "$@" </dev/null >>"$work/$name.log" 2>&1 &
  pids[$name]=$!
  disown # else the shell reports the one that a test kills
}

end_at_once() { # NAME
  kill -9 "${pids[$1]}"
  tail --pid="${pids[$1]}" --sleep-interval=0.1 -f /dev/null
}

# Sets base, the first of N free ports. Below the range that the kernel gives to outgoing connections, so that only other
# servers can be in the way.
choose_ports() { # N
  local port
  base=$((20000 + RANDOM % 600 * 20))
  for ((port = base; port < base + $1; port++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      choose_ports "$1"
      return
    fi
  done
}

# Polls until the command succeeds. What it said last is shown where it never did.
eventually() { # SECONDS COMMAND…
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >"$work/said-last" 2>&1; do
    if ((SECONDS >= deadline)); then
      cat "$work/said-last"
      echo "never came true: $*"
      return 1
    fi
    sleep 0.2
  done
}

# Reports the outcome of one test, a function whose name is a sentence. It runs in a shell of its own, so that the first
# command that fails ends it: `set -e` is ignored within a condition, hence the `wait`.
check() { # NAME
  local outcome=0
  (set -e; "$1") >"$work/said" 2>&1 &
  wait $! || outcome=$?
  if ((outcome == 0)); then
    echo "ok - ${1//_/ }"
    passed=$((passed + 1))
  else
    echo "not ok - ${1//_/ }"
    sed 's/^/#   /' "$work/said"
    failed=$((failed + 1))
  fi
}

# The last line; the exit status says the same.
closing_line() {
  echo "$(basename "$0"): $passed passed, $failed failed in $SECONDS s"
  ((failed == 0)) || exit 1
}

programs_are_there() {
  [[ -x $teeproxy && -x $sample_app ]] || die "$teeproxy and $sample_app are not there: dotnet build TeeChain.sln -c $configuration"
}
