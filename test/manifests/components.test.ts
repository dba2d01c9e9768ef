import { readdirSync } from 'node:fs';
import { test } from 'tap';
import { parse } from 'yaml';
import { childKinds, optionalKinds } from '../../hooks/children/child-kinds.ts';
import { customize } from '../../hooks/customize.ts';
import {
  components,
  customizeHook,
  EXPLAIN,
  EXPLAIN_LABEL,
  watchedToExplain,
} from '../../scripts/components/component.ts';
import { crdGuard, guardedWords } from '../../scripts/components/crd-guard.ts';
import { hookComponents } from '../../scripts/components/hook-components.ts';
import { crd } from '../../scripts/crd/crd.ts';
import {
  componentPatches,
  manifestFolder,
  manifestText,
  valuesOf,
  withComponents,
} from '../support/manifests.ts';
import { context, edited, recorded } from '../support/requests.ts';

const all = readdirSync(new URL('../../manifests/components/', import.meta.url)).sort();
const ofHook: readonly string[] = hookComponents;
const folders = all.filter((name) => name !== EXPLAIN && !ofHook.includes(name));
const { objects } = manifestFolder('base/');
const childResourcesOf = (names: readonly string[]) =>
  valuesOf(withComponents(objects, names), 'childResources').flat() as object[];

test('there is a component for each optional kind, one that explains, those of the hook, and no other', (t) => {
  t.strictSame([...folders, ...ofHook, EXPLAIN].sort(), all);
  t.strictSame(folders, optionalKinds.map((kind) => childKinds[kind].optional?.component).sort());
  t.strictSame(new Set(folders).size, optionalKinds.length, 'one for each');
  for (const name of all) {
    t.match(parse(manifestText(`components/${name}/kustomization.yaml`)), {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
    });
  }
  t.end();
});

test('a component appends, so that components combine in any order with each other and with overlays', (t) => {
  for (const name of folders) {
    for (const { target, appends } of componentPatches(name)) {
      t.ok(
        objects.some(({ kind, metadata }) => kind === target.kind && metadata.name === target.name),
        `${name}: there is a ${target.kind} ${target.name}`,
      );
      for (const { op, path } of appends) {
        t.equal(op, 'add');
        t.match(path, /\/-$/, `${name}: to the end of a list`);
      }
    }
  }
  const byText = (list: readonly object[]) => list.map((each) => JSON.stringify(each)).sort();
  t.strictSame(byText(childResourcesOf([...folders].reverse())), byText(childResourcesOf(folders)));
  t.end();
});

test('with its component, Metacontroller manages the objects of a kind, and updates them', (t) => {
  const before = childResourcesOf([]);
  for (const kind of optionalKinds) {
    const { apiVersion, resource, optional } = childKinds[kind];
    t.strictSame(
      childResourcesOf([optional?.component ?? '']),
      [...before, { apiVersion, resource, updateStrategy: { method: 'InPlace' } }],
      kind,
    );
  }
  t.end();
});

test('the overlay with optional children has the kinds that every cluster has', (t) => {
  const overlay = parse(manifestText('overlays/optional-children/kustomization.yaml'));
  const names = components.filter(({ needs }) => needs === undefined).map(({ name }) => name);
  t.ok(names.includes('autoscaling'));
  t.strictSame(overlay, {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../base'],
    components: names.map((name) => `../../components/${name}`),
  });
  t.end();
});

test('the component that explains registers the customize hook, and lets Metacontroller watch what it asks for', (t) => {
  t.strictSame(
    componentPatches(EXPLAIN).map(({ target, appends }) => ({ name: target.name, appends })),
    [
      {
        name: 'mcpregistry',
        appends: [
          {
            op: 'add',
            path: '/spec/hooks/customize',
            value: customizeHook(String(valuesOf(valuesOf(objects, 'sync'), 'url')[0])),
          },
          ...Object.entries(EXPLAIN_LABEL).map(([name, value]) => ({
            op: 'add',
            path: `/metadata/labels/${name.replace('/', '~1')}`,
            value,
          })),
        ],
      },
      ...Object.entries(watchedToExplain).map(([name, value]) => ({
        name,
        appends: [{ op: 'add', path: '/rules/-', value }],
      })),
    ],
  );
  const watched = [watchedToExplain, ...valuesOf(objects, 'rules').flat()].flatMap((rule) =>
    valuesOf(rule, 'resources').flat(),
  );
  const { relatedResources } = customize(
    edited(recorded('create', 1), {
      sources: [
        { name: 'a', pvcRef: { claimName: 'c' } },
        { name: 'b', configMapRef: { name: 'm', key: 'k' } },
      ],
      registries: [{ name: 'v', sources: ['a', 'b'] }],
    }),
    context,
  );
  t.equal(relatedResources.length, 4);
  t.strictSame(
    relatedResources.filter(({ resource }) => !watched.includes(resource)),
    [],
  );
  t.end();
});

