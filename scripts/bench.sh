# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# The Apache Bench commands of the scenario: printed, then run. Sourced by misc-commands.sh.

bench_user=${TEECHAIN_AB_USER:-ada}

# -k keep-alive; -l because answers may differ in length.
bench() {
  local requests=${TEECHAIN_AB_REQUESTS:-10000} connections=${TEECHAIN_AB_CONNECTIONS:-64}
  # ab refuses more connections than requests.
  local command=(ab -k -l -n "$requests" -c "$((connections < requests ? connections : requests))" "$@")
  say ""
  say "\$ ${command[*]}"
  "${command[@]}"
}

prepare_bench() {
  recall_settings || true
  need ab curl
  make_run_folder
  url=$(url_of "$http_bind")
  http -o /dev/null "$url/" || die "nobody answers on $url: ./misc-commands.sh up first"
}

ab_get() {
  local url
  prepare_bench
  # 409 where the user exists already, which is as good.
  http -o /dev/null -d "user=$bench_user" -d password=first "$url/register"
  bench "$url/login?user=$bench_user"
}

ab_post() {
  local url body
  prepare_bench
  body=$run/ab-body
  printf 'user=%s&password=second' "$bench_user" >"$body"
  say "# Every request registers the same user, so all but the first are answered 409 (\"Non-2xx responses\")."
  bench -p "$body" -T application/x-www-form-urlencoded "$url/register"
  bench -p "$body" -T application/x-www-form-urlencoded "$url/changePassword"
}
