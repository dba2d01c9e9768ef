import { type Warning, warnAbout } from '../warning.ts';
import type { FormFields } from './form.ts';
import { DEFAULT_NAME } from './inline-form.ts';
import { blocksOf, type SingleSource, typeOf } from './schema.ts';

/**
 * Fields that are not read in the form that a spec has.
 *
 * @param spec a valid one
 */
export function formWarnings(spec: FormFields & { readonly configYAML?: string }): Warning[] {
  const { source, configYAML } = spec;
  const beside = (['syncPolicy', 'filter'] as const).filter((name) => spec[name] !== undefined);
  return [
    ...(source ? [...blockWarnings(source), ...formatWarnings(source)] : []),
    ...warnAbout(
      'FieldIgnored',
      source ? [] : beside.map((name) => `spec.${name}`),
      `is read with spec.source only: ${configYAML ? 'set it in configYAML' : 'set it for each source'}, and remove it here`,
    ),
    ...defaultSourceWarnings(spec),
  ];
}

function blockWarnings(source: SingleSource): Warning[] {
  const type = typeOf(source);
  const others = Object.entries(blocksOf).flatMap(([of, blocks]) => (of === type ? [] : blocks));
  const set = (blocks: readonly (keyof SingleSource)[]) =>
    blocks.filter((block) => source[block] !== undefined).map((block) => `spec.source.${block}`);
  return [
    ...warnAbout(
      'FieldIgnored',
      set(others),
      `is not read, because spec.source.type is ${type}${source.type ? '' : ' (the default)'}: remove it, or change type`,
    ),
    ...warnAbout(
      'FieldIgnored',
      type === 'configmap' && source.configMapRef ? set(['configmap']) : [],
      'is not read, because configMapRef is set: remove one of them',
    ),
  ];
}

/** The definitions of that time set it to toolhive where it was left out. */
const formatWarnings = (source: SingleSource): Warning[] =>
  warnAbout(
    'FormatIgnored',
    source.format === undefined && typeOf(source) !== 'api' ? ['spec.source.format'] : [],
    'is left out, which meant toolhive: servers since v1.2 read the upstream format only, and take no entries from a file in the ToolHive format. Convert such a file, and set format to upstream',
  );

function defaultSourceWarnings({
  configYAML,
  source,
  sources = [],
  registries = [],
  defaultSource,
}: Parameters<typeof formWarnings>[0]): Warning[] {
  if (defaultSource === undefined) return [];
  const isInline = !configYAML && !source && sources.length === 0;
  const isTaken = isInline && defaultSource && registries.some(({ name }) => name === DEFAULT_NAME);
  return [
    ...warnAbout(
      'FieldIgnored',
      isInline ? [] : ['spec.defaultSource'],
      'has an effect only where the entries of registries hold their sources: list the sources that are wanted, and remove it',
    ),
    ...warnAbout(
      'FieldIgnored',
      isTaken ? ['spec.defaultSource'] : [],
      `adds nothing, because an entry of registries is named ${DEFAULT_NAME}: remove it, or rename the entry`,
    ),
  ];
}
