import type { ApiServer, WatchEvent } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import type { Clock } from '../clock.ts';
import { at, equal, isObject, type JsonObject, numberAt, objectAt, type StoredObject } from '../json.ts';

const MANAGER = 'kube-controller-manager';
const LOOK = 8;

/** The controller of PodDisruptionBudgets: it counts the pods that a budget selects. */
export class Budgets {
  private readonly waiting = new Set<string>();
  private readonly api: ApiServer;
  private readonly clock: Clock;

  constructor(api: ApiServer, clock: Clock) {
    this.api = api;
    this.clock = clock;
    api.watch((event) => this.see(event));
  }

  private see({ type, object: { kind, metadata } }: WatchEvent): void {
    if (type === 'deleted' || (kind !== 'PodDisruptionBudget' && kind !== 'Deployment')) return;
    const key = metadata.namespace;
    if (this.waiting.has(key)) return;
    this.waiting.add(key);
    this.clock.after(LOOK, () => {
      this.waiting.delete(key);
      for (const budget of this.api.list('PodDisruptionBudget')) {
        if (budget.metadata.namespace === key) this.count(budget);
      }
    });
  }

  private count(budget: StoredObject): void {
    const selects = objectAt(budget, 'spec', 'selector', 'matchLabels');
    const deployments = this.api
      .list('Deployment')
      .filter(({ metadata }) => metadata.namespace === budget.metadata.namespace)
      .filter((deployment) =>
        matches(objectAt(deployment, 'spec', 'template', 'metadata', 'labels'), selects),
      );
    const sum = (...path: string[]) =>
      deployments.reduce((count, deployment) => count + (numberAt(deployment, ...path) ?? 0), 0);
    const [expectedPods, currentHealthy] = [sum('spec', 'replicas'), sum('status', 'readyReplicas')];
    const status: JsonObject = { currentHealthy, expectedPods };
    const before = at(budget, 'status');
    if (isObject(before) && equal({ ...before, ...status }, before)) return;
    try {
      this.api.updateStatus({ ...budget, status: { ...objectAt(budget, 'status'), ...status } }, MANAGER);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

const matches = (labels: JsonObject, selector: JsonObject): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
