import { accountName, apiName, configMapName } from '../children/names.ts';
import {
  type KubernetesObject,
  ObservedConfigMap,
  ObservedDeployment,
  ObservedService,
} from '../contract/kubernetes.ts';
import type { ObservedGroups } from '../contract/request.ts';
import type { Identity } from '../identity.ts';
import { readAs } from './read-as.ts';

/** The six children of a registry as they are observed; one that is absent, or on its way out, is undefined. */
export interface Observed {
  readonly configMap: ObservedConfigMap | undefined;
  readonly serviceAccount: KubernetesObject | undefined;
  readonly role: KubernetesObject | undefined;
  readonly roleBinding: KubernetesObject | undefined;
  readonly deployment: ObservedDeployment | undefined;
  readonly service: ObservedService | undefined;
}

const readConfigMap = readAs(ObservedConfigMap);
const readDeployment = readAs(ObservedDeployment);
const readService = readAs(ObservedService);

/**
 * Finds the six children. Objects are told by their own name and not by the key they are posted under, which
 * differs between v1 and v2 hooks.
 */
export function observe(groups: ObservedGroups, identity: Identity): Observed {
  const find = (group: string, name: string) => {
    const found = findByName(groups[group], name);
    return found && isStaying(found) ? found : undefined;
  };
  const configMap = find('ConfigMap.v1', configMapName(identity));
  const deployment = find('Deployment.apps/v1', apiName(identity));
  const service = find('Service.v1', apiName(identity));
  return {
    configMap: configMap && readConfigMap(configMap),
    serviceAccount: find('ServiceAccount.v1', accountName(identity)),
    role: find('Role.rbac.authorization.k8s.io/v1', accountName(identity)),
    roleBinding: find('RoleBinding.rbac.authorization.k8s.io/v1', accountName(identity)),
    deployment: deployment && readDeployment(deployment),
    service: service && readService(service),
  };
}

/** The child of one of the six kinds. */
export function observedOf(observed: Observed, kind: string): KubernetesObject | undefined {
  const byKind: Readonly<Record<string, KubernetesObject | undefined>> = {
    ConfigMap: observed.configMap,
    ServiceAccount: observed.serviceAccount,
    Role: observed.role,
    RoleBinding: observed.roleBinding,
    Deployment: observed.deployment,
    Service: observed.service,
  };
  return byKind[kind];
}

/** How many pods of the Deployment are ready, as observed, also while it is on its way out. */
export function readyPods(groups: ObservedGroups, identity: Identity): number {
  const deployment = findByName(groups['Deployment.apps/v1'], apiName(identity));
  return (deployment && readDeployment(deployment).status?.readyReplicas) ?? 0;
}

function findByName(group: ObservedGroups[string], name: string): KubernetesObject | undefined {
  return Object.values(group ?? {}).find(({ metadata }) => metadata.name === name);
}

const isStaying = ({ metadata }: KubernetesObject) =>
  metadata['deletionTimestamp'] === undefined || metadata['deletionTimestamp'] === null;

/** Every observed object of every group, those on their way out as well, in an order that keys don't change. */
export function allObserved(groups: ObservedGroups): KubernetesObject[] {
  return Object.entries(groups)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) =>
      Object.values(group ?? {}).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
    );
}
