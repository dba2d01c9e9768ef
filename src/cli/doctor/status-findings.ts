import type { ObservedCondition } from '../../../hooks/contract/kubernetes.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { DATABASE_LABEL } from '../../../hooks/registry/database/database-label.ts';
import { sharedDatabaseWarnings } from '../../../hooks/related/shared-database.ts';
import { type OurConditionType, previousCondition } from '../../../hooks/status/conditions.ts';
import { elapsedOf } from '../../../hooks/status/resync.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import type { Controller } from './controllers.ts';
import { type Decided, isUnregistered } from './decide.ts';
import { type Finding, finding } from './finding.ts';
import { nextCommand } from './next-command.ts';

/** What is wrong by the status that the hook decides now. */
export function statusFindings({ request, decision }: Decided, now: Date): Finding[] {
  const { parent } = request;
  const { phase, message, conditions } = decision.answer.status;
  const identity = identityOf(parent);
  const decided = (type: OurConditionType) => previousCondition(conditions, type);
  const written = (type: OurConditionType) => previousCondition(parent.status?.conditions, type);
  /** Since when it has had the status that it has now: a condition that was not written yet begins now. */
  const since = (type: OurConditionType) => {
    const before = written(type);
    return before && before.status === decided(type)?.status ? before.lastTransitionTime : undefined;
  };
  const next = (reason: string) => nextCommand(reason, identity);

  const ready = decided('Ready');
  const stalled = decided('Stalled');
  const reconciling = decided('Reconciling');
  const failing = decided('PodsFailing');
  if (phase === 'Failed' || phase === 'Pending') {
    const reason = stalled?.reason ?? ready?.reason ?? 'NotReady';
    return [finding('error', reason, message, { since: since('Ready'), next: next(reason) })];
  }
  const told = (condition: ObservedCondition, level: Finding['level'], type: OurConditionType) => {
    const { reason = type, message: words = message } = condition;
    return finding(level, reason, words, { since: since(type), next: next(reason) });
  };
  // An edit in the middle of a change begins the time anew.
  const { lasting } = elapsedOf(parent, { now });
  const exposed = decided('Exposed');
  return [
    ...(stalled ? [told(stalled, 'error', 'Stalled')] : []),
    ...(reconciling && !stalled ? [told(reconciling, lasting ? 'error' : 'warning', 'Reconciling')] : []),
    // The conditions above name the cause as well.
    ...(failing && !stalled && !reconciling ? [told(failing, 'error', 'PodsFailing')] : []),
    ...(exposed?.status === 'False' && exposed.reason !== 'NotRegistered'
      ? [
          finding('error', 'NotExposed', `not reached from outside: ${exposed.message}`, {
            since: since('Exposed'),
            next: ['kubectl', 'describe', 'httproutes,ingresses', '-n', identity.namespace],
          }),
        ]
      : []),
  ];
}

/** What is wrong by the status as it was written, where nothing can be decided because the children are not known. */
export function writtenFindings({ parent }: HookRequest): Finding[] {
  const { conditions } = parent.status ?? {};
  const identity = identityOf(parent);
  return (['Ready', 'Stalled'] as const).flatMap((type) => {
    const condition = previousCondition(conditions, type);
    const isBad = condition?.status === (type === 'Ready' ? 'False' : 'True');
    // Both say the same where a registry does not serve.
    if (
      !condition ||
      !isBad ||
      (type === 'Stalled' && previousCondition(conditions, 'Ready')?.status !== 'True')
    ) {
      return [];
    }
    const reason = /^[A-Za-z]{1,100}$/.test(condition.reason ?? '') ? (condition.reason ?? type) : type;
    return [
      finding('error', reason, `its status says: ${foreignText(condition.message, 4000)}`, {
        since: condition.lastTransitionTime,
        next: nextCommand(reason, identity),
      }),
    ];
  });
}

/**
 * What the server does with the spec that most people would not expect.
 *
 * @param controller that looks at the registry; undefined if none does, or that is not known
 */
export function warningFindings(
  { request, decision }: Decided,
  controller: Controller | undefined,
): Finding[] {
  const { children, warnings = [] } = decision.desired ?? {};
  const database = children?.byKind.ConfigMap.metadata.labels?.[DATABASE_LABEL];
  return [
    ...warnings.filter(
      ({ reason, field }) => reason !== 'KindNotRegistered' || isUnregistered(field, controller),
    ),
    ...(children ? sharedDatabaseWarnings(request.parent, database, request.related) : []),
  ].map(({ reason, field, message }) => finding('warning', reason, `${field} ${message}`));
}
