import type { Child } from '../contract/answer.ts';
import type { Identity } from '../identity.ts';
import type { Registry } from '../registry/registry.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { buildRole, buildRoleBinding, buildServiceAccount } from './access.ts';
import { buildConfigMap } from './config-map.ts';
import { buildDeployment } from './deployment.ts';
import type { PodTemplate } from './pod-template.ts';
import { buildService } from './service.ts';

/** The six children of a registry, with sorted keys. */
export interface DesiredChildren {
  /** The Deployment comes after what its pods need, so that the first pods find it. */
  readonly all: readonly Child[];
  readonly configMap: Child;
  readonly deployment: Child;
  readonly service: Child;
}

export function buildChildren(
  identity: Identity,
  registry: Registry,
  template: PodTemplate,
): DesiredChildren {
  const configMap = sortKeys(buildConfigMap(identity, registry.config));
  const access = sortKeys([
    buildServiceAccount(identity, registry.imagePullSecrets),
    buildRole(identity),
    buildRoleBinding(identity),
  ]);
  const deployment = sortKeys(buildDeployment(identity, template));
  const service = sortKeys(buildService(identity));
  return { all: [configMap, ...access, deployment, service], configMap, deployment, service };
}
