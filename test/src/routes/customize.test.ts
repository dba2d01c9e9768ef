import { test } from 'tap';
import { customize } from '../../../hooks/customize.ts';
import { sync } from '../../../hooks/sync.ts';
import { recording } from '../../fixtures/recordings.ts';
import { testApp } from '../../support/app.ts';
import { podOf, relatedOf } from '../../support/pods.ts';
import { changed, context, recorded } from '../../support/requests.ts';

const { controller, parent } = recording('create', 1).request as Record<string, unknown>;
const request = { controller, parent } as never;

test('a call is answered with the rules of the hook, in bytes that do not change', async (t) => {
  const { app } = testApp();
  for (let call = 0; call < 2; call += 1) {
    const response = await app.inject({ method: 'POST', url: '/customize', payload: request });
    t.equal(response.statusCode, 200);
    t.equal(response.headers['content-type'], 'application/json; charset=utf-8');
    t.equal(response.payload, JSON.stringify(customize(request, context)));
  }
});

test('a call is logged and counted', async (t) => {
  const { app, log } = testApp();
  await app.inject({ method: 'POST', url: '/customize', payload: request });
  t.match(
    log.filter(({ hook }) => hook === 'customize'),
    [{ level: 30, msg: 'answered', registry: 'mcp-system/production', generation: 1, rules: 3 }],
  );
  const metrics = await app.inject({ method: 'GET', url: '/metrics' });
  t.match(metrics.payload, 'mcpregistry_hook_calls_total{hook="customize",outcome="answered",code="200"} 1');
});

const wrong: readonly (readonly [string, object | string, string])[] = [
  ['nothing', {}, '/parent: Expected required property'],
  ['a parent that is none', { parent: 7 }, '/parent: Expected object'],
  [
    'another kind',
    { parent: { ...(parent as object), kind: 'Pod' } },
    "/parent/kind: Expected 'MCPRegistry'",
  ],
  ['no JSON', '{', 'JSON'],
];
for (const [what, payload, message] of wrong) {
  test(`${what} is refused`, async (t) => {
    const { app } = testApp();
    const response = await app.inject({
      method: 'POST',
      url: '/customize',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    t.equal(response.statusCode, 400);
    t.match(response.json().message, message);
  });
}

test('a specification of any shape is answered with 200: an error would keep every sync from happening', async (t) => {
  const { app } = testApp();
  for (const spec of [undefined, 7, [], 'a', {}, { sources: 7 }, { configYAML: '{' }, { sources: [{}] }]) {
    const payload = { parent: { ...(parent as object), spec } };
    const response = await app.inject({ method: 'POST', url: '/customize', payload });
    t.strictSame([response.statusCode, response.json()], [200, { relatedResources: [] }]);
  }
});

test('what is related reaches the sync hook', async (t) => {
  const { app } = testApp({ now: () => context.now });
  const first = recorded('create', 4);
  const crash = podOf(first, {
    containers: [{ state: { terminated: { exitCode: 3, message: 'boom' } }, restartCount: 1 }],
  });
  const payload = changed(first, (copy) => {
    copy.related = relatedOf([crash]) as never;
  });
  const response = await app.inject({ method: 'POST', url: '/sync', payload });
  t.equal(response.payload, JSON.stringify(sync(payload, context)));
  t.match(
    response.json().status.conditions.find(({ type }: { type: string }) => type === 'PodsFailing'),
    { reason: 'CrashLoopBackOff', message: 'container registry-api ended with exit code 3: boom' },
  );
});
