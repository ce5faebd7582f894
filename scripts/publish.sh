# shellcheck shell=bash disable=SC2154 # variables are shared between the parts
# `misc-commands.sh publish`, and the programs that the end-to-end tests run. Sourced by misc-commands.sh.

# What is published: a project in src/ and its program.
published=(TeeProxy/teeproxy SampleApp/sample-app TeeChain.Fleet/teechain)

uses_ready_to_run() { grep -q '<UseReadyToRun.*>true<' "$root/feed.props"; }

# Programs that need the .NET runtime, from the Release build that is there; compiled to machine code for linux-x64 if the
# feed has the compiler, else as they were built.
publish_framework_dependent() { # FOLDER
  local each ahead=()
  # Beside the build's output nothing is compiled again: the runtime identifier must not choose another folder.
  uses_ready_to_run && ahead=(-r linux-x64 --self-contained false -p:AppendRuntimeIdentifierToOutputPath=false)
  for each in "${published[@]}"; do
    rm -rf "${1:?}/${each#*/}"
    dotnet publish -c Release --no-restore --no-build "${ahead[@]}" -o "$1/${each#*/}" \
      "$root/src/${each%/*}/${each%/*}.csproj" </dev/null || return
  done
}

# One file each, with the runtime in it.
publish_self_contained() { # FOLDER
  local each made
  mkdir -p "$1"
  made=$(mktemp -d "$1/made.XXXXXX")
  for each in "${published[@]}"; do
    # The runtime is compiled already: composite would do it again, for minutes. The build has run the analyzers; the
    # committed lock files are the plain build's.
    dotnet publish -c Release -r linux-x64 --self-contained true -p:PublishSingleFile=true -p:PublishReadyToRunComposite=false \
      -p:DebugType=embedded -p:RunAnalyzers=false -p:NuGetLockFilePath=obj/published.packages.lock.json -o "$made" \
      "$root/src/${each%/*}/${each%/*}.csproj" </dev/null || return
    mv "$made/${each#*/}" "$1/" || return
    # SQLite's library (teechain --stats-db) stands beside the program: from within the file it would have to be unpacked into
    # a home folder at each start, and services often have none.
    find "$made" -name '*.so' -exec mv -t "$1" {} + || return
  done
  rm -rf "$made"
}

publish_all() {
  local folder=$root/artifacts/publish log=$root/artifacts/publish.log step
  [[ $configuration == Release ]] || die "publish takes the Release configuration only"
  [[ -z ${TEECHAIN_PROGRAMS:-} ]] || die "publish makes programs: unset TEECHAIN_PROGRAMS"
  build_programs
  rm -rf "$folder"
  mkdir -p "$folder"
  : >"$log"
  for step in framework-dependent self-contained; do
    say "Publishing $step"
    "publish_${step//-/_}" "$folder/$step" >>"$log" 2>&1 || {
      grep -E ': (error|warning) ' "$log" | sort -u | tail -n 20 >&2 || tail -n 20 "$log" >&2
      die "the $step programs could not be published (artifacts/publish.log)"
    }
  done
  mkdir "$folder/completion"
  cp "$root/deploy/completion/teechain.bash" "$folder/completion/"
  (cd "$folder" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum) >"$root/artifacts/SHA256SUMS"
  mv "$root/artifacts/SHA256SUMS" "$folder/"
  say "In artifacts/publish; checked there by: sha256sum --check --quiet SHA256SUMS"
  uses_ready_to_run || say "The feed has no ReadyToRun compiler: these programs compile themselves as they run, and start more slowly."
}

publish() {
  need_dotnet
  under_build_lock publish_all
}
