import { describe, type Problem } from '../problem.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { firstBy, type Named, type PodSpec, repeated } from './template-parts.ts';
import type { UserFields } from './user-fields.ts';

/** Volumes with a name that is in use already, and volumes of ours that are changed or missing. */
export function volumeProblems(before: PodSpec, { volumes = [] }: PodSpec, fields: UserFields): Problem[] {
  const own = firstBy(before.volumes ?? [], ({ name }) => name);
  const found = firstBy(volumes, ({ name }) => name);
  const twice = repeated(volumes, ({ name }) => name);
  const namesTwice = new Set(twice.map(({ name }) => name));
  return [
    ...twice.map(({ name }) => ({
      field: `${fields.volume(name)}.name`,
      message: own.has(name)
        ? `must not be ${describe(name)}, which is a volume that the registry needs: choose another name`
        : `must be unique, found ${describe(name)} twice: choose another name`,
    })),
    ...[...own.values()]
      .filter((volume) => !namesTwice.has(volume.name) && !isKept(volume, found.get(volume.name)))
      .map(({ name }) => ({
        field: fields.templateItem('volumes', name),
        message: `must not change or delete the volume ${name}, which the registry needs: choose another name for a volume of your own`,
      })),
  ];
}

/** Configuration and files must stay as they are. Scratch space must stay an emptyDir, of any size. */
function isKept(own: Named, found: Named | undefined): boolean {
  // A volume of the user's may replace scratch space. If it is removed without one, its mount is reported as dangling.
  if (!found) return 'emptyDir' in own;
  const kinds = (volume: Named) => Object.keys(volume).sort().join();
  return 'emptyDir' in own ? kinds(own) === kinds(found) : canonicalJson(own) === canonicalJson(found);
}
