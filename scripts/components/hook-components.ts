/**
 * The components that are about the hook and Metacontroller, and not about a kind of child, in an order in which all of them can
 * be named: `namespaced` takes out what `standalone` brings, and `without-definition` what `hook-address` reads.
 */
export const hookComponents = [
  'hook-address',
  'tls',
  'auth-token',
  'mtls',
  'hook-network-policy',
  'hook-monitoring',
  'standalone',
  'namespaced',
  'v1beta1',
  'leave',
  'without-definition',
  'without-namespace',
  'crd-guard',
] as const;
export type HookComponent = (typeof hookComponents)[number];

/** They reach the hook through its Service, which `standalone` does without. */
export const notWithStandalone: readonly HookComponent[] = [
  'tls',
  'auth-token',
  'mtls',
  'hook-network-policy',
  'hook-monitoring',
];
