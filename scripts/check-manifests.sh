#!/usr/bin/env bash
# Builds each kustomization below manifests/ and checks every document that it yields: built-in kinds strictly against the
# schemas of Kubernetes (kubernetes-validate), MCPRegistry objects against the committed CRD, CompositeControllers against the
# fields that Metacontroller has, and what is of cert-manager and the Prometheus operator against their schemas. Then builds each
# component with the manifests, and all of them with each overlay, in one order and the other, as a kustomization elsewhere would: they must add what
# is theirs and change nothing else. Does the same to what the chart yields, where there is a helm. Prints one line for each
# kustomization and exits with 1 if any fails. Needs Node with the project's modules, Python 3.9 and, where there is no kustomize
# on the PATH, Go; what it installs goes to a cache outside the checkout.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

validate_version=1.37.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/mcpregistry-hook"

die() {
  echo "check-manifests: $1" >&2
  exit 1
}

find_validate() {
  local venv="$cache/kubernetes-validate-$validate_version"
  if [ ! -x "$venv/bin/kubernetes-validate" ]; then
    command -v python3 >/dev/null || die "there is no python3"
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "kubernetes-validate==$validate_version"; } >&2 ||
      die "kubernetes-validate could not be installed"
  fi
  echo "$venv/bin/kubernetes-validate"
}

kustomize=$(scripts/go-tool.sh sigs.k8s.io/kustomize/kustomize/v5 v5.8.1) || exit 1
validate=$(find_validate) || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Kinds without a schema are only warned of by kubernetes-validate, so a misspelt kind would pass.
check() {
  "$kustomize" build "$1" >"$work/built.yaml" && validate
}
validate() {
  "$validate" --strict "$work/built.yaml" >"$work/report" 2>&1 || { cat "$work/report"; return 1; }
  if grep "Couldn't find schema" "$work/report" | grep -vE 'kind (MCPRegistry|CompositeController|Certificate|Issuer|ServiceMonitor|PrometheusRule) with'; then return 1; fi
  # What only we have a schema of is checked once, for all together.
  { echo '---' && cat "$work/built.yaml"; } >>"$work/all.yaml"
}

failed=0
while IFS= read -r file; do
  folder=$(dirname "$file")
  # A component is built as a part of what names it.
  if grep -q '^kind: Component$' "$file"; then continue; fi
  if complaints=$(check "$folder" 2>&1); then
    echo "ok      $folder ($(grep -c '^kind:' "$work/built.yaml") objects)"
  else
    echo "FAILED  $folder"
    echo "$complaints"
    failed=1
  fi
done < <(find manifests -name kustomization.yaml | sort)

# write_overlay <kustomization> <component>...: to $work/combined
write_overlay() {
  local plain=$1 from="$work/combined"
  shift
  mkdir -p "$from"
  {
    echo 'apiVersion: kustomize.config.k8s.io/v1beta1'
    echo 'kind: Kustomization'
    # kustomize takes no absolute paths.
    echo "resources: [$(realpath --relative-to="$from" "$plain")]"
    echo 'components:'
    for component in "$@"; do echo "  - $(realpath --relative-to="$from" "manifests/components/$component")"; done
  } >"$from/kustomization.yaml"
}

# combine <kustomization> <component>...
combine() {
  local plain=$1
  write_overlay "$@"
  shift
  "$kustomize" build "$plain" >"$work/plain.yaml" && check "$work/combined" &&
    node --import tsx scripts/components/check-components.ts "$work/plain.yaml" "$work/built.yaml" "$@"
}

# build_only <component>...
build_only() {
  write_overlay manifests "$@"
  if complaints=$(check "$work/combined" 2>&1); then
    echo "ok      manifests $*"
  else
    echo "FAILED  manifests $*"
    echo "$complaints"
    failed=1
  fi
}

report() {
  if complaints=$(combine "$@" 2>&1); then
    echo "ok      $*"
  else
    echo "FAILED  $*"
    echo "$complaints"
    failed=1
  fi
}

# What is about the hook itself has its own tests (test/manifests/hook-components.test.ts); here it is built and validated.
mapfile -t of_hook < <(node --import tsx -e "import('./scripts/components/hook-components.ts').then((m) => console.log(m.hookComponents.join('\n')))")
mapfile -t components < <(find manifests/components -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort |
  grep -vxF -f <(printf '%s\n' "${of_hook[@]}"))
mapfile -t reversed < <(printf '%s\n' "${components[@]}" | tac)
for component in "${components[@]}"; do report manifests "$component"; done
report manifests "${reversed[@]}"
for overlay in manifests/overlays/{basic,bearer,mtls}; do report "$overlay" "${components[@]}"; done
with_standalone=()
without_standalone=()
for component in "${of_hook[@]}"; do
  case $component in
  tls | auth-token | mtls | hook-network-policy | hook-monitoring) without_standalone+=("$component") ;;
  standalone | namespaced) with_standalone+=("$component") ;;
  *) with_standalone+=("$component") without_standalone+=("$component") ;;
  esac
  build_only "$component"
done
build_only "${with_standalone[@]}" "${components[@]}"
build_only "${without_standalone[@]}" "${components[@]}"

# The chart, where there is a helm: 3 or 4. Building it takes longer than all of the above.
# render <name> <value>...
render() {
  local name=$1
  shift
  printf '%s\n' "$@" >"$work/values.yaml"
  if complaints=$(check_chart 2>&1); then
    echo "ok      chart: $name ($(grep -c '^kind:' "$work/built.yaml") objects)"
  else
    echo "FAILED  chart: $name"
    echo "$complaints"
    failed=1
  fi
}
check_chart() {
  "$helm" lint --strict --quiet charts/mcpregistry-hook --values "$work/values.yaml" &&
    "$helm" template mcpregistry-hook charts/mcpregistry-hook --namespace mcpregistry-hook --kube-version 1.30.0 \
      --values "$work/values.yaml" >"$work/built.yaml" && validate
}
if helm=$(command -v "${HELM:-helm}"); then
  render 'defaults' '{}'
  render 'secured' 'tls: {enabled: true}' 'auth: {token: {enabled: true}, mtls: {enabled: true}}' \
    'networkPolicy: {enabled: true}' 'serviceMonitor: {enabled: true}' 'prometheusRule: {enabled: true}' \
    'grafanaDashboard: {enabled: true}' 'explain: {enabled: true}' 'crdGuard: {enabled: true}' \
    'config: {LOG_LEVEL: debug, MAX_CALLS: 50}' 'podDisruptionBudget: {minAvailable: 50%}'
  render 'standalone, in single namespaces' 'metacontroller: {standalone: {enabled: true}}' \
    'rbac: {scope: namespace, allowedNamespaces: [team-a]}'
else
  echo 'skipped the chart: there is no helm on the PATH, nor named by HELM'
fi
node --import tsx scripts/components/check-added-kinds.ts "$work/all.yaml" || failed=1
node --import tsx scripts/metacontroller/check-controllers.ts "$work/all.yaml" || failed=1
node --import tsx scripts/crd/check-registries.ts manifests/base/crd.yaml "$work/all.yaml" || failed=1
exit "$failed"
