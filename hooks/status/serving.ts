import type { DesiredChildren } from '../children/build-children.ts';
import { CONFIG_KEY } from '../children/config-map.ts';
import { TEMPLATE_HASH_ANNOTATION } from '../children/deployment.ts';
import { API_PORT } from '../children/names.ts';
import type { Child } from '../contract/answer.ts';
import type { ObservedConfigMap, ObservedDeployment, ObservedService } from '../contract/kubernetes.ts';
import type { Observed } from '../observed/observed.ts';

/**
 * Whether the registry of the spec serves. Each of these has to hold:
 * 1. all six children are observed and none is being deleted;
 * 2. the ConfigMap holds our `config.yaml`;
 * 3. the Service leads to our pods;
 * 4. the Deployment is the one we asked for, its controller has seen it, no pod of an older template is left,
 *    and one pod at least is ready.
 */
export function isServing(observed: Observed, desired: DesiredChildren): boolean {
  return (
    awaitedChildren(observed, desired).length === 0 && isRolledOut(observed.deployment, desired.deployment)
  );
}

/** The children that are missing or not as desired, the Deployment's rollout aside, as `Kind` each. */
export function awaitedChildren(observed: Observed, desired: DesiredChildren): string[] {
  const states: [kind: string, there: boolean][] = [
    ['ConfigMap', holdsConfig(observed.configMap, desired.configMap)],
    ['ServiceAccount', observed.serviceAccount !== undefined],
    ['Role', observed.role !== undefined],
    ['RoleBinding', observed.roleBinding !== undefined],
    ['Deployment', isAsked(observed.deployment, desired.deployment)],
    ['Service', leadsToPods(observed.service, desired.service)],
  ];
  return states.filter(([, there]) => !there).map(([kind]) => kind);
}

function holdsConfig(observed: ObservedConfigMap | undefined, desired: Child): boolean {
  const wanted = (desired['data'] as Record<string, string>)[CONFIG_KEY];
  return observed?.data?.[CONFIG_KEY] === wanted;
}

/** Whether a Service has our port and our selector, so that the url leads to our pods. */
export function leadsToPods(observed: ObservedService | undefined, desired: Child): boolean {
  const { selector, ports = [] } = observed?.spec ?? {};
  const wanted = (desired['spec'] as { selector: Record<string, string> }).selector;
  return (
    selector !== undefined &&
    Object.keys(selector).length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([label, value]) => selector[label] === value) &&
    ports.some(({ port, protocol = 'TCP', targetPort }) => {
      const target = targetPort ?? port;
      return (
        port === API_PORT.number &&
        protocol === API_PORT.protocol &&
        (target === API_PORT.name || target === API_PORT.number)
      );
    })
  );
}

/** Whether a Deployment carries the hash of the template that we desire: pods of it are what the spec asks for. */
export function isAsked(observed: ObservedDeployment | undefined, desired: Child): boolean {
  const hash = desired.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  return observed?.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION] === hash;
}

/** Whether the controller of Deployments has seen the newest spec of this one, so that its status speaks of it. */
export function isStatusCurrent({ metadata, status }: ObservedDeployment): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

function isRolledOut(observed: ObservedDeployment | undefined, desired: Child): boolean {
  if (!observed || !isAsked(observed, desired) || !isStatusCurrent(observed)) return false;
  const { replicas = 0, updatedReplicas = 0 } = observed.status ?? {};
  return replicas === updatedReplicas && readyReplicas(observed) >= 1;
}

/** How many pods are ready, as observed. */
export function readyReplicas(observed: ObservedDeployment | undefined): number {
  return observed?.status?.readyReplicas ?? 0;
}
