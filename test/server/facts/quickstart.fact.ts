import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { parse } from 'yaml';
import type { RegistryManifest } from '../../support/golden-cases.ts';
import { quickstartRoles } from '../postgres/database.ts';
import { startWorld } from '../world.ts';

const example = (file: string) =>
  readFileSync(new URL(`../../../manifests/examples/quickstart/${file}`, import.meta.url), 'utf8');

test('the quickstart serves what its ConfigMap has', async (t) => {
  const world = await startWorld(t);
  const registry = parse(example('mcpregistry.yaml')) as RegistryManifest;
  const [app, migration] = quickstartRoles.map(({ password }) => password);
  const pod = await world.start({
    registry: { ...registry, metadata: { ...registry.metadata, namespace: 'mcp-quickstart' } },
    objects: {
      configMaps: { 'quickstart-catalog': { 'registry.json': example('registry.json') } },
      secrets: { 'registry-db': { 'app-password': app ?? '', 'migration-password': migration ?? '' } },
    },
  });
  await pod.ready();
  await pod.logged(/Sync completed successfully/);
  t.strictSame((await pod.view('default')).servers, ['io.github.stacklok/fetch']);
  const { code, signal } = await pod.stop();
  t.strictSame({ code, signal }, { code: 0, signal: null }, 'it ends by itself');
});
