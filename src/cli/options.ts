import { Option } from 'commander';

/** Gathers the values of an option that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** `-f`: the input of a command, as `readInput` takes it. */
export const filesOption = (what = 'the MCPRegistries') =>
  new Option(
    '-f, --file <path>',
    `${what}: a file, a folder with all below it, or - for standard input; repeatable`,
  )
    .argParser(collect)
    .makeOptionMandatory();

/** `-n`: as `readInput` takes it. */
export const namespaceOption = () =>
  new Option('-n, --namespace <name>', 'the namespace of objects that name none').default('default');

/** `-o`: the first format is the default. */
export const outputOption = <const F extends readonly [string, ...string[]]>(formats: F) =>
  new Option('-o, --output <format>', 'the format of what is printed').choices(formats).default(formats[0]);

/** What `filesOption` and `namespaceOption` give to the action of a command. */
export interface InputFlags {
  readonly file: readonly string[];
  readonly namespace: string;
}
