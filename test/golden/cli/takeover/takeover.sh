#!/bin/sh
# Takes MCPRegistries over from the ToolHive operator. Written by mcpregistry-hook 0.1.0: read it before you run it.
#
# What it does: it stops the operator, puts the CRD in the place of the operator's, applies the hook, and then leads
# one registry at a time to it. The pods of each roll once; the old ones serve until the new ones are ready. It can be
# run again after a failure. The way back is rollback.sh: mcpregistry-hook takeover --rollback.
#
# What it needs: kubectl with the rights of an administrator; Metacontroller in the cluster; and MANIFESTS, the
# manifests of the hook, or a kustomize overlay of them with the image of your registry.
#
# Registry mcp-system/production
#   Its pods roll once. What changes in the pod template:
#     metadata.annotations["toolhive.stacklok.dev/config-hash"] becomes
#     "e985b0cefb43859758e9a985a0b949830df8010f317d2f12c8c3be5474dc8d1a", and is "cb01eee5" now
#     metadata.annotations["toolhive.stacklok.dev/template-hash"] is added:
#     "e267366c52c19822c147ceb22cd3bb346412bb7c91b55a09a68f465a0dee537c"
#     metadata.labels["app.kubernetes.io/managed-by"] becomes "mcpregistry-hook", and is "toolhive-operator" now
#     spec.containers[registry-api].env[THV_REGISTRY_WATCH_NAMESPACE] is added:
#     {"name":"THV_REGISTRY_WATCH_NAMESPACE","value":"mcp-system"}
#     spec.containers[registry-api].env[THV_REGISTRY_LEADER_ELECTION_ID] is added:
#     {"name":"THV_REGISTRY_LEADER_ELECTION_ID","value":"production-api"}
#     spec.containers[registry-api].image becomes
#     "ghcr.io/stacklok/thv-registry-api@sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", and
#     is "ghcr.io/stacklok/thv-registry-api:latest" now
#     spec.containers[registry-api].lifecycle is added: {"preStop":{"sleep":{"seconds":5}}}
#     spec.containers[registry-api].ports[8081] is added: {"containerPort":8081,"name":"internal","protocol":"TCP"}
#     spec.containers[registry-api].resources.limits.cpu is added: "500m"
#     spec.containers[registry-api].resources.requests is added: {"cpu":"100m","memory":"128Mi"}
#     spec.containers[registry-api].securityContext is added:
#     {"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"readOnlyRootFilesystem":true}
#     spec.containers[registry-api].terminationMessagePolicy becomes "FallbackToLogsOnError", and is "File" now
#     spec.containers[registry-api].volumeMounts[/data] is added: {"mountPath":"/data","name":"registry-server-data"}
#     spec.containers[registry-api].volumeMounts[/tmp] is added: {"mountPath":"/tmp","name":"registry-server-tmp"}
#     spec.enableServiceLinks is added: false
#     spec.initContainers[setup-pgpass].image becomes
#     "gcr.io/distroless/static-debian12:debug-nonroot@sha256:d5563cc7f2f44313f332e91138cc8c6a158899afeeeab2fce3b0f9ccdb3cf9ee",
#     and is "cgr.dev/chainguard/busybox:latest" now
#     spec.initContainers[setup-pgpass].terminationMessagePolicy becomes "FallbackToLogsOnError", and is "File" now
#     spec.securityContext.runAsNonRoot is added: true
#     spec.securityContext.seccompProfile is added: {"type":"RuntimeDefault"}
#     spec.terminationGracePeriodSeconds becomes 65, and is 30 now
#     spec.volumes[registry-server-data] is added: {"emptyDir":{},"name":"registry-server-data"}
#     spec.volumes[registry-server-tmp] is added: {"emptyDir":{},"name":"registry-server-tmp"}
#     spec.volumes[pgpass].emptyDir.medium is added: "Memory"
#   What stays as the operator left it:
#     spec.initContainers[setup-pgpass].imagePullPolicy, which is "Always"
#     spec.containers[registry-api].imagePullPolicy, which is "Always"
#     the annotation toolhive.stacklok.io/podtemplatespec-hash of the Deployment
#   Note:
#     spec.configYAML: sources[0].format toolhive is ignored by servers since v1.2: they read the upstream format
#     only, and take no entries from a file in the ToolHive format. Convert such a file, and remove format
#     spec.configYAML: auth.mode is anonymous: whoever reaches the Service may also publish entries and add sources
#     and views. Set oauth, or limit who reaches it with a NetworkPolicy

