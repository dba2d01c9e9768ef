import { test } from 'tap';
import { ObservedDeployment } from '../../../hooks/children/deployment.ts';
import { ObservedService } from '../../../hooks/children/service.ts';
import { readAs } from '../../../hooks/contract/read-as.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const readDeployment = readAs(ObservedDeployment);
const readService = readAs(ObservedService);
const metadata = { name: 'a' };

const cases = [
  {
    read: readDeployment({ metadata, status: { replicas: 'x', readyReplicas: 1, more: 'x' } }),
    found: { metadata, status: { readyReplicas: 1, more: 'x' } },
    reason: 'a counter of another type is absent, and what is not read stays',
  },
  {
    read: readDeployment({ metadata, spec: [], status: 7 }),
    found: { metadata },
    reason: 'a part of another type is absent',
  },
  {
    read: readDeployment({
      metadata,
      status: { conditions: [7, { type: 'A', status: 'True' }, { type: 1 }] },
    }),
    found: { metadata, status: { conditions: [{ type: 'A', status: 'True' }] } },
    reason: 'of a list the items are kept that fit',
  },
  {
    read: readService({ metadata, spec: { ports: [null, { port: 'x' }, { port: 1, targetPort: {} }] } }),
    found: { metadata, spec: { ports: [{ port: 1 }] } },
    reason: 'an item without what it has to have is none',
  },
  {
    read: readService({
      metadata: { name: 'a', labels: { a: 1, b: 'x' } },
      spec: { selector: { c: null, d: 'y' } },
    }),
    found: { metadata: { name: 'a', labels: { b: 'x' } }, spec: { selector: { d: 'y' } } },
    reason: 'of a map the entries are kept that fit',
  },
];

for (const { read, found, reason } of cases) {
  test(reason, async (t) => t.strictSame(read, found));
}

test('an object that fits is not copied', async (t) => {
  const service = deepFreeze({ metadata, spec: { ports: [{ port: 1 }] } });
  t.equal(readService(service), service);
});
