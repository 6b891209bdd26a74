#!/usr/bin/env bash
# Installs what the tests need, checks formatting and warnings, builds what ships, and runs every test.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed and something ran.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }

finish() {
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# A check is a command that must succeed; it counts as one test.
check() {
  local name=$1
  shift
  say "$name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$name"
    return 1
  fi
}

# Programs that the tests start on ports of their own. Debian's packages may start services too; those are left alone.
install_programs() {
  local missing=()
  command -v promtool >/dev/null || missing+=(prometheus)
  command -v amtool >/dev/null || missing+=(prometheus-alertmanager)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v zsh >/dev/null || missing+=(zsh)
  command -v fish >/dev/null || missing+=(fish)
  command -v groff >/dev/null || missing+=(groff-base)
  command -v clang >/dev/null || missing+=(clang)
  [ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
  command -v aarch64-linux-gnu-gcc >/dev/null || missing+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
  command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "install these programs and run again: ${missing[*]} (on Debian, as root: apt-get install ${missing[*]})" >&2
    return 1
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# What the tests take from npm, as tests/web/package-lock.json has it; anew only where that is newer.
install_web_packages() {
  [ tests/web/node_modules/.package-lock.json -nt tests/web/package-lock.json ] && return
  npm ci --prefix tests/web --ignore-scripts --no-audit --no-fund --loglevel=error && touch tests/web/node_modules/.package-lock.json
}

# Every command of the Dockerfile, as it stands there. What apt-get installs there install_programs has installed here,
# where apt-get may need another user.
run_dockerfile_commands() {
  local command
  rm -rf artifacts/clustermgr-exporter # what an earlier publish of another kind has left there
  while IFS= read -r command; do
    echo "+ $command"
    case $command in apt-get*) [ "$(id -u)" -eq 0 ] || { echo "not root: left out"; continue; } ;; esac
    bash -c "$command" || return 1
  done < <(sed -n 's/^RUN //p' Dockerfile)
}

# The same program for arm64, compiled here, and run as far as an emulator without arm64's OpenSSL can: it prints its version.
publish_arm64() {
  dotnet publish src/Exporter -c Release -r linux-arm64 -o artifacts/linux-arm64 -v quiet --nologo \
    && [ -n "$(qemu-aarch64 -L /usr/aarch64-linux-gnu artifacts/linux-arm64/clustermgr-exporter --version)" ]
}

# Under nohup SIGHUP is ignored, and whatever is started there inherits that, and cannot be told to reload: the tests of
# reloading would fail for where they were started. GNU's env gives the signal its meaning back; another env cannot, and the
# tests then run as they were started.
as_in_a_terminal=()
env --default-signal=HUP true 2>/dev/null && as_in_a_terminal=(env --default-signal=HUP)

# Begins the tests of a project; what they say goes into a file of their own.
start_tests() {
  (
    "${as_in_a_terminal[@]}" dotnet "tests/$1/bin/Release/net10.0/$1.dll" -noColor >"$logs/$1" 2>&1
    echo $? >"$logs/$1.ended"
  ) &
}

# Shows what they say until they end, and counts them.
finish_tests() {
  local counts ended
  say "tests of $1"
  until [ -e "$logs/$1" ]; do sleep 0.1; done
  tail -n +1 -f --pid="$2" "$logs/$1"
  wait "$2"
  ended=$(cat "$logs/$1.ended")
  # "   Exporter.Tests  Total: 752, Errors: 0, Failed: 2, Skipped: 1, Not Run: 0, Time: 144.387s"
  counts=$(sed -nE 's/.* Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+).*/\1 \2 \3 \4 \5/p' "$logs/$1" | tail -1)
  if [ -z "$counts" ]; then
    failed=$((failed + 1))
    printf 'FAILED: %s ended without counting its tests\n' "$1"
    return 1
  fi
  local total errors broken left idle
  read -r total errors broken left idle <<<"$counts"
  passed=$((passed + total - broken - left - idle))
  failed=$((failed + broken + errors))
  # One that dies once it has counted, in a thread of its own or in its clean-up, has not passed.
  if [ "$ended" -ne 0 ] && [ $((broken + errors)) -eq 0 ]; then
    failed=$((failed + 1))
    printf 'FAILED: %s ended with %d\n' "$1" "$ended"
  fi
  skipped=$((skipped + left + idle))
}

# promtool's word on every different page that a test made.
promtool_accepts_every_page() {
  local made refused
  made=$(find "$pages" -name '*.txt' | wc -l)
  echo "$made pages"
  [ "$made" -gt 0 ] || return 1 # nothing to accept is no acceptance
  refused=$(find "$pages" -name '*.txt' -print0 \
    | xargs -0 -r -P 2 -I {} sh -c 'promtool check metrics < {} > {}.said 2>&1 && [ ! -s {}.said ] || { echo {}; head -3 {}.said; }')
  [ -z "$refused" ] || { echo "$refused" | head -40; return 1; }
}

check "programs that the tests use" install_programs || finish
check "npm packages that the tests use" install_web_packages || finish
check "build, with warnings as errors" dotnet build Exporter.sln -c Release -v minimal || finish
# csharpier decides where a line of C# breaks; what it cannot decide (names, usings, modifiers) dotnet format checks.
formatted() {
  dotnet tool restore >/dev/null && dotnet csharpier check . \
    && dotnet format style Exporter.sln --verify-no-changes --no-restore
}

check "formatting" formatted
check "every command of the Dockerfile" run_dockerfile_commands
check "publish for linux-arm64" publish_arm64
pages=$(mktemp -d) logs=$(mktemp -d)
trap 'rm -rf "$pages" "$logs"' EXIT
export CLUSTERMGR_TEST_PAGES=$pages
# The tests from end to end run the program that the Dockerfile's commands have just made, or fail.
export CLUSTERMGR_TEST_SHIPPED=1
# Side by side: those from end to end mostly wait for what takes its time.
start_tests Exporter.EndToEnd
end_to_end=$!
start_tests Exporter.Tests
finish_tests Exporter.Tests $!
finish_tests Exporter.EndToEnd $end_to_end
check "promtool accepts every page that a test made" promtool_accepts_every_page
finish
