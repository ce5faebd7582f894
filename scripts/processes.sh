# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# Processes in the background, found again by a file that also holds when they started, so that a number which the
# kernel has given to somebody else is never signalled. Sourced by misc-commands.sh.

# Field 22 of /proc/PID/stat; the name before it may hold spaces and brackets.
started_at() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  stat=${stat##*) }
  # A zombie has ended; only its parent has not looked yet.
  [[ $stat != Z* ]] || return 1
  cut -d' ' -f20 <<<"$stat"
}

pid_of() { # NAME: prints the number if it is alive
  local pid start
  read -r pid start 2>/dev/null <"$run/pids/$1" || return 1
  [[ -n $start && $(started_at "$pid") == "$start" ]] || return 1
  echo "$pid"
}

is_alive() { pid_of "$1" >/dev/null; }

# start NAME COMMAND…: in a session of its own, so that neither Ctrl-C nor the end of the terminal or of a CI job ends it.
start() {
  local name=$1 pid
  shift
  # 9 is up's lock: it must not live as long as what it starts.
  setsid nohup "$@" </dev/null >>"$run/$name.log" 2>&1 9>&- &
  pid=$!
  disown
  mkdir -p "$run/pids"
  echo "$pid $(started_at "$pid" || true)" >"$run/pids/$name"
}

# ask_to_stop NAME: SIGTERM, no waiting.
ask_to_stop() {
  local pid
  if pid=$(pid_of "$1"); then kill -TERM "$pid" 2>/dev/null || true; fi
}

is_gone() { ! is_alive "$1"; }

# ensure_gone NAME SECONDS: SIGTERM was sent; waits, then SIGKILL.
ensure_gone() {
  local pid
  if ! await "$2" is_gone "$1"; then
    say "$1 did not stop within $2 s: SIGKILL"
    if pid=$(pid_of "$1"); then kill -KILL "$pid" 2>/dev/null || true; fi
    await 5 is_gone "$1" || die "$1 cannot be stopped"
  fi
  rm -f "$run/pids/$1"
}

last_lines() { # NAME
  say "---- the last lines of $run/$1.log"
  tail -n 15 "$run/$1.log" 2>/dev/null || true
}

# Whether somebody takes connections on a port of this machine; needs no package.
is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
