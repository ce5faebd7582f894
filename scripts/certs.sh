# shellcheck shell=bash disable=SC2154 # variables are shared between the parts
# A certificate authority for trying TLS, and a certificate for each node. Sourced by misc-commands.sh.

certs_days=825 # what browsers and phones take at most

# certs [DIR] [NAME[,NAME…]…]: DIR/ca.pem, and for each node DIR/NAME.pem with DIR/NAME.key, NAME being its first. What is there stays.
certs() {
  local folder=${1:-$root/certs} name
  shift || true
  (($# > 0)) || set -- romulus remus node3
  for name in "$@"; do
    [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9.:_-]{0,62}(,[A-Za-z0-9:][A-Za-z0-9.:_-]{0,62})*$ && ${name%%,*} != ca ]] ||
      usage_error "certs: '$name' is no name: a host's name or IP address, with commas where it has several, and not ca"
  done
  need openssl
  (
    umask 077
    mkdir -p "$folder"
    certs_authority "$folder"
    for name in "$@"; do
      certs_node "$folder" "$name"
    done
  )
}

certs_authority() { # FOLDER
  if [[ -e $1/ca.key && -e $1/ca.pem ]]; then
    say "$1/ca.pem is there already"
    return
  fi
  [[ ! -e $1/ca.key && ! -e $1/ca.pem ]] || die "$1 has one of ca.key and ca.pem: restore the other, or remove it for a new authority"
  certs_openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=TeeChain test CA" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$1/ca.key" -out "$1/ca.new"
  certs_publish "$1/ca.new" "$1/ca.pem"
  say "$1/ca.pem: the authority; whoever has ca.key can pass for any node"
}

# Key first and certificate last: one that is there has its key.
certs_node() { # FOLDER NAME[,NAME…]
  local folder=$1 name=${2%%,*} one names="DNS:localhost,IP:127.0.0.1,IP:::1"
  if [[ -e $folder/$name.pem ]]; then
    say "$folder/$name.pem is there already"
    return
  fi
  for one in ${2//,/ }; do
    if [[ $one =~ ^[0-9.]+$ || $one == *:* ]]; then names+=",IP:$one"; else names+=",DNS:$one"; fi
  done
  certs_openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$folder/$name.key" -out "$folder/$name.csr"
  # What the dialled address says must be among the names; clientAuth is for the hop, where both sides show theirs.
  printf '%s\n' "subjectAltName=$names" \
    'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth,clientAuth' >"$folder/$name.ext"
  certs_openssl x509 -req -in "$folder/$name.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -set_serial "0x$(openssl rand -hex 16)" -days "$certs_days" \
    -extfile "$folder/$name.ext" -out "$folder/$name.new"
  rm -f "$folder/$name.csr" "$folder/$name.ext"
  certs_publish "$folder/$name.new" "$folder/$name.pem"
  say "$folder/$name.pem, $folder/$name.key"
}

certs_openssl() {
  local said
  said=$(openssl "$@" 2>&1) || die "openssl $1 failed: $said"
}

# A certificate is no secret.
certs_publish() { # DRAFT FILE
  chmod 644 "$1"
  mv "$1" "$2"
}
