import { isObject, type JsonObject, type KubeObject, listAt } from '../json.ts';

/** What a hook sees of a request besides its body. */
export interface HookReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The body, parsed. */
  readonly body: unknown;
}

export type HookName = 'sync' | 'finalize' | 'customize';

/**
 * The hooks under test. A call that throws is a connection that failed: Metacontroller does not know whether the hook
 * ever heard of it.
 */
export type CallHook = (
  hook: HookName,
  body: JsonObject,
  headers: Readonly<Record<string, string>>,
) => Promise<HookReply>;

export interface HookAnswer {
  readonly status: JsonObject;
  readonly children: KubeObject[];
  readonly resyncAfterSeconds: number;
  readonly finalized: boolean;
}

/** Which objects a customize hook wants to be shown beside the children. */
export interface RelatedRule extends JsonObject {
  apiVersion: string;
  resource: string;
  namespace?: string;
  names?: string[];
  labelSelector?: JsonObject;
}

/** How an answer is read: the fields that there are, and what is made of them. */
export interface Reader<T> {
  readonly known: readonly string[];
  readonly read: (body: JsonObject) => T;
}

/** The hook answered that it must not be called again for this long. */
export class TooManyRequests extends Error {
  readonly afterSeconds: number;

  constructor(afterSeconds: number) {
    super('too many requests');
    this.afterSeconds = afterSeconds;
  }
}

interface Kept {
  readonly etag: string;
  readonly body: unknown;
}

/** The answer of sync and finalize. */
export const answerReader: Reader<HookAnswer> = {
  known: ['status', 'children', 'resyncAfterSeconds', 'finalized'],
  read: ({ status, children, resyncAfterSeconds, finalized }) => ({
    status: isObject(status) ? status : {},
    children: (Array.isArray(children) ? children : []) as KubeObject[],
    resyncAfterSeconds: typeof resyncAfterSeconds === 'number' ? resyncAfterSeconds : 0,
    finalized: finalized === true,
  }),
};

/** The answer of customize. */
export const rulesReader: Reader<readonly RelatedRule[]> = {
  known: ['relatedResources'],
  read: (body) => listAt(body, 'relatedResources') as RelatedRule[],
};

/** Calls a hook and reads its answer as Metacontroller does. */
export class Webhook<T> {
  private readonly kept = new Map<string, Kept>();
  private readonly hook: HookName;
  private readonly call: CallHook;
  private readonly reader: Reader<T>;
  private readonly usesEtag: boolean;
  private readonly isStrict: boolean;
  private readonly now: () => number;

  constructor(
    hook: HookName,
    call: CallHook,
    reader: Reader<T>,
    options: { usesEtag: boolean; isStrict: boolean; now: () => number },
  ) {
    this.hook = hook;
    this.call = call;
    this.reader = reader;
    this.usesEtag = options.usesEtag;
    this.isStrict = options.isStrict;
    this.now = options.now;
  }

  /** @throws TooManyRequests, or an Error for any answer that is not to be used */
  async ask(key: string, request: JsonObject): Promise<T> {
    const kept = this.usesEtag ? this.kept.get(key) : undefined;
    const reply = await this.call(this.hook, request, kept ? { 'if-none-match': kept.etag } : {});
    if (reply.status === 429) throw new TooManyRequests(this.retryAfter(reply.headers?.['retry-after']));
    if (kept && (reply.status === 304 || reply.status === 412)) return this.read(kept.body);
    if (reply.status !== 200)
      throw new Error(`unsupported status code: ${reply.status} body: ${JSON.stringify(reply.body)}`);
    const etag = reply.headers?.['etag'];
    if (this.usesEtag && etag) this.kept.set(key, { etag, body: reply.body });
    return this.read(reply.body);
  }

  private retryAfter(header: string | undefined): number {
    if (header !== undefined && /^\d+$/.test(header)) return Number(header);
    const date = Date.parse(header ?? '');
    return Number.isNaN(date) ? 0 : Math.ceil((date - this.now()) / 1000);
  }

  private read(body: unknown): T {
    if (!isObject(body)) throw new Error("can't unmarshal webhookResponse: not an object");
    const unknown = Object.keys(body).filter((key) => !this.reader.known.includes(key));
    if (this.isStrict && unknown.length > 0)
      throw new Error(`strict validation failed: unknown field ${unknown.join(', ')}`);
    return this.reader.read(body);
  }
}
