import type { DesiredChildren } from '../children/build-children.ts';
import { CONFIG_KEY } from '../children/config-map.ts';
import { TEMPLATE_HASH_ANNOTATION } from '../children/deployment.ts';
import { API_PORT } from '../children/names.ts';
import { CONTAINER } from '../children/pod-template.ts';
import type { Child } from '../contract/answer.ts';
import type { KubernetesObject, ObservedConfigMap, ObservedDeployment } from '../contract/kubernetes.ts';
import { type JsonObject, objectOf, objectsOf } from '../json.ts';
import type { Observed } from '../observed/observed.ts';

/**
 * Whether the registry of the spec serves. Each of these has to hold:
 * 1. all six children are observed and none is being deleted;
 * 2. the ConfigMap holds our `config.yaml`;
 * 3. the Service routes to our pods;
 * 4. the Deployment is the one we asked for, its controller has seen it, no pod of an older template is left,
 *    and one pod at least is ready.
 */
export function isServing(observed: Observed, desired: DesiredChildren): boolean {
  return (
    awaitedChildren(observed, desired).length === 0 && isRolledOut(observed.deployment, desired.deployment)
  );
}

/** A child that is missing or not as desired. */
export interface AwaitedChild {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** The children that are missing or not as desired, the rollout of the Deployment aside. */
export function awaitedChildren(observed: Observed, desired: DesiredChildren): AwaitedChild[] {
  const isAsDesired: Readonly<Record<string, boolean>> = {
    ConfigMap: holdsConfig(observed.configMap, desired.configMap),
    ServiceAccount: observed.serviceAccount !== undefined,
    Role: observed.role !== undefined,
    RoleBinding: observed.roleBinding !== undefined,
    Deployment: hasDesiredTemplate(observed.deployment, desired.deployment),
    // Without a Deployment there are no pods to route to, and that is not the Service's fault.
    Service: observed.service !== undefined && (!observed.deployment || routesToPods(observed, desired)),
  };
  return desired.all
    .filter(({ kind }) => !isAsDesired[kind])
    .map(({ kind, metadata: { name, namespace } }) => ({ kind, name, namespace }));
}

function holdsConfig(observed: ObservedConfigMap | undefined, desired: Child): boolean {
  return objectOf(observed?.data)[CONFIG_KEY] === objectOf(desired['data'])[CONFIG_KEY];
}

/** Whether the Service has our port and our selector, and its port is the one that our pods listen on. */
export function routesToPods({ service, deployment }: Observed, desired: DesiredChildren): boolean {
  const { selector, ports = [] } = service?.spec ?? {};
  const wanted = (desired.service['spec'] as { selector: Record<string, string> }).selector;
  if (!selector || !isSameMap(selector, wanted)) return false;
  const listens = apiPort(desired.deployment);
  return objectsOf(ports).some(({ port, protocol = 'TCP', targetPort = port }) => {
    if (port !== API_PORT.number || protocol !== API_PORT.protocol) return false;
    if (targetPort !== API_PORT.name) return targetPort === listens;
    // A name stands for each pod's own port: while another template rolls out, old pods may have another number.
    const named = apiPort(deployment);
    return named === listens || (named !== undefined && !hasDesiredTemplate(deployment, desired.deployment));
  });
}

const isSameMap = (a: JsonObject, b: JsonObject) =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(b).every(([key, value]) => a[key] === value);

/** The number of the port that bears the name of the API, in the container of the registry server. */
function apiPort(deployment: KubernetesObject | Child | undefined): unknown {
  const template = objectOf(objectOf(deployment?.['spec'])['template']);
  const container = objectsOf(objectOf(template['spec'])['containers']).find(
    ({ name }) => name === CONTAINER,
  );
  return objectsOf(container?.['ports']).find(({ name }) => name === API_PORT.name)?.['containerPort'];
}

/** Whether a Deployment carries the hash of the template that we desire: pods of it are what the spec asks for. */
export function hasDesiredTemplate(observed: ObservedDeployment | undefined, desired: Child): boolean {
  const hash = desired.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  return observed?.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION] === hash;
}

/** Whether the controller of Deployments has seen the newest spec of this one, so that its status speaks of it. */
export function isStatusCurrent({ metadata, status }: ObservedDeployment): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

function isRolledOut(observed: ObservedDeployment | undefined, desired: Child): boolean {
  if (!observed || !hasDesiredTemplate(observed, desired) || !isStatusCurrent(observed)) return false;
  const { replicas = 0, updatedReplicas = 0 } = observed.status ?? {};
  return replicas === updatedReplicas && readyReplicas(observed) >= 1;
}

/** How many pods are ready, as observed. */
export function readyReplicas(observed: ObservedDeployment | undefined): number {
  return observed?.status?.readyReplicas ?? 0;
}
