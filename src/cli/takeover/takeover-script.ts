import { version } from '../../version.ts';
import { comment, quote } from '../output/shell.ts';
import type { RegistryPlan, TakeoverPlan } from './plan.ts';
import { HOOK_FINALIZER, OPERATOR_FINALIZER } from './plan.ts';
import {
  CONTROLLER,
  CRD,
  describedRegistries,
  functions,
  operatorSettings,
  REGISTRIES,
  SELECTED_LABEL,
} from './script-parts.ts';

/** The script that takes registries over, as a text that somebody reads before they run it. */
export function takeoverScript(plan: TakeoverPlan): string {
  const blocked = plan.registries.filter(({ blocks }) => blocks.length > 0);
  const taken = plan.registries.filter(({ blocks }) => blocks.length === 0);
  return `#!/bin/sh
${comment(`Takes MCPRegistries over from the ToolHive operator. Written by mcpregistry-hook ${version}: read it before you run it.`)}
#
${comment(
  "What it does: it stops the operator, puts the CRD in the place of the operator's, applies the hook, and then leads one registry at a time to it. The pods of each roll once; the old ones serve until the new ones are ready. It can be run again after a failure. The way back is rollback.sh: mcpregistry-hook takeover --rollback.",
)}
#
${comment(
  'What it needs: kubectl with the rights of an administrator; Metacontroller in the cluster; and MANIFESTS, the manifests of the hook, or a kustomize overlay of them with the image of your registry.',
)}
#
${describedRegistries(plan.registries)}

set -eu

${settings(plan)}

${functions}
take() { # <namespace> <name> <uid> <Deployment> <other children>...
  namespace=$1 name=$2 uid=$3 deployment=$4
  shift 3
  say "$namespace/$name: taking it over"
  [ "$(registry "$namespace" "$name" '{.metadata.uid}')" = "$uid" ] ||
    fail "$namespace/$name is not the object that this script was written for: write it again"
  # Metacontroller knows children by this label. Without it, it would release them.
  kubectl --namespace="$namespace" label --overwrite "$@" "controller-uid=$uid"
  sleep "$SETTLE"
  labels=$(kubectl --namespace="$namespace" get "$@" -o jsonpath='{range .items[*]}{.metadata.labels.controller-uid}{"\\n"}{end}')
  [ "$(printf '%s\\n' "$labels" | grep -cxF -- "$uid")" -eq $# ] ||
    fail "$namespace/$name: somebody takes the label controller-uid off its children again. Is an operator still running?"
  drop_finalizer "$namespace" "$name" ${OPERATOR_FINALIZER}
  kubectl --namespace="$namespace" label --overwrite "${REGISTRIES}/$name" ${SELECTED_LABEL}=true
  # The condition Ready is still the operator's until the hook has answered: wait for its label on the Deployment first.
  waited=0
  until [ "$(kubectl --namespace="$namespace" get "$deployment" -o jsonpath='{.metadata.labels.app\\.kubernetes\\.io/managed-by}')" = mcpregistry-hook ]; do
    [ "$waited" -lt "$TIMEOUT" ] || fail "$namespace/$name: the hook does not answer: kubectl --namespace=$namespace get events"
    sleep 1
    waited=$((waited + 1))
  done
  kubectl --namespace="$namespace" rollout status "$deployment" --timeout="\${TIMEOUT}s"
  kubectl --namespace="$namespace" wait --for=condition=Ready "${REGISTRIES}/$name" --timeout="\${TIMEOUT}s"
}
${blocked.length === 0 ? '' : guard(blocked, plan.registries.length)}
# --- 1. Is everything there? Nothing has been changed so far. ---

say "cluster: $(kubectl config current-context 2>/dev/null || echo 'that of this pod')"
kubectl get crd compositecontrollers.metacontroller.k8s.io >/dev/null ||
  fail 'Metacontroller is not installed: https://metacontroller.github.io/metacontroller/guide/install.html'
kubectl get crd ${CRD} >/dev/null
# Under the selector that is set below, the hook would delete the children of a registry without the label.
others=$(kubectl get ${REGISTRIES} --all-namespaces -l '${SELECTED_LABEL}!=true' \\
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.finalizers}{"\\n"}{end}')
others=$(printf '%s\\n' "$others" | grep -F ${HOOK_FINALIZER} || true)
[ -z "$others" ] ||
  fail "the hook has these registries already: give them the label ${SELECTED_LABEL}=true first: $others"
# The operator is stopped for the whole cluster.
planned=${quote(plannedLines(plan.registries))}
without_hook=$(kubectl get ${REGISTRIES} --all-namespaces \\
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.metadata.finalizers}{"\\n"}{end}')
without_hook=$(printf '%s\\n' "$without_hook" | grep -vF ${HOOK_FINALIZER} | cut -d' ' -f1,2 || true)
# What is planned is there twice, so that a line that is there once is a registry that is not.
unplanned=$(printf '%s\\n' "$without_hook" "$planned" "$planned" | sort | uniq -u | cut -d' ' -f1 | sed '/^$/d')
if [ -n "$unplanned" ]; then
  say "this script does not have these registries, or they were made again since it was written: $unplanned"
  [ "\${LEAVE_BLOCKED:-no}" = yes ] ||
    fail 'nobody would look after them once the operator is stopped: write the script for all namespaces (kubectl get -A), or set LEAVE_BLOCKED=yes to leave them'
fi
case $MANIFESTS in
  *://*) base=$MANIFESTS ;;
  /*) fail 'MANIFESTS must be relative to this folder: kustomize takes no other path' ;;
  *) base=../$MANIFESTS ;;
esac
mkdir -p mcpregistry-hook-takeover
printf 'resources:\\n  - "%s"\\n' "$base" >mcpregistry-hook-takeover/kustomization.yaml
cat >>mcpregistry-hook-takeover/kustomization.yaml <<'END'
${overlay(plan)}
END
# Later on it would be too late to find out that the manifests are not here: the operator is stopped then.
built=$(kubectl kustomize mcpregistry-hook-takeover) ||
  fail "kustomize can't build the manifests of the hook from MANIFESTS=$MANIFESTS: set it to their folder, relative to this one"
printf '%s\\n' "$built" | grep '^kind: CompositeController$' >/dev/null ||
  fail "MANIFESTS=$MANIFESTS has no CompositeController: set it to the manifests of the hook, or an overlay of them"

# --- 2. Stop the operator. Two controllers would take everything from each other, for ever. ---
${comment(
  'If Flux, Argo CD or Helm keeps the Deployment of the operator, change it there as well, or they start it again: operator.features.registry=false up to v0.27.2, and later operator.replicaCount=0, or operator.rbac.scope=namespace with allowedNamespaces that hold no registry.',
)}

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

if [ -n "$(kubectl get crd ${CRD} -o jsonpath='{.spec.versions[*].schema.openAPIV3Schema.properties.spec.properties.disruptionBudget.type}')" ]; then
  say 'the CRD is that of the hook already'
elif [ ! -e "$CRD_BACKUP" ]; then
  # For the way back.
  kubectl get crd ${CRD} -o yaml >"$CRD_BACKUP.new"
  sed '/^  resourceVersion: /d' "$CRD_BACKUP.new" >"$CRD_BACKUP"
  rm "$CRD_BACKUP.new"
fi
# Helm deletes a CRD, and each registry with it, that its chart does not have any more; not with this annotation. The chart
# of the operator's CRDs would put its own back: install it with crds.install=false from now on.
kubectl annotate --overwrite crd ${CRD} helm.sh/resource-policy=keep

# The CRD takes the place of the operator's, field by field: no registry is lost.
kubectl apply --server-side --force-conflicts -k mcpregistry-hook-takeover
kubectl wait --for=condition=Established crd/${CRD} --timeout=60s
kubectl --namespace="$HOOK_NAMESPACE" rollout status deployment/mcpregistry-hook --timeout="\${TIMEOUT}s"

# --- 4. One registry at a time. ---

${taken.map(takeCall).join('\n')}
${taken.length === 0 ? '# None.\n' : ''}
# --- 5. What is left. ---

left=$(kubectl get ${REGISTRIES} --all-namespaces -l '${SELECTED_LABEL}!=true' \\
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}')
say 'put the label ${SELECTED_LABEL}=true into the manifests of the registries: while the selector is set, the servers of one'
say 'that loses it are deleted'
if [ -n "$left" ]; then
  say "these registries run without a controller now: $left"
else
  say 'every registry is taken over. Remove the selector, and none needs the label:'
  say "kubectl patch ${CONTROLLER} --type=json -p '[{\\"op\\":\\"remove\\",\\"path\\":\\"/spec/parentResource/labelSelector\\"}]'"
fi
say 'keep mcpregistry-hook-takeover/kustomization.yaml: it holds the settings under which the pods stay as they are'
`;
}

