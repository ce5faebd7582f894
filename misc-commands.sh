#!/usr/bin/env bash
# Every command of the project in one place; `./misc-commands.sh --help` lists them. The parts are in scripts/, one
# subject each; this file only knows which command is whose.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/settings.sh
. "$root/scripts/settings.sh"
# shellcheck source=scripts/packages.sh
. "$root/scripts/packages.sh"
# shellcheck source=scripts/build.sh
. "$root/scripts/build.sh"
# shellcheck source=scripts/publish.sh
. "$root/scripts/publish.sh"
# shellcheck source=scripts/processes.sh
. "$root/scripts/processes.sh"
# shellcheck source=scripts/fleet.sh
. "$root/scripts/fleet.sh"
# shellcheck source=scripts/by-hand.sh
. "$root/scripts/by-hand.sh"
# shellcheck source=scripts/bench.sh
. "$root/scripts/bench.sh"
# shellcheck source=scripts/simulate.sh
. "$root/scripts/simulate.sh"
# shellcheck source=scripts/hosts-image.sh
. "$root/scripts/hosts-image.sh"
# shellcheck source=scripts/hosts.sh
. "$root/scripts/hosts.sh"
# shellcheck source=scripts/deploy.sh
. "$root/scripts/deploy.sh"
# shellcheck source=scripts/certs.sh
. "$root/scripts/certs.sh"
# shellcheck source=scripts/test-programs.sh
. "$root/scripts/test-programs.sh"
# shellcheck source=scripts/test.sh
. "$root/scripts/test.sh"

