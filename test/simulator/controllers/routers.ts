import type { ApiServer, WatchEvent } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import type { Clock } from '../clock.ts';
import { equal, type JsonObject, listAt, objectAt, type StoredObject } from '../json.ts';

const MANAGER = 'router';
/** From a route to the answer of the controller that it is for. */
const LOOK = 500;

/** The controllers that Ingresses and HTTPRoutes are for: they accept them, refuse them, or are not there. */
export class Routers {
  answer: 'accepts' | 'refuses' | 'absent' = 'accepts';
  private readonly api: ApiServer;
  private readonly clock: Clock;

  constructor(api: ApiServer, clock: Clock) {
    this.api = api;
    this.clock = clock;
    api.watch((event) => this.see(event));
  }

  /** Makes a change of the answer felt. */
  look(): void {
    for (const kind of ['Ingress', 'HTTPRoute']) {
      for (const object of this.api.list(kind)) this.enqueue(object);
    }
  }

  private see({ type, object }: WatchEvent): void {
    if (type !== 'deleted' && (object.kind === 'Ingress' || object.kind === 'HTTPRoute'))
      this.enqueue(object);
  }

  private enqueue({ kind, metadata: { namespace, name } }: StoredObject): void {
    this.clock.after(LOOK, () => {
      const object = this.api.get(kind, namespace, name);
      if (!object || this.answer === 'absent') return;
      const status = kind === 'Ingress' ? this.ofIngress() : this.ofRoute(object);
      if (equal(object['status'], status)) return;
      try {
        this.api.updateStatus({ ...object, status }, MANAGER);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    });
  }

  private ofIngress(): JsonObject {
    return { loadBalancer: this.answer === 'accepts' ? { ingress: [{ ip: '192.0.2.1' }] } : {} };
  }

  private ofRoute(route: StoredObject): JsonObject {
    const isAccepted = this.answer === 'accepts';
    const parents = listAt(route, 'spec', 'parentRefs').map((parentRef) => ({
      parentRef,
      controllerName: 'example.com/router',
      conditions: [
        this.condition(route, 'Accepted', isAccepted, 'NotAllowedByListeners'),
        this.condition(route, 'ResolvedRefs', true, ''),
      ],
    }));
    return { parents };
  }

  private condition(route: StoredObject, type: string, holds: boolean, why: string): JsonObject {
    const before = listAt(route, 'status', 'parents')
      .flatMap((parent) => listAt(parent, 'conditions'))
      .find((condition) => objectAt(condition)['type'] === type);
    const status = holds ? 'True' : 'False';
    const isSame = before !== undefined && objectAt(before)['status'] === status;
    return {
      type,
      status,
      reason: holds ? type : why,
      message: holds ? '' : 'no listener takes routes of this namespace',
      observedGeneration: Number(route.metadata['generation'] ?? 1),
      lastTransitionTime: isSame ? String(objectAt(before)['lastTransitionTime']) : this.clock.timestamp(),
    };
  }
}
