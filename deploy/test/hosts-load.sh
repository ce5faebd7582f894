# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the script that sources this
# A bounded load on the fleet behind $door, and what became of it. Sourced behind hosts-harness.sh.

# posts NAME: a new user some ten times a second, until the file NAME.end is there or five minutes are over. A 503 says
# that nothing was recorded, so that user is sent again, as a client would; every other answer but 201 is noted as odd.
posts() {
  local k=0 code deadline=$((SECONDS + 300))
  while [[ ! -e $work/$1.end ]] && ((SECONDS < deadline)); do
    code=$(http --max-time 25 -o /dev/null -w '%{http_code}' -d "user=$1-$k" -d password=secret "$door/register") || true
    case $code in
      201)
        echo "$EPOCHREALTIME $1-$k" >>"$work/$1.acknowledged"
        k=$((k + 1))
        ;;
      503) echo "$EPOCHREALTIME $1-$k" >>"$work/$1.refused" ;;
      *)
        echo "$EPOCHREALTIME $1-$k $code" >>"$work/$1.odd"
        k=$((k + 1))
        ;;
    esac
    sleep 0.05
  done
}

# gets NAME: reads one user twice as often; each answer's second, status and mark.
gets() {
  local deadline=$((SECONDS + 300))
  while [[ ! -e $work/$1.end ]] && ((SECONDS < deadline)); do
    http --max-time 25 -o /dev/null -w '%{http_code} %header{teechain-stale}\n' "$door/login?user=first" >"$work/$1.answer" || true
    echo "$EPOCHREALTIME $(<"$work/$1.answer")" >>"$work/$1.reads"
    sleep 0.02
  done
}

begin_load() { # NAME
  touch "$work/$1".{acknowledged,refused,odd,reads}
  start "$1-posts" posts "$1"
  start "$1-gets" gets "$1"
  eventually 10 has_lines 5 "$work/$1.acknowledged"
}

end_load() { # NAME
  touch "$work/$1.end"
  tail --pid="${pids[$1-posts]}" --sleep-interval=0.1 -f /dev/null
  tail --pid="${pids[$1-gets]}" --sleep-interval=0.1 -f /dev/null
}

has_lines() { # COUNT FILE
  (($(wc -l <"$2") >= $1))
}

# Seconds between two acknowledged writes, at most.
longest_pause() { # NAME
  awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 } END { printf "%.1f", most }' "$work/$1.acknowledged"
}

account() { # NAME
  printf '# %s: %s writes acknowledged, %s refused and sent again, longest pause %s s; %s reads, %s of them stale, %s failed\n' "$1" \
    "$(wc -l <"$work/$1.acknowledged")" "$(wc -l <"$work/$1.refused")" "$(longest_pause "$1")" \
    "$(wc -l <"$work/$1.reads")" "$(awk '$3 == 1' "$work/$1.reads" | wc -l)" "$(awk '$2 != 200' "$work/$1.reads" | wc -l)"
}

# Every acknowledged user is in this application: one curl asks for all.
has_all_of() { # NAME URL
  local asked=$work/asked
  awk -v url="$2/login?user=" '{ printf "url = \"%s%s\"\noutput = /dev/null\n", url, $2 }' "$work/$1.acknowledged" >"$asked"
  http --max-time 60 -w '%{http_code}\n' -K "$asked" >"$work/statuses"
  [[ $(grep -c '^200$' "$work/statuses") == "$(wc -l <"$work/$1.acknowledged")" ]]
}
