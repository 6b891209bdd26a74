#!/usr/bin/env bash
# Measures the program against the numbers that it was designed for; docs/performance.md says how to read what comes.
#   run.sh [request|parse|render|scrape|gauges|serve|concurrent|poll|linear|start|scan|all] [--quick] [--beside]
#   run.sh scale [--quick]
#   run.sh check [--quick] [--record]
#   run.sh fleet
# scale: ten thousand clusters in two shards, most of them without sockets, and a Prometheus that scrapes them.
# check: compares bytes and ratios with bounds.json, and fails where one got worse; --record: writes them there.
# fleet: simulates a thousand clusters until interrupted, for a profiler to look at what polls them.
# --beside: a ReadyToRun build of the same program is measured in turn with the native one that ships.
set -euo pipefail
cd "$(dirname "$0")/../.."

verb=${1:-all} beside=no
for argument in "$@"; do [ "$argument" = --beside ] && beside=yes; done
case $verb in
  request | parse | render | scrape | gauges | serve | concurrent | poll | linear | start | scan | scale | check | fleet | all) ;;
  *)
    sed -n 's/^#   /usage: /p' "$0" >&2
    exit 2
    ;;
esac

# wrk makes the load and nginx is what /metrics is compared with. Only an instance of our own is started, on a free port.
install_programs() {
  local missing=()
  command -v wrk >/dev/null || missing+=(wrk)
  command -v nginx >/dev/null || missing+=(nginx-light)
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "install these programs and run again: ${missing[*]} (on Debian, as root: apt-get install ${missing[*]})" >&2
    return 1
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" >/dev/null
}

dotnet build tests/Exporter.Benchmarks -c Release -v quiet --nologo
case $verb in
  serve | concurrent | poll | linear | start | scan | check | all)
    case $verb in serve | check | all) install_programs ;; esac
    # As the Dockerfile publishes it; what is published already is named by EXPORTER.
    if [ -z "${EXPORTER:-}" ]; then
      dotnet publish src/Exporter -c Release -r linux-x64 -o artifacts/benchmarked -v quiet --nologo
      export EXPORTER=$PWD/artifacts/benchmarked/clustermgr-exporter
    fi
    export BOUNDS=$PWD/tests/Exporter.Benchmarks/bounds.json
    if [ "$beside" = yes ]; then
      # Elsewhere, since its intermediate files are others.
      dotnet publish src/Exporter -c Release -r linux-x64 -o artifacts/ready-to-run/out -v quiet --nologo --self-contained \
        -p:PublishAot=false -p:PublishReadyToRun=true -p:PublishTrimmed=true -p:TieredPGO=false -p:SuppressTrimAnalysisWarnings=true \
        -p:TreatWarningsAsErrors=false -p:NuGetLockFilePath=obj/ready-to-run.lock.json -p:UseArtifactsOutput=true -p:ArtifactsPath="$PWD/artifacts/ready-to-run/build"
      export EXPORTER_BESIDE=$PWD/artifacts/ready-to-run/out/clustermgr-exporter
    fi
    ;;
esac

# A thousand clusters of three members are some ten thousand connections, both ends on this machine.
ulimit -n "$(ulimit -Hn)"
exec dotnet tests/Exporter.Benchmarks/bin/Release/net10.0/Exporter.Benchmarks.dll "$@"
