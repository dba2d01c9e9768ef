import { version } from '../../version.ts';
import { comment, commented, quote } from '../output/shell.ts';
import { writeYaml, writeYamlStream } from '../output/write-yaml.ts';
import { CHART, CHART_VERSION } from './chart.ts';
import { chartExtras, switchedService } from './chart-extras.ts';
import { alwaysOther } from './chart-losses.ts';
import { chartValues } from './chart-values.ts';
import type { Exportable } from './exportable.ts';

/** The files of a release, by name. */
export interface HelmFiles {
  readonly 'values.yaml': string;
  readonly 'extra.yaml': string;
  readonly 'switch.yaml': string;
}
export type HelmFile = keyof HelmFiles;

/**
 * A registry as a release of the chart of the registry server.
 *
 * @throws {CliError} if its configuration can't be written out
 */
export function helmFiles(exported: Exportable): HelmFiles {
  const { identity } = exported;
  const chart = chartValues(exported);
  const { release, values, losses } = chart;
  const namespace = quote(release.namespace);
  const kubectl = `kubectl --namespace=${namespace}`;
  const install = `helm install ${quote(release.name)} ${CHART} --version ${CHART_VERSION} --namespace ${namespace} -f values.yaml`;
  const what = `MCPRegistry ${identity.namespace}/${identity.name}`;
  const bullets = (items: readonly string[]) => items.map((item) => comment(`- ${item}`, 2));
  return {
    'values.yaml': `${[
      comment(
        `Values for the chart of the registry server, release ${CHART_VERSION}, for ${what}. Written by mcpregistry-hook ${version}.`,
      ),
      '#',
      comment(
        'Two servers on one database are the same registry only while their configuration is the same. So change nothing in it until the first one is gone.',
      ),
      commented('1. kubectl apply -f extra.yaml', 2),
      commented(`2. ${install}`, 2),
      commented(`3. ${kubectl} rollout status ${quote(`deployment/${release.fullname}`)}`, 2),
      commented(`4. ${kubectl} delete ${quote(`mcpregistry/${identity.name}`)} --cascade=orphan`, 2),
      commented('5. kubectl apply --server-side --force-conflicts -f switch.yaml', 2),
      comment(
        'The Service of the registry leads to the new pods now. What is left of the registry can go:',
        2,
      ),
      commented(`6. ${kubectl} delete ${leftOf(exported).map(quote).join(' ')}`, 2),
      '#',
      comment('What the values can not hold, and is lost:'),
      ...(losses.length > 0 ? bullets(losses) : [comment('- nothing', 2)]),
      comment('What is other than with the hook:'),
      ...bullets(alwaysOther(release)),
    ].join('\n')}\n${writeYaml(values)}`,
    'extra.yaml': `${comment(`What the chart does not make of ${what}: apply it before the release is installed.`)}\n${writeYamlStream(chartExtras(exported, chart))}`,
    'switch.yaml': `${comment(`The Service of ${what}, leading to the pods of the release: apply it when the registry is deleted with --cascade=orphan.`)}\n${writeYamlStream([switchedService(exported, release)])}`,
  };
}

/** The children of a registry but its Service, as kubectl takes them. */
const leftOf = ({ all }: Exportable): string[] =>
  all
    .filter(({ kind }) => kind !== 'Service')
    .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
