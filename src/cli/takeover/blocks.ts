import { isDeepStrictEqual } from 'node:util';
import { type ChildKind, childKinds } from '../../../hooks/children/child-kinds.ts';
import { selectorOf } from '../../../hooks/children/metadata.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { describe, shorten } from '../../../hooks/problem.ts';
import { SettingsError } from '../../settings/load-settings.ts';
import { defaultsFrom } from '../defaults.ts';
import type { InputObject } from '../input/read-input.ts';
import { isObjectName } from './object-name.ts';
import type { Pins, Running } from './pins.ts';

const isLabelValue = (text: string): boolean => /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(text);

/** What of a registry itself keeps it from being taken over, as sentences without a full stop. */
export function identityBlocks({ name, namespace, object }: InputObject, uid: string): string[] {
  const { deletionTimestamp } = objectOf(object['metadata']);
  return [
    ...([name, namespace].every(isObjectName) ? [] : ['its name or namespace is none that Kubernetes has']),
    ...(isLabelValue(uid)
      ? []
      : ['it has no metadata.uid: give it as it is in the cluster, as kubectl get -o json prints it']),
    ...(deletionTimestamp === undefined ? [] : ['it is being deleted: let the operator finish that first']),
  ];
}

/** What of a child does. */
export function childBlocks(
  registry: InputObject,
  uid: string,
  kind: ChildKind,
  child: InputObject | undefined,
): string[] {
  const name = childKinds[kind].nameOf(registry);
  if (!child) {
    return [
      `${kind} ${shorten(name, 80)} is not in the input: get that kind as well; if the cluster does not have it, let the operator make it first`,
    ];
  }
  const metadata = objectOf(child.object['metadata']);
  const owner = objectsOf(metadata['ownerReferences']).find(({ controller }) => controller === true);
  const blocks: string[] = [];
  if (!owner) blocks.push(`${kind} ${name} has no owner: delete it, or find out who made it`);
  else if (owner['uid'] !== uid) {
    blocks.push(
      `${kind} ${name} belongs to ${textOf(owner['kind'])} ${describe(owner['name'])} (uid ${describe(owner['uid'])}): delete it, or find out why`,
    );
  }
  if (metadata['deletionTimestamp'] !== undefined)
    blocks.push(`${kind} ${name} is being deleted: wait until it is made again`);
  if (kind === 'Deployment') blocks.push(...selectorBlocks(name, child.object));
  return blocks;
}

/**
 * Why the hook can have no settings under which a registry stays what it is.
 *
 * @param pins what the settings would have to be, for this registry alone
 */
export function settingBlocks({ deployment }: Running, pins: Pins): string[] {
  try {
    defaultsFrom({ environment: pins });
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message
      .split('\n')
      .map(
        (line) =>
          `no setting of the hook keeps what Deployment ${shorten(deployment.name, 80)} has: ${shorten(line, 1000)}`,
      );
  }
}

/** A Deployment's selector can't be changed. */
function selectorBlocks(name: string, { spec }: JsonObject): string[] {
  const selector = objectOf(objectOf(spec)['selector']);
  return isDeepStrictEqual(selector, { matchLabels: selectorOf(name) })
    ? []
    : [
        `Deployment ${name} selects its pods by ${shorten(JSON.stringify(selector), 200)}, which nobody can change: delete the Deployment with --cascade=orphan in a maintenance window, and let the operator make it again`,
      ];
}
