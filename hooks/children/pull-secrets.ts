import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';

/**
 * The field `imagePullSecrets`, which pods and ServiceAccounts have alike; no field for no names.
 *
 * @param names names of Secrets
 */
export const pullSecrets = (names: readonly string[]): Pick<IPodSpec, 'imagePullSecrets'> =>
  names.length > 0 ? { imagePullSecrets: names.map((name) => ({ name })) } : {};
