# shellcheck shell=bash disable=SC2154 # variables are shared with the script that sources this
# Questions to the Prometheus at $prometheus, and what of rules and dashboards is asked. Sourced behind harness.sh.

api() { # PATH [PARAMETER=VALUE…]
  local parameters=() parameter
  for parameter in "${@:2}"; do parameters+=(--data-urlencode "$parameter"); done
  http --fail-with-body -G "${parameters[@]}" "$prometheus/api/v1/$1"
}

# has_value EXPRESSION: it is no error and gives a series, and not only "not a number".
has_value() {
  local answer
  answer=$(api query "query=$1") || true # the answer says why
  jq -e '.status == "success" and (.data.result | if type == "array" and (.[0] | type) == "object" then any(.[]; .value[1] != "NaN") else false end)' <<<"$answer" >/dev/null || {
    echo "$1"
    cut -c1-300 <<<"$answer"
    return 1
  }
}

rules() { # recording|alerting FIELD
  api rules | jq -r --arg type "$1" --arg field "$2" '.data.groups[].rules[] | select(.type == $type) | .[$field]'
}

# The selectors in an expression, a line each: metric names by their prefix, with their matchers.
selectors() {
  sed -E 's/\b(by|on|without|ignoring|group_left|group_right) *\([^)]*\)//g; s/\[[^]]*\]//g' <<<"$1" |
    grep -oE '[a-zA-Z_][a-zA-Z0-9_:]*(\{[^}]*\})?' | grep -E '^((teechain|haproxy|process)_|[a-z_]+:|up(\{|$))' | sort -u
}

# As Grafana fills them in: everything of this chain, and the rate interval of four scrapes.
filled_in() {
  local expression=$1
  expression=${expression//\$__rate_interval/20s}
  expression=${expression//\$__range/5m}
  expression=${expression//\$chain/main}
  printf '%s\n' "${expression//\$instance/.+}"
}

alert_is() { # NAME INSTANCE firing|silent
  local answer found
  answer=$(api alerts) || return # a Prometheus that is away is not silent
  found=$(jq --arg name "$1" --arg instance "$2" '[.data.alerts[] | select(.labels.alertname == $name and .labels.instance == $instance and .state == "firing")] | length' <<<"$answer")
  case $3 in
    firing) ((found == 1)) ;;
    silent) ((found == 0)) ;;
  esac
}
