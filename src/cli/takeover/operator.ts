import { objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import type { InputObject } from '../input/read-input.ts';
import { isObjectName } from './object-name.ts';

/** The Deployment of the ToolHive operator. */
export interface Operator {
  readonly name: string;
  readonly namespace: string;
  /** How many pods it has. */
  readonly replicas: number;
  /** Its release, such as `[0, 17, 0]`, if its image says so. */
  readonly version?: readonly number[];
}

/** What the chart of the operator makes by default. */
export const usualOperator: Operator = {
  name: 'toolhive-operator',
  namespace: 'toolhive-system',
  replicas: 1,
};

/** The operator in the input; undefined if its Deployment is not there, or several could be it. */
export function findOperator(objects: readonly InputObject[]): Operator | undefined {
  const found = objects.filter(isOperator);
  const [operator] = found;
  if (!operator || found.length > 1) return undefined;
  const { name, namespace, object } = operator;
  const { replicas } = objectOf(object['spec']);
  const version = imagesOf(operator).map(versionOf).find(Boolean);
  return {
    name,
    namespace,
    replicas: Number.isSafeInteger(replicas) && Number(replicas) > 0 ? Number(replicas) : 1,
    ...(version ? { version } : {}),
  };
}

const isOperator = (object: InputObject): boolean =>
  object.kind === 'Deployment' &&
  [object.name, object.namespace].every(isObjectName) &&
  imagesOf(object).some((image) => /(?:^|\/)toolhive\/operator[:@]/.test(image));

function imagesOf({ object }: InputObject): string[] {
  const template = objectOf(objectOf(object['spec'])['template']);
  return objectsOf(objectOf(template['spec'])['containers']).map(({ image }) => textOf(image));
}

/** The numbers in a release such as `v0.17.0`, or at the end of an image. */
export function versionOf(text: string): readonly number[] | undefined {
  const [, ...numbers] = /(?:^|:)v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:@.*)?$/.exec(text) ?? [];
  return numbers.length === 0 ? undefined : numbers.map((number) => Number(number ?? 0));
}

/** The last release whose spec can do without `configYAML`: operators after it require it. */
const LAST_WITH_TYPED_SPECS = [0, 17] as const;

/** Whether an operator takes specs without `configYAML`; one of unknown release is taken for a new one. */
export function takesTypedSpecs({ version }: Operator): boolean {
  if (!version) return false;
  const [major = 0, minor = 0] = version;
  return major === LAST_WITH_TYPED_SPECS[0] && minor <= LAST_WITH_TYPED_SPECS[1];
}
