import { Server as TlsServer } from 'node:https';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../settings/settings.ts';
import { ClientCertificates } from './client-certificates.ts';
import { readTokens, readUsers, type Secrets } from './credentials.ts';
import type { Reloadable, ReloadableFiles } from './reloadable-files.ts';
import type { Tls } from './tls.ts';

/** Authenticates calls: valid credentials of one of the configured kinds are enough. */
export class Authentication {
  readonly #tokens: Reloadable<Secrets> | undefined;
  readonly #users: Reloadable<Secrets> | undefined;
  readonly #certificates: ClientCertificates | undefined;
  readonly #now: () => Date;

  /**
   * The header WWW-Authenticate of a 401, one challenge for each kind of credentials (RFC 9110, section 11.6.1). No
   * scheme is registered for client certificates, but the header is required.
   */
  readonly challenges: readonly string[];

  /** @throws {SettingsError} if a file of credentials can't be used */
  constructor(settings: Settings, files: ReloadableFiles, tls: Tls | undefined, now: () => Date) {
    const { AUTH_BEARER_FILE, AUTH_BASIC_FILE, TLS_CLIENT_NAMES } = settings;
    const load = <T>(setting: string, path: string | undefined, parse: (content: Buffer) => T) =>
      path === undefined
        ? undefined
        : files.load([{ setting, path }], ([content = Buffer.alloc(0)]) => parse(content));
    this.#now = now;
    this.#tokens = load('AUTH_BEARER_FILE', AUTH_BEARER_FILE, readTokens);
    this.#users = load('AUTH_BASIC_FILE', AUTH_BASIC_FILE, readUsers);
    this.#certificates =
      tls?.authorities &&
      new ClientCertificates(
        tls.authorities,
        TLS_CLIENT_NAMES?.split(',').map((name) => name.trim()),
      );
    const realm = 'realm="mcpregistry-hook"';
    this.challenges = [
      ...(this.#tokens ? [`Bearer ${realm}`] : []),
      ...(this.#users ? [`Basic ${realm}, charset="UTF-8"`] : []),
      ...(this.#certificates ? [`ClientCertificate ${realm}`] : []),
    ];
  }

  /** Whether the credentials may belong to a connection: then a caller that was refused needs a new connection. */
  get dependsOnConnection(): boolean {
    return this.#certificates !== undefined;
  }

  /** Observes the connections of an app, and logs a warning when it starts without authentication or encryption. */
  attachTo(app: FastifyInstance): void {
    const certificates = this.#certificates;
    const server: unknown = app.server;
    if (certificates !== undefined && server instanceof TlsServer) {
      server.prependListener('secureConnection', (socket) => certificates.register(socket));
    }
    const warning = this.#warning(server instanceof TlsServer);
    if (warning !== undefined) app.addHook('onListen', async () => app.log.warn(warning));
  }

  /**
   * Authenticates a call.
   *
   * @returns undefined if it may be answered, or the reason why not, which reveals nothing about the credentials
   */
  findRejection({ headers, raw }: FastifyRequest): string | undefined {
    if (this.challenges.length === 0) return undefined;
    const { authorization } = headers;
    const rejections = [
      ...(authorization === undefined ? [] : [this.#findHeaderRejection(authorization)]),
      ...(this.#certificates ? [this.#certificates.findRejection(raw.socket, this.#now().getTime())] : []),
    ];
    if (rejections.includes(undefined)) return undefined;
    return rejections.length === 0 ? 'no credentials were sent' : rejections.join(', and ');
  }

  #warning(encrypted: boolean): string | undefined {
    if (this.challenges.length === 0) {
      return 'calls are not authenticated: set AUTH_BEARER_FILE, AUTH_BASIC_FILE or TLS_CLIENT_CA_FILE';
    }
    return encrypted ? undefined : 'credentials are sent unencrypted: set TLS_CERT_FILE and TLS_KEY_FILE';
  }

  #findHeaderRejection(authorization: string): string | undefined {
    // The scheme is case-insensitive (RFC 9110, section 11.1).
    const [, scheme = '', credentials = ''] = /^([A-Za-z]+) +(.*)$/.exec(authorization) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        if (this.#tokens === undefined) break;
        return this.#tokens.value.has(credentials)
          ? undefined
          : 'the bearer token is not in AUTH_BEARER_FILE';
      case 'basic':
        if (this.#users === undefined) break;
        return this.#users.value.has(Buffer.from(credentials, 'base64').toString('latin1'))
          ? undefined
          : 'the user and password are not in AUTH_BASIC_FILE';
    }
    return 'the scheme of the header Authorization is not accepted';
  }
}
