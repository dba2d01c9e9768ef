import type { Child } from '../contract/answer.ts';

/** An object as kubernetes-models declares it. */
interface Model {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * A child as Kubernetes declares its kind: a field that Kubernetes does not know does not compile.
 *
 * @template Fields names of fields that are set, although Kubernetes lets them be absent
 */
export type KubernetesChild<M extends Model, Fields extends keyof M = never> = Readonly<
  Omit<M, 'metadata' | 'status' | Fields>
> & { readonly [F in Fields]-?: NonNullable<M[F]> } & { readonly metadata: Child['metadata'] };
