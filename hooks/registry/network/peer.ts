import { type Static, Type } from '@sinclair/typebox';
import { compile } from '../../contract/compile.ts';
import { describe } from '../../problem.ts';
import { ClosedObject, FreeForm, List, SpecObject } from '../fields/common.ts';
import { brokenRules, brokenRulesWithin, type Rule, withRules } from '../rule.ts';
import { typeProblems } from '../type-problems.ts';
import { cidr, isCidr, isPartOf } from './cidr.ts';
import { Selector } from './selector.ts';

/** As many as a policy needs. */
const PEERS_LIMIT = 50;
const EXCEPTIONS_LIMIT = 50;

const Cidr = Type.String({ ...cidr });

const Block = ClosedObject({
  cidr: Cidr,
  except: Type.Optional(List(Cidr, { maxItems: EXCEPTIONS_LIMIT })),
});
type Block = Static<typeof Block>;

/** kubernetes: pkg/apis/networking/validation/validation.go, ValidateIPBlock. CEL knows addresses from Kubernetes 1.31 on. */
const rangesFit: Rule<Block> = {
  check: ({ cidr: whole, except = [] }, field) => {
    const wrong = (at: string, text: string) => ({
      field: at,
      message: `must be ${cidr.expects}, without zeros before a number, and with zeros in all bits behind the prefix, found ${describe(text)}`,
    });
    if (!isCidr(whole)) return [wrong(`${field}.cidr`, whole)];
    return except.flatMap((part, index) => {
      const at = `${field}.except[${index}]`;
      if (!isCidr(part)) return [wrong(at, part)];
      return isPartOf(part, whole)
        ? []
        : [
            {
              field: at,
              message: `must be a part of ${describe(whole)}, and not all of it, found ${describe(part)}: correct or remove it`,
            },
          ];
    });
  },
};

/** A peer as Kubernetes has it. The definition has no more of it than its fields, or it would be twice as large. */
const Peer = ClosedObject({
  ipBlock: Type.Optional(withRules(Block, [rangesFit])),
  namespaceSelector: Type.Optional(Selector),
  podSelector: Type.Optional(Selector),
});
export type Peer = Static<typeof Peer>;

/** kubernetes: pkg/apis/networking/validation/validation.go, ValidateNetworkPolicyPeer. */
const isOneKind: Rule<{ readonly [F in keyof Peer]?: unknown }> = {
  message: 'must have either ipBlock, or namespaceSelector and podSelector or one of them',
  cel: 'has(self.ipBlock) != (has(self.namespaceSelector) || has(self.podSelector))',
  check: ({ ipBlock, namespaceSelector, podSelector }) =>
    (ipBlock !== undefined) !== (namespaceSelector !== undefined || podSelector !== undefined),
};

const isPeer = compile(Peer);

const OpenPeer = withRules(
  SpecObject(
    {
      ipBlock: Type.Optional(FreeForm('A range of addresses: cidr, and except.', {})),
      namespaceSelector: Type.Optional(
        FreeForm("Labels of the namespaces; {} for all, the registry's own without it.", {}),
      ),
      podSelector: Type.Optional(FreeForm('Labels of the pods; {} for all, as without it.', {})),
    },
    { description: 'Addresses or pods, as in a NetworkPolicy.' },
  ),
  [isOneKind],
);

/** Those who may connect, each of which is a `Peer`. CEL does not see into free-form fields. */
export const Peers = (description: string) =>
  Type.Unsafe<Peer[]>(
    withRules(Type.Array(OpenPeer, { description, minItems: 1, maxItems: PEERS_LIMIT }), [
      {
        check: (peers, field) =>
          peers.flatMap((peer, index) => {
            const at = `${field}[${index}]`;
            const problems = [...brokenRules(OpenPeer, peer, at), ...typeProblems(isPeer, peer, at)];
            return problems.length > 0 ? problems : brokenRulesWithin(Peer, peer, at);
          }),
      },
    ]),
  );
