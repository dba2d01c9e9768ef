import { test } from 'tap';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { customize } from '../../hooks/customize.ts';
import { goldenCases } from '../support/golden-cases.ts';
import { changed, context, edited, recorded } from '../support/requests.ts';
import { quiet } from '../support/warnings.ts';

const request = recorded('create', 1);
const { namespace } = request.parent.metadata;
const rules = (spec: unknown, of: HookRequest = request) =>
  customize(edited(of, spec), context).relatedResources;

const pods = {
  apiVersion: 'v1',
  resource: 'pods',
  namespace,
  labelSelector: {
    matchLabels: {
      'app.kubernetes.io/component': 'registry-api',
      'app.kubernetes.io/name': 'production-api',
    },
  },
};
/** Of the defaults, in the namespace of the recordings. */
const database = {
  apiVersion: 'v1',
  resource: 'configmaps',
  labelSelector: { matchLabels: { 'toolhive.stacklok.dev/database': '471e6cbc57b7d16a15ccc6e5102572d5' } },
};
const byNames = (resource: string, ...names: string[]) => ({ apiVersion: 'v1', resource, namespace, names });

const view = { registries: [{ name: 'v', sources: ['a'] }] };
const source = (kind: object) => ({ sources: [{ name: 'a', ...kind }], ...view });
const podSpec = (spec: object) => ({ ...quiet, podTemplateSpec: { spec } });
const container = (parts: object) => podSpec({ containers: [{ name: 'registry-api', ...parts }] });

const cases: readonly { readonly reason: string; readonly spec: unknown; readonly between: object[] }[] = [
  { reason: 'pods, and who uses the same database', spec: quiet, between: [] },
  {
    reason: 'the ConfigMap of a source',
    spec: source({ configMapRef: { name: 'catalog', key: 'k' } }),
    between: [byNames('configmaps', 'catalog')],
  },
  {
    reason: 'the claim of a source',
    spec: source({ pvcRef: { claimName: 'data' } }),
    between: [byNames('persistentvolumeclaims', 'data')],
  },
  {
    reason: 'the ConfigMap with the CA of a provider',
    spec: {
      ...quiet,
      authConfig: {
        mode: 'oauth',
        oauth: {
          providers: [
            {
              ...{ name: 'p', issuerUrl: 'https://issuer.example.com', audience: 'a' },
              caCertRef: { name: 'ca', key: 'ca.crt' },
            },
          ],
        },
      },
    },
    between: [byNames('configmaps', 'ca')],
  },
  {
    reason: 'ConfigMaps of the pod template, each once, and none that the pod starts without',
    spec: container({
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'one', key: 'k' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'one', key: 'other' } } },
        { name: 'C', valueFrom: { configMapKeyRef: { name: 'not-needed', key: 'k', optional: true } } },
      ],
      envFrom: [{ configMapRef: { name: 'two' } }, { secretRef: { name: 'never-asked-for' } }],
    }),
    between: [byNames('configmaps', 'one', 'two')],
  },
  {
    reason: 'projected volumes',
    spec: podSpec({
      volumes: [
        { name: 'p', projected: { sources: [{ configMap: { name: 'three' } }, { secret: { name: 's' } }] } },
      ],
      containers: [{ name: 'registry-api', volumeMounts: [{ name: 'p', mountPath: '/p' }] }],
    }),
    between: [byNames('configmaps', 'three')],
  },
  {
    reason: 'volumes of a configuration of its own, whose database nobody knows',
    spec: {
      configYAML: 'a: 1',
      volumes: [
        { name: 'm', configMap: { name: 'mine' } },
        { name: 'c', persistentVolumeClaim: { claimName: 'claim' } },
        { name: 's', secret: { secretName: 'never-asked-for' } },
      ],
    },
    between: [byNames('configmaps', 'mine'), byNames('persistentvolumeclaims', 'claim')],
  },
];

for (const { reason, spec, between } of cases) {
  test(`asks for ${reason}`, async (t) => {
    const isRaw = Object.hasOwn(spec as object, 'configYAML');
    t.strictSame(rules(spec), [pods, ...between, ...(isRaw ? [] : [database])]);
  });
}

test('asks for nothing where nothing is applied', async (t) => {
  t.strictSame(rules({ nothing: 'valid' }), [], 'an invalid spec');
  t.strictSame(rules(undefined), [], 'no spec');
  const deleted = changed(request, ({ parent }) => {
    parent.metadata.deletionTimestamp = '2026-11-24T06:00:00Z';
  });
  t.strictSame(customize(deleted, context), { relatedResources: [] }, 'a registry that is being deleted');
});

test('never asks for a Secret, for everything of a namespace, or by names and labels at once', async (t) => {
  t.ok(goldenCases.length > 40);
  for (const { spec } of goldenCases.map(({ registry }) => registry)) {
    for (const rule of rules(spec)) {
      t.match(rule.resource, /^(pods|configmaps|persistentvolumeclaims)$/);
      const [names, labels] = [rule.names ?? [], Object.keys(rule.labelSelector?.matchLabels ?? {})];
      t.equal(names.length > 0, labels.length === 0, JSON.stringify(rule));
    }
  }
});

test('registries with one database ask for the same, in whichever words they name it', async (t) => {
  const label = (spec: unknown) => rules(spec).at(-1)?.labelSelector?.matchLabels;
  const host = (name: string) => ({ ...quiet, databaseConfig: { host: name } });
  t.strictSame(label(host(`db.${namespace}.svc`)), label(host('db')));
  t.strictSame(
    label({ configYAML: 'database: {host: db, port: 5432, database: registry}' }),
    label(host('db')),
  );
  t.notSame(label(host('other')), label(host('db')));
  t.strictSame(rules(host('localhost')), [pods], 'a database in the pod is its own');
});
