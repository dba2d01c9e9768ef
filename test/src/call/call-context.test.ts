import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { HookRequest } from '../../../hooks/contract/request.ts';
import { finalize } from '../../../hooks/finalize.ts';
import { sync } from '../../../hooks/sync.ts';
import { CallContext } from '../../../src/call/call-context.ts';
import { folders, recordings } from '../../fixtures/recordings.ts';
import { changed, context, recorded, withOurChildren } from '../../support/requests.ts';

const hooks = { sync, finalize };
const at = (minute: number) => () => new Date(Date.UTC(2026, 10, 24, 6, minute));

test('the clock stands still during a call', async (t) => {
  let minute = 0;
  const call = new CallContext(context.defaults, () => at(minute++)());
  t.equal(call.isTimeless, true);
  t.strictSame([call.now, call.now], [at(0)(), at(0)()]);
  t.equal(call.isTimeless, false);
});

test('an answer for which the clock was not read is the same at any time', async (t) => {
  const requests = folders.flatMap(recordings).flatMap(({ hook, request }) =>
    hook !== 'customize' && Value.Check(HookRequest, request)
      ? [
          { hook, request },
          { hook, request: withOurChildren(request) },
        ]
      : [],
  );
  let timeless = 0;
  for (const { hook, request } of requests) {
    const [now, later] = [0, 120].map((minute) => new CallContext(context.defaults, at(minute)));
    if (now === undefined || later === undefined) throw new Error('two contexts');
    const answers = [now, later].map((each) => JSON.stringify(hooks[hook](request, each)));
    t.equal(now.isTimeless, later.isTimeless);
    if (!now.isTimeless) continue;
    timeless += 1;
    t.equal(answers[0], answers[1]);
  }
  t.ok(timeless > 0);
});

test('a settled registry is answered without reading the clock', async (t) => {
  const observed = withOurChildren(recorded('create', 5));
  const { status, resyncAfterSeconds } = sync(observed, context);
  t.equal(resyncAfterSeconds, undefined);
  const settled = changed(observed, ({ parent }) => {
    Object.assign(parent, { status });
  });
  const call = new CallContext(context.defaults, at(0));
  t.strictSame(sync(settled, call).status, status);
  t.equal(call.isTimeless, true);
});
