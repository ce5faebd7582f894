# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the parts
# The build, and the packages that not every feed has. Sourced by misc-commands.sh.

export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# can_restore PROPERTIES ITEMS: yes, no, or unreachable, by a restore of a throw-away project. It shares the package folder
# (NUGET_PACKAGES) with the build, so it answers the question that matters: will the build find it?
can_restore() {
  local folder outcome=no config
  folder=$(mktemp -d)
  # Nothing of the repository is inherited but its feed and its SDK.
  for config in NuGet.Config NuGet.config nuget.config global.json; do
    [[ -f $root/$config ]] && cp "$root/$config" "$folder/"
  done
  echo '<Project />' | tee "$folder/Directory.Build.props" "$folder/Directory.Build.targets" >"$folder/Directory.Packages.props"
  cat >"$folder/attempt.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit>$1</PropertyGroup>
  <ItemGroup>$2</ItemGroup>
</Project>
END
  if (cd "$folder" && NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT=1 timeout 90 dotnet restore attempt.csproj </dev/null >restore.log 2>&1); then
    outcome=yes
  elif ! grep -qE 'NU110[1-3]' "$folder/restore.log" || grep -qE 'NU1301' "$folder/restore.log"; then
    # Not "there is no such package" (NU1101 to NU1103), so nothing is known: offline, a timeout, a feed in trouble.
    outcome=unreachable
  fi
  rm -rf "$folder"
  echo "$outcome"
}

has_package() { # NAME VERSION [NAME VERSION]
  local references=""
  while (($# > 0)); do
    references+="<PackageReference Include=\"$1\" Version=\"[$2]\" />"
    shift 2
  done
  can_restore "" "$references"
}

# The compiler to machine code, of the SDK's own version, and the runtime packs that it compiles against. What it makes
# must run here, so elsewhere there is no use for it.
has_ready_to_run() {
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    echo no
  else
    can_restore "<RuntimeIdentifiers>linux-x64</RuntimeIdentifiers><PublishReadyToRun>true</PublishReadyToRun>" \
      '<FrameworkReference Include="Microsoft.AspNetCore.App" />'
  fi
}

# Writes feed.props, which Directory.Build.props imports, so that every later build uses what the feed has. yes and no
# are final (`misc-commands.sh feed` asks again) for one SDK; unreachable counts as false for now and is asked again.
write_feed_props() {
  local file=$root/feed.props
  if [[ ! -f $file ]] || grep -q unreachable "$file" || ! grep -qF "SDK $(sdk_version):" "$file"; then ask_feed; fi
}

sdk_version() { (cd "$root" && dotnet --version); }

ask_feed() {
  local file=$root/feed.props sdk prometheus nbomber ready content
  sdk=$(sdk_version)
  prometheus=$(has_package prometheus-net 8.2.1 prometheus-net.AspNetCore 8.2.1)
  nbomber=$(has_package NBomber 4.1.2)
  ready=$(has_ready_to_run)
  content="<Project>
  <!-- Written by misc-commands.sh with SDK $sdk: a restore of each was tried.
       prometheus-net 8.2.1: $prometheus. NBomber 4.1.2: $nbomber. ReadyToRun compiler: $ready, of the SDK's version. -->
  <PropertyGroup>
    <UsePrometheusNet>$(is_yes "$prometheus")</UsePrometheusNet>
    <UseNBomber>$(is_yes "$nbomber")</UseNBomber>
    <UseReadyToRun Condition=\"\$(MSBuildToolsPath.EndsWith('/$sdk'))\">$(is_yes "$ready")</UseReadyToRun>
  </PropertyGroup>
</Project>"
  # Every project depends on this file: written only when it differs, or each run would build everything.
  [[ -f $file && $(<"$file") == "$content" ]] || printf '%s\n' "$content" >"$file"
  say "Feed: prometheus-net $prometheus, NBomber $nbomber, ReadyToRun compiler $ready (feed.props)"
}

is_yes() { if [[ $1 == yes ]]; then echo true; else echo false; fi; }

# One build of this tree at a time, whoever starts it: two `up`s side by side share it.
under_build_lock() {
  mkdir -p "$root/artifacts"
  (
    flock -w 300 8 || die "another build of $root has been going on for 5 minutes (artifacts/build.lock)"
    # The compiler's server outlives the build and would keep both locks.
    "$@" 8>&- 9>&-
  ) 8>"$root/artifacts/build.lock"
}

build_programs() {
  local project
  if [[ -n ${TEECHAIN_PROGRAMS:-} ]]; then
    are_there || die "TEECHAIN_PROGRAMS is $TEECHAIN_PROGRAMS, but $teeproxy, $sample_app and $teechain are not all there"
    return
  fi
  need_dotnet
  if runs_from_here; then
    # The runtime maps its assemblies; to write over them would pull the ground from under what runs.
    say "Not building: a program of this tree runs."
    are_there || die "but there is no $configuration build; run ./misc-commands.sh down first"
    return
  fi
  write_feed_props
  say "Building ($configuration)"
  for project in TeeProxy SampleApp TeeChain.Fleet; do
    build_project "$root/src/$project/$project.csproj"
  done
}

build_project() { # FILE
  local log=$root/artifacts/build.log
  dotnet build -c "$configuration" "$1" </dev/null >"$log" 2>&1 || {
    grep -E ': (error|warning) ' "$log" | sort -u | tail -n 20 >&2 || tail -n 20 "$log" >&2
    die "the build of $(basename "$1" .csproj) failed (artifacts/build.log)"
  }
}

are_there() { [[ -x $teeproxy && -x $sample_app && -x $teechain ]]; }

runs_from_here() {
  local exe
  for exe in /proc/[0-9]*/exe; do
    exe=$(readlink "$exe" 2>/dev/null) || continue
    [[ $exe == "$teeproxy" || $exe == "$sample_app" || $exe == "$teechain" ]] && return
  done
  return 1
}
