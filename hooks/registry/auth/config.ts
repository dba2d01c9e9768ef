import type { FileMount } from '../pod-fragment.ts';
import { certificateFile, secretFile } from '../secret-files.ts';
import type { ConfigObject } from '../server-config.ts';
import type { AuthConfig, Provider } from './schema.ts';

/**
 * The `auth` section and the files that it names.
 *
 * @param spec everybody may call where it is left out
 */
export function planAuth(spec: AuthConfig = {}): { config: ConfigObject; files: readonly FileMount[] } {
  const { mode = 'anonymous', publicPaths, oauth, authz } = spec;
  if (mode === 'anonymous') return { config: { mode, publicPaths }, files: [] };
  const providers = (oauth?.providers ?? []).map(planProvider);
  return {
    config: {
      mode,
      publicPaths,
      oauth: {
        resourceUrl: oauth?.resourceUrl,
        realm: oauth?.realm,
        scopesSupported: oauth?.scopesSupported,
        providers: providers.map(({ config }) => config),
      },
      authz: authz && { roles: planRoles(authz.roles) },
    },
    files: providers.flatMap(({ files }) => files),
  };
}

function planProvider(provider: Provider): { config: ConfigObject; files: readonly FileMount[] } {
  const clientSecret = provider.clientSecretRef && secretFile(provider.clientSecretRef);
  // A path wins over the reference, as in the operator (stacklok/toolhive v0.6.15 to v0.16.0: registryapi/config/config.go).
  const ca =
    provider.caCertPath === undefined && provider.caCertRef ? certificateFile(provider.caCertRef) : undefined;
  const token =
    provider.authTokenFile === undefined && provider.authTokenRef
      ? secretFile(provider.authTokenRef)
      : undefined;
  return {
    config: {
      name: provider.name,
      issuerUrl: provider.issuerUrl,
      jwksUrl: provider.jwksUrl,
      audience: provider.audience,
      clientId: provider.clientId,
      clientSecretFile: clientSecret?.path,
      caCertPath: provider.caCertPath ?? ca?.path,
      authTokenFile: provider.authTokenFile ?? token?.path,
      introspectionUrl: provider.introspectionUrl,
      allowPrivateIP: provider.allowPrivateIP,
    },
    files: [clientSecret, ca, token].flatMap((file) => (file ? [file.mount] : [])),
  };
}

/**
 * All four lists, also where they are empty: the server drops an empty map, and a token of a server without `authz` has
 * every role.
 */
const planRoles = (roles: NonNullable<AuthConfig['authz']>['roles'] = {}) => ({
  superAdmin: roles.superAdmin ?? [],
  manageSources: roles.manageSources ?? [],
  manageRegistries: roles.manageRegistries ?? [],
  manageEntries: roles.manageEntries ?? [],
});
