#!/usr/bin/env bash
# Installs what the tests need, checks formatting and warnings, builds what ships, and runs every test.
#   tests/run-all.sh         all of it, as CI does
#   tests/run-all.sh quick   formatting, build, and unit tests without those that play incidents: while you work
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed and something ran.
set -uo pipefail
cd "$(dirname "$0")/.."

case ${1:-all} in
  all | quick) kind=${1:-all} ;;
  *)
    echo "unknown: $1; run tests/run-all.sh, or tests/run-all.sh quick while you work" >&2
    exit 2
    ;;
esac

passed=0 failed=0 skipped=0
failures=() # messages that are repeated at the end
groups=() # process groups of the running tests and their children
pages=$(mktemp -d) logs=$(mktemp -d)

# Runs also when interrupted: nothing that a test has started outlives this script.
clean_up() {
  local group
  for group in "${groups[@]}"; do kill -TERM -- "-$group" 2>/dev/null; done
  for group in "${groups[@]}"; do
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 -- "-$group" 2>/dev/null || break; sleep 0.2; done
    kill -KILL -- "-$group" 2>/dev/null
  done
  rm -rf "$pages" "$logs"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '\n== %s (after %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# Repeats the failures at the end, so that they are seen at the end of a long log.
finish() {
  if [ ${#failures[@]} -ne 0 ]; then
    say "what failed"
    printf '%s\n' "${failures[@]}"
  fi
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# A check is a command that must succeed; it counts as one test. Exit code 77 means skipped; it has printed the reason.
check() {
  local name=$1 ended=0
  shift
  say "$name"
  "$@" || ended=$?
  case $ended in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) ;;
    *)
      failed=$((failed + 1))
      failures+=("$name (what it said stands under its heading above)")
      printf 'FAILED: %s\n' "$name"
      return 1
      ;;
  esac
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
  command -v lintian >/dev/null || missing+=(lintian)
  command -v systemd-analyze >/dev/null || missing+=(systemd)
  command -v curl >/dev/null || missing+=(curl)
  command -v wrk >/dev/null || missing+=(wrk)
  command -v nginx >/dev/null || missing+=(nginx-light)
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "install these programs and run again: ${missing[*]} (on Debian, as root: apt-get install ${missing[*]})" >&2
    return 1
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Installs the npm packages of the tests from the lock files, if those are newer.
install_npm_packages() {
  local folder
  for folder in tests/web tests/manifests tests/dashboards-drawn; do
    [ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ] && continue
    npm ci --prefix $folder --ignore-scripts --no-audit --no-fund --loglevel=error && touch $folder/node_modules/.package-lock.json || return
  done
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

# Under nohup SIGHUP is ignored, in the background of a script SIGINT and SIGQUIT, and whatever is started there inherits that,
# and cannot be told to reload or to end: tests would fail for where they were started. GNU's env gives the signals their
# meaning back; another env cannot, and the tests then run as they were started.
as_in_a_terminal=()
env --default-signal=HUP,INT,QUIT true 2>/dev/null && as_in_a_terminal=(env --default-signal=HUP,INT,QUIT)

# Starts the tests of a project, with their output in a file of their own.
start_tests() {
  local project=$1
  shift
  set -m # a process group of its own, which clean_up ends as a whole
  (
    # A background process group that reads the terminal is stopped, so stdin is /dev/null.
    "${as_in_a_terminal[@]}" dotnet "tests/$project/bin/Release/net10.0/$project.dll" -noColor -xml "$logs/$project.xml" "$@" \
      </dev/null >"$logs/$project" 2>&1
    echo $? >"$logs/$project.ended"
  ) &
  set +m
  groups+=($!)
}

# Prints the slowest tests.
slowest_tests() {
  echo "the twenty slowest, in seconds:"
  grep -oh '<test [^>]*' "$logs"/*.xml | sed -nE 's/.* name="([^"]*)".* time="([0-9.]+)".*/\2 \1/p' | sort -rn | head -20 \
    | sed 's/&quot;/"/g; s/&amp;/\&/g; s/^/  /' | cut -c1-150
}

# The tests that failed, each with the first lines of its message: xunit begins each with its name and "[FAIL]", and indents
# what belongs to it.
failed_tests() {
  awk '/\[(FAIL|ERROR)\]$/ { shown = 12 } /^[^ ]/ { shown = 0 } shown > 0 { print substr($0, 1, 1000); shown-- }' "$1" | head -n 150
}

# Shows their output until they end, and counts them.
finish_tests() {
  local counts ended
  say "tests of $1"
  until [ -e "$logs/$1" ]; do sleep 0.1; done
  tail -n +1 -f --pid="$2" "$logs/$1" &
  wait $! # not in the foreground, where it would hold back the trap of a signal
  wait "$2"
  ended=$(cat "$logs/$1.ended")
  # "   Exporter.Tests  Total: 752, Errors: 0, Failed: 2, Skipped: 1, Not Run: 0, Time: 144.387s"
  counts=$(sed -nE 's/.* Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+).*/\1 \2 \3 \4 \5/p' "$logs/$1" | tail -1)
  if [ -z "$counts" ]; then
    failed=$((failed + 1))
    failures+=("$1 ended without counting its tests; its last words:" "$(tail -n 40 "$logs/$1")")
    printf 'FAILED: %s ended without counting its tests\n' "$1"
    return 1
  fi
  local total errors broken left idle
  read -r total errors broken left idle <<<"$counts"
  passed=$((passed + total - broken - left - idle))
  failed=$((failed + broken + errors))
  [ $((broken + errors)) -eq 0 ] || failures+=("$(failed_tests "$logs/$1")")
  # A run that crashes after the count, in another thread or in its clean-up, has failed.
  if [ "$ended" -ne 0 ] && [ $((broken + errors)) -eq 0 ]; then
    failed=$((failed + 1))
    failures+=("$1 ended with $ended once its tests had passed; its last words:" "$(tail -n 40 "$logs/$1")")
    printf 'FAILED: %s ended with %d\n' "$1" "$ended"
  fi
  skipped=$((skipped + left + idle))
}

# A fault put into the judgement must fail some test of the library: the share of faults that did, by file. Other projects'
# tests see more of them; what counts is that the share does not fall.
# One commit scored 61.3 and the next, with the same analysis, 59.5 on a machine that was busy: the bound leaves room for that.
mutation_tests() {
  local ended=0
  (cd tests/Clustermgr.Tests && nice -n 10 dotnet stryker --skip-version-check -O "$logs/stryker" --break-at 55) >"$logs/stryker.txt" 2>&1 || ended=$?
  grep -E '^. Analysis/|mutation score' "$logs/stryker.txt" || tail -20 "$logs/stryker.txt"
  return $ended
}

# Runs long, low-priority checks one after the other in the background.
start_background_checks() {
  set -m
  (
    for name in drawn systemd deb release mutation_tests; do
      ended=0
      case $name in
        drawn) nice -n 10 node tests/dashboards-drawn/draw.mjs ;;
        mutation_tests) mutation_tests ;;
        *) nice -n 10 tests/packaging/$name.sh ;;
      esac >"$logs/$name.said" 2>&1 </dev/null || ended=$?
      echo $ended >"$logs/$name.ended"
    done
  ) &
  set +m
  groups+=($!)
}

# Waits for a background check with a timeout, shows its output, and returns its exit code.
await_background_check() {
  local waited=0
  until [ -e "$logs/$1.ended" ]; do
    [ $((waited += 1)) -gt 1800 ] && { cat "$logs/$1.said"; echo "$1 does not end"; return 1; }
    sleep 1
  done
  cat "$logs/$1.said"
  return "$(cat "$logs/$1.ended")"
}

# Compares bytes and ratios of the build from the Dockerfile's commands with the recorded ones.
performance_gate() {
  EXPORTER=$PWD/artifacts/clustermgr-exporter/clustermgr-exporter tests/Exporter.Benchmarks/run.sh check --quick
}

# Checks every different page that a test created with promtool.
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
check "npm packages that the tests use" install_npm_packages || finish
# In quick mode only what the unit tests need.
build_all() {
  if [ "$kind" = quick ]; then
    dotnet build tests/Clustermgr.Tests -c Release -v minimal && dotnet build tests/Exporter.Tests -c Release -v minimal
  else
    dotnet build Exporter.sln -c Release -v minimal
  fi
}

# Each kind of publish has lock files of its own, and only a restore of that kind updates them.
lock_files() {
  local machine
  for machine in linux-x64 linux-arm64; do
    CI=true dotnet restore src/Exporter -p:RuntimeIdentifier=$machine -v quiet && continue
    echo "update them: dotnet restore src/Exporter -p:RuntimeIdentifier=$machine --force-evaluate"
    return 1
  done
  CI=true dotnet restore Exporter.sln -v quiet && return
  echo "update them: dotnet restore Exporter.sln --force-evaluate"
  return 1
}

[ "$kind" = quick ] || check "lock files of the packages" lock_files
check "build, with warnings as errors" build_all || finish
# csharpier decides where a line of C# breaks. Names, braces and modifiers are held by the build itself (.editorconfig,
# EnforceCodeStyleInBuild).
check_format() {
  local long
  dotnet tool restore >/dev/null && dotnet csharpier check . || return 1
  long=$(git ls-files '*.cs' | LC_ALL=C.UTF-8 xargs grep -nE '^.{121}' | LC_ALL=C.UTF-8 grep -E ':[0-9]+:(.*[^:"])?//[/]? ' | cut -d: -f1,2)
  [ -z "$long" ] || { printf 'a comment is longer than 120 columns: %s\n' $long; return 1; }
}

check "formatting" check_format
if [ "$kind" = quick ]; then
  namespaces=$(grep -rhoE '^namespace ClustermgrExporter\.Tests[A-Za-z.]*' tests/Exporter.Tests --include='*.cs' \
    | sort -u | sed 's/^namespace //' | grep -v '\.Alerts$')
  start_tests Clustermgr.Tests
  finish_tests Clustermgr.Tests "${groups[0]}"
  # shellcheck disable=SC2046 # one argument a word
  start_tests Exporter.Tests $(printf -- '-namespace %s ' $namespaces)
  finish_tests Exporter.Tests "${groups[1]}"
  slowest_tests
  finish
fi
check "every command of the Dockerfile" run_dockerfile_commands
export CLUSTERMGR_TEST_PAGES=$pages
# The end-to-end tests run the program that the Dockerfile's commands have just built, or fail.
export CLUSTERMGR_TEST_SHIPPED=1
# In parallel: end-to-end tests mostly wait, and the background checks use the remaining CPU.
start_background_checks
start_tests Clustermgr.Tests
finish_tests Clustermgr.Tests "${groups[1]}"
start_tests Exporter.EndToEnd
start_tests Exporter.Tests
finish_tests Exporter.Tests "${groups[3]}"
finish_tests Exporter.EndToEnd "${groups[2]}"
slowest_tests
check "manifests of Kubernetes, by the published schemas" node tests/manifests/check.mjs
check "dashboards, drawn by Grafana's components" await_background_check drawn
check "units of systemd" await_background_check systemd
check "Debian package: installed, started, upgraded, purged" await_background_check deb
check "release: archives, packages, tool, list of parts, made twice" await_background_check release
check "mutation of the analysis, with Stryker" await_background_check mutation_tests
# Last, when nothing else runs beside it.
check "performance, beside what was recorded" performance_gate
check "promtool accepts every page that a test made" promtool_accepts_every_page
finish
