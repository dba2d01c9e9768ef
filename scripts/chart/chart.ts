import { readFileSync } from 'node:fs';
import type { TSchema } from '@sinclair/typebox';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { version } from '../../src/version.ts';
import {
  childResourceOf,
  components,
  EXPLAIN_LABEL,
  rulesOf,
  watchedToExplain,
} from '../components/component.ts';
import { crdGuard } from '../components/crd-guard.ts';
import { crd } from '../crd/crd.ts';
import { images } from '../images/images.ts';
import { stampHookUrls } from '../metacontroller/hook-urls.ts';
import { monitoringFiles } from '../monitoring/objects.ts';
import { Values } from './values.ts';

const FOLDER = 'charts/mcpregistry-hook';
const WIDTH = 110;

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
// A manifest may still have the URLs of the release before.
const objectOf = (path: string) => parse(stampHookUrls(textOf(`manifests/${path}`), version));
const objectsOf = (path: string) =>
  parseAllDocuments(textOf(`manifests/${path}`)).map((document) => document.toJS());

const header = (from: string) => `# Written by \`npm run generate\` from ${from}.\n`;
const yaml = (value: unknown) =>
  stringify(value, { aliasDuplicateObjects: false, blockQuote: 'literal', lineWidth: WIDTH });

/** What the chart reads of the manifests, so that neither says anything that the other does not. */
function files(): [string, string][] {
  const { metadata, spec } = objectOf('components/standalone/deployment.yaml').spec.template;
  const [hook, metacontroller] = spec.containers;
  // A patch: null takes out what the base has.
  const { httpGet: _, ...livenessProbe } = hook.livenessProbe;
  const from: Record<string, [string, unknown]> = {
    'crd.yaml': ['hooks/registry/spec.ts and hooks/contract/status.ts', crd],
    'crd-guard.yaml': ['scripts/components/crd-guard.ts', crdGuard],
    'children.yaml': [
      'hooks/children/child-kinds.ts',
      Object.fromEntries(
        components.map((component) => [
          component.name,
          { childResource: childResourceOf(component), rules: rulesOf(component) },
        ]),
      ),
    ],
    'explain.yaml': ['scripts/components/component.ts', { labels: EXPLAIN_LABEL, rules: watchedToExplain }],
    'standalone.yaml': [
      'manifests/components/standalone',
      {
        annotations: metadata.annotations,
        env: hook.env,
        ports: hook.ports,
        livenessProbe,
        metacontroller,
        volumes: spec.volumes,
        rights: objectsOf('components/standalone/rights.yaml'),
        host: objectOf('components/standalone/address.yaml').data.host,
      },
    ],
    'certificates.yaml': ['manifests/components/tls', objectsOf('components/tls/certificates.yaml')],
    'monitoring.yaml': [
      'manifests/monitoring',
      [
        objectOf('monitoring/service-monitor.yaml'),
        ...['prometheus-rule', 'dashboard-config-map'].map((name) =>
          parse(monitoringFiles.get(`manifests/monitoring/${name}.yaml`)?.() ?? ''),
        ),
      ],
    ],
    'network-policy.yaml': [
      'manifests/components/hook-network-policy',
      objectOf('components/hook-network-policy/network-policy.yaml'),
    ],
    'endpoint-secrets.yaml': [
      'manifests/metacontroller-bindings/endpoint-secrets',
      {
        role: objectOf('metacontroller-bindings/endpoint-secrets/role.yaml'),
        binding: objectOf('metacontroller-bindings/endpoint-secrets/binding.yaml'),
      },
    ],
    'roles.yaml': [
      'manifests/base',
      [
        ...['metacontroller-watch-role', 'metacontroller-manage-role'],
        ...['view-role', 'edit-role', 'admin-role'],
      ].map((name) => objectOf(`base/${name}.yaml`)),
    ],
  };
  for (const name of [
    ...['composite-controller', 'deployment', 'pod-disruption-budget', 'service', 'service-account'],
  ]) {
    from[`${name}.yaml`] = ['manifests/base', objectOf(`base/${name}.yaml`)];
  }
  return Object.entries(from).map(([name, [source, value]]) => [
    `${FOLDER}/files/${name}`,
    header(source) + yaml(value),
  ]);
}

function chartText(): string {
  return (
    header('package.json and scripts/chart/chart.ts') +
    yaml({
      apiVersion: 'v2',
      name: 'mcpregistry-hook',
      description: 'Runs MCP registry servers from MCPRegistry objects, with Metacontroller',
      type: 'application',
      version,
      appVersion: version,
      kubeVersion: '>=1.30.0-0',
      home: 'https://github.com/mcpregistry-hook/mcpregistry-hook',
      sources: ['https://github.com/mcpregistry-hook/mcpregistry-hook'],
      keywords: ['mcp', 'registry', 'metacontroller', 'toolhive'],
      annotations: {
        'artifacthub.io/license': 'Apache-2.0',
        'artifacthub.io/images': yaml(
          images.filter(({ chart }) => chart).map(({ name, image }) => ({ name, image })),
        ),
      },
    })
  );
}

/** The defaults, each below its description. */
function valuesText(schema: TSchema, indent = ''): string {
  return Object.entries<TSchema>(schema['properties'])
    .filter(([key]) => key !== 'global')
    .map(([key, each]) => {
      const comment = comments(each.description ?? '', indent);
      if (!('default' in each)) return `${comment}${indent}${key}:\n${valuesText(each, `${indent}  `)}`;
      const value = yaml({ [key]: each['default'] }).trimEnd();
      return `${comment}${value.replaceAll(/^/gm, indent)}\n`;
    })
    .join(indent === '' ? '\n' : '');
}

function comments(description: string, indent: string): string {
  const lines = [''];
  for (const word of description.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > WIDTH) lines.push('');
    lines[lines.length - 1] += ` ${word}`;
  }
  return lines.map((line) => `${indent}#${line}\n`).join('');
}

/** What the templates look into. Nothing else is required: null takes a default out. */
function requiredOf({ properties }: TSchema): string[] | undefined {
  const required = Object.entries<TSchema>(properties)
    .filter(([, schema]) => 'properties' in schema && !('default' in schema))
    .map(([name]) => name);
  return required.length > 0 ? required : undefined;
}

/** Each generated file of the chart, by its path in the checkout. */
export const chart: ReadonlyMap<string, string> = new Map([
  [`${FOLDER}/Chart.yaml`, chartText()],
  ...files(),
  [
    `${FOLDER}/values.schema.json`,
    `${JSON.stringify(
      { $schema: 'http://json-schema.org/draft-07/schema#', ...Values },
      function (this: TSchema, key, value) {
        return key === 'required' && Array.isArray(value) ? requiredOf(this) : value;
      },
      2,
    )}\n`,
  ],
  [`${FOLDER}/values.yaml`, header('scripts/chart/values.ts') + valuesText(Values)],
]);
