import { type Static, Type } from '@sinclair/typebox';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { isLastApplied } from '../applied/last-applied.ts';
import { type KubernetesObject, ObservedCondition, openObject } from '../contract/kubernetes.ts';
import { readAs } from '../contract/read-as.ts';
import { objectOf } from '../json.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { sha256 } from '../text/hash.ts';
import type { ChildKindRow } from './child-kind.ts';
import type { CollisionRule } from './collision-rule.ts';
import { containersOf, portNumber } from './container-ports.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';

/**
 * Identifies the template that a Deployment was built with, whatever defaulting made of it, on the Deployment and on each of
 * its pods.
 */
export const TEMPLATE_HASH_ANNOTATION = 'toolhive.stacklok.dev/template-hash';

export type DesiredDeployment = KubernetesChild<IDeployment, 'spec'>;

/** A Deployment, as far as it is read; a counter that is absent is 0. */
export const ObservedDeployment = openObject({
  spec: Type.Optional(
    Type.Object({ replicas: Type.Optional(Type.Integer()) }, { additionalProperties: true }),
  ),
  status: Type.Optional(
    Type.Object(
      {
        observedGeneration: Type.Optional(Type.Integer()),
        replicas: Type.Optional(Type.Integer()),
        updatedReplicas: Type.Optional(Type.Integer()),
        readyReplicas: Type.Optional(Type.Integer()),
        conditions: Type.Optional(Type.Array(ObservedCondition)),
      },
      { additionalProperties: true },
    ),
  ),
});
export type ObservedDeployment = Static<typeof ObservedDeployment> & KubernetesObject;

const probe: CollisionRule = { oneOf: ['exec', 'httpGet', 'tcpSocket', 'grpc'] };
const containers: CollisionRule = {
  key: 'name',
  item: {
    fields: {
      ports: { key: 'containerPort', unique: 'name' },
      env: { key: 'name', item: { oneOf: ['value', 'valueFrom'] } },
      livenessProbe: probe,
      readinessProbe: probe,
      startupProbe: probe,
    },
  },
};
const podSpec: CollisionRule = {
  fields: { containers, initContainers: containers, volumes: { key: 'name', item: { oneOf: '*' } } },
};

/**
 * The Deployment of the registry server. It has `replicas` only where the spec has: otherwise the API server says 1, and an
 * autoscaler or `kubectl scale` may say something else.
 */
export const deployment: ChildKindRow<DesiredDeployment, ObservedDeployment> = {
  apiVersion: 'apps/v1',
  resource: 'deployments',
  nameOf: apiName,
  build: ({ identity, registry, template }): DesiredDeployment => {
    const { replicas } = registry.objects;
    const name = apiName(identity);
    const hash = { [TEMPLATE_HASH_ANNOTATION]: sha256(JSON.stringify(template)) };
    const { metadata } = template;
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadataOf(name, identity, hash),
      spec: {
        ...(replicas === undefined ? {} : { replicas }),
        selector: { matchLabels: selectorOf(name) },
        template: {
          ...template,
          metadata: { ...metadata, annotations: sortKeys({ ...metadata.annotations, ...hash }) },
        },
      },
    };
  },
  read: readAs(ObservedDeployment),
  isAsDesired: (observed, desired) =>
    hasDesiredTemplate(observed, desired) && hasDesiredReplicas(observed, desired),
  repair: {
    keep: keepReplicas,
    collisions: { fields: { spec: { fields: { template: { fields: { spec: podSpec } } } } } },
    portLists: (observed, desired) => {
      // A merge leaves containers unchanged that are not ours.
      const ours = new Set(containersOf(templateOf(desired.spec)).map(({ name }) => name));
      return containersOf(templateOf(observed['spec'])).flatMap(({ name, ports }) =>
        ours.has(name) ? [ports] : [],
      );
    },
    neverRecreated: true,
  },
  deletedFirst: true,
  sizeField: ({ podTemplate }) => (Object.keys(podTemplate).length > 0 ? 'spec.podTemplateSpec' : 'spec'),
};

/** Whether a Deployment carries the hash of the desired template: pods of it are what the spec asks for. */
export function hasDesiredTemplate(observed: ObservedDeployment, desired: DesiredDeployment): boolean {
  const hash = desired.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  return observed.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION] === hash;
}

/**
 * A number of pods that was applied once, and is not named any more, stays as it is observed: without it, either apply
 * strategy removes the field, and the API server sets 1. An autoscaler changes it all the same, since an answer follows what
 * is observed, and dynamic apply updates no other version of an object than the one that was shown. Under server-side apply it is
 * given up once somebody else, as an autoscaler, has set it.
 */
function keepReplicas(observed: KubernetesObject, desired: DesiredDeployment): DesiredDeployment {
  if (desired.spec.replicas !== undefined || !isLastApplied(observed, ['spec', 'replicas'])) return desired;
  const { replicas } = objectOf(observed['spec']);
  // No autoscaler changes 0.
  return typeof replicas === 'number' && replicas > 0
    ? { ...desired, spec: { replicas, ...desired.spec } }
    : desired;
}

/** Where the spec does not say how many pods there are, any number is right. */
const hasDesiredReplicas = (
  observed: ObservedDeployment,
  { spec: { replicas } }: DesiredDeployment,
): boolean => replicas === undefined || observed.spec?.replicas === replicas;

/** How many pods a Deployment has, and how many of them are ready, as observed. */
export interface PodCounts {
  readonly all: number;
  readonly ready: number;
}

export const podsOf = (observed: ObservedDeployment | undefined): PodCounts => ({
  all: observed?.status?.replicas ?? 0,
  ready: observed?.status?.readyReplicas ?? 0,
});

/** The number of the port that bears the name of the API, in the container of the registry server. */
export function apiPortOf({ spec }: ObservedDeployment | DesiredDeployment): unknown {
  return portNumber(templateOf(spec), API_PORT.name);
}

/** @param spec the spec of a Deployment, of any shape */
const templateOf = (spec: unknown): unknown => objectOf(spec)['template'];
