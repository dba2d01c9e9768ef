import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How the test is run. */
export interface Requirements {
  readonly kubeconfig: string;
  /** Where the hook runs: in the cluster, or as a process on this machine, beside a Metacontroller that runs here as well. */
  readonly hook: 'cluster' | 'local';
  /** The image of the hook, where the cluster does not have that of the manifests. */
  readonly image: string | undefined;
  /** A program that the test starts itself, once for each apply strategy. */
  readonly metacontroller: string | undefined;
  /** Whether no node runs containers (kwok): pods get ready by themselves. */
  readonly simulated: boolean;
}

/** Every namespace that the test makes begins with it. */
export const NAMESPACE_PREFIX = 'mcp-e2e-';
/** The namespace of the manifests. */
const HOOK_NAMESPACE = 'mcpregistry-hook';
const builtHook = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

interface Items {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly namespace?: string;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  }[];
}

/**
 * Looks for everything at once. It changes nothing.
 *
 * @returns the requirements, or what is missing and how to get it
 */
export function readRequirements(
  env: NodeJS.ProcessEnv,
): { readonly found: Requirements } | { readonly missing: readonly string[] } {
  const missing: string[] = [];
  const { KUBECONFIG: kubeconfig, E2E_HOOK: hook, E2E_IMAGE: image, METACONTROLLER: metacontroller } = env;
  if (hook !== undefined && hook !== '' && hook !== 'local' && hook !== 'cluster') {
    missing.push('E2E_HOOK is "local" or "cluster" (the default).');
  }
  if (hook === 'local' && !existsSync(builtHook)) missing.push('The hook is not built: npm run build');
  if (metacontroller && !isProgram(metacontroller)) {
    missing.push(`METACONTROLLER ${metacontroller} is not a program that can be run.`);
  }
  let simulated = false;
  if (spawnSync('kubectl', ['version', '--client'], { env }).status !== 0) {
    missing.push('There is no kubectl on the PATH.');
  } else if (!kubeconfig) {
    missing.push(
      'KUBECONFIG is not set. Name the file of a cluster to try things in, such as one of kind: the test applies the manifests, changes the CompositeController that all registries share, and deletes what it made.',
    );
  } else {
    const looked = lookAtCluster(env, hook === 'local');
    missing.push(...looked.missing);
    simulated = looked.simulated;
    if (simulated && hook !== 'local') {
      missing.push(
        'No node of the cluster runs containers (kwok), so the hook can not run there: set E2E_HOOK=local, and have a Metacontroller on this machine.',
      );
    }
  }
  if (missing.length > 0) return { missing };
  return {
    found: {
      kubeconfig: kubeconfig as string,
      hook: hook === 'local' ? 'local' : 'cluster',
      image: image || undefined,
      metacontroller: metacontroller || undefined,
      simulated,
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function lookAtCluster(env: NodeJS.ProcessEnv, local: boolean): { missing: string[]; simulated: boolean } {
  const get = (...args: string[]) =>
    JSON.parse(
      execFileSync('kubectl', ['get', ...args, '-o', 'json', '--request-timeout=10s'], {
        encoding: 'utf8',
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 64 * 1024 * 1024,
      }),
    ) as Items;
  try {
    const missing: string[] = [];
    const nodes = get('nodes').items;
    const definitions = new Set(get('customresourcedefinitions').items.map(({ metadata }) => metadata.name));
    if (!definitions.has('compositecontrollers.metacontroller.k8s.io')) {
      missing.push(
        'The cluster has no Metacontroller: https://metacontroller.github.io/metacontroller/guide/install.html, or its definitions (manifests/production/metacontroller-crds-v1.yaml) and its program in METACONTROLLER.',
      );
    }
    if (definitions.has('mcpregistries.toolhive.stacklok.dev')) {
      const others = get('mcpregistries.toolhive.stacklok.dev', '-A').items;
      if (others.length > 0) {
        const { namespace, name } = others[0]?.metadata ?? {};
        missing.push(
          `The cluster has registries already (${others.length}, such as ${namespace}/${name}). The test changes the CompositeController that they share: use another cluster, or delete them.`,
        );
      }
    }
    const namespaces = get('namespaces').items;
    if (!local && namespaces.some(({ metadata }) => metadata.name === HOOK_NAMESPACE)) {
      missing.push(
        `The cluster has a namespace ${HOOK_NAMESPACE} already. The test installs the hook and removes it: use another cluster, or kubectl delete -k manifests`,
      );
    }
    const left = namespaces.filter(({ metadata }) => metadata.name.startsWith(NAMESPACE_PREFIX));
    if (left.length > 0) {
      const names = left.map(({ metadata }) => metadata.name).join(' ');
      missing.push(`Namespaces of an earlier run are left: kubectl delete namespace ${names}`);
    }
    const simulated =
      nodes.length > 0 &&
      nodes.every(({ metadata }) => metadata.annotations?.['kwok.x-k8s.io/node'] !== undefined);
    return { missing, simulated };
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? (error as Error).message).trim();
    return { missing: [`The cluster of KUBECONFIG does not answer: ${said}`], simulated: false };
  }
}
