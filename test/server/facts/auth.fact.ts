import { test } from 'tap';
import { catalogServers } from '../catalog.ts';
import type { RunningPod } from '../pod/start-pod.ts';
import { startWorld, type World } from '../world.ts';
import { config, databaseConfig, ends, fileSource, next, objectsOf, read, smallest } from './facts.ts';

const ISSUER = 'https://sso.example.com/realms/mcp';
const HTTP_ISSUER = 'http://sso.example.com/realms/mcp';
const LOOPBACK_ISSUER = 'http://127.0.0.1:9999/realms/mcp';

const ROLES = {
  superAdmin: [{ role: 'admin' }],
  manageSources: [{ role: 'sources' }],
  manageRegistries: [{ role: 'registries' }],
  manageEntries: [{ role: 'entries' }],
};

const oauth = (more: object = {}) => ({
  mode: 'oauth',
  oauth: {
    resourceUrl: 'https://registry.example.com',
    providers: [
      {
        name: 'sso',
        issuerUrl: ISSUER,
        audience: 'mcp-registry',
        caCertRef: { name: 'sso-ca', key: 'ca.crt' },
      },
    ],
  },
  ...more,
});

const withAuthority = (world: World, catalogs: Parameters<typeof objectsOf>[0]) => {
  const objects = objectsOf(catalogs);
  return {
    ...objects,
    configMaps: { ...objects.configMaps, 'sso-ca': { 'ca.crt': world.authority.cert } },
  };
};

const NEW_SOURCE = { file: { url: 'https://example.com/x.json' }, syncPolicy: { interval: '1h' } };

const addsSource = async (pod: RunningPod, token?: string) =>
  (await pod.call('PUT', '/v1/sources/added', { token, body: NEW_SOURCE })).status;

const rolesOf = async (pod: RunningPod, token: string) =>
  ((await pod.get('/v1/me', { token })).body as { roles: readonly string[] }).roles;

const publishes = async (pod: RunningPod, name: string, token?: string, claims?: object) => {
  const [server] = catalogServers([name]);
  const { status, body } = await pod.call('POST', '/v1/entries', { token, body: { server, claims } });
  return status === 201 ? 'published' : (body as { error: string }).error;
};

test('server 1.5.1 lets everyone add sources, views and entries when anonymous', async (t) => {
  const world = await startWorld(t);
  const managed = { name: 'managed', managed: {} };
  const claims = { team: 'secret' };
  const pod = await world.start({
    spec: {
      sources: [fileSource('a', { claims }), managed],
      registries: [{ name: 'default', sources: ['a', 'managed'], claims }],
      databaseConfig,
    },
    objects: objectsOf({ a: ['io.example/a'] }),
  });
  await pod.ready();
  await read(pod, 'a');
  t.strictSame((await pod.view('default')).servers, ['io.example/a'], 'claims mean nothing');
  t.equal(await addsSource(pod), 201);
  t.equal((await pod.call('PUT', '/v1/registries/added', { body: { sources: ['a'] } })).status, 201);
  t.equal(await publishes(pod, 'io.example/published'), 'published');
  t.equal((await pod.call('DELETE', '/v1/sources/a')).status, 403, 'those of the configuration stay');
  t.equal((await pod.call('DELETE', '/v1/registries/default')).status, 403);
});

const AUTHZ: readonly { readonly reason: string; readonly authz: unknown; readonly roles: unknown }[] = [
  { reason: 'no authz', authz: undefined, roles: 'all' },
  { reason: 'authz without roles', authz: {}, roles: 'all' },
  { reason: 'no role', authz: { roles: {} }, roles: 'all' },
  { reason: 'one empty list', authz: { roles: { superAdmin: [] } }, roles: [] },
  { reason: 'one role', authz: { roles: { manageSources: [{ role: 'sources' }] } }, roles: [] },
  {
    reason: 'four empty lists, as the hook writes them',
    authz: { roles: { superAdmin: [], manageSources: [], manageRegistries: [], manageEntries: [] } },
    roles: [],
  },
  {
    reason: 'a rule without claims matches nobody',
    authz: { roles: { superAdmin: [{}], manageSources: [] } },
    roles: [],
  },
];

test('server 1.5.1 gives every token all roles unless authz has a list', async (t) => {
  const world = await startWorld(t);
  const { token } = await world.serveIssuer(ISSUER);
  for (const { reason, authz, roles } of AUTHZ) {
    await t.test(reason, async (t) => {
      const pod = await world.start({
        spec: smallest({ authConfig: oauth() }).spec,
        objects: withAuthority(world, { a: ['io.example/a'] }),
        config: config((value) => {
          value.auth.authz = authz;
        }),
      });
      t.teardown(pod.kill);
      await pod.ready();
      const all = ['superAdmin', 'manageSources', 'manageRegistries', 'manageEntries'];
      t.strictSame(await rolesOf(pod, token()), roles === 'all' ? all : roles);
      t.equal(await addsSource(pod, token()), roles === 'all' ? 201 : 403);
      if (roles === 'all') await pod.call('DELETE', '/v1/sources/added', { token: token() });
    });
  }
});

