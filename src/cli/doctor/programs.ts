import { podCondition } from '../../../hooks/causes/pod.ts';
import { objectOf, textOf } from '../../../hooks/json.ts';
import type { InputObject } from '../input/read-input.ts';
import type { ClusterInput } from './cluster-input.ts';
import { type Finding, finding } from './finding.ts';

/** The programs that registries need, by the label of their pods in their own manifests. */
const programs = {
  'mcpregistry-hook': 'the hook answers no call, so that nothing changes',
  metacontroller: 'nobody applies a registry or writes its status',
} as const;

const LABEL = 'app.kubernetes.io/name';

/** Whether a pod of Metacontroller and of the hook is ready, where the input has their pods. */
export const programFindings = (cluster: ClusterInput): Finding[] =>
  Object.entries(programs).flatMap(([name, consequence]) => {
    const pods = cluster.withLabels('Pod', undefined, { [LABEL]: name });
    const first = pods[0];
    if (!first || pods.some(isReady)) return [];
    return [
      finding(
        'error',
        'NotRunning',
        `no pod of ${name} in namespace ${first.namespace} is ready: ${consequence}`,
        {
          since: latest(pods),
          next: ['kubectl', 'describe', 'pods', '-n', first.namespace, '-l', `${LABEL}=${name}`],
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
