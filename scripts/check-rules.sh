#!/usr/bin/env bash
# Checks the alerts of manifests/monitoring with Prometheus itself: their syntax, and the cases of test/monitoring/rules.test.ts.
# Needs Node with the project's modules and promtool, which Debian has in the package prometheus; PROMTOOL names another one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
promtool=${PROMTOOL:-promtool}
command -v "$promtool" >/dev/null || {
  echo "check-rules: there is no promtool: apt-get install prometheus, or name it in PROMTOOL" >&2
  exit 1
}
PROMTOOL=$promtool exec node --import tsx test/monitoring/rules.test.ts
