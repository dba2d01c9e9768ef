#!/usr/bin/env bash
# Does in the cluster of KUBECONFIG what the README says under "Install" and "Create a registry", and asks the registry for its
# entries. It needs kubectl, curl, a Metacontroller that runs, nodes that pull images, and a default StorageClass.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${KUBECONFIG:?name the file of a cluster to try things in}"
namespace=mcp-quickstart
entry=io.github.stacklok/fetch
tunnel=
trap '[ -z "$tunnel" ] || kill "$tunnel"; kubectl delete -k manifests/examples/quickstart --ignore-not-found --timeout=3m' EXIT

kubectl apply -k manifests
kubectl -n mcpregistry-hook rollout status deployment/mcpregistry-hook --timeout=5m
kubectl apply -k manifests/examples/quickstart
kubectl -n $namespace wait --for=condition=Ready mcpregistry/quickstart --timeout=10m
kubectl -n $namespace get mcpreg

kubectl -n $namespace port-forward --address=127.0.0.1 service/quickstart-api 18080:8080 >/dev/null &
tunnel=$!
# Ready says that pods answer. They serve entries as soon as they have read the source.
for _ in $(seq 60); do
  if answer=$(curl --silent --fail "http://127.0.0.1:18080/registry/default/v0.1/servers") && grep -qF "$entry" <<<"$answer"; then
    echo "the registry serves $entry"
    exit 0
  fi
  sleep 2
done
echo "check-quickstart: the registry does not serve $entry within two minutes: ${answer:-no answer}" >&2
exit 1
