import type { ApiServer, WatchEvent } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import type { Clock } from '../clock.ts';
import { at, equal, numberAt, objectAt, type StoredObject, stringAt } from '../json.ts';

const MANAGER = 'kube-controller-manager';
/** The flag `--horizontal-pod-autoscaler-sync-period`. */
const PERIOD = 15_000;

/** The controller of HorizontalPodAutoscalers. The load is a number of pods, and the same for all of them. */
export class Autoscaler {
  /** How many pods the load asks for; undefined while there are no metrics. */
  load: number | undefined;
  private readonly waiting = new Set<string>();
  private readonly api: ApiServer;
  private readonly clock: Clock;

  constructor(api: ApiServer, clock: Clock) {
    this.api = api;
    this.clock = clock;
    api.watch((event) => this.see(event));
  }

  private see({ type, object }: WatchEvent): void {
    if (object.kind !== 'HorizontalPodAutoscaler' || type === 'deleted') return;
    this.look(object.metadata.namespace, object.metadata.name);
  }

  /** It looks at each autoscaler once a period, whatever has happened. */
  private look(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    if (this.waiting.has(key)) return;
    this.waiting.add(key);
    this.clock.after(PERIOD, () => {
      this.waiting.delete(key);
      const autoscaler = this.api.get('HorizontalPodAutoscaler', namespace, name);
      if (!autoscaler) return;
      this.scale(autoscaler);
      this.look(namespace, name);
    });
  }

  private scale(autoscaler: StoredObject): void {
    const { namespace } = autoscaler.metadata;
    const name = stringAt(autoscaler, 'spec', 'scaleTargetRef', 'name') ?? '';
    const target = this.api.get('Deployment', namespace, name);
    const current = numberAt(target, 'spec', 'replicas') ?? 1;
    // A target that was scaled to 0 is left alone.
    if (!target || current === 0) return;
    const most = numberAt(autoscaler, 'spec', 'maxReplicas') ?? 1;
    const fewest = numberAt(autoscaler, 'spec', 'minReplicas') ?? 1;
    const desiredReplicas = Math.min(most, Math.max(fewest, this.load ?? current));
    try {
      if (desiredReplicas !== current)
        this.api.scale('Deployment', namespace, name, desiredReplicas, MANAGER);
      const status = { ...objectAt(autoscaler, 'status'), currentReplicas: current, desiredReplicas };
      if (!equal(at(autoscaler, 'status'), status)) this.api.updateStatus({ ...autoscaler, status }, MANAGER);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
