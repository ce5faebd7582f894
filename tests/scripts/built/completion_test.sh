#!/usr/bin/env bash
# deploy/completion/teechain.bash, asked as bash asks it: the words of a line, and what would be offered for the last.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../../deploy/test/harness.sh"
# shellcheck source=deploy/completion/teechain.bash
. "$root/deploy/completion/teechain.bash"

# As readline leaves it: `=` is a word of its own. Prints what is offered, in one line.
offered() { # FUNCTION WORD…
  # shellcheck disable=SC2034 # The function reads them.
  COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
  "$1"
  printf '%s\n' "${COMPREPLY[@]}" | in_one_line
}

in_one_line() { sort | paste -sd ' '; }

is() { # EXPECTED ACTUAL
  [[ $1 == "$2" ]] || { echo "expected '$1', got '$2'" && return 1; }
}

has() { # WORD OFFERED
  [[ " $2 " == *" $1 "* ]] || { echo "no $1 in: $2" && return 1; }
}

bash_is_told_who_completes_what() {
  [[ $(complete -p teeproxy teechain misc-commands.sh) == *_teechain_teeproxy\ teeproxy*_teechain\ teechain*_teechain_misc_commands\ misc-commands.sh* ]]
}

every_flag_of_teeproxy_is_offered_once() {
  local said
  said=$("$teeproxy" --help | grep -oE '^  --[a-z-]+(, --[a-z]+)?' | grep -oE '\-\-[a-z-]+' | in_one_line)
  has --journal-max-bytes "$said"
  is "$said" "$(offered _teechain_teeproxy "$teeproxy" --)"
}

a_flag_of_teeproxy_is_completed() {
  is --park-after "$(offered _teechain_teeproxy "$teeproxy" --local :4567 --par)"
}

values_that_are_words_are_offered() {
  is "chain local next" "$(offered _teechain_teeproxy "$teeproxy" --ack '')"
  is "auto head replica" "$(offered _teechain_teeproxy "$teeproxy" --local :1 --role '')"
  is "chain" "$(offered _teechain_teeproxy "$teeproxy" --ack = ch)"
  is "chain local next" "$(offered _teechain_teeproxy "$teeproxy" --ack =)"
  is "off on" "$(offered _teechain "$teechain" gateway --registry-paths = o)"
  is "json text" "$(offered _teechain "$teechain" gateway --log '')"
  is "json" "$(offered _teechain "$teechain" haproxy --log = j)"
}

for_values_that_are_no_words_nothing_is_offered() {
  is "" "$(offered _teechain_teeproxy "$teeproxy" --ack-timeout '')"
  is "" "$(offered _teechain_teeproxy "$teeproxy" --local '')"
}

behind_a_flag_without_a_value_the_next_flag_is_offered() {
  has --local "$(offered _teechain_teeproxy "$teeproxy" --insecure '')"
  has --strategy "$(offered _teechain "$teechain" gateway --registry '')"
}

files_are_offered_for_files_and_folders_for_folders() {
  mkdir "$work/place"
  touch "$work/place/secret"
  mkdir "$work/place/some folder"
  is "$work/place/secret" "$(offered _teechain_teeproxy "$teeproxy" --secret-file "$work/place/se")"
  is "$work/place/some folder" "$(offered _teechain_teeproxy "$teeproxy" --data "$work/place/s")"
  is "$work/place/secret" "$(offered _teechain "$teechain" status --secret-file = "$work/place/se")"
}

the_journal_has_its_verbs_folders_and_flags() {
  has journal "$(offered _teechain_teeproxy "$teeproxy" '')"
  is "check dump seed" "$(offered _teechain_teeproxy "$teeproxy" journal '')"
  mkdir "$work/journal"
  is "$work/journal" "$(offered _teechain_teeproxy "$teeproxy" journal check "$work/jour")"
  is "--bodies" "$(offered _teechain_teeproxy "$teeproxy" journal dump "$work" --)"
  is "--chain --position" "$(offered _teechain_teeproxy "$teeproxy" journal seed "$work" --)"
}