set -eu

# --- Settings: each can be set in the environment. ---

# Relative to this folder, or a URL that kustomize reads.
MANIFESTS=${MANIFESTS:-manifests}
HOOK_NAMESPACE=${HOOK_NAMESPACE:-mcpregistry-hook}
# The Deployment of the operator.
OPERATOR=${OPERATOR:-thv}
OPERATOR_NAMESPACE=${OPERATOR_NAMESPACE:-tools}
# Set it to yes if no operator runs any more.
OPERATOR_STOPPED=${OPERATOR_STOPPED:-no}
# Where the CRD of the operator is kept for the way back.
CRD_BACKUP=${CRD_BACKUP:-mcpregistry-crd.before.yaml}
# How long each step may take, in seconds.
TIMEOUT=${TIMEOUT:-600}
# How long an operator that still runs is given to show itself, in seconds.
SETTLE=${SETTLE:-5}

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

registry() { # <namespace> <name> <JSONPath>
  kubectl --namespace="$1" get "mcpregistries.toolhive.stacklok.dev/$2" -o jsonpath="$3"
}

operator() { # <kubectl verb> <arguments>...
  verb=$1
  shift
  kubectl --namespace="$OPERATOR_NAMESPACE" "$verb" "deployments.apps/$OPERATOR" "$@"
}

# Operators up to v0.27.2 have a variable that says whether their controller for registries runs.
has_switch() {
  [ -n "$(operator get -o jsonpath='{.spec.template.spec.containers[*].env[?(@.name=="ENABLE_REGISTRY")].name}')" ]
}

operator_rolled_out() {
  kubectl --namespace="$OPERATOR_NAMESPACE" rollout status "deployments.apps/$OPERATOR" --timeout="${TIMEOUT}s"
  # A pod that is ending may still write.
  labels=$(operator get -o go-template='{{range $name, $value := .spec.selector.matchLabels}}{{$name}}={{$value}},{{end}}')
  while [ -n "$(kubectl --namespace="$OPERATOR_NAMESPACE" get pods -l "${labels%,}" -o jsonpath='{.items[*].metadata.deletionTimestamp}')" ]; do
    sleep 1
  done
}

drop_finalizer() { # <namespace> <name> <finalizer>
  finalizers=$(registry "$1" "$2" '{range .metadata.finalizers[*]}{@}{"\n"}{end}')
  line=$(printf '%s\n' "$finalizers" | grep -nxF -- "$3" | cut -d: -f1)
  [ -n "$line" ] || return 0
  # The test fails if somebody changed the list in between.
  path=/metadata/finalizers/$((line - 1))
  kubectl --namespace="$1" patch "mcpregistries.toolhive.stacklok.dev/$2" --type=json \
    -p "[{\"op\":\"test\",\"path\":\"$path\",\"value\":\"$3\"},{\"op\":\"remove\",\"path\":\"$path\"}]"
}

