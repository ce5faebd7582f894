#!/bin/bash
# Before a node's first start, in its pod: waits until the registry knows the node with the ordinal before. The registry's order
# is that in which nodes first announce themselves, so the chain's is the ordinals', though all pods are started at once.
#
# A node that has a journal has its place and waits for nobody. After two minutes a new one goes on all the same: the order is
# then another, and the chain as good.
set -euo pipefail

ordinal=${POD_NAME##*-}
before=${POD_NAME%-*}-$((ordinal - 1))
deadline=$((SECONDS + ${IN_TURN_SECONDS:-120}))

workers() {
  (
    exec 3<>"/dev/tcp/${REGISTRY%:*}/${REGISTRY##*:}"
    printf 'GET /workers HTTP/1.0\r\nHost: %s\r\n\r\n' "$REGISTRY" >&3
    timeout 2 cat <&3
  ) 2>/dev/null
}

if ((ordinal == 0)) || [[ -d $TEEPROXY_DATA ]]; then
  exit 0
fi
echo "waiting until $before is registered at $REGISTRY"
until [[ $(workers || true) == *"http://$before."* ]]; do
  if ((SECONDS >= deadline)); then
    echo "$before did not come; $POD_NAME goes on without"
    exit 0
  fi
  sleep 1
done
