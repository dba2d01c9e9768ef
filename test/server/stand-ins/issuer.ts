import { generateKeyPairSync, sign } from 'node:crypto';
import { type Handler, sendJson } from './serve.ts';

/** An OpenID Connect issuer: discovery, keys and signed tokens. */
export interface Issuer {
  readonly handler: Handler;
  /** A token for `aud` `mcp-registry` that is valid for an hour, unless the claims say otherwise. */
  readonly token: (claims?: Readonly<Record<string, unknown>>) => string;
}

/**
 * @param url of the issuer, which its tokens name
 * @param jwks where its keys are
 */
export function makeIssuer(url: string, jwks = `${url}/protocol/openid-connect/certs`): Issuer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'harness';
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }];
  const discovery = {
    issuer: url,
    jwks_uri: jwks,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    introspection_endpoint: `${url}/introspect`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const path = (text: string) => new URL(text).pathname;
  const base = path(url).replace(/\/$/, '');
  return {
    handler: (request, response) => {
      if (request.url === `${base}/.well-known/openid-configuration`) return sendJson(response, discovery);
      if (request.url === path(jwks)) return sendJson(response, { keys });
      sendJson(response, { error: 'not found' }, 404);
    },
    token: (claims = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: url,
        aud: 'mcp-registry',
        sub: 'somebody',
        iat: now,
        exp: now + 3600,
        ...claims,
      };
      const text = [{ alg: 'RS256', typ: 'JWT', kid }, payload]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  };
}
