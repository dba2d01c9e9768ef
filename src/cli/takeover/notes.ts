import { type JsonObject, objectOf, textOf } from '../../../hooks/json.ts';
import type { Repair } from '../../../hooks/repair/repair.ts';
import type { Decision } from '../../../hooks/sync.ts';
import type { InputObject } from '../input/read-input.ts';
import { isMoving } from '../moving-image.ts';
import { type Operator, takesTypedSpecs } from './operator.ts';
import { podOf, serverContainer } from './server-container.ts';

/** What is done about a child that a merge can't make as desired. */
const repairs: Readonly<Record<Repair['action'], string>> = {
  takenOver: 'is corrected in two steps',
  recreated: 'is deleted and made again',
  blocked: 'stays as it is',
};

/** What somebody should know before a registry is taken over, as sentences without a full stop. */
export function notesOf(
  registry: InputObject,
  deployment: InputObject | undefined,
  decision: Decision | undefined,
  operator: Operator,
): string[] {
  const spec = objectOf(registry.object['spec']);
  const notes = (decision?.repairs ?? []).map(
    ({ kind, name, action, why }) =>
      `${kind} ${name} ${repairs[action]}, because ${why}${kind === 'Service' && action === 'recreated' ? ': nobody reaches it meanwhile' : ''}`,
  );
  if (deployment) notes.push(...deploymentNotes(deployment.object));
  if (textOf(spec['configYAML']) === '' && !takesTypedSpecs(operator)) {
    notes.push(
      "it can't go back to the operator: its spec has no configYAML, which every operator after v0.17 requires",
    );
  }
  for (const { field, message } of decision?.desired?.warnings ?? []) notes.push(`${field} ${message}`);
  const { image } = serverContainer(
    podOf(objectOf(decision?.answer.children.find(({ kind }) => kind === 'Deployment'))),
  );
  if (isMoving(textOf(image))) {
    notes.push(
      `its pods may get a newer image, because ${textOf(image)} names whatever is newest: get pods as well, whose status has its digest, or set REGISTRY_API_IMAGE`,
    );
  }
  return notes;
}

/** What keeps a rollout from going on without a gap. */
function deploymentNotes({ spec, status }: JsonObject): string[] {
  const { readyReplicas } = objectOf(status);
  const { strategy, replicas, paused } = objectOf(spec);
  const { type, rollingUpdate } = objectOf(strategy);
  const { maxUnavailable } = objectOf(rollingUpdate);
  const notes: string[] = [];
  if (typeof readyReplicas !== 'number' || readyReplicas < 1)
    notes.push('no pod of it is ready now: the script waits in vain while that is so');
  if (paused === true) notes.push('its Deployment is paused, so no pod rolls: kubectl rollout resume');
  if (type === 'Recreate')
    notes.push('its Deployment has the strategy Recreate: nothing serves while its pods roll');
  if (
    typeof maxUnavailable === 'number' &&
    typeof replicas === 'number' &&
    maxUnavailable >= replicas &&
    replicas > 0
  ) {
    notes.push(`its Deployment has maxUnavailable ${maxUnavailable}: nothing may serve while its pods roll`);
  }
  return notes;
}