help() {
  cat <<'END'
./misc-commands.sh COMMAND

A fleet on this machine, in the background, its files in run/ (`teechain` does the work: docs/fleet-up.md):
  up [N]               what is missing is installed and built; N (3; 1 to 9) applications, N teeproxies and HAProxy are
                       started by `teechain up`, a user is registered through HAProxy and read back from every node.
                       What it is told it writes into run/teechain.yaml; run again, it checks what runs
  status               a line a node; exit status 1 if anything is down or not ready
  logs [NAME] [-f]     the last lines of all logs or of one (up, romulus-app, romulus-teeproxy, balancer1, ...); -f follows
  verify               do all nodes hold and deliver the same? Exit status 1, and the first difference, if not
  scale N              more nodes or fewer, without losing a write
  down                 stops HAProxy, the head, the other teeproxies, the applications; the data stays
  clean                down, and removes run/, artifacts/ and feed.props

Load, through HAProxy (prints the Apache Bench command, then runs it):
  ab-get               GET /login?user=
  ab-post              POST /register, then POST /changePassword
  loadtest [FLAGS]     up, then both at constant rates, and whether a write was lost (docs/loadtest.md); --help lists the flags

A fleet on hosts, by Ansible (docs/deploy.md): the inventory's, or four systemd-nspawn machines on this one (root):
  check                says what this machine lacks for the rest, and how to get it
  build                publish, unless artifacts/publish is newer than its sources
  images               the Debian image of the four machines, once
  start-hosts          boots balancer, node1, node2, node3 on 10.213.47.0/24
  deploy-nodes [FLAGS]  the nodes, one after the other, without breaking the chain; FLAGS are ansible-playbook's
  deploy-front [FLAGS]  HAProxy. Run again, both change nothing
  check-up             a user through the balancer, read back from every node; status and verify
  deploy-all           all of these, in this order
  stop-hosts           removes the four machines and all they had

By hand, and for developers:
  teeproxy-commands [N]  prints the commands for running a chain of N (3; 1 to 3) in terminals, without `teechain`
  feed                 asks again which optional packages the NuGet feed has (feed.props)
  publish              teeproxy, teechain and sample-app for linux-x64 into artifacts/publish: folders that need the .NET runtime,
                       single files that do not, checksums
  certs [DIR] [NAME[,NAME...]...]  in DIR (certs/) a test CA, and a certificate for each node (romulus remus node3) with its names and IP
                       addresses; what is there stays (docs/tls.md)
  simulate [--seeds N] [--first S]  N (1000) random lives of a simulated chain, from seed S (1) on (docs/simulation.md)
  compare [FLAGS]      TeeChain beside nginx and others, half an hour on a machine that does nothing else; without flags
                       the tables go to docs/performance.md (--help lists the flags: parts, rounds, one system)
  microbench [FLAGS]   times the inner parts, without a fleet (bench/Micro, two minutes); the flags are BenchmarkDotNet's, such as
                       --filter '*Codec*' or --list flat
  test [--all]         all that CI runs; --all also the slow tests and deploy/test/. The last line is `N passed, N failed`

Environment (what `up` was told stays in the run folder's teechain.yaml; the other commands need TEECHAIN_RUN_DIR alone):
  TEECHAIN_BASE_PORT=B     moves every port: applications B to B+8, teeproxies B+10.., admin B+20.., registry B+29, HTTP B+30,
                           stats B+31 (else 4567.., 9000.., 9500.., 9400, 80 or, without root, 8080, and 1936)
  TEECHAIN_HTTP_BIND       HAProxy's IPv4 address for clients, such as :8080
  TEECHAIN_STATS_BIND      its stats page; off 127.0.0.1:1936 a password is made and shown, unless given:
  TEECHAIN_STATS_USER, TEECHAIN_STATS_PASSWORD (teechain, teechain)
  TEECHAIN_RUN_DIR         the run folder; two of them, with two base ports, live side by side
  TEECHAIN_CONFIGURATION   Release
  TEECHAIN_PROGRAMS        a folder with teeproxy/teeproxy, sample-app/sample-app and teechain/teechain: they are run, nothing is built
  TEECHAIN_UP_TIMEOUT      seconds that up waits for the fleet (60)
  TEECHAIN_VERIFY_TIMEOUT  seconds that verify waits for the slowest node (10)
  TEECHAIN_LOG_LINES       how many lines logs shows (20)
  TEECHAIN_AB_REQUESTS, TEECHAIN_AB_CONNECTIONS, TEECHAIN_AB_USER   (10000, 64, ada)
  TEECHAIN_INVENTORY, TEECHAIN_SECRETS   Ansible's inventory, and the folder of the ssh key and the chain's secret (deploy/ansible/...)
  TEECHAIN_DEPLOY_PROGRAMS a folder with the programs to deploy (artifacts/publish/self-contained)
  TEECHAIN_HOSTS_NETWORK, TEECHAIN_HOSTS_DIR   of start-hosts (10.213.47, artifacts/hosts)
  TEECHAIN_TEST_BUDGET     seconds that test may take (595; with --all 7200)
END
}

usage_error() {
  printf 'misc-commands.sh: %s. ./misc-commands.sh --help lists the commands.\n' "$*" >&2
  exit 2
}

verb=${1:-}
shift || true
case $verb in
  up) up "$@" ;;
  down) down ;;
  status) status ;;
  logs) logs "$@" ;;
  verify) verify ;;
  scale) scale "$@" ;;
  ab-get) ab_get ;;
  ab-post) ab_post ;;
  loadtest) load_test "$@" ;;
  compare) compare "$@" ;;
  teeproxy-commands) teeproxy_commands "$@" ;;
  feed)
    need_dotnet
    ask_feed
    ;;
  publish) publish ;;
  check) check_machine ;;
  build) build ;;
  images) images ;;
  start-hosts) start_hosts ;;
  stop-hosts) stop_hosts ;;
  deploy-nodes) deploy_nodes "$@" ;;
  deploy-front) deploy_front "$@" ;;
  check-up) check_up "$@" ;;
  deploy-all) deploy_all ;;
  microbench) micro_bench "$@" ;;
  certs) certs "$@" ;;
  simulate) simulate "$@" ;;
  test) run_tests "$@" ;;
  clean) clean ;;
  -h | --help | help) help ;;
  '')
    help >&2
    exit 2
    ;;
  *) usage_error "there is no command '$verb'" ;;
esac
