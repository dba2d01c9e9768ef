import { Kind, OptionalKind, type TSchema } from '@sinclair/typebox';
import { MCPRegistrySpec } from '../../hooks/registry/spec.ts';
import { Settings } from '../../src/settings/settings.ts';
import { since } from './since.ts';

/** The tables of the README that are written from schemas, by the name of their markers. */
const tables: Readonly<Record<string, () => string>> = { settings: settingsTable, spec: specTable };

/**
 * Writes the tables into a text, each between `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws Error that names the markers that the text lacks
 */
export function fillTables(text: string): string {
  return Object.entries(tables).reduce((filled, [name, table]) => {
    const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    if (!between.test(filled)) throw new Error(`there are no markers <!-- ${name} --> and <!-- /${name} -->`);
    return filled.replace(between, (_, open, close) => `${open}${table()}\n${close}`);
  }, text);
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
  schema['properties']?.['name'] !== undefined && Object.keys(schema['properties']).length <= 3;

const code = (value: unknown) => (value === undefined ? '' : `\`${String(value)}\``);

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
