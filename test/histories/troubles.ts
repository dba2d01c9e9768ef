import type { Nodes } from '../simulator/controllers/nodes.ts';
import { outOfMemory, type Trouble } from '../simulator/controllers/troubles.ts';

/** What the words of pods give away, and no status may hold. */
export const CREDENTIAL = 'hunter2-s3cr3t';

type Words = (crash: number, now: number) => string;

const at = (now: number): string => new Date(now).toISOString();
const portOf = (crash: number): number => 30_000 + ((crash * 7919) % 20_000);
const idOf = (crash: number): string => (crash * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);

/** Last words of a server, as it logs them: with what differs each time, and with what nobody is to see. */
export const lastWords = {
  json: (crash, now) =>
    `{"time":"${at(now)}","level":"INFO","msg":"starting"}\n{"time":"${at(now)}","level":"ERROR","msg":"failed to connect","error":"dial tcp 10.0.0.9:${portOf(crash)}: connect: connection refused (postgres://db_app:${CREDENTIAL}@db:5432/registry)"}\n`,
  pairs: (crash, now) =>
    `time=${at(now)} level=ERROR msg="request ${idOf(crash)} failed" error="password=${CREDENTIAL} is wrong"\n`,
  plain: (crash, now) =>
    `\u001b[31m${at(now).slice(0, 19).replace('T', ' ').replaceAll('-', '/')} error: no route from port ${portOf(crash)}\u001b[0m\r\npassword: ${CREDENTIAL}\n`,
  none: () => '',
} as const satisfies Readonly<Record<string, Words>>;

const withWords = (message: Words): Trouble => ({ is: 'crash', message });

const troubles = {
  none: undefined,
  unschedulable: { is: 'unschedulable' },
  claim: { is: 'claim', missing: 'data' },
  image: { is: 'image' },
  unauthorized: {
    is: 'image',
    message: `401 Unauthorized: https://robot:${CREDENTIAL}@registry.example/token`,
  },
  config: { is: 'config', message: 'secret "x" not found' },
  mounts: { is: 'mounts' },
  json: withWords(lastWords.json),
  pairs: withWords(lastWords.pairs),
  plain: withWords(lastWords.plain),
  silent: withWords(lastWords.none),
  init: { is: 'crash', init: true, message: lastWords.plain },
  memory: outOfMemory,
  probe: { is: 'probe' },
  // Seldom: each that is evicted stays, and is shown in each call.
  evict: { is: 'evict', afterMilliseconds: 120_000 },
} as const satisfies Readonly<Record<string, Trouble | undefined>>;

export type TroubleName = keyof typeof troubles;
export const troubleNames = Object.keys(troubles) as readonly TroubleName[];

/** What is wrong with all pods, by its name. */
export const troubleOf =
  (name: TroubleName): Nodes['trouble'] =>
  () =>
    troubles[name];
