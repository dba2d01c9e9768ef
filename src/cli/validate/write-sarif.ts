import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { version } from '../../version.ts';
import { STDIN } from '../input/read-texts.ts';
import { type Finding, type FindingReason, sentenceOf } from './finding.ts';

/** Findings in the Static Analysis Results Interchange Format (SARIF 2.1.0), for code scanning. */
export function writeSarif(findings: readonly Finding[]): string {
  const reasons = [...new Set(findings.map(({ reason }) => reason))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'mcpregistry-hook', version, rules: reasons.map((id) => ({ id, name: id })) },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, reasons)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const resultOf = (finding: Finding, reasons: readonly FindingReason[]) => {
  const { level, reason, registry, field, place } = finding;
  return {
    ruleId: reason,
    ruleIndex: reasons.indexOf(reason),
    level,
    message: { text: sentenceOf(finding) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(place.file) },
          region: { startLine: place.line, startColumn: place.column },
        },
        ...(registry
          ? { logicalLocations: [{ fullyQualifiedName: `${registry.namespace}/${registry.name}/${field}` }] }
          : {}),
      },
    ],
  };
};

/** A relative path stays relative, so that a reader finds it in the repository. */
function uriOf(file: string): string {
  if (file === STDIN) return 'stdin';
  if (isAbsolute(file)) return pathToFileURL(file).href;
  const path = file.split(sep).map(encodeURIComponent).join('/');
  return path.replace(/^(\.\/)+/, '');
}