test('server 1.5.1 lower-cases the names of claims in its configuration, and not those of tokens', async (t) => {
  const world = await startWorld(t);
  const { token } = await world.serveIssuer(ISSUER);
  const pod = await world.start({
    spec: {
      sources: [fileSource('a', { claims: { team: 'X' } })],
      registries: [{ name: 'default', sources: ['a'], claims: { team: 'X' } }],
      databaseConfig,
      authConfig: oauth({ authz: { roles: ROLES } }),
    },
    objects: withAuthority(world, { a: ['io.example/a'] }),
    config: config((value) => {
      value.sources[0].claims = { Team: 'X' };
      value.registries[0].claims = { Team: 'X' };
      value.auth.authz.roles.superAdmin = [{ Role: 'admin' }, { 'https://example.com/role': 'admin' }];
    }),
  });
  await pod.ready();
  await read(pod, 'a', token({ role: 'admin' }));
  const roles = (claims: Readonly<Record<string, unknown>>) => rolesOf(pod, token(claims));
  t.strictSame(await roles({ Role: 'admin' }), []);
  t.strictSame(await roles({ role: 'admin' }), ['superAdmin']);
  t.strictSame(await roles({ 'https://example.com/role': 'admin' }), ['superAdmin'], 'signs are kept');
  t.equal((await pod.view('default', { token: token({ Team: 'X' }) })).status, 403);
  t.strictSame((await pod.view('default', { token: token({ team: 'X' }) })).servers, ['io.example/a']);
  t.equal((await pod.view('default', { token: token({ team: 'x' }) })).status, 403, 'values keep their case');
});

test('server 1.5.1 with authz', async (t) => {
  const world = await startWorld(t);
  const { token } = await world.serveIssuer(ISSUER);
  const claims = { team: 'x' };
  const start = () =>
    world.start({
      spec: {
        sources: [fileSource('a', { claims }), fileSource('open'), { name: 'managed', managed: {} }],
        registries: [
          { name: 'default', sources: ['a', 'open', 'managed'], claims },
          { name: 'no-claims', sources: ['a'] },
          { name: 'public', sources: ['a'], claims: { team: 'secret' } },
        ],
        databaseConfig,
        authConfig: oauth({
          authz: { roles: ROLES },
          publicPaths: ['/registry/public/v0.1/servers'],
        }),
      },
      objects: withAuthority(world, { a: ['io.example/a'], open: ['io.example/open'] }),
    });
  let pod = await start();
  await pod.ready();
  await read(pod, 'a', token({ role: 'admin' }));
  pod = await next(pod, start);
  await read(pod, 'open', token({ role: 'admin' }));
  const admin = token({ role: 'admin' });
  const member = token(claims);
  const view = async (name: string, of?: string) => {
    const { status, servers } = await pod.view(name, { token: of });
    return status === 200 ? servers : status;
  };

  t.strictSame(await view('default', admin), ['io.example/a', 'io.example/open']);
  t.strictSame(
    await view('default', member),
    ['io.example/a'],
    'entries of sources without claims are hidden',
  );
  t.equal(await view('default', token({ team: 'y' })), 403, 'claims are the gate of a view');
  t.equal(await view('default'), 401);
  t.equal(await view('no-claims', member), 403, 'without claims it is closed');
  t.strictSame(await view('no-claims', admin), ['io.example/a'], 'except for superAdmin');
  t.strictSame(await view('public'), ['io.example/a'], 'public paths show entries with claims');
  t.strictSame(await view('public', token({ team: 'y' })), ['io.example/a'], 'to any token as well');

  const publisher = token({ role: 'entries', ...claims });
  t.equal(
    await publishes(pod, 'io.example/p', publisher, claims),
    'insufficient claims: resource has no claims',
    'nobody but superAdmin publishes to a managed source without claims',
  );
  t.equal(await publishes(pod, 'io.example/p', admin, claims), 'published');
  t.equal(await publishes(pod, 'io.example/q', admin), 'claims are required when authorization is enabled');

  const reader = token({ role: 'sources', ...claims });
  t.equal((await pod.get('/v1/sources/a', { token: reader })).status, 200);
  t.equal((await pod.get('/v1/sources/open', { token: reader })).status, 404, 'without claims it is hidden');
  t.equal((await pod.get('/v1/sources/open', { token: admin })).status, 200);
});

test('server 1.5.1 lets manageEntries publish to a managed source whose claims it has', async (t) => {
  const world = await startWorld(t);
  const { token } = await world.serveIssuer(ISSUER);
  const pod = await world.start({
    spec: {
      sources: [{ name: 'managed', managed: {}, claims: { team: 'x' } }],
      registries: [{ name: 'default', sources: ['managed'], claims: { team: 'x' } }],
      databaseConfig,
      authConfig: oauth({ authz: { roles: ROLES } }),
    },
    objects: withAuthority(world, {}),
  });
  await pod.ready();
  const member = token({ role: 'entries', team: 'x' });
  const stranger = token({ role: 'entries', team: 'y' });
  t.equal(await publishes(pod, 'io.example/p', member, { team: 'x' }), 'published');
  t.match(await publishes(pod, 'io.example/q', stranger, { team: 'y' }), 'insufficient claims');
  t.strictSame((await pod.view('default', { token: member })).servers, ['io.example/p']);
});

