import { Server as TlsServer } from 'node:https';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../settings/settings.ts';
import { ClientCertificates } from './client-certificates.ts';
import { readTokens, readUsers, type Secrets } from './credentials.ts';
import type { Reloadable, ReloadableFiles } from './reloadable-files.ts';
import type { Tls } from './tls.ts';

/** The ways in which a caller can show who it is: the credentials of one of them are enough. */
export class Authentication {
  readonly #tokens: Reloadable<Secrets> | undefined;
  readonly #users: Reloadable<Secrets> | undefined;
  readonly #certificates: ClientCertificates | undefined;
  readonly #now: () => Date;

  /**
   * What the header WWW-Authenticate of a 401 holds, one challenge a way (RFC 9110, section 11.6.1). For client
   * certificates no scheme is registered, and the header must not be absent.
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

  /** Whether a verdict may hold for a connection: then only another one brings another verdict. */
  get isOfConnection(): boolean {
    return this.#certificates !== undefined;
  }

  /** Has to see every connection of an app, and says at its start if anybody may call it, or read what is called. */
  follow(app: FastifyInstance): void {
    const certificates = this.#certificates;
    const server: unknown = app.server;
    if (certificates !== undefined && server instanceof TlsServer) {
      server.prependListener('secureConnection', (socket) => certificates.remember(socket));
    }
    const warning = this.#warning(server instanceof TlsServer);
    if (warning !== undefined) app.addHook('onListen', async () => app.log.warn(warning));
  }

  /**
   * Whether a call may be answered.
   *
   * @returns undefined if so, or else why not, in words that tell nothing of the credentials
   */
  refuse({ headers, raw }: FastifyRequest): string | undefined {
    if (this.challenges.length === 0) return undefined;
    const { authorization } = headers;
    const refusals = [
      ...(authorization === undefined ? [] : [this.#refuseHeader(authorization)]),
      ...(this.#certificates ? [this.#certificates.refuse(raw.socket, this.#now().getTime())] : []),
    ];
    if (refusals.includes(undefined)) return undefined;
    return refusals.length === 0 ? 'there are no credentials' : refusals.join(', and ');
  }

  #warning(encrypted: boolean): string | undefined {
    if (this.challenges.length === 0) {
      return 'whoever reaches this port is answered: set AUTH_BEARER_FILE, AUTH_BASIC_FILE or TLS_CLIENT_CA_FILE';
    }
    return encrypted ? undefined : 'credentials come in the clear: set TLS_CERT_FILE and TLS_KEY_FILE';
  }

  #refuseHeader(authorization: string): string | undefined {
    // The scheme is case-insensitive (RFC 9110, section 11.1).
    const [, scheme = '', credentials = ''] = /^([A-Za-z]+) +(.*)$/.exec(authorization) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        if (this.#tokens === undefined) break;
        return this.#tokens.value.has(credentials) ? undefined : 'the bearer token is not a valid one';
      case 'basic':
        if (this.#users === undefined) break;
        return this.#users.value.has(Buffer.from(credentials, 'base64').toString('latin1'))
          ? undefined
          : 'the user and password are not valid ones';
    }
    return 'the header Authorization is of no scheme that is accepted';
  }
}
