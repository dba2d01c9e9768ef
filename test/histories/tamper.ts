import type { Cluster } from '../simulator/cluster.ts';
import { clone, type Json, type JsonObject, listAt, objectAt, type StoredObject } from '../simulator/json.ts';
import { LAST_APPLIED } from '../simulator/metacontroller/children.ts';
import { children, kinds } from './actions.ts';
import { NAMESPACE } from './world.ts';

/** Something that somebody with rights on the children does to them, so that they look as if they had been applied so. */
export interface Tampering {
  readonly reason: string;
  readonly change: (object: StoredObject) => void;
  /** Kinds of which parts go when Metacontroller is switched from dynamic to server-side apply. */
  readonly replacedByServerSide?: readonly string[];
}

const annotate = (reason: string, note: (object: StoredObject) => Json): Tampering => ({
  reason,
  change: ({ metadata, ...rest }) => {
    const value = note({ metadata, ...rest } as StoredObject);
    metadata['annotations'] = {
      ...objectAt(metadata, 'annotations'),
      [LAST_APPLIED]: typeof value === 'string' ? value : JSON.stringify(value),
    };
  },
});

const entries = (object: StoredObject) => listAt(object, 'metadata', 'managedFields') as JsonObject[];
const setEntries = (object: StoredObject, managedFields: Json[]) => {
  object.metadata['managedFields'] = managedFields;
};

/** Everything that a child of any kind may hold, with values that would do harm. */
const harmful = {
  data: { 'config.yaml': 'forged', more: 'x' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  subjects: [{ kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }],
  imagePullSecrets: [{ name: 'forged' }],
  spec: {
    replicas: 0,
    type: 'NodePort',
    ports: [{ name: 'http', port: 1 }],
    selector: { matchLabels: { x: 'y' } },
    template: {
      spec: {
        containers: [
          { name: 'registry-api', image: 'mallory/image:1' },
          { name: 'mallory', image: 'm:1' },
        ],
        hostNetwork: true,
      },
    },
  },
};

export const tamperings: readonly Tampering[] = [
  { reason: 'nothing', change: () => undefined },
  annotate('an annotation of an object that holds nothing', () => ({})),
  annotate('an annotation of null', () => 'null'),
  annotate('an annotation cut short', () => '{"data":{"config.ya'),
  annotate('an annotation that is no object', () => [1, 2]),
  annotate('an annotation of another object', () => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'other', namespace: 'elsewhere', labels: { app: 'other' } },
    stringData: { password: 'x' },
  })),
  annotate('an annotation with values that do harm', ({ apiVersion, kind, metadata }) => ({
    ...harmful,
    apiVersion,
    kind,
    metadata: { name: metadata.name, labels: { forged: 'x' }, annotations: { forged: 'x' }, uid: 'forged' },
  })),
  annotate('an annotation of other types', () => ({
    data: 7,
    rules: 'x',
    subjects: {},
    roleRef: [],
    spec: { template: [], selector: 7, ports: 'x', replicas: {} },
    metadata: [],
  })),
  annotate('an annotation of nulls', () => ({ data: null, rules: null, subjects: null, spec: null })),
  annotate('an annotation that lists nothing', () => ({
    rules: [],
    subjects: [],
    spec: { ports: [], template: { spec: { containers: [], volumes: [] } } },
  })),
  { reason: 'no managedFields', change: (object) => setEntries(object, [{}]) },
  {
    reason: 'no owner of the label in managedFields',
    change: (object) => {
      const managed = clone(entries(object));
      for (const entry of managed)
        delete objectAt(entry, 'fieldsV1', 'f:metadata', 'f:labels')['f:controller-uid'];
      setEntries(object, managed);
    },
  },
  {
    reason: 'a second manager that applied the label',
    change: (object) => {
      const { apiVersion } = object;
      const fieldsV1 = { 'f:metadata': { 'f:labels': { 'f:controller-uid': {} } } };
      setEntries(object, [
        { manager: 'aaa', operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1 },
        ...entries(object),
      ]);
    },
  },
  {
    reason: 'a list in managedFields that nobody can read',
    change: (object) => {
      const managed = clone(entries(object));
      for (const entry of managed) {
        const ports = objectAt(entry, 'fieldsV1', 'f:spec', 'f:ports');
        for (const step of Object.keys(ports)) delete ports[step];
        if ('f:ports' in objectAt(entry, 'fieldsV1', 'f:spec')) ports['i:0'] = {};
      }
      setEntries(object, managed);
    },
  },
  {
    reason: 'things beside ours',
    change: (object) => {
      object.metadata['labels'] = { ...objectAt(object, 'metadata', 'labels'), team: 'x' };
      if (object.kind === 'ConfigMap') objectAt(object, 'data')['more'] = 'x';
      if (object.kind === 'Service') void listAt(object, 'spec', 'ports').push({ name: 'more', port: 9999 });
      if (object.kind === 'Deployment')
        void listAt(object, 'spec', 'template', 'spec', 'containers').push({ name: 'more', image: 'more:1' });
    },
  },
  {
    reason: 'items beside ours in lists that server-side apply replaces',
    // A switch to it replaces them, as it would with a valid spec.
    replacedByServerSide: ['RoleBinding', 'ServiceAccount'],
    change: (object) => {
      if (object.kind === 'RoleBinding') {
        void listAt(object, 'subjects').push({
          kind: 'User',
          name: 'x',
          apiGroup: 'rbac.authorization.k8s.io',
        });
      }
      if (object.kind === 'ServiceAccount') void listAt(object, 'imagePullSecrets').push({ name: 'theirs' });
    },
  },
  {
    reason: 'other values in place of ours',
    change: (object) => {
      if (object.kind === 'ConfigMap') objectAt(object, 'data')['config.yaml'] = 'by hand';
      if (object.kind === 'Role') object['rules'] = [];
      if (object.kind === 'Deployment')
        objectAt(object, 'spec', 'template', 'spec', 'containers', 0)['image'] = 'by/hand:1';
    },
  },
];

/** Does it to all children that are there, and to none that the API server does not let it. */
export function tamper(cluster: Cluster, { change }: Tampering): void {
  for (const kind of kinds) {
    if (cluster.api.get(kind, NAMESPACE, children[kind]))
      cluster.edit(kind, NAMESPACE, children[kind], change, 'mallory');
  }
}

/** What a child is, but for who wrote it. */
export function contents(cluster: Cluster): JsonObject {
  return Object.fromEntries(
    kinds.map((kind) => {
      const found = cluster.api.get(kind, NAMESPACE, children[kind]);
      if (!found) return [kind, null];
      const { metadata, status: _, ...content } = clone(found);
      const { managedFields: __, resourceVersion: ___, generation: ____, ...kept } = metadata as JsonObject;
      for (const note of [LAST_APPLIED, 'deployment.kubernetes.io/revision'])
        delete objectAt(kept, 'annotations')[note];
      return [kind, { ...content, metadata: { ...kept, annotations: objectAt(kept, 'annotations') } }];
    }),
  );
}
