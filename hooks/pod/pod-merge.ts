import type { JsonObject } from '../json.ts';
import { type MergeRule, mergeObjects } from './strategic-merge.ts';

/**
 * The merge keys of a pod template, as the API declares them (k8s.io/api: core/v1/types.go, `patchMergeKey`);
 * lists without one are replaced whole, tolerations among them.
 */
const container: MergeRule = {
  key: 'name',
  fields: {
    env: { key: 'name' },
    ports: { key: 'containerPort', keysOf: portKeys },
    volumeMounts: { key: 'mountPath' },
    volumeDevices: { key: 'devicePath' },
  },
};

const podTemplate: MergeRule = {
  fields: {
    metadata: { fields: { finalizers: { set: true }, ownerReferences: { key: 'uid' } } },
    spec: {
      fields: {
        containers: container,
        initContainers: container,
        ephemeralContainers: container,
        volumes: { key: 'name' },
        imagePullSecrets: { key: 'name' },
        hostAliases: { key: 'ip' },
        topologySpreadConstraints: { key: 'topologyKey' },
        resourceClaims: { key: 'name' },
        schedulingGates: { key: 'name' },
      },
    },
  },
};

/** The declared key is the number alone; two protocols of one number, or a renumbered name, are what it gets wrong. */
function portKeys({ name, containerPort, protocol = 'TCP' }: JsonObject): readonly unknown[] {
  return [`${containerPort}/${protocol}`, ...(typeof name === 'string' ? [`name ${name}`] : [])];
}

/**
 * Merges a user's pod template over ours; the user wins.
 *
 * @throws {PatchError} for what strategic merge patch does not know
 */
export function mergePodTemplate(ours: JsonObject, user: JsonObject): JsonObject {
  return mergeObjects(ours, withNewNames(user), podTemplate);
}

/** The old name of a field, which the API server lets follow the new one: as it is written it would do nothing. */
function withNewNames(user: JsonObject): JsonObject {
  const spec = (user['spec'] ?? {}) as JsonObject;
  const { serviceAccount, ...rest } = spec;
  return typeof serviceAccount === 'string' && rest['serviceAccountName'] === undefined
    ? { ...user, spec: { ...rest, serviceAccountName: serviceAccount } }
    : user;
}
