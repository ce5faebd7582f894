#!/usr/bin/env bash
# Makes the images teechain-gateway, teechain-node and teechain-worker from what `misc-commands.sh publish` made.
#
#   deploy/containers/build.sh                from debian:bookworm-slim, which the engine gets from its registry
#   BASE=IMAGE deploy/containers/build.sh     from another Debian
#   deploy/containers/build.sh --bootstrap    from a Debian that mmdebstrap makes here, as root; no registry is asked
#
# ENGINE is podman (default) or docker; TAG is latest.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
programs=${TEECHAIN_SELF_CONTAINED:-$root/artifacts/publish/self-contained}
engine=${ENGINE:-podman}
tag=${TAG:-latest}

die() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

# Kept in artifacts/: it takes half a minute.
bootstrap() {
  local tree=$root/artifacts/container-base.tar
  command -v mmdebstrap >/dev/null || die "please install: mmdebstrap"
  if [[ ! -s $tree ]]; then
    mkdir -p "$root/artifacts"
    mmdebstrap --mode=root --format=tar --variant=minbase --include=libssl3 bookworm "$tree.new" >"$tree.log" 2>&1 ||
      die "mmdebstrap failed: $(tail -n 5 "$tree.log")"
    mv "$tree.new" "$tree"
  fi
  "$engine" import "$tree" localhost/teechain-base:bookworm >/dev/null
  BASE=localhost/teechain-base:bookworm
}

case ${1:-} in
  '') ;;
  --bootstrap) bootstrap ;;
  *) die "it takes --bootstrap or nothing, not '$1'" ;;
esac
for program in teeproxy teechain libe_sqlite3.so sample-app; do
  [[ -f $programs/$program ]] || die "$programs/$program is not there: ./misc-commands.sh publish"
done
for target in node gateway worker; do
  "$engine" build --quiet --target "$target" --build-arg BASE="${BASE:-debian:bookworm-slim}" \
    --tag "teechain-$target:$tag" --file "$root/deploy/containers/Containerfile" "$programs"
done
