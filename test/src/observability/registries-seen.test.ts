import { test } from 'tap';
import { RegistriesSeen } from '../../../src/observability/registries-seen.ts';

const hour = 60 * 60 * 1000;

test('a registry that was not seen for three hours is forgotten', async (t) => {
  let now = 1;
  const seen = new RegistriesSeen(() => now);
  const a = { namespace: 'x', name: 'a', phase: 'Running' } as const;
  const b = { namespace: 'x', name: 'b', phase: 'Pending' } as const;
  seen.saw(a);
  seen.saw(b);
  now += 2 * hour;
  seen.saw(a);
  t.strictSame(seen.current().length, 2);
  now += 2 * hour;
  t.strictSame(seen.current(), [a]);
  seen.left('x', 'a');
  t.strictSame(seen.current(), []);
});

test('names that only look alike are two registries', async (t) => {
  const seen = new RegistriesSeen();
  seen.saw({ namespace: 'x', name: 'a', phase: 'Running' });
  seen.saw({ namespace: 'y', name: 'a', phase: 'Failed' });
  seen.left('z', 'a');
  t.equal(seen.current().length, 2);
});

test('memory is bounded, whatever names are called for', async (t) => {
  const seen = new RegistriesSeen();
  for (let index = 0; index < 60_000; index += 1) {
    seen.saw({ namespace: 'x', name: `a${index}`, phase: 'Pending' });
  }
  t.equal(seen.current().length, 50_000);
});

test('a name that no object can have is not kept', async (t) => {
  const seen = new RegistriesSeen();
  seen.saw({ namespace: 'a', name: 'x'.repeat(254), phase: 'Running' });
  seen.saw({ namespace: 'x'.repeat(254), name: 'a', phase: 'Running' });
  seen.saw({ namespace: 'a', name: 'x'.repeat(253), phase: 'Running' });
  t.equal(seen.current().length, 1);
});
