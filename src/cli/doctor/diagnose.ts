import { childKinds, isOptional } from '../../../hooks/children/child-kinds.ts';
import type { Defaults } from '../../../hooks/context.ts';
import { objectOf, textOf } from '../../../hooks/json.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import { ChildrenByOwner } from '../hook-request.ts';
import type { InputObject } from '../input/read-input.ts';
import { type ClusterInput, metadataOf } from './cluster-input.ts';
import { type Controller, controllerFindings, controllersIn, isSelected } from './controllers.ts';
import { crdFindings } from './crd.ts';
import { type Decided, decide } from './decide.ts';
import { eventFindings } from './events.ts';
import { deletionFindings, finalizerFindings } from './finalizers.ts';
import { type Finding, finding, type RegistryReport, type Report } from './finding.ts';
import { outdatedFindings, type Silence, silenceOf, unwrittenFindings } from './outdated.ts';
import { programFindings } from './programs.ts';
import { statusFindings, warningFindings, writtenFindings } from './status-findings.ts';
import { takenNameFindings } from './taken-names.ts';

/** What a diagnosis needs besides the objects. */
export interface Surroundings {
  readonly defaults: Defaults;
  readonly now: Date;
  /** The names of the registries to look at; all if it is empty. */
  readonly names: readonly string[];
}

/** Says of all registries in the input what is wrong, and of what they need. */
export function diagnose(cluster: ClusterInput, { defaults, now, names }: Surroundings): Report {
  const controllers = controllersIn(cluster);
  const children = new ChildrenByOwner(cluster.children);
  const wanted = new Set(names);
  const chosen = cluster.registries.filter(({ name }) => wanted.size === 0 || wanted.has(name));
  const look = (registry: InputObject): RegistryReport => {
    const { phase } = objectOf(registry.object['status']);
    return {
      namespace: foreignText(registry.namespace, 253),
      name: foreignText(registry.name, 253),
      phase: textOf(phase) === '' ? undefined : foreignText(phase, 63),
      findings: registryFindings(registry, { cluster, controllers, children, defaults, now }),
    };
  };
  return {
    registries: sortByLevel(chosen.map(look)),
    cluster: [
      ...(controllers ? controllerFindings(controllers, cluster) : []),
      ...crdFindings(cluster, controllers),
      ...programFindings(cluster),
    ],
    notLookedAt: notLookedAt(chosen, controllers ?? [], cluster),
  };
}

/** Those with errors first, then those with warnings, each in the order of the input. */
function sortByLevel(reports: readonly RegistryReport[]): RegistryReport[] {
  const rank = ({ findings }: RegistryReport) => (findings.length === 0 ? 2 : isWell(findings) ? 1 : 0);
  return [0, 1, 2].flatMap((wanted) => reports.filter((report) => rank(report) === wanted));
}

interface Known {
  readonly cluster: ClusterInput;
  readonly controllers: readonly Controller[] | undefined;
  readonly children: ChildrenByOwner;
  readonly defaults: Defaults;
  readonly now: Date;
}

function registryFindings(registry: InputObject, known: Known): Finding[] {
  const { cluster, controllers, children, defaults, now } = known;
  const finalizers = finalizerFindings(registry, controllers);
  if (metadataOf(registry)['deletionTimestamp'] !== undefined) {
    const found = [...finalizers, ...deletionFindings(registry, children.of(registry), controllers, now)];
    return [...found, ...eventFindings(registry, cluster, isWell(found), now)];
  }
  const selecting = controllers?.filter((controller) => isSelected(controller, registry));
  const selection = selectionFindings(registry, controllers, selecting);
  const { decided, problems } = decide(registry, children, selecting?.[0], cluster, defaults, now);
  if (problems) {
    const wrong = problems.map(({ field, message }) => finding('error', 'Unreadable', `${field} ${message}`));
    return [...selection, ...wrong, ...finalizers];
  }
  const seesChildren = cluster.hasAll('Deployment', registry.namespace);
  const taken = seesChildren ? takenNameFindings(decided, cluster) : [];
  // What the operator made serves, although Metacontroller does not count it as children.
  const isOperators = taken.some(({ reason }) => reason === 'NotLabelled');
  const found = [
    ...selection,
    ...stateFindings(decided, seesChildren && !isOperators, silenceOf(selecting?.length), now),
    ...taken,
    ...finalizers,
  ];
  return [
    ...found,
    ...eventFindings(registry, cluster, isWell(found), now),
    ...warningFindings(decided, selecting?.[0]),
  ];
}

