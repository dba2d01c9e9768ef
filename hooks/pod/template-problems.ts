import { selectorOf } from '../children/metadata.ts';
import { API_PORT } from '../children/names.ts';
import type { PodTemplate } from '../children/pod-template.ts';
import { describe, type Problem } from '../registry/problem.ts';

/** A merged template: a patch may take out any part of it. */
type Merged = {
  readonly metadata?: { readonly labels?: PodTemplate['metadata']['labels'] };
  readonly spec?: PodSpec;
};
type Named = { readonly name: string } & Readonly<Record<string, unknown>>;
interface Container extends Named {
  readonly ports?: readonly Named[];
  readonly volumeMounts?: readonly (Named & { readonly mountPath: string })[];
}
interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Named[];
}

const ROOT = 'spec.podTemplateSpec';
const CONTAINER = 'registry-api';

/**
 * What of a merged template would break the registry, though Kubernetes lets it pass.
 *
 * @param ours the template without the user's
 * @param merged the template with it, valid for Kubernetes
 * @param base the name that pods are selected by
 */
export function templateProblems(ours: PodTemplate, merged: PodTemplate, base: string): Problem[] {
  const before = ours.spec as PodSpec;
  const after = (merged as Merged).spec ?? {};
  return [
    ...selectorProblems(merged, base),
    ...containerProblems(before, after),
    ...volumeProblems(before, after),
    ...danglingMounts(after),
  ];
}

function selectorProblems({ metadata }: Merged, base: string): Problem[] {
  return Object.entries(selectorOf(base))
    .filter(([label, value]) => metadata?.labels?.[label] !== value)
    .map(([label, value]) => ({
      field: `${ROOT}.metadata.labels.${label}`,
      message: `must stay ${describe(value)}, since the Deployment and the Service select pods by it: take it out`,
    }));
}

function containerProblems(before: PodSpec, after: PodSpec): Problem[] {
  const index = (after.containers ?? []).findIndex(({ name }) => name === CONTAINER);
  const container = after.containers?.[index];
  if (!container) {
    return [
      {
        field: `${ROOT}.spec.containers`,
        message: `must keep the container ${CONTAINER}: it is the registry server`,
      },
    ];
  }
  const field = `${ROOT}.spec.containers[name=${CONTAINER}]`;
  const ports = container.ports ?? [];
  const port = ports.some(({ name }) => name === API_PORT.name)
    ? []
    : [
        {
          field: `${field}.ports`,
          message: `must keep a port named ${describe(API_PORT.name)}, which the Service leads to, found ${describe(ports.map(({ name }) => name).join(', '))}: name it so`,
        },
      ];
  return [...port, ...mountProblems(before, container, field)];
}

/** Where the configuration and the files that it names are mounted, nothing else may be. */
function mountProblems(before: PodSpec, container: Container, field: string): Problem[] {
  const ours = before.containers?.[0]?.volumeMounts ?? [];
  return ours.flatMap((mount) => {
    const found = container.volumeMounts?.find(({ mountPath }) => mountPath === mount.mountPath);
    return isScratch(mount) || found?.name === mount.name
      ? []
      : [
          {
            field: `${field}.volumeMounts`,
            message: `must leave ${mount.mountPath} to the volume ${mount.name}, found ${describe(found?.name)}: mount yours somewhere else`,
          },
        ];
  });
}

/** What is writable is scratch space: a user may bring a better volume for it. */
const isScratch = (mount: Named) => mount['readOnly'] !== true;

function volumeProblems(before: PodSpec, after: PodSpec): Problem[] {
  return (before.volumes ?? []).flatMap((ours) => {
    const found = after.volumes?.find(({ name }) => name === ours.name);
    return found && sourceOf(found) === sourceOf(ours)
      ? []
      : [
          {
            field: `${ROOT}.spec.volumes[name=${ours.name}]`,
            message: `must stay ${sourceOf(ours)}, found ${found ? sourceOf(found) : 'nothing'}: give your volume another name`,
          },
        ];
  });
}

/** The kind of a volume, and the object that it shows where that is one: `configMap catalog`. */
function sourceOf(volume: Named): string {
  return Object.entries(volume)
    .filter(([key]) => key !== 'name')
    .map(([kind, source]) => {
      const { name, secretName, claimName } = source as Readonly<Record<string, unknown>>;
      return [kind, name ?? secretName ?? claimName].filter(Boolean).join(' ');
    })
    .sort()
    .join(' and ');
}

function danglingMounts({ containers = [], initContainers = [], volumes = [] }: PodSpec): Problem[] {
  const known = new Set(volumes.map(({ name }) => name));
  return [...initContainers, ...containers].flatMap(({ name, volumeMounts = [] }) =>
    volumeMounts
      .filter((mount) => !known.has(mount.name))
      .map((mount) => ({
        field:
          name === CONTAINER ? 'spec.volumeMounts' : `${ROOT}.spec.containers[name=${name}].volumeMounts`,
        message: `names the volume ${describe(mount.name)} at ${mount.mountPath}, which the pod does not have: add it to spec.volumes or spec.podTemplateSpec.spec.volumes`,
      })),
  );
}
