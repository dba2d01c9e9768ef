import { comment, quote } from '../output/shell.ts';
import type { Operator } from './operator.ts';
import type { RegistryPlan } from './plan.ts';

export const REGISTRIES = 'mcpregistries.toolhive.stacklok.dev';
/** The CRD bears the name of its resource. */
export const CRD = REGISTRIES;
export const CONTROLLER = 'compositecontrollers.metacontroller.k8s.io/mcpregistry';
/** What says that the hook has a registry. */
export const SELECTED_LABEL = 'mcpregistry-hook';

/** Each registry, and what becomes of it, as comments. */
export const describedRegistries = (registries: readonly RegistryPlan[]): string =>
  registries.map(describedRegistry).join('\n#\n');

function describedRegistry(registry: RegistryPlan): string {
  const { name, namespace, blocks, changes, stays, notes } = registry;
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [comment(title, 2), ...items.map((item) => comment(item, 4))];
  const pods =
    changes.length === 0
      ? [comment('Its pods stay as they are.', 2)]
      : list('Its pods roll once. What changes in the pod template:', changes);
  return [
    comment(`Registry ${namespace}/${name}`),
    ...(blocks.length > 0
      ? list('IT CAN NOT BE TAKEN OVER, and is left out below:', blocks)
      : [...pods, ...list('What stays as the operator left it:', stays), ...list('Note:', notes)]),
  ].join('\n');
}

/** The settings that both scripts have. */
export const operatorSettings = ({ name, namespace }: Operator, isFound: boolean): string =>
  `# The Deployment of the operator${isFound ? '' : ', which was not in the input'}.
OPERATOR=\${OPERATOR:-${quote(name)}}
OPERATOR_NAMESPACE=\${OPERATOR_NAMESPACE:-${quote(namespace)}}`;

/** The shell functions that both scripts use. */
export const functions = `say() { printf '%s\\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

registry() { # <namespace> <name> <JSONPath>
  kubectl --namespace="$1" get "${REGISTRIES}/$2" -o jsonpath="$3"
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
  kubectl --namespace="$OPERATOR_NAMESPACE" rollout status "deployments.apps/$OPERATOR" --timeout="\${TIMEOUT}s"
  # A pod that is ending may still write.
  labels=$(operator get -o go-template='{{range $name, $value := .spec.selector.matchLabels}}{{$name}}={{$value}},{{end}}')
  while [ -n "$(kubectl --namespace="$OPERATOR_NAMESPACE" get pods -l "\${labels%,}" -o jsonpath='{.items[*].metadata.deletionTimestamp}')" ]; do
    sleep 1
  done
}

drop_finalizer() { # <namespace> <name> <finalizer>
  finalizers=$(registry "$1" "$2" '{range .metadata.finalizers[*]}{@}{"\\n"}{end}')
  line=$(printf '%s\\n' "$finalizers" | grep -nxF -- "$3" | cut -d: -f1)
  [ -n "$line" ] || return 0
  # The test fails if somebody changed the list in between.
  path=/metadata/finalizers/$((line - 1))
  kubectl --namespace="$1" patch "${REGISTRIES}/$2" --type=json \\
    -p "[{\\"op\\":\\"test\\",\\"path\\":\\"$path\\",\\"value\\":\\"$3\\"},{\\"op\\":\\"remove\\",\\"path\\":\\"$path\\"}]"
}
`;
