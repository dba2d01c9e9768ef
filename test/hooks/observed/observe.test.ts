import { test } from 'tap';
import { isOptional, kindsOfChildren } from '../../../hooks/children/child-kinds.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { allObserved, isMissingChildren, observe } from '../../../hooks/observed/observe.ts';
import { changed, context, recorded, shuffled, withOurChildren } from '../../support/requests.ts';

const ready = withOurChildren(recorded('create', 5));
const identity = identityOf(ready.parent);
const { children: desired } = buildDesired(identity, ready.parent.spec, context.defaults);
if (!desired) throw new Error('the recorded spec is invalid');
const deleted = changed(ready, ({ children }) => {
  const [deployment] = Object.values(children['Deployment.apps/v1'] ?? {});
  Object.assign(deployment?.metadata ?? {}, { deletionTimestamp: '2026-11-24T06:00:00Z' });
});
const namesOf = (request: typeof ready) =>
  allObserved(request.children).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

test('each child is found under its kind', async (t) => {
  const observed = observe(ready.children, identity);
  const kinds = kindsOfChildren.filter((kind) => !isOptional(kind));
  t.strictSame(Object.keys(observed.byKind), kinds);
  for (const kind of kinds) t.equal(observed.byKind[kind]?.kind, kind);
  t.strictSame(observed.pods, { all: 1, ready: 1 });
  t.notOk(isMissingChildren(observed, desired));
});

test('a child that is being deleted is observed and missing, and its pods are counted', async (t) => {
  const observed = observe(deleted.children, identity);
  t.equal(observed.byKind.Deployment, undefined);
  t.strictSame(observed.pods, { all: 1, ready: 1 });
  t.ok(isMissingChildren(observed, desired));
  t.strictSame(namesOf(deleted), namesOf(ready));
});

test('the order of keys means nothing', async (t) => {
  t.equal(namesOf(ready).length, 6);
  t.strictSame(namesOf(shuffled(ready)), namesOf(ready));
});

test('a child of another name is not ours, and an unknown kind is observed', async (t) => {
  const foreign = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } };
  const groups = { 'Secret.v1': { x: foreign }, 'Service.v1': { 'production-api': foreign } };
  const { byKind, pods } = observe(groups, identity);
  const all = allObserved(groups);
  t.strictSame({ byKind, all, pods }, { byKind: {}, all: [foreign, foreign], pods: { all: 0, ready: 0 } });
});
