import { type Static, Type } from '@sinclair/typebox';
import { describe } from '../../problem.ts';
import { List, SpecObject } from '../fields/common.ts';
import { brokenRulesWithin, type Rule, withRules } from '../rule.ts';
import { cidr, isCidr, isPartOf } from './cidr.ts';
import { Selector } from './selector.ts';

/** As many as a policy needs. */
const PEERS_LIMIT = 50;
const EXCEPTIONS_LIMIT = 50;

const Cidr = (description: string) => Type.String({ description, ...cidr });

const Block = SpecObject(
  {
    cidr: Cidr('The addresses, such as 10.0.0.0/8.'),
    except: Type.Optional(
      List(Cidr('A part of them.'), {
        description: 'Parts of them that are left out.',
        maxItems: EXCEPTIONS_LIMIT,
      }),
    ),
  },
  {
    description: 'A range of addresses. Whether those outside of the cluster are seen is up to its network.',
  },
);
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

const Peer = SpecObject(
  {
    ipBlock: Type.Optional(withRules(Block, [rangesFit])),
    namespaceSelector: Type.Optional(
      Selector("Pods of the namespaces with these labels; {} for all. The registry's namespace without it."),
    ),
    podSelector: Type.Optional(
      Selector('Pods with these labels; {} for all. All pods of the namespaces without it.'),
    ),
  },
  {
    description:
      'Who may connect: addresses, or pods. ipBlock, or namespaceSelector and podSelector or one of them.',
  },
);
export type Peer = Static<typeof Peer>;

/** kubernetes: pkg/apis/networking/validation/validation.go, ValidateNetworkPolicyPeer. */
const isOneKind: Rule<Peer> = {
  message: 'must have either ipBlock, or namespaceSelector and podSelector or one of them',
  cel: 'has(self.ipBlock) != (has(self.namespaceSelector) || has(self.podSelector))',
  check: ({ ipBlock, namespaceSelector, podSelector }) =>
    (ipBlock !== undefined) !== (namespaceSelector !== undefined || podSelector !== undefined),
};

const RuledPeer = withRules(Peer, [isOneKind]);

/** Those who may connect. */
export const Peers = (description: string) =>
  withRules(Type.Array(RuledPeer, { description, minItems: 1, maxItems: PEERS_LIMIT }), [
    {
      check: (peers, field) =>
        peers.flatMap((peer, index) => brokenRulesWithin(RuledPeer, peer, `${field}[${index}]`)),
    },
  ]);
