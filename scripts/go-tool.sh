#!/usr/bin/env bash
# Prints the path of a program that is written in Go: the one on the PATH, or else one that it installs to a cache outside
# the checkout.
#
# scripts/go-tool.sh <package> <version>
set -euo pipefail
package=$1
version=$2
name=$(sed -E 's#/v[0-9]+$##; s#.*/##' <<<"$package")

if command -v "$name"; then exit; fi
bin="${XDG_CACHE_HOME:-$HOME/.cache}/mcpregistry-hook/$name-$version"
if [ ! -x "$bin/$name" ]; then
  if ! command -v go >/dev/null; then
    echo "go-tool: there is neither $name nor Go to install it with" >&2
    exit 1
  fi
  GOBIN="$bin" go install "$package@$version" >&2
fi
echo "$bin/$name"
