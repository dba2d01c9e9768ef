import { type ApiServer, groupOf, type Kind } from '../api-server/api-server.ts';
import { at, isObject, type JsonObject, listAt, stringAt } from '../json.ts';
import type { UpdateMethod } from './children.ts';
import type { HookName } from './webhook.ts';

/** What a CompositeController object says, read once. */
export interface CompositeController {
  readonly object: JsonObject;
  readonly parent: Kind;
  readonly parentVersion: string;
  readonly ignoresStatus: boolean;
  readonly generatesSelector: boolean;
  readonly children: readonly Kind[];
  readonly methodOf: (kind: string) => UpdateMethod;
  readonly finalizer: string;
  readonly hasFinalize: boolean;
  readonly hasCustomize: boolean;
  readonly isV2: (hook: HookName) => boolean;
  readonly usesEtag: (hook: HookName) => boolean;
}

export function readController(api: ApiServer, object: JsonObject): CompositeController {
  const spec = object['spec'];
  const rules = listAt(spec, 'childResources').map((rule) => ({
    kind: api.kindOf(String(at(rule, 'apiVersion')), String(at(rule, 'resource'))),
    method: (stringAt(rule, 'updateStrategy', 'method') ?? 'OnDelete') as UpdateMethod,
  }));
  const methods = new Map(rules.map(({ kind, method }) => [kind.kind, method]));
  const parentVersion = String(at(spec, 'parentResource', 'apiVersion'));
  return {
    object,
    parent: api.kindOf(parentVersion, String(at(spec, 'parentResource', 'resource'))),
    parentVersion,
    ignoresStatus: at(spec, 'parentResource', 'ignoreStatusChanges') === true,
    generatesSelector: at(spec, 'generateSelector') === true,
    children: rules.map(({ kind }) => kind),
    methodOf: (kind) => methods.get(kind) ?? 'OnDelete',
    finalizer: `metacontroller.io/compositecontroller-${stringAt(object, 'metadata', 'name')}`,
    hasFinalize: isObject(at(spec, 'hooks', 'finalize')),
    hasCustomize: isObject(at(spec, 'hooks', 'customize')),
    isV2: (hook) => at(spec, 'hooks', hook, 'version') === 'v2',
    usesEtag: (hook) => at(spec, 'hooks', hook, 'webhook', 'etag', 'enabled') === true,
  };
}

/** The key of a group of children in a request, such as `Deployment.apps/v1`. */
export const groupKey = ({ kind, apiVersion }: { kind: string; apiVersion: string }): string =>
  `${kind}.${apiVersion}`;

export { groupOf };
