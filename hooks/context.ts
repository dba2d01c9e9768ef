/** What a hook may know besides its request: everything that would otherwise be read from the world. */
export interface Context extends Clock {
  readonly defaults: Defaults;
}

/** Tells the time. It is asked only where an answer depends on it, so that the others are known to hold at any time. */
export interface Clock {
  /** The instant of the call. Only whole seconds of it ever reach an answer. */
  readonly now: Date;
}

/** Settings of the service that shape a registry wherever its spec is silent. */
export interface Defaults {
  /** Image of the registry server, with a tag or digest. */
  readonly image: string;
  /** Port of the server's internal listener, which answers `/health` and `/readiness` (8081 since server v1.1.0). */
  readonly healthPort: number;
  /** Image with a shell, `cp` and `chmod` whose user is the registry server's: it prepares a pgpass file. */
  readonly pgpassImage: string;
}
