# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# `misc-commands.sh test`: everything that CI runs, in a fresh clone or a working one. Sourced by misc-commands.sh.

passed=0 failed=0 skipped=0
results=$root/artifacts/test-results

# CI allows ten minutes; what is still running after that is stopped and counted as failed. --all has no such limit.
budget=${TEECHAIN_TEST_BUDGET:-595}

seconds_left() {
  local left=$((budget - SECONDS))
  echo $((left > 5 ? left : 5))
}

report() { # passed|failed NAME SECONDS
  printf '%-6s  %s (%s s)\n' "$1" "$2" "$3"
  case $1 in
    passed) passed=$((passed + 1)) ;;
    *) failed=$((failed + 1)) ;;
  esac
}

# check NAME COMMAND…: one test of the script's own; its output is shown where it fails. It always succeeds and leaves the
# outcome in check_passed: called within a condition, Bash would ignore `set -e` all the way down, and a command that
# fails in the middle would go unnoticed.
check_passed=
check() {
  local name=$1 begun=$SECONDS outcome=0 log
  shift
  log=$results/${name//[^a-zA-Z0-9]/-}.log
  set +e
  (
    set -e
    "$@"
  ) </dev/null >"$log" 2>&1
  outcome=$?
  set -e
  if ((outcome == 0)); then
    check_passed=yes
    report passed "$name" $((SECONDS - begun))
  else
    check_passed=
    tail -n 60 "$log" | sed 's/^/    /'
    report failed "$name" $((SECONDS - begun))
  fi
}

bash_scripts() {
  local file first
  find "$root" \( -name .git -o -name bin -o -name obj -o -name artifacts -o -path "$root/run" \) -prune -o -type f -size -200k -print |
    while IFS= read -r file; do
      if [[ $file == *.sh ]]; then
        echo "$file"
      elif [[ -x $file || $file == "$root"/.ci/* ]]; then
        IFS= read -r first <"$file" || true
        if [[ $first =~ ^#!.*[/\ ](ba|da)?sh($|\ ) ]]; then echo "$file"; fi
      fi
    done 2>/dev/null
}

scripts_are_clean() {
  local scripts twice
  mapfile -t scripts < <(bash_scripts)
  ((${#scripts[@]} > 5)) || die "only ${#scripts[@]} scripts found: the search is broken"
  # They are all sourced into one: the later of two functions of the same name would be called by both.
  twice=$(grep -hoE '^[a-z_]+\(\)' "$root"/scripts/*.sh "$root/misc-commands.sh" | sort | uniq -d)
  [[ -z $twice ]] || die "defined twice in scripts/: $twice"
  # -x follows what a script sources.
  cd "$root" && shellcheck -x "${scripts[@]}"
}

restores() { dotnet restore "$root/TeeChain.sln"; }

# Advisories about packages (NU1901 to NU1905) are news about the world, not about this tree.
builds_without_warning() {
  local log=$results/build.log compiler=teechain-$test_run pid outcome=0
  # One compiler process for all projects, whatever the environment says: each would take seconds to warm up. It is this
  # build's own, and ends with it; it does not live long enough to gain from profiles.
  DOTNET_TieredPGO=0 TEECHAIN_COMPILER=$compiler dotnet build -c Release --no-restore -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" \
    "$root/TeeChain.sln" | tee "$log" || outcome=$?
  for pid in $(processes_with "TEECHAIN_COMPILER=$compiler"); do kill "$pid" 2>/dev/null || true; done
  ((outcome == 0)) || return "$outcome"
  ! grep -E ': warning ' "$log" | grep -vE 'warning NU190[1-5]' || die "warnings, see above"
}

is_formatted() { dotnet format "$root/TeeChain.sln" --verify-no-changes --no-restore; }

bundled_front_is_valid() {
  env -u TEECHAIN_HTTP_BIND -u TEECHAIN_STATS_BIND -u TEECHAIN_STATS_PASSWORD -u TEECHAIN_STATS_USER haproxy -dW -c -f "$root/haproxy.cfg"
}

left_behind() { processes_with "TEECHAIN_TEST_RUN=$test_run"; }

sweep() {
  local pid left
  # A process that was just told to end may take a moment.
  await 3 nothing_left || true
  mapfile -t left < <(left_behind)
  for pid in "${left[@]}"; do
    say "    left behind: $pid $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c1-160)"
    kill -KILL "$pid" 2>/dev/null || true
  done
  if ((${#left[@]} == 0)); then
    report passed "no process left behind" 0
  else
    report failed "processes left behind" 0
  fi
}

nothing_left() { [[ -z $(left_behind) ]]; }

closing_line() {
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  printf '%s\n' "$line"
}

# Whatever happens, the last line says how it went.
finish() {
  local status=$?
  trap - EXIT
  if [[ -z ${test_is_complete:-} ]]; then
    local pid
    for pid in $(left_behind); do kill -KILL "$pid" 2>/dev/null || true; done
    report failed "the test script itself ended early (exit status $status)" "$SECONDS"
  fi
  closing_line
  ((failed == 0)) || exit 1
}

# The end-to-end tests take longest and often wait: the unit tests run beside them, one program after the other, and the
# simulation, which never waits, has what they leave. What the unit tests say comes first: it is more exact.
run_programs() {
  local project
  begin_project TeeChain.Simulation "${beside[@]}"
  begin_project TeeChain.EndToEnd
  for project in $(unit_projects); do
    begin_project "$project"
    end_project "$project"
  done
  end_project TeeChain.EndToEnd
  end_project TeeChain.Simulation
}

# What the end-to-end tests start dozens of times a test starts faster when it is compiled ahead of time.
programs_are_compiled_ahead() {
  publish_framework_dependent "$root/artifacts/programs"
}

# Those in tests/scripts need no build, and mostly wait; those in tests/scripts/built ask the programs.
begin_scripts() { # FOLDER
  local script
  for script in "$root/$1"/*_test.sh; do begin_script "$script"; done
}

end_scripts() { # FOLDER
  local script
  for script in "$root/$1"/*_test.sh; do end_script "$script"; done
}

run_deploy_tests() {
  local script
  for script in "$root"/deploy/test/*; do
    [[ -f $script && -x $script ]] || continue
    begin_script "$script"
    end_script "$script"
  done
}

run_tests() { # [--all]
  case ${1:-} in
    '') ;;
    --all)
      export TEECHAIN_TEST_ALL=1
      budget=${TEECHAIN_TEST_BUDGET:-7200}
      ;;
    *) usage_error "test takes --all or nothing, not '$1'" ;;
  esac
  # This tree's programs are tested, whatever `up` was told to run.
  unset TEECHAIN_PROGRAMS
  # Else each .NET process that is killed leaves the debugger's pipes in /tmp: hundreds a run.
  export DOTNET_EnableDiagnostics=0
  test_run=$$-$(random_word 6)
  rm -rf "$results"
  mkdir -p "$results"
  trap finish EXIT
  # Ended by a signal, the EXIT trap still speaks.
  trap 'exit 130' INT TERM HUP
  need_dotnet
  need haproxy ab curl openssl socat shellcheck promtool jq gcc /usr/include/stdio.h ruby /usr/share/doc/ruby-sinatra puma ps ss chromium

  write_feed_props
  check "shellcheck finds nothing" scripts_are_clean
  check "haproxy.cfg is valid without a warning" bundled_front_is_valid
  begin_scripts tests/scripts
  check "restore" under_build_lock restores
  [[ -z $check_passed ]] || check "build without a warning" under_build_lock builds_without_warning
  if [[ -n $check_passed ]]; then
    if uses_ready_to_run; then
      check "programs are compiled ahead of time" under_build_lock programs_are_compiled_ahead
      [[ -z $check_passed ]] || export TEECHAIN_PROGRAMS=$root/artifacts/programs
    fi
    # What the build does not hold by itself (whitespace) is not worth 12 to 44 of CI's 600 s.
    [[ -z ${TEECHAIN_TEST_ALL:-} ]] || check "dotnet format changes nothing" is_formatted
    begin_scripts tests/scripts/built
    run_programs
    end_scripts tests/scripts/built
    [[ -z ${TEECHAIN_TEST_ALL:-} ]] || run_deploy_tests
  else
    say "No other test was run: there is no build."
  fi
  end_scripts tests/scripts
  sweep
  test_is_complete=yes
  say ""
  say "In $SECONDS s; reports in artifacts/test-results."
}
