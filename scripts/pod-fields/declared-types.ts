import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The type of each field of an object type, by the field's name. */
export type Fields = ReadonlyMap<string, string>;

/** A declaration file of kubernetes-models, which declares one type. */
interface Declaration {
  /** Short name, such as `Volume`. */
  readonly name: string;
  /** The file of each imported type, by the name that the type has here. */
  readonly imports: ReadonlyMap<string, string>;
  /** What stands between the braces of an object type; absent for another type, such as Quantity. */
  readonly body?: string | undefined;
}

/**
 * The object types that the given types consist of, read from the declaration files of kubernetes-models: its
 * validators are generated from the same schemas. The few forms that these files have are read, any other is an error.
 *
 * @param roots module names such as `kubernetes-models/v1/Volume`
 * @returns by short name; an object type without fields is free-form and has no entry
 * @throws Error that names the file and what could not be read
 */
export function declaredTypes(roots: readonly string[]): ReadonlyMap<string, Fields> {
  const declarations = new Map<string, Declaration>();
  const pending = roots.map((root) => declarationFile(root, import.meta.filename));
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (declarations.has(file)) continue;
    const declaration = readDeclaration(file);
    declarations.set(file, declaration);
    pending.push(...declaration.imports.values());
  }
  const types = new Map<string, Fields>();
  for (const [file, { name, imports, body }] of declarations) {
    if (body === undefined || body === '') continue;
    if (types.has(name)) throw new Error(`${file}: another file declares ${name} as well`);
    types.set(
      name,
      readFields(body, file, (type) => declarations.get(imports.get(type) ?? '')),
    );
  }
  return types;
}

/** The declaration file of a module, looked for where Node.js looks for its package. */
function declarationFile(module: string, importer: string): string {
  const path = `${module.replace(/\.js$/, '')}.d.ts`;
  if (module.startsWith('.')) return join(dirname(importer), path);
  const folders = createRequire(importer).resolve.paths(module) ?? [];
  const file = folders.map((folder) => join(folder, path)).find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`${importer}: ${module} has no declaration file`);
  return file;
}

function readDeclaration(file: string): Declaration {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
  const name = /^export (?:interface|type) I(\w+) /m.exec(text)?.[1];
  if (name === undefined) throw new Error(`${file}: declares no type`);
  const imports = [...text.matchAll(/^import \{ (\w+) \} from "([^"]+)";$/gm)];
  return {
    name,
    imports: new Map(imports.map(([, type = '', module = '']) => [type, declarationFile(module, file)])),
    body: /^export interface \w+ \{([\s\S]*?)^\}/m.exec(text)?.[1]?.trim(),
  };
}

type Lookup = (type: string) => Declaration | undefined;

function readFields(body: string, file: string, lookup: Lookup): Fields {
  const field = /"(\w+)"\??: (\{[^}]*\}|[^;]+);\s*/y;
  const fields = new Map<string, string>();
  while (field.lastIndex < body.length) {
    const rest = body.slice(field.lastIndex);
    const [, name, text = ''] = field.exec(body) ?? [];
    const type = readType(text, lookup);
    if (name === undefined || type === undefined)
      throw new Error(`${file}: can't read ${rest.split('\n')[0]}`);
    fields.set(name, type);
  }
  return fields;
}

/** A type as the table has it. */
function readType(text: string, lookup: Lookup): string | undefined {
  if (/^(string|number|boolean)$/.test(text)) return text;
  const enumeration = /^"[^"]*"( \| "[^"]*")*$/;
  if (enumeration.test(text)) return 'string';
  const item = /^Array<(.+)>$/.exec(text)?.[1];
  if (item !== undefined) {
    const type = readType(item, lookup);
    return type && `${type}[]`;
  }
  const mapped = /^\{\s*\[key: string\]: (\w+);\s*\}$/.exec(text)?.[1];
  if (mapped !== undefined) {
    // Nobody looks into a map for unknown fields, so its values may have none.
    const type = lookup(mapped)?.body === undefined ? readType(mapped, lookup) : undefined;
    return type && `Map<${type}>`;
  }
  const declaration = lookup(text);
  return declaration?.body === '' ? 'object' : declaration?.name;
}
