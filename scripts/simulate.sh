# shellcheck shell=bash disable=SC2154 # variables are shared between the parts
# `misc-commands.sh simulate`: more seeds of the simulated chain than the tests have time for. Sourced by misc-commands.sh.

simulate() {
  local seeds=1000 first=1 name=TeeChain.Simulation
  while (($# > 0)); do
    if [[ ${2:-} =~ ^[1-9][0-9]{0,8}$ ]]; then
      case $1 in
        --seeds) seeds=$2 ;;
        --first) first=$2 ;;
        *) usage_error "simulate takes --seeds N and --first S, not '$1'" ;;
      esac
      shift 2
    else
      usage_error "simulate takes --seeds N and --first S, numbers from 1"
    fi
  done
  need_dotnet
  dotnet build -c Release -v q --nologo "$root/tests/$name/$name.csproj" </dev/null
  TEECHAIN_SIMULATE_SEEDS=$seeds TEECHAIN_SIMULATE_FIRST=$first \
    dotnet exec "$root/tests/$name/bin/Release/net10.0/$name.dll" -noLogo -noColor -showLiveOutput
}
