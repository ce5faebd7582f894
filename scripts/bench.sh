# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# The Apache Bench commands of the scenario: printed, then run; the load test; the benchmarks of the inner parts. Sourced by
# misc-commands.sh.

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

# Any flag of the program; the addresses and the report's folder are this run's unless they are given.
load_test() {
  local program=$root/loadtest/bin/$configuration/net10.0/loadtest admins
  need_dotnet
  under_build_lock build_load_test
  if [[ " $* " == *" --help "* ]]; then
    "$program" --help
    return
  fi
  up
  # up's lock: whoever mends or stops the fleet meanwhile is not to wait for us.
  exec 9>&-
  admins=$(nodes_now | cut -d' ' -f4 | paste -sd,)
  say ""
  LOADTEST_URL=${LOADTEST_URL:-$(url_of "$http_bind")} LOADTEST_NODES=${LOADTEST_NODES:-$admins} \
    LOADTEST_REPORT=${LOADTEST_REPORT:-$run/loadtest} "$program" "$@"
}

build_load_test() {
  write_feed_props
  build_project "$root/loadtest/loadtest.csproj"
}

# Any flag of BenchmarkDotNet; all benchmarks unless a filter is given.
micro_bench() {
  local program=$root/bench/Micro/bin/Release/net10.0/microbench filter=(--filter '*')
  need_dotnet
  under_build_lock build_micro_bench
  if [[ " $* " =~ \ (-f|--filter|--list|--help|--info|--version)[\ =] ]]; then filter=(); fi
  "$program" --artifacts "$root/artifacts/microbench" "${filter[@]}" "$@"
}

# Always Release: figures of a Debug build say nothing.
build_micro_bench() {
  write_feed_props
  configuration=Release build_project "$root/bench/Micro/Micro.csproj"
}

# TeeChain beside its peers (bench/Compare). Without flags everything is measured, and docs/performance.md gets the tables.
compare() {
  need_dotnet
  need nginx haproxy /usr/lib/nginx/modules/ngx_http_lua_module.so
  under_build_lock build_comparison
  (($# > 0)) || set -- --report docs/performance.md
  # Its flags name files from here.
  cd "$root" || die "$root is not there"
  bench/Compare/bin/"$configuration"/net10.0/compare --teeproxy "$teeproxy" --teechain "$teechain" "$@"
}

build_comparison() {
  build_programs
  build_project "$root/bench/Compare/Compare.csproj"
}
