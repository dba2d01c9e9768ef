import { registeredKinds } from '../../../hooks/children/child-kinds.ts';
import { TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import { INTERNAL_PORT_NAME } from '../../../hooks/children/names.ts';
import { PGPASS_CONTAINER } from '../../../hooks/children/pgpass.ts';
import { CONTAINER } from '../../../hooks/children/pod-template.ts';
import type { Defaults } from '../../../hooks/context.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import type { BuildDesired } from '../../../hooks/desired.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { observe } from '../../../hooks/observed/observe.ts';

/**
 * The settings of the hook that runs, as far as the Deployment of a registry shows them: other ones would make another pod
 * template. That they are right is proven by the hash of the template, which the Deployment bears.
 *
 * @param known the settings of this program
 * @param build builds the desired children
 * @returns `known` where those fit, or nothing can be proven
 */
export function settingsFor(request: HookRequest, known: Defaults, build: BuildDesired): Defaults {
  const { parent, children } = request;
  const identity = identityOf(parent);
  const { Deployment } = observe(children, identity).byKind;
  const hash = Deployment?.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  if (!Deployment || hash === undefined) return known;
  const fits = (defaults: Defaults) => {
    const desired = build(identity, parent.spec, defaults, registeredKinds(children));
    return desired.children?.byKind.Deployment.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION] === hash;
  };
  if (fits(known)) return known;
  const shown = settingsIn(objectOf(objectOf(objectOf(Deployment['spec'])['template'])['spec']), known);
  return fits(shown) ? shown : known;
}

function settingsIn(pod: JsonObject, known: Defaults): Defaults {
  const server = named(objectsOf(pod['containers']), CONTAINER);
  const pgpass = named(objectsOf(pod['initContainers']), PGPASS_CONTAINER);
  const { containerPort } = named(objectsOf(server['ports']), INTERNAL_PORT_NAME);
  return {
    image: textOf(server['image']) || known.image,
    healthPort: typeof containerPort === 'number' ? containerPort : known.healthPort,
    pgpassImage: textOf(pgpass['image']) || known.pgpassImage,
    imagePullSecrets: objectsOf(pod['imagePullSecrets']).map(({ name }) => textOf(name)),
  };
}

const named = (items: readonly JsonObject[], name: string): JsonObject =>
  items.find((item) => item['name'] === name) ?? {};