function takeCall({ name, namespace, uid, children, isTaken }: RegistryPlan): string {
  const words = [namespace, name, uid, ...children].map(quote);
  const call = `take ${words.slice(0, 3).join(' ')} \\\n${words
    .slice(3)
    .map((word) => `  ${word}`)
    .join(' \\\n')}`;
  return isTaken ? `# The hook has it already.\n${call}` : call;
}

function settings({ operator, operatorFound }: TakeoverPlan): string {
  return `# --- Settings: each can be set in the environment. ---

# Relative to this folder, or a URL that kustomize reads.
MANIFESTS=\${MANIFESTS:-manifests}
HOOK_NAMESPACE=\${HOOK_NAMESPACE:-mcpregistry-hook}
${operatorSettings(operator, operatorFound)}
# Set it to yes if no operator runs any more.
OPERATOR_STOPPED=\${OPERATOR_STOPPED:-no}
# Where the CRD of the operator is kept for the way back.
CRD_BACKUP=\${CRD_BACKUP:-mcpregistry-crd.before.yaml}
# How long each step may take, in seconds.
TIMEOUT=\${TIMEOUT:-600}
# How long an operator that still runs is given to show itself, in seconds.
SETTLE=\${SETTLE:-5}`;
}

/** Each registry of the plan with its uid, on a line of its own. */
const plannedLines = (registries: readonly RegistryPlan[]): string =>
  registries
    .map(({ namespace, name, uid }) => `${namespace}/${name} ${uid}`)
    // Others are no names that Kubernetes has, and could be anything.
    .filter((line) => /^[-.\w]+\/[-.\w]+ [-.\w]+$/.test(line))
    .join('\n');

function guard(blocked: readonly RegistryPlan[], all: number): string {
  return `
# Once the operator is stopped, a registry that is not taken over goes on running, and nobody looks after it.
[ "\${LEAVE_BLOCKED:-no}" = yes ] ||
  fail ${quote(`${blocked.length} of ${all} registries can't be taken over: see the top of this script. LEAVE_BLOCKED=yes takes the others`)}
`;
}

/** The overlay: which registries the hook has, and the settings that keep their pods as they are. */
function overlay({ pins }: TakeoverPlan): string {
  const variables = Object.entries(pins).map(
    // The settings were checked: none holds a quote or the end of a line.
    ([name, value]) => `            - name: ${name}\n              value: "${value}"\n`,
  );
  const deployment = `  - target:
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
${variables.join('').replaceAll(/^ {12}/gm, '                  ')}`;
  return `apiVersion: kustomize.config.k8s.io/v1beta1
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
              ${SELECTED_LABEL}: "true"
${variables.length === 0 ? '' : deployment}`.trimEnd();
}
