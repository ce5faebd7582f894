# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# The process in the background, `teechain up`, found again by a file that also holds when it started, so that a number
# which the kernel has given to somebody else is never signalled. Sourced by misc-commands.sh.

# Field 22 of /proc/PID/stat; the name before it may hold spaces and brackets.
started_at() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  stat=${stat##*) }
  # A zombie has ended; only its parent has not looked yet.
  [[ $stat != Z* ]] || return 1
  cut -d' ' -f20 <<<"$stat"
}

fleet_pid() { # prints the number if it is alive
  local pid start
  read -r pid start 2>/dev/null <"$run/up.pid" || return 1
  [[ -n $start && $(started_at "$pid") == "$start" ]] || return 1
  echo "$pid"
}

fleet_is_alive() { fleet_pid >/dev/null; }

fleet_is_gone() { ! fleet_is_alive; }

# In a session of its own, so that neither Ctrl-C nor the end of the terminal or of a CI job ends it. It writes down its number
# itself: where that cannot be done, nothing is started that nobody would find again.
start_fleet() {
  local log=$run/logs/up.log
  mkdir -p "$run/logs"
  [[ ! -f $log ]] || mv "$log" "$log.1"
  rm -f "$run/up.pid"
  # The file's paths are relative to the run folder. 9 is up's lock: it must not live as long as what it starts.
  (
    cd "$run" || exit 1
    pid=$BASHPID # within $(…) it would be another's
    echo "$pid $(started_at "$pid")" >up.pid || exit 1
    TEECHAIN_TEEPROXY=$teeproxy TEECHAIN_SAMPLE_APP=$sample_app exec setsid nohup "$teechain" up -f "$fleet_file"
  ) </dev/null >"$log" 2>&1 9>&- &
  await 5 test -s "$run/up.pid" || die "teechain up could not be started: $(cat "$log")"
}

# Processes are known by a variable of ours in their environment, and by nothing else.
processes_with() { # NAME=VALUE
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    grep -qsxzF "$1" "$environ" || continue
    pid=${environ#/proc/}
    echo "${pid%/environ}"
  done
}

# What `teechain up` starts bears its data folder, as the kernel names it.
no_child_is_left() { [[ -z $(processes_with "TEECHAIN_UP=$(cd "$run" && pwd -P)") ]]; }

last_lines() {
  say "---- the last lines of $run/logs/up.log"
  tail -n 15 "$run/logs/up.log" 2>/dev/null || true
  say "----"
}
