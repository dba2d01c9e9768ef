import { type Test, test } from 'tap';
import { isOptional } from '../../hooks/children/child-kinds.ts';
import type { Cluster } from '../simulator/cluster.ts';
import { type JsonObject, listAt, objectAt, type StoredObject, stringAt } from '../simulator/json.ts';
import type { ApplyStrategy } from '../simulator/metacontroller/children.ts';
import { kinds as all, children, NAME } from './actions.ts';
import { Life } from './history.ts';
import { isCurrent } from './invariants.ts';
import { NAMESPACE, Production } from './world.ts';

/** A registry of which no child can be made says so after a minute, whatever keeps them from being made. */

const spec = { configYAML: 'a: b\n' };
const strategies: readonly ApplyStrategy[] = ['dynamic-apply', 'server-side-apply'];

function begin(t: Test, strategy: ApplyStrategy): Life {
  const production = new Production();
  t.teardown(() => production.close());
  return new Life(production, { strategy, hooks: 'v1', version: 'v1alpha1', callMilliseconds: 3 });
}

const registryOf = ({ api }: Cluster) => api.get('MCPRegistry', NAMESPACE, NAME) as StoredObject;

const conditionOf = (cluster: Cluster, type: string) =>
  (listAt(registryOf(cluster), 'status', 'conditions') as JsonObject[]).find((each) => each['type'] === type);

/** The six kinds that every registry has. */
const kinds = all.filter((kind) => !isOptional(kind));
const childrenOf = ({ api }: Cluster) => kinds.map((kind) => api.get(kind, NAMESPACE, children[kind]));

/** What an object is and whose, without the traces that its own controllers leave. */
const ownedOf = (cluster: Cluster) =>
  childrenOf(cluster).map((child) => {
    const [uid, labels, owners] = ['uid', 'labels', 'ownerReferences'].map((field) => child?.metadata[field]);
    return { uid, labels, owners, spec: child?.['spec'], data: child?.['data'], rules: child?.['rules'] };
  });

const statusWrites = (cluster: Cluster, from: number) =>
  cluster.writes
    .slice(from)
    .filter(
      ({ by, verb, outcome }) => by === 'metacontroller' && verb === 'updateStatus' && outcome === 'written',
    );

/** Applies the registry, and sees it silent for a minute, stalled after it, and silent again for three hours. */
async function expectStall(t: Test, life: Life): Promise<void> {
  const { cluster } = life;
  const from = cluster.writes.length;
  await life.step({ do: 'apply', spec });
  await cluster.run(59_000);
  t.equal(conditionOf(cluster, 'Stalled'), undefined, 'a minute is no time');
  t.equal(stringAt(registryOf(cluster), 'status', 'message'), 'Registry API deployment is not ready yet');
  t.equal(statusWrites(cluster, from).length, 1);

  await cluster.run(10_000);
  const stalled = conditionOf(cluster, 'Stalled');
  t.match(stalled, { status: 'True', reason: 'ChildNotApplied' });
  t.equal(conditionOf(cluster, 'Ready')?.['status'], 'False');
  const message = String(stalled?.['message']);
  for (const kind of kinds) t.match(message, `${kind} ${children[kind]}`);
  t.match(stringAt(registryOf(cluster), 'status', 'message'), message, 'the short message says it as well');

  const before = cluster.writes.length;
  const calls = cluster.calls.length;
  await cluster.run(3 * 3_600_000);
  t.strictSame(statusWrites(cluster, before), [], 'then nothing new is to be said');
  t.ok(cluster.calls.length - calls < 450, `${cluster.calls.length - calls} calls in three hours`);
}

async function expectReady(t: Test, life: Life): Promise<void> {
  await life.cluster.run(90_000);
  t.ok(isCurrent(registryOf(life.cluster)), 'then it becomes Ready');
  t.equal(conditionOf(life.cluster, 'Stalled'), undefined);
  await life.expectQuiet();
}

