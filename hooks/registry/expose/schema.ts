import { type Static, Type } from '@sinclair/typebox';
import { distinct, keyedBy } from '../common-rules.ts';
import { DnsLabel, ObjectName, OneOf, SpecObject } from '../fields/common.ts';
import { Annotations } from '../fields/string-maps.ts';
import { withRules } from '../rule.ts';
import { noAddresses, oneClass, oneWay } from './rules.ts';

/**
 * Both kinds take a domain name, or one behind `*.` (gateway-api v1.4.0: apis/v1/shared_types.go, Hostname; kubernetes:
 * pkg/apis/networking/validation/validation.go, validateIngressRules).
 */
const Host = Type.String({
  description: 'A domain name.',
  pattern: '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  minLength: 1,
  maxLength: 253,
  expects: 'a domain name such as registry.example.com, or *.example.com, in lower case and without a port',
});

/** Where the server itself serves, and where the API is served unless the spec says otherwise. */
export const ROOT_PATH = '/';

/** As many as an HTTPRoute takes. */
const HOSTS_LIMIT = 16;

const Parent = SpecObject(
  {
    name: ObjectName('Name of the Gateway.'),
    namespace: Type.Optional(
      DnsLabel(
        "Namespace of the Gateway, which has to let routes of the registry's namespace in. Default: its own.",
      ),
    ),
    sectionName: Type.Optional(
      ObjectName('Name of one listener of the Gateway. Without it, all listeners that fit are meant.'),
    ),
  },
  { description: 'A Gateway of gateway.networking.k8s.io.' },
);

/** What an HTTPRoute is made from. */
const HttpRoute = SpecObject(
  {
    parentRefs: keyedBy(
      'name',
      Type.Array(Parent, {
        description: 'The Gateways to be reached through, each with a name of its own.',
        minItems: 1,
        maxItems: 32,
        expects: 'a list of at least one Gateway',
      }),
      // Metacontroller merges the list by this field, and makes one item of two.
      'leave sectionName out for all listeners of a Gateway; of two Gateways with one name, keep one',
    ),
    hostnames: Type.Optional(
      distinct(
        Type.Array(Host, {
          description:
            'Domain names to be reached at, none of them twice; those of the listeners when empty. The first one without "*" is in status.externalUrl.',
          maxItems: HOSTS_LIMIT,
        }),
      ),
    ),
    path: Type.Optional(
      Type.String({
        description:
          'The path below which the API is served. The server itself serves at the root, so the Gateway takes the path off.',
        // Less than an HTTPRoute takes: what needs no escape, and no segment that begins with a dot.
        pattern: '^(/|(/[-_~A-Za-z0-9][-._~A-Za-z0-9]*)+)$',
        maxLength: 1024,
        default: ROOT_PATH,
        expects:
          'a path such as /registry: it begins with "/", does not end with one, and its parts have letters, digits, "-", "_", "~" and, not at first, "."',
      }),
    ),
    scheme: Type.Optional(
      OneOf(['http', 'https'], {
        description: 'What the listeners speak, which a route does not show: for status.externalUrl alone.',
        default: 'https',
      }),
    ),
    annotations: Type.Optional(Annotations('Annotations of the HTTPRoute.')),
  },
  { description: 'Through Gateways, with an HTTPRoute of the Gateway API.' },
);

/** What an Ingress is made from. */
const Ingress = SpecObject(
  {
    className: Type.Optional(ObjectName("Name of the IngressClass. Default: the cluster's.")),
    hosts: distinct(
      Type.Array(Host, {
        description:
          'Domain names to be reached at, none of them twice. The first one without "*" is in status.externalUrl.',
        minItems: 1,
        maxItems: HOSTS_LIMIT,
        expects: 'a list of at least one domain name',
      }),
    ),
    tls: Type.Optional(
      SpecObject(
        {
          secretName: Type.Optional(
            ObjectName(
              'Name of the Secret with certificate and key. An issuer that an annotation names may write it; without it, the controller has a certificate of its own.',
            ),
          ),
        },
        { description: 'Serves all hosts over TLS.' },
      ),
    ),
    annotations: Type.Optional(Annotations('Annotations of the Ingress.')),
  },
  { description: 'Through a controller of Ingresses, at the root of the hosts.' },
);

/** How a registry is reached from outside of the cluster. */
export const Expose = withRules(
  SpecObject(
    {
      httpRoute: Type.Optional(withRules(HttpRoute, [noAddresses('hostnames')])),
      ingress: Type.Optional(withRules(Ingress, [noAddresses('hosts'), oneClass])),
    },
    {
      description:
        'How the registry is reached from outside of the cluster: exactly one of httpRoute and ingress. The condition Exposed says whether it is accepted. Who may use the API is a matter of authConfig.',
    },
  ),
  [oneWay],
);
export type Expose = Static<typeof Expose>;