take() { # <namespace> <name> <uid> <Deployment> <other children>...
  namespace=$1 name=$2 uid=$3 deployment=$4
  shift 3
  say "$namespace/$name: taking it over"
  [ "$(registry "$namespace" "$name" '{.metadata.uid}')" = "$uid" ] ||
    fail "$namespace/$name is not the object that this script was written for: write it again"
  # Metacontroller knows children by this label. Without it, it would release them.
  kubectl --namespace="$namespace" label --overwrite "$@" "controller-uid=$uid"
  sleep "$SETTLE"
  labels=$(kubectl --namespace="$namespace" get "$@" -o jsonpath='{range .items[*]}{.metadata.labels.controller-uid}{"\n"}{end}')
  [ "$(printf '%s\n' "$labels" | grep -cxF -- "$uid")" -eq $# ] ||
    fail "$namespace/$name: somebody takes the label controller-uid off its children again. Is an operator still running?"
  drop_finalizer "$namespace" "$name" mcpregistry.toolhive.stacklok.dev/finalizer
  kubectl --namespace="$namespace" label --overwrite "mcpregistries.toolhive.stacklok.dev/$name" mcpregistry-hook=true
  # The condition Ready is still the operator's until the hook has answered: wait for its label on the Deployment first.
  waited=0
  until [ "$(kubectl --namespace="$namespace" get "$deployment" -o jsonpath='{.metadata.labels.app\.kubernetes\.io/managed-by}')" = mcpregistry-hook ]; do
    [ "$waited" -lt "$TIMEOUT" ] || fail "$namespace/$name: the hook does not answer: kubectl --namespace=$namespace get events"
    sleep 1
    waited=$((waited + 1))
  done
  kubectl --namespace="$namespace" rollout status "$deployment" --timeout="${TIMEOUT}s"
  kubectl --namespace="$namespace" wait --for=condition=Ready "mcpregistries.toolhive.stacklok.dev/$name" --timeout="${TIMEOUT}s"
}

# --- 1. Is everything there? Nothing has been changed so far. ---

say "cluster: $(kubectl config current-context 2>/dev/null || echo 'that of this pod')"
kubectl get crd compositecontrollers.metacontroller.k8s.io >/dev/null ||
  fail 'Metacontroller is not installed: https://metacontroller.github.io/metacontroller/guide/install.html'
kubectl get crd mcpregistries.toolhive.stacklok.dev >/dev/null
# Under the selector that is set below, the hook would delete the children of a registry without the label.
others=$(kubectl get mcpregistries.toolhive.stacklok.dev --all-namespaces -l 'mcpregistry-hook!=true' \
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.finalizers}{"\n"}{end}')
others=$(printf '%s\n' "$others" | grep -F metacontroller.io/compositecontroller-mcpregistry || true)
[ -z "$others" ] ||
  fail "the hook has these registries already: give them the label mcpregistry-hook=true first: $others"
# The operator is stopped for the whole cluster.
planned='mcp-system/production e9682410-e6a3-4a45-85f9-5d440b476ee5'
without_hook=$(kubectl get mcpregistries.toolhive.stacklok.dev --all-namespaces \
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.metadata.finalizers}{"\n"}{end}')
without_hook=$(printf '%s\n' "$without_hook" | grep -vF metacontroller.io/compositecontroller-mcpregistry | cut -d' ' -f1,2 || true)
# What is planned is there twice, so that a line that is there once is a registry that is not.
unplanned=$(printf '%s\n' "$without_hook" "$planned" "$planned" | sort | uniq -u | cut -d' ' -f1 | sed '/^$/d')
if [ -n "$unplanned" ]; then
  say "this script does not have these registries, or they were made again since it was written: $unplanned"
  [ "${LEAVE_BLOCKED:-no}" = yes ] ||
    fail 'nobody would look after them once the operator is stopped: write the script for all namespaces (kubectl get -A), or set LEAVE_BLOCKED=yes to leave them'
fi
case $MANIFESTS in
  *://*) base=$MANIFESTS ;;
  /*) fail 'MANIFESTS must be relative to this folder: kustomize takes no other path' ;;
  *) base=../$MANIFESTS ;;
esac
mkdir -p mcpregistry-hook-takeover
printf 'resources:\n  - "%s"\n' "$base" >mcpregistry-hook-takeover/kustomization.yaml
cat >>mcpregistry-hook-takeover/kustomization.yaml <<'END'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
  - target:
      kind: CompositeController
      name: mcpregistry
    patch: |-
      apiVersion: metacontroller.k8s.io/v1alpha1
      kind: CompositeController
      metadata:
        name: mcpregistry
      spec:
        parentResource:
          apiVersion: toolhive.stacklok.dev/v1beta1
          labelSelector:
            matchLabels:
              mcpregistry-hook: "true"
  - target:
      kind: Deployment
      name: mcpregistry-hook
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: mcpregistry-hook
      spec:
        template:
          spec:
            containers:
              - name: hook
                env:
                  - name: REGISTRY_API_IMAGE
                    value: "ghcr.io/stacklok/thv-registry-api@sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
END
# Later on it would be too late to find out that the manifests are not here: the operator is stopped then.
built=$(kubectl kustomize mcpregistry-hook-takeover) ||
  fail "kustomize can't build the manifests of the hook from MANIFESTS=$MANIFESTS: set it to their folder, relative to this one"
printf '%s\n' "$built" | grep '^kind: CompositeController$' >/dev/null ||
  fail "MANIFESTS=$MANIFESTS has no CompositeController: set it to the manifests of the hook, or an overlay of them"

# --- 2. Stop the operator. Two controllers would take everything from each other, for ever. ---
# If Flux, Argo CD or Helm keeps the Deployment of the operator, change it there as well, or they start it again:
# operator.features.registry=false up to v0.27.2, and later operator.replicaCount=0, or operator.rbac.scope=namespace
# with allowedNamespaces that hold no registry.

if ! operator get -o name >/dev/null 2>&1; then
  [ "$OPERATOR_STOPPED" = yes ] ||
    fail "there is no Deployment $OPERATOR_NAMESPACE/$OPERATOR: set OPERATOR and OPERATOR_NAMESPACE, or OPERATOR_STOPPED=yes if no operator runs"
elif has_switch; then
  # Its other controllers go on. Up to v0.18 they check the images of MCPServers against registries, and stop doing so.
  kubectl --namespace="$OPERATOR_NAMESPACE" set env "deployments.apps/$OPERATOR" ENABLE_REGISTRY=false
  operator_rolled_out
else
  # Its controllers for other resources stop with it; what they made goes on running.
  operator scale --replicas=0
  operator_rolled_out
fi

# --- 3. The CRD and the hook, which has no registry yet. ---

if [ -n "$(kubectl get crd mcpregistries.toolhive.stacklok.dev -o jsonpath='{.spec.versions[*].schema.openAPIV3Schema.properties.spec.properties.disruptionBudget.type}')" ]; then
  say 'the CRD is that of the hook already'
elif [ ! -e "$CRD_BACKUP" ]; then
  # For the way back.
  kubectl get crd mcpregistries.toolhive.stacklok.dev -o yaml >"$CRD_BACKUP.new"
  sed '/^  resourceVersion: /d' "$CRD_BACKUP.new" >"$CRD_BACKUP"
  rm "$CRD_BACKUP.new"
fi
# Helm deletes a CRD, and each registry with it, that its chart does not have any more; not with this annotation. The chart
# of the operator's CRDs would put its own back: install it with crds.install=false from now on.
kubectl annotate --overwrite crd mcpregistries.toolhive.stacklok.dev helm.sh/resource-policy=keep

# The CRD takes the place of the operator's, field by field: no registry is lost.
kubectl apply --server-side --force-conflicts -k mcpregistry-hook-takeover
kubectl wait --for=condition=Established crd/mcpregistries.toolhive.stacklok.dev --timeout=60s
kubectl --namespace="$HOOK_NAMESPACE" rollout status deployment/mcpregistry-hook --timeout="${TIMEOUT}s"

# --- 4. One registry at a time. ---

take mcp-system production e9682410-e6a3-4a45-85f9-5d440b476ee5 \
  deployments.apps/production-api \
  configmaps/production-registry-server-config \
  serviceaccounts/production-registry-api \
  roles.rbac.authorization.k8s.io/production-registry-api \
  rolebindings.rbac.authorization.k8s.io/production-registry-api \
  services/production-api

# --- 5. What is left. ---

left=$(kubectl get mcpregistries.toolhive.stacklok.dev --all-namespaces -l 'mcpregistry-hook!=true' \
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name}{"\n"}{end}')
say 'put the label mcpregistry-hook=true into the manifests of the registries: while the selector is set, the servers of one'
say 'that loses it are deleted'
if [ -n "$left" ]; then
  say "these registries run without a controller now: $left"
else
  say 'every registry is taken over. Remove the selector, and none needs the label:'
  say "kubectl patch compositecontrollers.metacontroller.k8s.io/mcpregistry --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/parentResource/labelSelector\"}]'"
fi
say 'keep mcpregistry-hook-takeover/kustomization.yaml: it holds the settings under which the pods stay as they are'
