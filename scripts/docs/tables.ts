import { Kind, OptionalKind, type TSchema } from '@sinclair/typebox';
import { MCPRegistrySpec } from '../../hooks/registry/spec.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Settings } from '../../src/settings/settings.ts';
import { Values } from '../chart/values.ts';
import { components } from '../components/component.ts';
import { images } from '../images/images.ts';
import { since } from './since.ts';

/** The tables that are generated, by the name of their markers. */
const tables = {
  settings: settingsTable,
  spec: specTable,
  metrics: metricsTable,
  components: componentsTable,
  values: valuesTable,
  images: imagesTable,
};
export type TableName = keyof typeof tables;

/**
 * Writes a table into a document, between `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws Error that names the markers if the document lacks them
 */
export function fillTable(name: TableName, text: string): string {
  const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!between.test(text)) throw new Error(`there are no markers <!-- ${name} --> and <!-- /${name} -->`);
  return text.replace(between, (_, open, close) => `${open}${tables[name]()}\n${close}`);
}

function settingsTable(): string {
  const rows = Object.entries<TSchema>(Settings.properties).map(([name, schema]) => [
    code(name),
    schema.description ?? '',
    code(schema['default']),
  ]);
  return markdown(['variable', 'meaning', 'default'], rows);
}

function specTable(): string {
  return markdown(['field', 'meaning', 'default', 'ToolHive since'], fieldRows(MCPRegistrySpec, '', ''));
}

function metricsTable(): string {
  const described = new Metrics({
    requestsInFlight: () => 0,
    certificateExpiries: () => ({}),
    fileReloadFailures: () => ({}),
    droppedLogLines: () => 0,
    registryNames: true,
    now: () => 0,
  }).describe();
  const rows = described.map(({ name, type, labels, help }) => [code(name), type, labels.join(', '), help]);
  return markdown(['metric', 'type', 'labels', 'meaning'], rows);
}

function componentsTable(): string {
  const rows = components.map(({ name, kind, field, needs }) => [
    code(field),
    `[${name}](../manifests/components/${name})`,
    kind,
    needs ? `[${needs.what}](${needs.url})` : '',
  ]);
  return markdown(['field', 'component', 'kind of child', 'needs'], rows);
}

function valuesTable(): string {
  const rows = ({ properties }: TSchema, above: string): string[][] =>
    Object.entries<TSchema>(properties).flatMap(([name, schema]) => {
      const path = `${above}${name}`;
      // The settings have a document of their own.
      if (!('default' in schema)) return rows(schema, `${path}.`);
      return [[code(path), schema.description ?? '', code(JSON.stringify(schema['default']))]];
    });
  return markdown(['value', 'meaning', 'default'], rows(Values, ''));
}

function imagesTable(): string {
  const rows = images.map((each) => [code(each.image), each.for, each.change]);
  return markdown(['image', 'for', 'where another is named'], rows);
}

/** A row for each field below a schema; what is free-form, and a reference to a key, has no rows of its own. */
function fieldRows(schema: TSchema, path: string, inherited: string): string[][] {
  return Object.entries<TSchema>(schema['properties'] ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const first = since[at] ?? inherited;
    const inner: TSchema = field[Kind] === 'Array' ? field['items'] : field;
    const below = field[Kind] === 'Array' ? `${at}[]` : at;
    const required = field[OptionalKind] === 'Optional' ? '' : '**Required.** ';
    const row = [code(at), required + (field.description ?? ''), code(field['default']), first];
    return [row, ...(isReference(inner) ? [] : fieldRows(inner, below, first))];
  });
}

const isReference = (schema: TSchema) =>
  (schema['required'] ?? []).includes('name') && Object.keys(schema['properties']).length <= 3;

const code = (value: unknown) => (value === undefined ? '' : `\`${String(value)}\``);

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
