import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { FinalizeAnswer, SyncAnswer } from '../../../hooks/contract/answer.ts';
import { HookRequest } from '../../../hooks/contract/request.ts';
import { testApp } from '../../support/app.ts';

const now = () => new Date('2026-01-01T00:00:00Z');

test('the examples are what the service answers', async (t) => {
  const { app } = testApp({ now });
  const document = (await app.inject('/openapi.json')).json();
  for (const [path, hook] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
    if (hook['post'] === undefined) continue;
    const { requestBody, responses } = JSON.parse(JSON.stringify(hook['post']));
    const { example: payload } = requestBody.content['application/json'];
    const response = await app.inject({ method: 'POST', url: path, payload });
    t.equal(response.statusCode, 200, path);
    t.strictSame(response.json(), responses['200'].content['application/json'].example, path);
  }
});

test('the document, which needs no credentials, does not depend on the settings', async (t) => {
  const read = async (environment: Record<string, string>) =>
    (await testApp({ now, environment }).app.inject('/openapi.json')).payload;
  const environment = {
    REGISTRY_API_IMAGE: 'private.example.com/api:v9',
    PGPASS_IMAGE: 'private.example.com/pgpass:v9',
    REGISTRY_API_HEALTH_PORT: '9999',
    IMAGE_PULL_SECRETS: 'pull',
  };
  t.equal(await read(environment), await read({}));
});

test('the schemas are those of the hooks, and every route is there with no other one', async (t) => {
  const { app } = testApp();
  const response = await app.inject('/openapi.json');
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8');
  const document = response.json();
  t.equal(document.openapi, '3.1.0');
  const plain = (schema: object) => JSON.parse(JSON.stringify(schema));
  for (const [path, answer] of [
    ['/sync', SyncAnswer],
    ['/finalize', FinalizeAnswer],
  ] as const) {
    const { requestBody, responses, parameters } = document.paths[path].post;
    t.match(parameters, [{ name: 'v', in: 'query', schema: { type: 'string' } }], path);
    t.strictSame(requestBody.content['application/json'].schema, plain(HookRequest), path);
    const { schema } = responses['200'].content['application/json'];
    t.strictSame(schema.required, plain(answer).required, path);
    t.strictSame(Object.keys(schema.properties), Object.keys(answer.properties), path);
    t.ok(Value.Check(HookRequest, requestBody.content['application/json'].example), path);
  }
  for (const [path, methods] of Object.entries<object>(document.paths)) {
    for (const method of Object.keys(methods)) {
      t.ok(app.hasRoute({ method: method === 'get' ? 'GET' : 'POST', url: path }), `${method} ${path}`);
    }
  }
  t.equal(
    app.printRoutes({ commonPrefix: false }).match(/\((GET|POST)/g)?.length,
    Object.keys(document.paths).length,
  );
});