/** What the guard of the definition asks of each version: which words must be where. */
const guarded = valuesOf(crdGuard, 'expression').flatMap((expression) => {
  const [, words = '', path = ''] =
    /all\(v, !v\.served \|\| \[(.*)\]\.all\(w, w in v\.(.*)\)\)$/.exec(String(expression)) ?? [];
  return path === '' ? [] : [{ words: words.replaceAll("'", '').split(', '), path: path.split('.') }];
});
/** The words that a definition lacks, by the guard. */
const lacking = ({ spec }: { readonly spec: { readonly versions: readonly unknown[] } }) =>
  spec.versions.flatMap((version) =>
    guarded.flatMap(({ words, path }) => {
      const place = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], version);
      return words.filter(
        (word) => !(Array.isArray(place) ? place.includes(word) : word in (place as object)),
      );
    }),
  );

test('the guard lets our definition in, and none that lacks a field or a phase', (t) => {
  t.equal(guarded.length, 3, 'fields of spec, fields of status, phases');
  t.strictSame(lacking(crd), []);
  const cases = [
    { reason: 'a field of spec', path: ['spec', 'properties'], word: 'sources' },
    { reason: 'a field of status', path: ['status', 'properties'], word: 'externalUrl' },
    { reason: 'a phase', path: ['status', 'properties', 'phase', 'enum'], word: 'Running' },
  ];
  for (const { reason, path, word } of cases) {
    // Not structuredClone, which keeps what the versions share.
    const changed = JSON.parse(JSON.stringify(crd)) as Parameters<typeof lacking>[0];
    const place = ['schema', 'openAPIV3Schema', 'properties', ...path].reduce<unknown>(
      (at, name) => (at as Record<string, unknown>)[name],
      changed.spec.versions[1],
    );
    if (Array.isArray(place)) place.splice(place.indexOf(word), 1);
    else delete (place as Record<string, unknown>)[word];
    t.strictSame(lacking(changed), [word], reason);
  }
  t.end();
});

test('the guard lets a release in that had fewer fields and phases: a new one is not among its words', (t) => {
  t.strictSame(
    guarded.map(({ words }) => words),
    [
      [
        ...['enforceServers', 'sources', 'registries', 'defaultSource', 'source', 'syncPolicy', 'filter'],
        ...['databaseConfig', 'authConfig', 'telemetryConfig', 'auditConfig', 'replicas', 'autoscaling'],
        ...['disruptionBudget', 'service', 'serviceAccount', 'networkPolicy', 'expose', 'monitoring'],
      ],
      ['externalUrl', 'replicas', 'selector'],
      ['Running', 'Syncing'],
    ],
    'those of 0.1.0, for ever',
  );
  // The fields of spec and status, and the phases, of toolhive-operator-crds v0.44.0.
  const ofToolHive = {
    spec: [
      ...['configYAML', 'volumes', 'volumeMounts', 'pgpassSecretRef', 'imagePullSecrets'],
      ...['displayName', 'podTemplateSpec'],
    ],
    status: ['conditions', 'message', 'observedGeneration', 'phase', 'readyReplicas', 'url'],
    phases: ['Pending', 'Ready', 'Failed', 'Terminating'],
  };
  for (const place of ['spec', 'status', 'phases'] as const) {
    t.strictSame(
      guardedWords[place].filter((word) => ofToolHive[place].includes(word)),
      [],
      `${place}: each word tells ours from theirs`,
    );
  }
  t.end();
});

test('each refusal of the guard says how to have it in spite of that', (t) => {
  const [{ spec }] = crdGuard as [{ spec: { validations: { expression: string; message: string }[] } }];
  t.strictSame(
    spec.validations.map(({ expression, message }) => {
      const [, annotation = ''] = /kubectl annotate crd \S+ (\S+)=allowed$/.exec(message) ?? [];
      return [annotation, expression.includes(`'${annotation}'] == 'allowed'`), message.length < 1024];
    }),
    [
      ['mcpregistry-hook/deletion', true, true],
      ...Array.from({ length: 3 }, () => ['mcpregistry-hook/replacement', true, true]),
    ],
  );
  t.end();
});
