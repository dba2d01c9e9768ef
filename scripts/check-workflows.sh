#!/usr/bin/env bash
# Checks the workflows with actionlint, and that each action is pinned by the digest of a commit. Needs Go where there is
# no actionlint on the PATH.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
actionlint=$(scripts/go-tool.sh github.com/rhysd/actionlint/cmd/actionlint v1.7.12) || exit 1

if grep -nE '^\s*(- )?uses:' .github/workflows/*.yml | grep -vE 'uses: [^@ ]+@[0-9a-f]{40} # v[0-9]'; then
  echo 'check-workflows: pin these by digest, with the release in a comment' >&2
  exit 1
fi
# Scripts are not checked with shellcheck, which may or may not be on a machine.
exec "$actionlint" -shellcheck= -pyflakes=
