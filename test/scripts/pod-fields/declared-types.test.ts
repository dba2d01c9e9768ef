import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { declaredTypes } from '../../../scripts/pod-fields/declared-types.ts';

const reader = dirname(
  fileURLToPath(new URL('../../../scripts/pod-fields/declared-types.ts', import.meta.url)),
);

/** Reads the type `Pod` of a folder with the given declaration files; those of a field need only its type. */
function read(folder: string): unknown {
  const types = declaredTypes([`${relative(reader, folder)}/Pod`]);
  return Object.fromEntries([...types].map(([name, fields]) => [name, Object.fromEntries(fields)]));
}

/** A file that declares an object type, as kubernetes-models writes it. */
const declaration = (name: string, fields: string, imports: readonly string[] = []) => `${imports
  .map((type) => `import { IIoK8sApiCoreV1${type} } from "./${type}.js";\n`)
  .join('')}import { ModelData, Model } from "@kubernetes-models/base";
/**
 * A ${name}; such a comment may hold "field": string;
 */
export interface I${name} {
${fields}}
export declare class ${name} extends Model<I${name}> implements I${name} {
${fields}    constructor(data?: ModelData<I${name}>);
}
export type { I${name} as IIoK8sApiCoreV1${name}, ${name} as IoK8sApiCoreV1${name} };
`;
const field = (type: string) => `    /**\n     * A field.\n     */\n    "field"?: ${type};\n`;

test('every form of a field is read', async (t) => {
  const folder = t.testdir({
    'Pod.d.ts': declaration(
      'Pod',
      [
        '    "name": string;\n',
        '    "count"?: number;\n',
        '    "on"?: boolean;\n',
        '    "mode"?: "A" | "B";\n',
        '    "modes"?: Array<"A" | "B">;\n',
        '    "words"?: Array<string>;\n',
        '    "labels"?: {\n        [key: string]: string;\n    };\n',
        '    "limits"?: {\n        [key: string]: IIoK8sApiCoreV1Quantity;\n    };\n',
        '    "size"?: IIoK8sApiCoreV1Quantity;\n',
        '    "part"?: IIoK8sApiCoreV1Part;\n',
        '    "parts"?: Array<IIoK8sApiCoreV1Part>;\n',
        '    "free"?: IIoK8sApiCoreV1Free;\n',
      ].join(''),
      ['Quantity', 'Part', 'Free'],
    ),
    'Quantity.d.ts': 'export type IQuantity = number | string;\n',
    'Part.d.ts': declaration('Part', field('string')),
    'Free.d.ts': declaration('Free', ''),
  });
  t.strictSame(read(folder), {
    Pod: {
      name: 'string',
      count: 'number',
      on: 'boolean',
      mode: 'string',
      modes: 'string[]',
      words: 'string[]',
      labels: 'Map<string>',
      limits: 'Map<Quantity>',
      size: 'Quantity',
      part: 'Part',
      parts: 'Part[]',
      free: 'object',
    },
    Part: { field: 'string' },
  });
});

const refused: readonly {
  readonly reason: string;
  readonly files: Readonly<Record<string, string>>;
  readonly message: RegExp;
}[] = [
  {
    reason: 'a type of another form',
    files: { 'Pod.d.ts': declaration('Pod', `    "name": string;\n${field('string | number')}`) },
    message: /Pod\.d\.ts: can't read "field"\?: string \| number;$/,
  },
  {
    reason: 'a type that is not imported',
    files: { 'Pod.d.ts': declaration('Pod', field('Array<IOther>')) },
    message: /Pod\.d\.ts: can't read "field"\?: Array<IOther>;$/,
  },
  {
    reason: 'a member that is no field',
    files: { 'Pod.d.ts': declaration('Pod', '    "name": string;\n    [key: string]: unknown;\n') },
    message: /Pod\.d\.ts: can't read \[key: string\]: unknown;$/,
  },
  {
    reason: 'a map of objects, whose fields nobody would look at',
    files: {
      'Pod.d.ts': declaration('Pod', field('{\n        [key: string]: IIoK8sApiCoreV1Part;\n    }'), [
        'Part',
      ]),
      'Part.d.ts': declaration('Part', field('string')),
    },
    message: /Pod\.d\.ts: can't read "field"\?: \{$/,
  },
  {
    reason: 'two types of one name',
    files: {
      'Pod.d.ts': declaration('Pod', field('IIoK8sApiCoreV1Part'), ['Part']),
      'Part.d.ts': declaration('Pod', field('string')),
    },
    message: /Part\.d\.ts: another file declares Pod as well$/,
  },
  {
    reason: 'a file without a type',
    files: { 'Pod.d.ts': 'export {};\n' },
    message: /Pod\.d\.ts: declares no type$/,
  },
  {
    reason: 'a package that is not installed',
    files: { 'Pod.d.ts': 'import { IPart } from "no-such-package/Part";\nexport interface IPod {\n}\n' },
    message: /Pod\.d\.ts: no-such-package\/Part has no declaration file$/,
  },
];

for (const { reason, files, message } of refused) {
  test(`${reason} is an error`, async (t) => {
    const folder = t.testdir(files);
    t.throws(() => read(folder), { message });
  });
}
