import { HookRequest } from '../../hooks/contract/request.ts';
import { type BuildDesired, buildDesired } from '../../hooks/desired.ts';
import { identityOf } from '../../hooks/identity.ts';
import { decideSync } from '../../hooks/sync.ts';
import { validateBody } from '../../src/body/validation.ts';
import { writeAnswer } from '../../src/call/answer-text.ts';
import { Memo } from '../../src/call/memo.ts';
import { memoizeDesired } from '../../src/call/memoize-desired.ts';
import { ReceivedBody } from '../../src/call/received-body.ts';
import { summarizeCall } from '../../src/observability/call-summary.ts';
import { exampleCalls } from '../../src/openapi/example.ts';
import { context } from '../support/requests.ts';
import { median } from './load.ts';
import { firstRequest, readyRequest } from './registries.ts';

/** How many registries take turns, how many times to warm up, as a service is that has run for a while, and how many after that. */
const registries = 200;
const warmUps = 20;
const rounds = 9;

/** The stages of a call that is worked out, each in microseconds of processor time. */
export interface Stages {
  readonly hash: number;
  readonly parse: number;
  readonly check: number;
  /** From the spec to the children, where they are remembered. */
  readonly recall: number;
  /** The same where they are not. */
  readonly build: number;
  /** From the children to the answer. */
  readonly decide: number;
  readonly write: number;
}

/** The time of each stage of a call for a settled registry. */
export function measureStages(spec: unknown): Stages {
  const requests = Array.from({ length: registries }, (_, index) => readyRequest(index, spec));
  const bodies = requests.map((request) => Buffer.from(JSON.stringify(request)));
  const validate = validateBody({ schema: HookRequest, method: 'POST', url: '/sync' });
  const at = <T>(list: readonly T[], index: number) => list[index] as T;
  const build = ({ parent }: HookRequest, by: BuildDesired) =>
    by(identityOf(parent), parent.spec, context.defaults);
  const desired = requests.map((request) => build(request, buildDesired));
  const memo = new Memo({ maxBytes: 2 ** 24, sample: JSON.stringify(exampleCalls().sync.answer) });
  const remembering = memoizeDesired(buildDesired, memo);
  const decided = requests.map((request) => decideSync(request, context));
  return {
    hash: cpuTime((index) => new ReceivedBody(at(bodies, index))),
    parse: cpuTime((index) => JSON.parse(at(bodies, index).toString())),
    check: cpuTime((index) => validate(at(requests, index))),
    recall: cpuTime((index) => build(at(requests, index), remembering)),
    build: cpuTime((index) => build(at(requests, index), buildDesired)),
    decide: cpuTime((index) => decideSync(at(requests, index), context, () => at(desired, index))),
    write: cpuTime((index) => {
      writeAnswer(at(decided, index).answer, at(decided, index).desired?.children);
      summarizeCall(at(requests, index), at(decided, index));
    }),
  };
}

/** The processor time of the decision at the first call for a registry, in microseconds; nothing is remembered. */
export function measureFirstSync(spec: unknown): number {
  const requests = Array.from({ length: registries }, (_, index) => firstRequest(index, spec));
  return cpuTime((index) => decideSync(requests[index] as HookRequest, context));
}

/** The processor time of a call of a function, in microseconds, the garbage collector included: the median of the rounds. */
function cpuTime(run: (index: number) => unknown): number {
  const roundTime = () => {
    const before = process.cpuUsage();
    for (let index = 0; index < registries; index += 1) run(index);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / registries;
  };
  for (let round = 0; round < warmUps; round += 1) roundTime();
  return median(Array.from({ length: rounds }, roundTime));
}
