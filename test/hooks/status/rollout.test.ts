import { test } from 'tap';
import { deployment } from '../../../hooks/children/deployment.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { rolloutOf } from '../../../hooks/status/rollout.ts';
import { changed, context, recorded, withOurChildren } from '../../support/requests.ts';

const ready = withOurChildren(recorded('create', 5));
const { parent } = ready;
const desired = buildDesired(identityOf(parent), parent.spec, context.defaults).children?.byKind.Deployment;

/** The counts of a Deployment's status: wanted, replicas, updated, ready. */
function counts(wanted: number, replicas: number, updatedReplicas: number, readyReplicas: number) {
  const { children } = changed(ready, (copy) => {
    const [deployment] = Object.values(copy.children['Deployment.apps/v1'] ?? {});
    Object.assign(deployment?.['spec'] ?? {}, { replicas: wanted });
    Object.assign(deployment?.['status'] ?? {}, { replicas, updatedReplicas, readyReplicas });
  });
  const [observed] = Object.values(children['Deployment.apps/v1'] ?? {});
  return observed && desired && rolloutOf(deployment.read(observed), desired).counts;
}

const cases = [
  {
    counts: counts(1, 1, 0, 1),
    expect: '0 of 1 pods updated, 1 old pod left',
    reason: 'the new pod is not there yet (stuck-rollout/04)',
  },
  {
    counts: counts(1, 2, 1, 1),
    expect: '1 of 1 pods updated, 1 of them not ready yet, 1 old pod left',
    reason: 'the ready one is the old one (stuck-rollout/05)',
  },
  {
    counts: counts(1, 2, 1, 2),
    expect: '1 of 1 pods updated, 1 old pod left',
    reason: 'both are ready (spec-change/04)',
  },
  {
    counts: counts(1, 2, 1, 0),
    expect: '1 of 1 pods updated, 1 of them not ready yet, 1 old pod left',
    reason: 'with no pod ready the new one is not ready either',
  },
  { counts: counts(1, 0, 0, 0), expect: '0 of 1 pods updated', reason: 'no pod could be made' },
  {
    counts: counts(3, 3, 3, 1),
    expect: '3 of 3 pods updated, 2 of them not ready yet',
    reason: 'all pods are new',
  },
  {
    counts: counts(3, 4, 1, 3),
    expect: '1 of 3 pods updated, 1 of them not ready yet, 3 old pods left',
    reason: 'one pod more than wanted, and one that is not ready: it is the new one',
  },
  {
    counts: counts(3, 4, 2, 2),
    expect: '2 of 3 pods updated, 2 of all 4 pods not ready, 2 old pods left',
    reason: 'one of the two may be old: only the sum is certain',
  },
  {
    counts: counts(3, 3, 1, 2),
    expect: '1 of 3 pods updated, 1 of all 3 pods not ready, 2 old pods left',
    reason: 'with no pod more than wanted it may be an old one',
  },
  {
    counts: counts(1, 1, 1, 2),
    expect: '1 of 1 pods updated',
    reason: 'a status that counts more ready pods than pods',
  },
];

for (const { counts: found, expect, reason } of cases) {
  test(reason, async (t) => {
    t.equal(found, expect);
  });
}
