import { type JsonObject, objectOf } from '../json.ts';
import { type MergeRule, mergeObjects } from './strategic-merge.ts';

/** What the API server accepts only one of in a lifecycle hook. Ours would stay beside the user's, as in a probe. */
export const LIFECYCLE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;

/**
 * The merge keys of a pod template, as the API declares them (k8s.io/api: core/v1/types.go, `patchMergeKey`). Lists
 * without a key, such as tolerations, are replaced as a whole.
 */
const container: MergeRule = {
  key: 'name',
  fields: {
    env: { key: 'name' },
    ports: { key: 'containerPort', keysOf: portKeys },
    volumeMounts: { key: 'mountPath' },
    volumeDevices: { key: 'devicePath' },
    lifecycle: { fields: { preStop: { oneOf: LIFECYCLE_HANDLERS } } },
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

/** The declared key is the number alone, which fails for two protocols of one number and for a named port with a new number. */
function portKeys({ name, containerPort, protocol = 'TCP' }: JsonObject): readonly unknown[] {
  return [`${containerPort}/${protocol}`, ...(typeof name === 'string' ? [`name ${name}`] : [])];
}

/**
 * Merges a user's pod template over ours. Where both set a field, the user's value is used.
 *
 * @throws {PatchError} for a patch that is not a strategic merge patch
 */
export function mergePodTemplate(ours: JsonObject, user: JsonObject): JsonObject {
  return mergeObjects(ours, withServiceAccountName(user), podTemplate);
}

/** `serviceAccount` is a deprecated alias. The API server reads it only without `serviceAccountName`, which our template sets. */
function withServiceAccountName(user: JsonObject): JsonObject {
  const spec = objectOf(user['spec']);
  const { serviceAccount, ...rest } = spec;
  return typeof serviceAccount === 'string' && rest['serviceAccountName'] === undefined
    ? { ...user, spec: { ...rest, serviceAccountName: serviceAccount } }
    : user;
}
