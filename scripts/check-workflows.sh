#!/usr/bin/env bash
# Checks the workflows with actionlint and, for what is unsafe in them, with zizmor; and that each action is pinned by the digest
# of a commit. Needs Go where there is no actionlint on the PATH, and Python where there is no zizmor.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
zizmor_version=1.32.0
actionlint=$(scripts/go-tool.sh github.com/rhysd/actionlint/cmd/actionlint v1.7.12) || exit 1

find_zizmor() {
  if command -v zizmor; then return; fi
  local venv="${XDG_CACHE_HOME:-$HOME/.cache}/mcpregistry-hook/zizmor-$zizmor_version"
  if [ ! -x "$venv/bin/zizmor" ]; then
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "zizmor==$zizmor_version"; } >&2 || return 1
  fi
  echo "$venv/bin/zizmor"
}
zizmor=$(find_zizmor) || { echo 'check-workflows: zizmor could not be installed' >&2; exit 1; }

failed=0
if grep -nE '^\s*(- )?uses:' .github/workflows/*.yml | grep -vE 'uses: [^@ ]+@[0-9a-f]{40} # v[0-9]'; then
  echo 'check-workflows: pin these by digest, with the release in a comment' >&2
  failed=1
fi
# Scripts are not checked with shellcheck, which may or may not be on a machine.
"$actionlint" -shellcheck= -pyflakes= || failed=1
# Without the API of GitHub: what is checked is the same for everybody, also without a token.
"$zizmor" --offline --no-progress --quiet .github || failed=1
exit "$failed"
