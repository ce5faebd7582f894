# shellcheck shell=bash
# Bash completion for teeproxy, teechain and misc-commands.sh:
#
#   . deploy/completion/teechain.bash     in ~/.bashrc; or copied to /etc/bash_completion.d/
#
# It knows no command and no flag by heart: the program that is being typed is asked with --help, so what is offered is
# what that very program takes. It needs bash, awk and stat, and not the package bash-completion.

# What programs have said, by program, its time of change and verb: each is asked once a shell.
declare -gA _teechain_said=()

# _teechain_ask PROGRAM [VERB]: leaves its help in _teechain_help. It fails where there is no such program.
_teechain_ask() {
  local file key
  file=$(type -P -- "${1/#\~\//$HOME/}") || return
  key="$(stat -Lc '%n %i %y' -- "$file") ${*:2}" || return
  [[ -n ${_teechain_said[$key]+asked} ]] || _teechain_said[$key]=$("$file" "${@:2}" --help 2>/dev/null </dev/null)
  _teechain_help=${_teechain_said[$key]}
}

# The flags in _teechain_help, a line each: its name, what it takes (empty: nothing), the values that are allowed where these are words.
_teechain_flags() {
  awk '
    function tell(  k, words) {
      words = takes ~ /\|/ ? takes : ""
      gsub(/\|/, " ", words)
      if (match(text, /allowed: [^;)]*/) && (words = substr(text, RSTART + 9, RLENGTH - 9)) ~ / to /) words = "" # a range
      gsub(/, */, " ", words)
      for (k = 1; k <= count; k++) print names[k] "|" (takes == "" ? "" : takes ~ /\|/ ? "WORD" : takes) "|" words
      count = 0; takes = text = ""
    }
    /^  -/ {
      tell()
      term = substr($0, 3)
      if (match(term, /   */)) { text = substr(term, RSTART); term = substr(term, 1, RSTART - 1) }
      while (match(term, /(^|[ ,])--?[a-z][a-z-]*/)) {
        name = substr(term, RSTART, RLENGTH)
        sub(/^[ ,]/, "", name)
        names[++count] = name
        term = substr(term, RSTART + RLENGTH)
        if (match(term, /^[= ][A-Za-z|]+/)) takes = substr(term, 2, RLENGTH - 1)
      }
      next
    }
    /^   / { sub(/^ +/, " "); text = text $0; next }
    { tell() }
    END { tell() }' <<<"$_teechain_help"
}

# Words of _teechain_help by a pattern of sed, whose first group they are.
_teechain_words() { sed -nE "s/$1/\1/p" <<<"$_teechain_help" | tr '|' ' '; }

_teechain_offer() { mapfile -t COMPREPLY < <(compgen "$@" -- "$_teechain_current"); }

_teechain_files() { # f, or d for folders alone
  _teechain_offer "-$1"
  compopt -o filenames 2>/dev/null || true # outside of a completion there is nothing to set
}

# Offers what a flag takes. It fails where that flag takes nothing.
_teechain_value() { # FLAG
  local name takes words
  while IFS='|' read -r name takes words; do
    [[ $name == "$1" && -n $takes ]] || continue
    case $takes in
      FILE | PATH) _teechain_files f ;;
      FOLDER) _teechain_files d ;;
      *) [[ -z $words ]] || _teechain_offer -W "$words" ;;
    esac
    return 0
  done < <(_teechain_flags)
  return 1
}

# What the cursor is at: readline takes `--ack=lo` for three words.
_teechain_begin() {
  local before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  _teechain_current=${COMP_WORDS[COMP_CWORD]}
  _teechain_flag=$before
  if [[ $_teechain_current == = ]]; then
    _teechain_current=
  elif [[ $before == = ]] && ((COMP_CWORD > 2)); then
    _teechain_flag=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  [[ $_teechain_flag == -* ]] || _teechain_flag=
}

# Verbs first, if any: then the flags of the one that is there.
_teechain() {
  local _teechain_help _teechain_current _teechain_flag verb=
  _teechain_begin
  ((COMP_CWORD == 1)) || verb=${COMP_WORDS[1]}
  if [[ -z $verb || $verb == help ]]; then
    _teechain_ask "${COMP_WORDS[0]}" || return 0
    _teechain_offer -W "$(_teechain_words '^  ([a-z]+)   *[A-Za-z].*') --help --version"
    return 0
  fi
  _teechain_ask "${COMP_WORDS[0]}" "$verb" || return 0
  [[ -n $_teechain_flag ]] && _teechain_value "$_teechain_flag" && return
  _teechain_offer -W "$(_teechain_flags | cut -d'|' -f1)"
}

# The verb `journal` takes another verb, a folder, and its flags; without a verb a node is run.
_teechain_teeproxy() {
  local _teechain_help _teechain_current _teechain_flag verb
  _teechain_begin
  _teechain_ask "${COMP_WORDS[0]}" || return 0
  if ((COMP_CWORD == 1)); then
    _teechain_offer -W "$(_teechain_words '^  teeproxy ([a-z]+) [a-z].*' && _teechain_flags | cut -d'|' -f1)"
    return 0
  fi
  verb=${COMP_WORDS[1]}
  if [[ $verb == -* ]]; then
    [[ -n $_teechain_flag ]] && _teechain_value "$_teechain_flag" && return
    _teechain_offer -W "$(_teechain_flags | cut -d'|' -f1)"
  elif ((COMP_CWORD == 2)); then
    _teechain_offer -W "$(_teechain_usage "$verb" | awk '{ print $3 }' | tr '|' ' ')"
  elif ((COMP_CWORD == 3)); then
    _teechain_files d
  else
    _teechain_offer -W "$(_teechain_usage "$verb" "${COMP_WORDS[2]}" | grep -oE -e '--[a-z-]+')"
  fi
}

# teeproxy's lines of usage that begin with these verbs.
_teechain_usage() { # VERB [SECOND]
  awk -v verb="$1" -v second="${2:-}" '/^  teeproxy / && $2 == verb && (second == "" || index("|" $3 "|", "|" second "|"))' <<<"$_teechain_help"
}

# A command's flags stand behind its name in the list of commands; the logs are those that the run folder has.
_teechain_misc_commands() {
  local _teechain_help _teechain_current _teechain_flag line names=
  _teechain_begin
  _teechain_ask "${COMP_WORDS[0]}" || return 0
  if ((COMP_CWORD == 1)); then
    _teechain_offer -W "$(_teechain_words '^  ([a-z][a-z-]*)( .*)?') --help"
    return 0
  fi
  line=$(awk -v name="${COMP_WORDS[1]}" '/^  [a-z]/ && $1 == name { sub(/^  [^ ]+/, ""); sub(/   *.*/, ""); print }' <<<"$_teechain_help")
  [[ ${COMP_WORDS[1]} != logs ]] || names=$(_teechain_logs "${COMP_WORDS[0]/#\~\//$HOME/}")
  _teechain_offer -W "$names $(grep -oE -e '-?-[a-z][a-z-]*' <<<"$line")"
}

_teechain_logs() { # misc-commands.sh
  local log
  for log in "${TEECHAIN_RUN_DIR:-${1%/*}/run}"/logs/*.log; do
    [[ ! -f $log ]] || basename "$log" .log
  done
}

complete -F _teechain teechain
complete -F _teechain_teeproxy teeproxy
complete -F _teechain_misc_commands misc-commands.sh
