/** The input of a hook besides its request: everything that would otherwise be read from the environment. */
export interface Context extends Clock {
  readonly defaults: Defaults;
}

/** The current time. It is read only where an answer depends on it, so that other answers can be reused at any time. */
export interface Clock {
  /** The time of the call. An answer contains it in whole seconds. */
  readonly now: Date;
}

/** Settings of the service for everything that the spec of a registry leaves open. */
export interface Defaults {
  /** Image of the registry server, with a tag or digest. */
  readonly image: string;
  /** Port of the server's internal listener, which answers `/health` and `/readiness` (8081 since server v1.1.0). */
  readonly healthPort: number;
  /** Image of the container that prepares a pgpass file: it has a shell, `cp` and `chmod`, and runs as the user of the server. */
  readonly pgpassImage: string;
  /** Names of Secrets for pulling images, none twice: for every registry, after those that its spec names. */
  readonly imagePullSecrets: readonly string[];
}