for (const strategy of strategies) {
  test(`${strategy}: every child is refused`, async (t) => {
    const life = begin(t, strategy);
    const lift = life.cluster.refuse(({ kind }) => (kind === 'MCPRegistry' ? undefined : 'a policy says no'));
    await expectStall(t, life);
    t.match(life.cluster.errors.at(-1)?.message, 'a policy says no', 'an event says why');
    lift();
    // Metacontroller's own back-off is longer than ours by then.
    await expectReady(t, life);
  });

  test(`${strategy}: all six names are in use by objects that somebody else controls`, async (t) => {
    const life = begin(t, strategy);
    for (const kind of kinds) await life.actor.act({ do: 'takeName', kind });
    const owner = { apiVersion: 'v1', kind: 'Other', name: 'other', uid: 'u-other', controller: true };
    for (const kind of kinds) {
      life.cluster.edit(kind, NAMESPACE, children[kind], ({ metadata }) => {
        metadata['ownerReferences'] = [owner];
      });
    }
    const theirs = ownedOf(life.cluster);
    await expectStall(t, life);
    t.strictSame(ownedOf(life.cluster), theirs, 'what is theirs stays theirs');
    t.equal(life.cluster.errors.length > 0, strategy === 'server-side-apply', 'a name in use gives no event');
    for (const kind of kinds) life.cluster.delete(kind, NAMESPACE, children[kind]);
    await expectReady(t, life);
  });
}

test('dynamic-apply: all six names are in use by the children of a registry that was orphaned', async (t) => {
  const life = begin(t, 'dynamic-apply');
  await life.step({ do: 'apply', spec });
  await life.cluster.run(30_000);
  await life.step({ do: 'deleteRegistry', propagation: 'Orphan' });
  await life.cluster.run(5000);
  const orphans = childrenOf(life.cluster).map((child) => child?.metadata.uid);
  t.notOk(orphans.includes(undefined), 'six are left');

  const from = life.cluster.writes.length;
  const errors = life.cluster.errors.length;
  await expectStall(t, life);
  const refused = life.cluster.writes.slice(from).filter(({ outcome }) => outcome === 'refused');
  t.strictSame(
    [
      ...new Set(refused.map(({ kind, verb, message }) => `${verb} ${kind} ${message?.split('" ')[1]}`)),
    ].sort(),
    kinds.map((kind) => `create ${kind} already exists`).sort(),
  );
  t.equal(life.cluster.errors.length, errors, 'a name in use gives no event');
  const observed = objectAt(life.cluster.lastCall?.request, 'children');
  for (const group of Object.values(observed)) t.strictSame(group, {}, 'and the child is never observed');

  // As the message says: labelled with this registry's uid, they become its children, and nothing is recreated.
  const { uid } = registryOf(life.cluster).metadata;
  t.match(String(conditionOf(life.cluster, 'Stalled')?.['message']), uid);
  for (const kind of kinds) {
    life.cluster.edit(kind, NAMESPACE, children[kind], ({ metadata }) => {
      metadata['labels'] = {
        ...objectAt({ metadata } as JsonObject, 'metadata', 'labels'),
        'controller-uid': uid,
      };
    });
  }
  await expectReady(t, life);
  t.strictSame(
    childrenOf(life.cluster).map((child) => child?.metadata.uid),
    orphans,
  );
});

test('server-side-apply takes over the children of a registry that was orphaned', async (t) => {
  const life = begin(t, 'server-side-apply');
  await life.step({ do: 'apply', spec });
  await life.cluster.run(30_000);
  await life.step({ do: 'deleteRegistry', propagation: 'Orphan' });
  await life.cluster.run(5000);
  const orphans = childrenOf(life.cluster).map((child) => child?.metadata.uid);
  await life.step({ do: 'apply', spec });
  await expectReady(t, life);
  t.strictSame(
    childrenOf(life.cluster).map((child) => child?.metadata.uid),
    orphans,
  );
});
