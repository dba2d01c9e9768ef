#!/usr/bin/env bash
# Fuzzes the built service from its own OpenAPI document with schemathesis (pip install schemathesis), then with the
# tests of this repository and many more inputs. No part of `npm cit`.
#
# scripts/fuzz.sh [examples an operation] [runs of each property]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
examples=${1:-2000}
runs=${2:-20000}

npm run --silent build
log=$(mktemp)
notes=$(mktemp -d)
PORT=0 SHUTDOWN_GRACE_SECONDS=0 MAX_CALLS=1000 node dist/src/main.js >"$log" &
service=$!
failed=0
trap 'kill "$service" 2>/dev/null || true; rm -rf "$log" "$notes"' EXIT
url=
for _ in $(seq 100); do
  url=$(sed -nE 's/.*Server listening at (http:[^"]+).*/\1/p' "$log" | head -n 1)
  [ -n "$url" ] && break
  sleep 0.1
done

# Not looked at: whether all is refused that the schema refuses and taken that it takes (the service takes a body of
# every media type for wrong, and a key that is there twice), and whether methods of no HTTP standard are a 405.
# Its notes of failures are left where nobody commits them.
(
  cd "$notes"
  schemathesis run "$url/openapi.json" --url "$url" --max-examples "$examples" --workers 2 --seed 1 \
    --phases examples,fuzzing \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
) || failed=1
kill -0 "$service"
if grep '"level":50' "$log" | cut -c 1-2000 | head -n 5 | grep .; then failed=1; fi
FUZZ_RUNS=$runs npx tap --timeout=3600 test/e2e/fuzz.test.ts test/e2e/sockets.test.ts test/src/cli/hostile-input.test.ts test/src/cli/commands/takeover.test.ts || failed=1
exit "$failed"
