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
  const ca = provider.caCertRef && certificateFile(provider.caCertRef);
  const token = provider.authTokenRef && secretFile(provider.authTokenRef);
  return {
    config: {
      name: provider.name,
      issuerUrl: provider.issuerUrl,
      jwksUrl: provider.jwksUrl,
      audience: provider.audience,
      clientId: provider.clientId,
      clientSecretFile: clientSecret?.path,
      caCertPath: ca?.path ?? provider.caCertPath,
      authTokenFile: token?.path ?? provider.authTokenFile,
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
