#!/usr/bin/env bash
# All of Overt's tests, from nothing: `npm ci && npm test`, as root or as an ordinary user, on any machine with Debian's
# package manager. OVERT_TEST_LONG=1 (`npm run test:long`) does each kind of fault 100 times instead of 10.
# Arguments, if any, are the test files to run instead of all of them.
set -uo pipefail
cd "$(dirname "$0")/.."

# The runtime is a dependency: the machine's own Node may be old.
export PATH="$PWD/node_modules/.bin:$PATH"
export NODE_NO_WARNINGS=1
# Tests choose their own addresses; a developer's settings must not leak in.
unset OVERT_HOME OVERT_KEYRING OVERT_KEYRING_COPY OVERT_PORT OVERT_HOST OVERT_PUBLIC_URL
unset DATABASE_URL DATABASE_OWNER_URL NODE_OPTIONS NODE_COMPILE_CACHE

if [ ! -x node_modules/.bin/node ]; then
  echo 'Run "npm ci" first: the tests need what it installs, its own Node included.' >&2
  exit 1
fi

failed=()
step() {
  local name=$1
  shift
  echo "-- $name"
  "$@" || failed+=("$name")
}

echo '-- system packages'
bash tests/rig/system-packages.sh || exit 1

step 'types' tsc --noEmit
if compgen -G 'src/web/islands/*' >/dev/null; then
  step 'types of the islands' tsc --noEmit -p tsconfig.islands.json
fi
step 'form (biome)' biome check --error-on-warnings .

# Test files run side by side, one process each. Many of them wait for cameras and timers rather than for a processor,
# so two at once pay off even on a small machine.
cores=$(nproc)
beside=$((cores > 2 ? cores : 2))
longest=tests/fault/kill.test.ts
if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(find src tests simulator benchmarks -name '*.test.ts')
  # The longest begins first, or a machine with many processors ends by waiting for it alone. Node takes files in the
  # order of their paths, and one from the root comes before all; it tells them in that order too, so the first words
  # take some minutes.
  files=("${files[@]/#"$longest"/$PWD/$longest}")
fi
# A file may take this long before it counts as hung; the long run is allowed its hours.
timeout_ms=$([ "${OVERT_TEST_LONG:-}" = 1 ] && echo 14400000 || echo 1800000)

echo "-- tests ($beside files at once, Node $(node --version))"
ran=$(mktemp)
# A hundred processes read the same code: compiled once, in a folder that nobody else may write to and that goes with the
# run.
compiled=$(mktemp -d)
trap 'rm -rf "$ran" "$compiled"' EXIT
export NODE_COMPILE_CACHE="$compiled"
node --test --test-concurrency="$beside" --test-timeout="$timeout_ms" \
  --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=./tests/rig/ran-reporter.ts --test-reporter-destination="$ran" "${files[@]}"
code=$?

# What the policy pages call enforced must have refused somebody in this very run.
if [ $# -eq 0 ] && [ $code -eq 0 ]; then
  step 'controls that ran' node tests/ran.ts "$ran"
fi

# Node's summary is the last word unless a check before it failed.
if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED: %s\n' "${failed[@]}" >&2
  exit 1
fi
exit $code
