import { test } from 'tap';
import { buildDesired } from '../../../../hooks/desired.ts';
import { formatProblems } from '../../../../hooks/problem.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';
import { context } from '../../../support/requests.ts';

const of = (serviceAccount: unknown, pod?: object) => ({
  ...typed,
  serviceAccount,
  ...(pod ? { podTemplateSpec: { spec: pod } } : {}),
});
const combined = "can't be combined with spec.serviceAccount: name the account there, as name";

testRefusals([
  {
    spec: of({ name: 'mine', annotations: { a: 'b' } }),
    expected:
      "spec.serviceAccount.annotations: can't be combined with name, because a ServiceAccount that exists is left as it is: annotate it yourself, or remove name",
    reason: 'annotations of an account of somebody else',
  },
  {
    spec: of({ name: 'Mine' }),
    expected:
      'spec.serviceAccount.name: must be the name of an object (lower-case letters, digits, "-" and "."), found "Mine"',
    reason: 'a name that no account has',
  },
  {
    spec: of({ annotations: { 'metacontroller.k8s.io/last-applied-configuration': '{}' } }),
    expected:
      'spec.serviceAccount.annotations.metacontroller.k8s.io/last-applied-configuration: is an annotation that the hook or Metacontroller sets: remove it',
    reason: 'an annotation that is read',
  },
  {
    spec: of({ name: 'mine' }, { serviceAccountName: 'other' }),
    expected: `spec.podTemplateSpec.spec.serviceAccountName: ${combined}`,
    reason: 'two accounts',
  },
  {
    spec: of({ annotations: {} }, { serviceAccount: 'other' }),
    expected: `spec.podTemplateSpec.spec.serviceAccount: ${combined}`,
    reason: 'annotations of an account that the pods do not run as, by the old name of the field',
  },
]);

const identity = { name: 'a', namespace: 'n' };
const build = (spec: object) => buildDesired(identity, spec, context.defaults);

test('the name of our own account is refused: it would be deleted', async (t) => {
  t.equal(
    formatProblems(build(of({ name: 'a-registry-api' })).problems ?? []),
    'spec.serviceAccount.name: is the name of the ServiceAccount that is made for the registry, and would be deleted if it were named: remove it, or name another one',
  );
});

test('the pods and the rights follow the account', async (t) => {
  const accountsOf = (spec: object) => {
    const { byKind, all } = build(spec).children ?? {};
    const pod = byKind?.Deployment.spec.template.spec;
    return {
      made: all?.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name),
      pods: pod?.serviceAccountName,
      secrets: pod?.imagePullSecrets,
      rights: byKind?.RoleBinding.subjects?.map(({ name, namespace }) => `${namespace}/${name}`),
    };
  };
  const secrets = [{ name: 'pull' }];
  t.strictSame(accountsOf({ ...typed, imagePullSecrets: secrets }), {
    made: ['a-registry-api'],
    pods: 'a-registry-api',
    secrets,
    rights: ['n/a-registry-api'],
  });
  t.strictSame(accountsOf({ ...of({ name: 'mine' }), imagePullSecrets: secrets }), {
    made: [],
    pods: 'mine',
    secrets,
    rights: ['n/mine'],
  });
  t.strictSame(accountsOf(of({ name: 'mine' }, { serviceAccountName: 'mine' })).pods, 'mine');
  t.strictSame(accountsOf({ ...typed, podTemplateSpec: { spec: { serviceAccountName: 'x' } } }).pods, 'x');
});