/**
 * What is wrong by the status, and with the status. Without the children, whether the spec is valid is all that can be
 * decided, and for all else what was written has to do.
 */
function stateFindings(decided: Decided, knowsChildren: boolean, silence: Silence, now: Date): Finding[] {
  const { request, decision } = decided;
  const canDecide = knowsChildren || decision.desired?.problems !== undefined;
  const unwritten = unwrittenFindings(request, silence, now);
  // A registry whose status was never written waits for nothing else.
  if (unwritten.some(({ reason }) => reason !== 'StatusOutdated')) return unwritten;
  if (!canDecide) return [...unwritten, ...writtenFindings(request)];
  const outdated = [...unwritten, ...outdatedFindings(decided, silence, now)];
  if (outdated.some(({ reason }) => reason === 'OtherSettings')) {
    return [...outdated, ...writtenFindings(request)];
  }
  const found = [...outdated, ...statusFindings(decided, now)];
  // What is wrong with a child of a kind that is not in the input is known by the status alone.
  return decided.seesKinds || !isWell(found) ? found : [...found, ...writtenFindings(request)];
}

const isWell = (findings: readonly Finding[]) => findings.every(({ level }) => level === 'warning');

/** Whether one CompositeController, and no more, looks at a registry. */
function selectionFindings(
  { name, namespace }: InputObject,
  controllers: readonly Controller[] | undefined,
  selecting: readonly Controller[] | undefined,
): Finding[] {
  if (!controllers || !selecting || controllers.length === 0) return [];
  const next = ['kubectl', 'get', 'mcpregistry', name, '-n', namespace, '--show-labels'];
  if (selecting.length === 0) {
    const all = controllers.map((each) => each.name).join(', ');
    return [
      finding(
        'error',
        'NotSelected',
        `its labels do not match spec.parentResource.labelSelector of CompositeController ${all}: nobody looks at it. Label it as that asks for`,
        { next },
      ),
    ];
  }
  if (selecting.length === 1) return [];
  return [
    finding(
      'error',
      'SeveralControllers',
      `CompositeControllers ${selecting.map((each) => each.name).join(', ')} all look at it, and overwrite each other's work: delete all but one, or give them label selectors that exclude each other`,
      { next: ['kubectl', 'get', 'compositecontrollers'] },
    ),
  ];
}

function notLookedAt(
  registries: readonly InputObject[],
  controllers: readonly Controller[],
  cluster: ClusterInput,
): string[] {
  if (registries.length === 0) return [];
  const lacking = [...new Set(registries.map(({ namespace }) => namespace))].filter(
    (namespace) => !cluster.hasAll('Deployment', namespace),
  );
  const has = (kind: Parameters<ClusterInput['hasAll']>[0]) =>
    registries.some(({ namespace }) => cluster.hasAll(kind, namespace));
  const registered = new Set(controllers.flatMap(({ kinds }) => kinds));
  const unseen = [...registered].filter((kind) => isOptional(kind) && !has(kind));
  return [
    ...(lacking.length > 0
      ? [
          `the children of registries in ${lacking
            .slice(0, 5)
            .map((name) => foreignText(name, 63))
            .join(
              ', ',
            )}${lacking.length > 5 ? ' and more' : ''}: give deploy,svc,cm,sa,role,rolebinding of the namespace as well`,
        ]
      : []),
    ...(unseen.length > 0
      ? [
          `children of kinds that are registered: give ${unseen.map((kind) => childKinds[kind].resource).join(',')} as well`,
        ]
      : []),
    ...(has('Pod') ? [] : ['why pods are not ready: give pods as well']),
    ...(has('CompositeController')
      ? []
      : ['whether the registries are registered with Metacontroller: give compositecontrollers as well']),
    ...(has('CustomResourceDefinition')
      ? []
      : [`the CRD: give crd/mcpregistries.toolhive.stacklok.dev as well`]),
    ...(has('Event') ? [] : ['what Metacontroller says: give events as well']),
  ];
}
