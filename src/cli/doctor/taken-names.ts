import { kindsOfChildren } from '../../../hooks/children/child-kinds.ts';
import { textOf } from '../../../hooks/json.ts';
import { controllerOf } from '../../../hooks/related/controller.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import type { InputObject } from '../input/read-input.ts';
import { type ClusterInput, labelsOf, metadataOf } from './cluster-input.ts';
import type { Decided } from './decide.ts';
import { type Finding, finding } from './finding.ts';

/** The objects that bear the names of children and that Metacontroller does not count as the registry's. */
export function takenNameFindings({ request, decision }: Decided, cluster: ClusterInput): Finding[] {
  const desired = decision.desired?.children?.byKind;
  if (!desired) return [];
  const { name, namespace, uid } = request.parent.metadata;
  const taken = kindsOfChildren.flatMap((kind) => {
    const child = desired[kind];
    const found = child && cluster.find(kind, namespace, child.metadata.name);
    return found && isForeign(found, uid) ? [found] : [];
  });
  const unlabelled = taken.filter((object) => isOwnedBy(object, uid));
  const orphans = taken.filter((object) => controllerOf(metadataOf(object)) === undefined);
  const others = taken.filter((object) => !unlabelled.includes(object) && !orphans.includes(object));
  return [
    ...(unlabelled.length > 0
      ? [
          finding(
            'error',
            'NotLabelled',
            `${listed(unlabelled)} ${unlabelled.length > 1 ? 'belong' : 'belongs'} to this registry, but without the label controller-uid, as children that the ToolHive operator made: Metacontroller releases such a child and finds its name taken. Label it, or take over the registry with: mcpregistry-hook takeover`,
            { next: labelCommand(unlabelled, namespace, uid) },
          ),
        ]
      : []),
    ...(orphans.length > 0
      ? [
          finding(
            'error',
            'NameTaken',
            `${listed(orphans)} ${orphans.length > 1 ? 'exist, and belong' : 'exists, and belongs'} to nobody${madeFor(orphans, name) ? ', left by an earlier registry of this name' : ''}: Metacontroller does not touch it. Label it to make it a part of this registry, or delete it`,
            { next: labelCommand(orphans, namespace, uid) },
          ),
        ]
      : []),
    ...others.map((object) => {
      const owner = controllerOf(metadataOf(object));
      const whose = `${foreignText(owner?.kind, 63)} ${foreignText(owner?.name, 253)}`;
      return finding(
        'error',
        'NameTaken',
        `${object.kind} ${object.name} belongs to ${whose}${owner?.kind === 'MCPRegistry' && owner.name === name ? ' of another uid, an earlier registry of this name' : ''}: Metacontroller does not touch it. Delete it, or create this registry under another name`,
        { next: ['kubectl', 'get', object.kind.toLowerCase(), object.name, '-n', namespace, '-o', 'yaml'] },
      );
    }),
  ];
}

const isOwnedBy = (object: InputObject, uid: string | undefined): boolean => {
  const owner = controllerOf(metadataOf(object));
  return owner?.kind === 'MCPRegistry' && uid !== undefined && owner.uid === uid;
};

const isForeign = (object: InputObject, uid: string | undefined): boolean =>
  uid !== undefined && !(isOwnedBy(object, uid) && labelsOf(object)['controller-uid'] === uid);

const madeFor = (objects: readonly InputObject[], name: string): boolean =>
  objects.every((object) => textOf(labelsOf(object)['toolhive.stacklok.io/registry-name']) === name);

const listed = (objects: readonly InputObject[]) =>
  objects.map(({ kind, name }) => `${kind} ${name}`).join(', ');

const labelCommand = (objects: readonly InputObject[], namespace: string, uid = '') => [
  ...['kubectl', 'label', '--overwrite', '-n', namespace],
  ...objects.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`),
  `controller-uid=${uid}`,
];
