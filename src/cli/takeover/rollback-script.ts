import { TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import { version } from '../../version.ts';
import { comment, quote } from '../output/shell.ts';
import { takesTypedSpecs } from './operator.ts';
import { HOOK_FINALIZER, OPERATOR_FINALIZER, type RegistryPlan, type TakeoverPlan } from './plan.ts';
import { CONTROLLER, CRD, functions, operatorSettings, REGISTRIES, SELECTED_LABEL } from './script-parts.ts';

/** The script that gives registries back to the operator: the way back from the takeover. */
export function rollbackScript(plan: TakeoverPlan): string {
  const taken = plan.registries.filter(({ blocks }) => blocks.length === 0);
  return `#!/bin/sh
${comment(`Gives MCPRegistries back to the ToolHive operator: the way back from takeover.sh. Written by mcpregistry-hook ${version}: read it before you run it.`)}
#
${comment(
  'What it does: it deletes the CompositeController, which deletes no child, lets all registries of the cluster go, puts the CRD of the operator back, and starts the operator, which rolls the pods of each registry once. It can be run again after a failure.',
)}
#
${comment(
  'What is lost: fields that the CRD of the operator does not have, such as autoscaling, expose and networkPolicy, go from each registry that is written. Children of kinds that the operator does not know stay until their registry is deleted. The Deployment of the hook stays as well: kubectl delete namespace mcpregistry-hook.',
)}

set -eu

# --- Settings: each can be set in the environment. ---

${operatorSettings(plan.operator, plan.operatorFound)}
# How many pods the operator had.
OPERATOR_REPLICAS=\${OPERATOR_REPLICAS:-${plan.operator.replicas}}
# Set it to yes if you start the operator yourself.
OPERATOR_STARTED=\${OPERATOR_STARTED:-no}
# Whether the operator takes specs without configYAML, as those up to v0.17 do.
OPERATOR_TAKES_TYPED_SPECS=\${OPERATOR_TAKES_TYPED_SPECS:-${takesTypedSpecs(plan.operator) ? 'yes' : 'no'}}
# The CRD of the operator: what takeover.sh kept, or the file of the operator's release.
CRD_BACKUP=\${CRD_BACKUP:-mcpregistry-crd.before.yaml}
# How long each step may take, in seconds.
TIMEOUT=\${TIMEOUT:-600}

${functions}
give_back() { # <namespace> <name> <Deployment> <other children>...
  namespace=$1 name=$2 deployment=$3
  shift 2
  # What Metacontroller and the hook noted in the children: a later takeover begins as the first one did.
  kubectl --namespace="$namespace" label --overwrite "$@" controller-uid-
  kubectl --namespace="$namespace" annotate --overwrite "$@" metacontroller.k8s.io/last-applied-configuration-
  kubectl --namespace="$namespace" annotate --overwrite "$deployment" ${TEMPLATE_HASH_ANNOTATION}-
}

wait_for() { # <namespace> <name> <Deployment>
  say "$1/$2: waiting for the operator"
  waited=0
  until registry "$1" "$2" '{.metadata.finalizers}' | grep -qF ${OPERATOR_FINALIZER}; do
    [ "$waited" -lt "$TIMEOUT" ] || fail "$1/$2: the operator does not take it: read its log"
    sleep 1
    waited=$((waited + 1))
  done
  # It writes the children after that.
  sleep 5
  kubectl --namespace="$1" rollout status "$3" --timeout="\${TIMEOUT}s"
}

# --- 1. Can it be done? Nothing has been changed so far. ---

say "cluster: $(kubectl config current-context 2>/dev/null || echo 'that of this pod')"
[ -s "$CRD_BACKUP" ] ||
  fail "there is no $CRD_BACKUP: set CRD_BACKUP to the CRD of the operator (deploy/charts/operator-crds/files/crds of its repository)"
# The API server refuses a CRD without a version in which there may be objects.
grep -q '^ *\\(- \\)\\{0,1\\}name: v1beta1$' "$CRD_BACKUP" ||
  fail "$CRD_BACKUP has no version v1beta1, in which the registries are stored: take an operator of v0.23.0 or later"
if [ "$OPERATOR_TAKES_TYPED_SPECS" != yes ]; then
  typed=$(kubectl get ${REGISTRIES} --all-namespaces \\
    -o go-template='{{range .items}}{{if not .spec.configYAML}}{{.metadata.namespace}}/{{.metadata.name}} {{end}}{{end}}')
  [ -z "$typed" ] ||
    fail "an operator after v0.17 requires configYAML, and would drop the typed fields of these: $typed. Write their configuration as configYAML first: mcpregistry-hook render prints it, in the ConfigMap"
fi

# --- 2. The hook lets go. Its finalizer is not taken off by anybody else. ---

kubectl delete ${CONTROLLER} --ignore-not-found
# A call that is under way could put the finalizer on again.
sleep 10
list='{range .items[*]}{.metadata.namespace}{" "}{.metadata.name}{"\\n"}{end}'
all=$(kubectl get ${REGISTRIES} --all-namespaces -o jsonpath="$list")
each() { # <command>...: calls it with the namespace and the name of each registry of the cluster
  printf '%s\\n' "$all" | while read -r namespace name; do
    [ -z "$name" ] || "$@" "$namespace" "$name"
  done
}
let_go() { drop_finalizer "$1" "$2" ${HOOK_FINALIZER}; }
unlabel() { kubectl --namespace="$1" label --overwrite "${REGISTRIES}/$2" ${SELECTED_LABEL}-; }
each let_go
sleep 3
# A Metacontroller that has not seen the deletion would delete the children of a registry that loses the label.
again=$(kubectl get ${REGISTRIES} --all-namespaces \\
  -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.finalizers}{"\\n"}{end}')
again=$(printf '%s\\n' "$again" | grep -F ${HOOK_FINALIZER} || true)
[ -z "$again" ] || fail "Metacontroller still works for these: wait, and run this again: $again"
each unlabel

${taken.map(giveBack).join('\n')}
${taken.length === 0 ? '# The plan had no registry.\n' : ''}
# --- 3. The CRD of the operator. ---

# Not applied: a merge would leave in it what only the CRD of the hook has.
kubectl replace -f "$CRD_BACKUP"
kubectl wait --for=condition=Established crd/${CRD} --timeout=60s

# --- 4. The operator. Undo in Flux, Argo CD or Helm what was changed there. ---

if [ "$OPERATOR_STARTED" != yes ]; then
  if has_switch; then
    kubectl --namespace="$OPERATOR_NAMESPACE" set env "deployments.apps/$OPERATOR" ENABLE_REGISTRY=true
  else
    operator scale --replicas="$OPERATOR_REPLICAS"
  fi
  operator_rolled_out
fi

${taken.map(waitFor).join('\n')}
say 'the operator has the registries again'
`;
}

const giveBack = ({ namespace, name, children }: RegistryPlan): string =>
  `give_back ${quote(namespace)} ${quote(name)} \\\n${children.map((child) => `  ${quote(child)}`).join(' \\\n')}`;

const waitFor = ({ namespace, name, children: [deployment = ''] }: RegistryPlan): string =>
  `wait_for ${[namespace, name, deployment].map(quote).join(' ')}`;