every_verb_of_teechain_is_offered_with_its_own_flags() {
  local verbs verb said
  verbs=$(offered _teechain "$teechain" '')
  for verb in gateway haproxy scale status up verify help; do has "$verb" "$verbs"; done
  is status "$(offered _teechain "$teechain" stat)"
  for verb in gateway haproxy scale status up verify; do
    said=$("$teechain" "$verb" --help 2>&1 | grep -oE '^  (-[a-z] [A-Z]+, )?--[a-z-]+' | grep -oE '\-\-[a-z-]+' | in_one_line)
    has --help "$said"
    is "$said" "$(offered _teechain "$teechain" "$verb" --)"
  done
}

every_command_of_the_scripts_is_offered() {
  local script=$root/misc-commands.sh commands command
  # Those of the `case` at its end.
  commands=$(sed -nE 's/^  ([a-z][a-z-]*)\).*/\1/p' "$script")
  (($(wc -w <<<"$commands") > 10))
  for command in $commands; do has "$command" "$(offered _teechain_misc_commands "$script" '')"; done
  is "--first --seeds" "$(offered _teechain_misc_commands "$script" simulate --)"
  is "--all" "$(offered _teechain_misc_commands "$script" test '')"
  is "" "$(offered _teechain_misc_commands "$script" down '')"
}

the_logs_that_are_there_are_offered() {
  mkdir -p "$work/run/logs"
  touch "$work/run/logs/"{up,romulus-app}.log
  is "-f romulus-app up" "$(TEECHAIN_RUN_DIR=$work/run offered _teechain_misc_commands "$root/misc-commands.sh" logs '')"
}

a_program_that_is_not_there_offers_nothing_and_says_nothing() {
  is "" "$(offered _teechain_teeproxy no-such-program -- 2>&1)"
  is "" "$(offered _teechain no-such-program '' 2>&1)"
}

a_program_that_changed_is_asked_again() {
  printf '#!/bin/sh\necho "  --first NAME"\n' >"$work/program"
  chmod +x "$work/program"
  offered _teechain_teeproxy "$work/program" -- >"$work/before"
  printf '#!/bin/sh\necho "  --second NAME"\n' >"$work/program"
  touch -d '1 hour' "$work/program"
  is "--first" "$(cat "$work/before")"
  is "--second" "$(offered _teechain_teeproxy "$work/program" --)"
}

readline_itself_completes() {
  {
    printf '%s\n' "bind 'set enable-bracketed-paste off'" ". '$root/deploy/completion/teechain.bash'" "PATH=$(dirname "$teeproxy"):\$PATH"
    # A tab, then to the beginning of the line, where it becomes echo's.
    printf 'teeproxy --journal-m\t1GiB \001echo \005\nexit\n'
  } >"$work/typed"
  timeout 20 script -qec "bash --norc --noprofile -i" /dev/null <"$work/typed" | tr -d '\r' | tee "$work/terminal"
  grep -qx 'teeproxy --journal-max-bytes 1GiB' "$work/terminal"
}

programs_are_there
check bash_is_told_who_completes_what
check every_flag_of_teeproxy_is_offered_once
check a_flag_of_teeproxy_is_completed
check values_that_are_words_are_offered
check for_values_that_are_no_words_nothing_is_offered
check behind_a_flag_without_a_value_the_next_flag_is_offered
check files_are_offered_for_files_and_folders_for_folders
check the_journal_has_its_verbs_folders_and_flags
check every_verb_of_teechain_is_offered_with_its_own_flags
check every_command_of_the_scripts_is_offered
check the_logs_that_are_there_are_offered
check a_program_that_is_not_there_offers_nothing_and_says_nothing
check a_program_that_changed_is_asked_again
check readline_itself_completes
closing_line
