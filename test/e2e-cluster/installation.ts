import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { version } from '../../src/version.ts';
import { manifestText } from '../support/manifests.ts';
import { apply, type ClusterObject, kubectl, read } from './kubectl.ts';
import { NAMESPACE_PREFIX, type Requirements } from './requirements.ts';

const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));
const HOOK_IMAGE = 'ghcr.io/mcpregistry-hook/mcpregistry-hook';
const CONTROLLER = 'compositecontroller/mcpregistry';

interface Webhook {
  webhook: { url: string };
}
interface Controller {
  metadata: { name: string };
  spec: { hooks: { sync: Webhook; finalize?: Webhook }; endpointConfigs?: unknown };
}

/** How the CompositeController differs from that of the manifests. */
export interface ControllerChange {
  /** The release in the URLs of the hooks; that of package.json if not given. */
  readonly release?: string;
  /** Whether Metacontroller puts its finalizer on registries; true if not given. */
  readonly finalize?: boolean;
}

/** The manifests in a cluster, and what was there before. */
export class Installation {
  readonly #hookUrl: string | undefined;
  readonly #image: string | undefined;
  readonly #folder = mkdtempSync(join(realpathSync(tmpdir()), 'mcp-e2e-'));
  #found: ClusterObject | undefined;
  #hadDefinition = true;

  /** @param hookUrl where the hook is reached, if it does not run in the cluster */
  constructor({ image }: Requirements, hookUrl: string | undefined) {
    this.#hookUrl = hookUrl;
    this.#image = image;
  }

  /** Applies the manifests; with a hook elsewhere, the definition and the CompositeController alone. */
  async install(): Promise<void> {
    this.#found = await read(CONTROLLER);
    this.#hadDefinition = (await read('crd', 'mcpregistries.toolhive.stacklok.dev')) !== undefined;
    if (this.#hookUrl !== undefined) {
      await kubectl(['apply', '-f', join(manifests, 'base/crd.yaml')]);
      await kubectl(['wait', '--for=condition=Established', 'crd/mcpregistries.toolhive.stacklok.dev']);
      return this.change({});
    }
    await kubectl(['apply', '-k', this.#overlay('hook', manifests, this.#images())]);
    await kubectl(['-n', 'mcpregistry-hook', 'rollout', 'status', 'deployment', '--timeout=5m']);
  }

  /** Applies the CompositeController, as a release or somebody who leaves would. */
  async change(change: ControllerChange): Promise<void> {
    await apply(this.#controller(change));
  }

  /** Deletes the CompositeController. */
  async removeController(): Promise<void> {
    await kubectl(['delete', CONTROLLER, '--ignore-not-found', '--wait=true']);
  }

  /**
   * Applies an example.
   *
   * @returns its namespace, which is the test's own
   */
  async applyExample(name: string): Promise<string> {
    const namespace = `${NAMESPACE_PREFIX}${name}`;
    await kubectl(['apply', '-k', this.#overlay(name, join(manifests, 'examples', name), { namespace })]);
    return namespace;
  }

  /** Takes out what `install` put in, and puts back what it found. The registries have to be gone. */
  async remove(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.#hookUrl === undefined) {
      // Everything but the definition.
      const all = join(manifests, 'overlays/leave');
      await kubectl(['delete', '-k', all, '--ignore-not-found', '--timeout=5m']);
    } else {
      await this.removeController();
    }
    if (!this.#hadDefinition) {
      await kubectl(['delete', '-f', join(manifests, 'base/crd.yaml'), '--ignore-not-found']);
    }
    if (this.#found) {
      const { apiVersion, kind, metadata, spec } = this.#found;
      const { name, labels, annotations } = metadata;
      const before = { apiVersion, kind, metadata: { name, labels, annotations }, spec };
      await kubectl(['create', '-f', '-'], JSON.stringify(before));
    }
  }

  #controller({ release = version, finalize = true }: ControllerChange): Controller {
    const controller = parse(manifestText('base/composite-controller.yaml')) as Controller;
    const { sync, finalize: finalizing } = controller.spec.hooks;
    for (const hook of [sync, finalizing]) {
      if (!hook) continue;
      const { origin, pathname } = new URL(hook.webhook.url);
      hook.webhook.url = `${this.#hookUrl ?? origin}${pathname}?v=${encodeURIComponent(release)}`;
    }
    if (!finalize) delete controller.spec.hooks.finalize;
    if (this.#hookUrl !== undefined) delete controller.spec.endpointConfigs;
    return controller;
  }

  #images(): object {
    if (this.#image === undefined) return {};
    const [, newName, newTag] = /^(.+):([^:/]+)$/.exec(this.#image) ?? [];
    if (newName === undefined) throw new Error(`E2E_IMAGE ${this.#image} has no tag.`);
    return { images: [{ name: HOOK_IMAGE, newName, newTag }] };
  }

  /** Writes an overlay; kustomize takes no absolute paths. */
  #overlay(name: string, of: string, rest: object): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [relative(folder, of)],
      ...rest,
    };
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
    return folder;
  }
}
