#!/usr/bin/env bash
# What `misc-commands.sh certs` promises, asked of openssl.
# shellcheck disable=SC2317 # The tests are called by name.
# shellcheck source=deploy/test/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/test/harness.sh"

certs() { "$root/misc-commands.sh" certs "$@"; }

each_node_has_a_certificate_for_its_names_that_the_authority_signed() {
  certs "$work/made" node1,10.0.0.1,fd00::1 node2
  openssl verify -x509_strict -CAfile "$work/made/ca.pem" -purpose sslserver "$work/made/node1.pem" "$work/made/node2.pem"
  openssl verify -x509_strict -CAfile "$work/made/ca.pem" -purpose sslclient "$work/made/node1.pem" "$work/made/node2.pem"
  openssl x509 -in "$work/made/node1.pem" -noout -checkhost node1 | grep 'does match'
  openssl x509 -in "$work/made/node2.pem" -noout -checkhost node1 | grep 'does NOT match'
  local address
  for address in 127.0.0.1 ::1 10.0.0.1 fd00::1; do
    openssl x509 -in "$work/made/node1.pem" -noout -checkip "$address" | grep 'does match'
  done
}

keys_are_for_their_owner_alone_and_nothing_else_is_left() {
  [[ $(cd "$work/made" && echo *) == "ca.key ca.pem node1.key node1.pem node2.key node2.pem" ]]
  [[ $(stat -c %a "$work"/made/*.key | sort -u) == 600 ]]
  [[ $(stat -c %a "$work/made") == 700 ]]
}

what_is_there_stays_and_what_is_missing_is_made() {
  local before
  before=$(sha256sum "$work"/made/*)
  certs "$work/made" node1 node3
  sha256sum --check --quiet <<<"$before"
  openssl verify -CAfile "$work/made/ca.pem" "$work/made/node3.pem"
}

half_an_authority_is_not_replaced() {
  rm "$work/made/ca.key"
  if certs "$work/made" node4; then return 1; fi
  [[ ! -e $work/made/node4.pem ]]
}

a_name_that_is_none_is_refused_before_anything_is_made() {
  local name
  for name in ca ../up 'a b' '' -x 'a,' '*.example'; do
    if certs "$work/none" node1 "$name"; then
      echo "'$name' was taken"
      return 1
    fi
  done
  [[ ! -e $work/none ]]
}

need openssl
check each_node_has_a_certificate_for_its_names_that_the_authority_signed
check keys_are_for_their_owner_alone_and_nothing_else_is_left
check what_is_there_stays_and_what_is_missing_is_made
check half_an_authority_is_not_replaced
check a_name_that_is_none_is_refused_before_anything_is_made
closing_line
