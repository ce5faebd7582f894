# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# How `misc-commands.sh test` runs programs of tests: one after the other, or one beside the others. Sourced by misc-commands.sh.

# What was begun, by its name: its process and the second of the epoch.
declare -A begun_pid=() begun_at=()

# The priority of what runs beside the others, which are not to wait for it.
beside=(nice -n 5)

# begin NAME COMMAND…: starts a program of tests, which may take the time that is left.
begin() {
  local name=$1
  shift
  begun_at[$name]=$EPOCHSECONDS
  : >"$results/$name.log" # whoever follows it must find it
  (
    TIMEFORMAT='%U %S'
    export TEECHAIN_TEST_RUN=$test_run
    time timeout --kill-after=10 "$(seconds_left)" "$@" </dev/null >"$results/$name.log" 2>&1
  ) 2>"$results/$name.cost" &
  begun_pid[$name]=$!
}

# end NAME FILTER: shows its output through FILTER (an awk program) until it ends; its exit status is ours. By way of a
# file: a process that the program leaves behind would keep a pipe open, and us waiting.
end() {
  tail --pid="${begun_pid[$1]}" --sleep-interval=0.2 -n +1 -f "$results/$1.log" | awk "$2 { print; fflush() }"
  wait "${begun_pid[$1]}"
}

# How long a program that has ended took: until it last said something.
seconds_of() { echo $(($(stat -c %Y "$results/$1.log") - begun_at[$1])); }

# What it and all that it started had of the processor, in seconds: on a shared machine this compares, not the clock.
cost_of() { awk '{ printf "%d", $1 + $2 }' "$results/$1.cost"; }

begin_script() { begin "$(basename "$1")" "$1"; } # FILE

# A script of tests prints `ok - NAME` or `not ok - NAME` a test.
end_script() { # FILE
  local name log outcome=0 good bad
  name=${1#"$root"/}
  log=$results/$(basename "$1").log
  say "== $name"
  end "$(basename "$1")" '' || outcome=$?
  good=$(grep -c '^ok - ' "$log") || true
  bad=$(grep -c '^not ok - ' "$log") || true
  passed=$((passed + good)) failed=$((failed + bad))
  if ((bad == 0 && (outcome != 0 || good == 0))); then
    report failed "$name: exit status $outcome, $good tests" "$(seconds_of "$(basename "$1")")"
  else
    say "   $name: $good passed, $bad failed in $(seconds_of "$(basename "$1")") s"
  fi
}

attribute() { # NAME, of the only assembly of an xunit report
  grep -o '<assembly [^>]*>' "$2" | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' | head -n 1
}

project_dll() { echo "$root/tests/$1/bin/Release/net10.0/$1.dll"; }

# One test project: an xunit.v3 program.
begin_project() { # NAME [COMMAND that runs it…]
  local name=$1 left_out=()
  shift
  # Tests marked so are for --all: CI has ten minutes.
  [[ -n ${TEECHAIN_TEST_ALL:-} ]] || left_out=(-trait- When=OnlyInAll)
  rm -f "$results/$name.xml"
  [[ ! -f $(project_dll "$name") ]] ||
    begin "$name" "$@" dotnet exec "$(project_dll "$name")" -noLogo -noColor -longRunning 60 -xml "$results/$name.xml" "${left_out[@]}"
}

# It must say how it went, and must have run something.
end_project() { # NAME
  local name=$1 outcome=0 xml total good bad errors skips took
  xml=$results/$name.xml
  say "== $name"
  if [[ ! -f $(project_dll "$name") ]]; then
    report failed "$name: was not built" 0
    return
  fi
  end "$name" '!/^ *(Discovering|Discovered|Starting|Finished): /' || outcome=$?
  took=$(seconds_of "$name")
  good=$(attribute passed "$xml" 2>/dev/null) || good=0
  bad=$(attribute failed "$xml" 2>/dev/null) || bad=0
  errors=$(attribute errors "$xml" 2>/dev/null) || errors=0
  skips=$(attribute skipped "$xml" 2>/dev/null) || skips=0
  total=$((good + bad + errors))
  passed=$((passed + good)) failed=$((failed + bad + errors)) skipped=$((skipped + skips))
  if ((outcome == 124 || outcome == 137)); then
    report failed "$name: stopped after $took s, out of time" "$took"
  elif [[ ! -s $xml ]]; then
    report failed "$name: ended with exit status $outcome and without a report" "$took"
  elif ((total == 0)); then
    report failed "$name: ran no test at all" "$took"
  elif ((outcome != 0 && bad + errors == 0)); then
    report failed "$name: exit status $outcome though no test failed" "$took"
  else
    say "   $name: $good passed, $((bad + errors)) failed, $skips skipped in $took s, $(cost_of "$name") s of processor time"
  fi
}

unit_projects() {
  local file
  for file in "$root"/tests/*/*.csproj; do
    case $file in
      *Simulation.csproj | *EndToEnd.csproj) ;;
      *) basename "$file" .csproj ;;
    esac
  done
}
