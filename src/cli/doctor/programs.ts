import { podCondition } from '../../../hooks/causes/pod.ts';
import { objectOf, textOf } from '../../../hooks/json.ts';
import type { InputObject } from '../input/read-input.ts';
import type { ClusterInput } from './cluster-input.ts';
import { type Finding, finding } from './finding.ts';

const LABEL = 'app.kubernetes.io/name';

/** What Metacontroller's pods are called by their own manifests, and by its own Helm chart. */
const METACONTROLLER = ['metacontroller', 'metacontroller-helm'] as const;
const HOOK = ['mcpregistry-hook'] as const;

/** Selects pods of which the label has one of some values, as kubectl takes it. */
const selectorOf = (names: readonly string[]): string =>
  names.length === 1 ? `${LABEL}=${names[0]}` : `${LABEL} in (${names.join(',')})`;

/** The pods of Metacontroller, for `kubectl get -l`. */
export const metacontrollerSelector = selectorOf(METACONTROLLER);
/** The pods of all programs that registries need, for `kubectl get -l`. */
export const programSelector = selectorOf([...METACONTROLLER, ...HOOK]);

/** The programs that registries need, by the label of their pods. */
const programs = [
  {
    name: 'mcpregistry-hook',
    labels: HOOK,
    consequence: 'the hook answers no call, so that nothing changes',
  },
  {
    name: 'metacontroller',
    labels: METACONTROLLER,
    consequence: 'nobody applies a registry or writes its status',
  },
] as const;

/** Whether a pod of Metacontroller and of the hook is ready, where the input has their pods. */
export const programFindings = (cluster: ClusterInput): Finding[] =>
  programs.flatMap(({ name, labels, consequence }) => {
    const pods = labels.flatMap((label) => cluster.withLabels('Pod', undefined, { [LABEL]: label }));
    const first = pods[0];
    if (!first || pods.some(isReady)) return [];
    return [
      finding(
        'error',
        'NotRunning',
        `no pod of ${name} in namespace ${first.namespace} is ready: ${consequence}`,
        {
          since: latest(pods),
          next: ['kubectl', 'describe', 'pods', '-n', first.namespace, '-l', selectorOf(labels)],
        },
      ),
    ];
  });

const isReady = ({ object }: InputObject): boolean =>
  podCondition(object, 'Ready')?.['status'] === 'True' &&
  objectOf(object['metadata'])['deletionTimestamp'] === undefined;

/** When the last of them ceased to be ready. */
function latest(pods: readonly InputObject[]): string | undefined {
  const times = pods.map(({ object }) => textOf(podCondition(object, 'Ready')?.['lastTransitionTime']));
  return times.reduce((a, b) => (b > a ? b : a), '') || undefined;
}