test('server 1.5.1 lets everyone add sources where publicPaths has /v1, authz or not', async (t) => {
  const world = await startWorld(t);
  const pod = await world.start({
    spec: smallest({ authConfig: oauth({ authz: { roles: ROLES } }) }).spec,
    objects: withAuthority(world, { a: ['io.example/a'] }),
    config: config((value) => {
      value.auth.publicPaths = ['/v1'];
    }),
  });
  await pod.ready();
  t.equal(await addsSource(pod), 201);
});

test('server 1.5.1 serves no scopes', async (t) => {
  const world = await startWorld(t);
  const authConfig = oauth();
  const pod = await world.start({
    spec: smallest({
      authConfig: { ...authConfig, oauth: { ...authConfig.oauth, scopesSupported: ['mcp:read'] } },
    }).spec,
    objects: withAuthority(world, { a: ['io.example/a'] }),
  });
  await pod.ready();
  t.strictSame((await pod.get('/.well-known/oauth-protected-resource')).body, {
    resource: 'https://registry.example.com',
    authorization_servers: [ISSUER],
    bearer_methods_supported: ['header'],
  });
});

interface IssuerCase {
  readonly reason: string;
  readonly provider: Readonly<Record<string, unknown>>;
  /** Of THV_REGISTRY_INSECURE_URL. */
  readonly insecure?: string;
  /** The status of a view with a valid token; or what the server ends with. */
  readonly expected: number | RegExp;
}

const REFUSES_HTTP = /issuerUrl must use HTTPS/;
const ISSUERS: readonly IssuerCase[] = [
  { reason: 'https', provider: {}, expected: 200 },
  { reason: 'http', provider: { issuerUrl: HTTP_ISSUER }, expected: REFUSES_HTTP },
  { reason: 'http on loopback starts', provider: { issuerUrl: LOOPBACK_ISSUER }, expected: 401 },
  {
    reason: 'http on loopback with an https jwksUrl: nothing is discovered',
    provider: { issuerUrl: LOOPBACK_ISSUER, jwksUrl: `${ISSUER}/protocol/openid-connect/certs` },
    expected: 200,
  },
  {
    reason: 'https with an http jwksUrl',
    provider: { jwksUrl: `${HTTP_ISSUER}/protocol/openid-connect/certs` },
    expected: 401,
  },
  {
    reason: 'http with an http jwksUrl, allowed',
    provider: { issuerUrl: HTTP_ISSUER, jwksUrl: `${HTTP_ISSUER}/protocol/openid-connect/certs` },
    insecure: 'true',
    expected: 200,
  },
  ...['1', 't', 'T', 'TRUE', 'True'].map((insecure) => ({
    reason: `http, allowed by ${insecure}`,
    provider: { issuerUrl: HTTP_ISSUER },
    insecure,
    expected: 200,
  })),
  ...['yes', 'on', 'tRuE', '0', 'false', ' true'].map((insecure) => ({
    reason: `http, not allowed by "${insecure}"`,
    provider: { issuerUrl: HTTP_ISSUER },
    insecure,
    expected: REFUSES_HTTP,
  })),
];

test('server 1.5.1 and issuers over http', async (t) => {
  const world = await startWorld(t);
  const https = await world.serveIssuer(ISSUER);
  const http = await world.serveIssuer(HTTP_ISSUER);
  for (const { reason, provider, insecure, expected } of ISSUERS) {
    await t.test(reason, async (t) => {
      const pod = await world.start({
        spec: smallest({ authConfig: oauth() }).spec,
        objects: withAuthority(world, { a: ['io.example/a'] }),
        config: config((value) => {
          Object.assign(value.auth.oauth.providers[0], provider);
        }),
        template: (pod) => {
          const [server, ...others] = pod.spec.containers;
          if (!server || insecure === undefined) return pod;
          const env = [...(server.env ?? []), { name: 'THV_REGISTRY_INSECURE_URL', value: insecure }];
          return { ...pod, spec: { ...pod.spec, containers: [{ ...server, env }, ...others] } };
        },
      });
      t.teardown(pod.kill);
      if (expected instanceof RegExp) {
        t.match(await ends(pod), { code: 1, words: expected });
        return;
      }
      await pod.ready();
      // The server has its views only after that line.
      await pod.logged(/Configured coordinator sync interval/);
      const iss = provider['issuerUrl'] ?? ISSUER;
      const { token } = iss === HTTP_ISSUER ? http : https;
      t.equal((await pod.view('default', { token: token({ iss }) })).status, expected);
    });
  }
});
