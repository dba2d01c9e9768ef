import { request } from 'node:https';
import type { Authority } from '../support/pki.ts';
import type { HarnessSettings, KubernetesAccess } from './harness-settings.ts';
import type { ServiceAddress, Texts } from './pod/types.ts';

/** A real API server, as the user of KUBECONFIG. */
export interface Kubernetes {
  /** Where pods find it. */
  readonly service: ServiceAddress;
  readonly access: KubernetesAccess;
  /** A request; `path` begins with `/api` or `/apis`. @throws if the answer is neither 2xx nor one of `allowed` */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    allowed?: readonly number[],
  ) => Promise<unknown>;
}

/** `undefined` without KUBECONFIG. */
export function openKubernetes({ kubernetes: access }: HarnessSettings): Kubernetes | undefined {
  if (!access) return undefined;
  const { hostname, port } = new URL(access.server);
  const service = { name: 'kubernetes', ip: hostname, ports: [{ name: 'https', port: Number(port || 443) }] };
  const call: Kubernetes['call'] = (method, path, body, allowed = []) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${access.token}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      };
      request(`${access.server}${path}`, { method, headers, ca: access.certificateAuthority }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (more: string) => {
          text += more;
        });
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status < 300 || allowed.includes(status)) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${status} ${text}`));
        });
      })
        .on('error', reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
  return { service, access, call };
}

/**
 * The files of a ServiceAccount: a token that the API server has signed for it, or, without an API server, one that
 * nobody takes.
 */
export async function accountOf(
  kubernetes: Kubernetes | undefined,
  authority: Authority,
  namespace: string,
  account = 'default',
): Promise<Texts> {
  if (!kubernetes) return { token: 'nobody takes this token', namespace, 'ca.crt': authority.cert };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const answer = (await kubernetes.call('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  })) as { status: { token: string } };
  return { token: answer.status.token, namespace, 'ca.crt': kubernetes.access.certificateAuthority };
}
