import { test } from 'tap';
import { nameProblems } from '../../../hooks/children/names.ts';
import { sync } from '../../../hooks/sync.ts';
import { crd, openAPIV3Schema } from '../../../scripts/crd/crd.ts';
import { violations } from '../../../scripts/crd/violations.ts';
import { folders, recordings } from '../../fixtures/recordings.ts';
import { changed, context, recorded, withOurChildren } from '../../support/requests.ts';

/** As it is without the descriptions of fields. */
const undescribed = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner) =>
      key === 'description' && typeof inner === 'string' ? undefined : inner,
    ),
  );

test('MCPRegistry has the names, versions and columns that its users know', (t) => {
  const { group, names, scope, versions } = crd.spec;
  t.equal(crd.metadata.name, `${names.plural}.${group}`, 'the API server asks for this name');
  t.equal(scope, 'Namespaced');
  t.strictSame(names, {
    kind: 'MCPRegistry',
    listKind: 'MCPRegistryList',
    plural: 'mcpregistries',
    singular: 'mcpregistry',
    shortNames: ['mcpreg', 'registry'],
    categories: ['toolhive'],
  });
  t.strictSame(
    versions.map(({ name, served, storage }) => ({ name, served, storage })),
    [
      { name: 'v1alpha1', served: true, storage: false },
      { name: 'v1beta1', served: true, storage: true },
    ],
  );
  const [first, second] = versions;
  t.strictSame(
    undescribed(first?.schema),
    undescribed(second?.schema),
    'a manifest of either version applies unchanged',
  );
  for (const { subresources, additionalPrinterColumns } of versions) {
    t.strictSame(subresources, {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    });
    t.strictSame(
      additionalPrinterColumns.map(({ name, jsonPath }) => `${name} ${jsonPath}`),
      [
        'Status .status.phase',
        "Ready .status.conditions[?(@.type=='Ready')].status",
        'Replicas .status.readyReplicas',
        'URL .status.url',
        'Age .metadata.creationTimestamp',
        'External URL .status.externalUrl',
      ],
    );
  }
  t.end();
});

test('the definition fits in the annotation that kubectl apply keeps it in, with room to grow', (t) => {
  t.ok(JSON.stringify(crd).length < 262_144 / 2);
  t.end();
});

test('a name that could not begin the names of the children is refused, the longest is not', (t) => {
  const found = (name: string) => violations(openAPIV3Schema, { metadata: { name }, spec: {} }, '');
  for (const name of ['a'.repeat(59), 'a'.repeat(60), 'a.b', 'a-b', '1st', 'a1']) {
    const refused = nameProblems({ name, namespace: 'n' }).length > 0;
    t.equal(found(name).length > 0, refused, name);
  }
  t.end();
});

/** What the throw-away hook of the recordings received through the spec, where this CRD has nothing. */
const knobs = ['image', 'invalid', 'progress'].map((name) => `spec.${name}: is unknown`);

test('every recorded registry is accepted, its status too', (t) => {
  for (const folder of folders) {
    for (const { step, request } of recordings(folder)) {
      const { parent } = request as { parent: unknown };
      const found = violations(openAPIV3Schema, parent, '').filter((each) => !knobs.includes(each));
      t.strictSame(found, [], `${folder}/${step}`);
    }
  }
  t.end();
});

test('a status that is written in one version can be read and kept in the other', (t) => {
  const phases = (['v1alpha1', 'v1beta1'] as const).map((written) => {
    const request = changed(withOurChildren(recorded('create', 5)), ({ parent }) => {
      parent.apiVersion = `toolhive.stacklok.dev/${written}`;
    });
    const { status } = sync(request, context);
    for (const { name, schema } of crd.spec.versions) {
      const stored = { ...request.parent, apiVersion: `toolhive.stacklok.dev/${name}`, status };
      t.strictSame(violations(schema.openAPIV3Schema, stored, ''), [], `${written} in ${name}`);
    }
    return status.phase;
  });
  t.strictSame(phases, ['Running', 'Ready']);
  t.end();
});

test('a status that somebody else left does not keep a registry from being written', (t) => {
  t.strictSame(violations(openAPIV3Schema, { spec: {}, status: { message: 'ready' } }, ''), []);
  t.end();
});

test('what the operators of ToolHive left in the phase does not keep a registry from being written', (t) => {
  // stacklok/toolhive v0.2.17 to v0.16.0: cmd/thv-operator/api/v1alpha1/mcpregistry_types.go, MCPRegistryPhase.
  for (const phase of ['Pending', 'Ready', 'Failed', 'Syncing', 'Terminating', 'Running']) {
    t.strictSame(violations(openAPIV3Schema, { spec: {}, status: { phase } }, ''), [], phase);
  }
  t.end();
});
