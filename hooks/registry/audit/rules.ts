import { posix } from 'node:path';
import { compile } from '../../contract/compile.ts';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../json.ts';
import { describe, type Problem } from '../../problem.ts';
import { canonicalPath } from '../../text/canonical-path.ts';
import { scratchSpaces } from '../pod-fragment.ts';
import { brokenRulesWithin, type Rule } from '../rule.ts';
import { serverContainers } from '../server-container.ts';
import { AuditConfig } from './schema.ts';

const isAudit = compile(AuditConfig);

/** A volume in the container of the server. */
interface Place {
  readonly path: string;
  readonly writable: boolean;
  /** Whether it has no folders until somebody makes them. */
  readonly empty: boolean;
  /** Whether a part of the volume is mounted, which may be a single file. */
  readonly part: boolean;
}

const scratch: readonly Place[] = scratchSpaces.map(({ mountPath }) => ({
  path: mountPath,
  writable: true,
  empty: true,
  part: false,
}));

/** Kinds of volume that nobody can write to. */
const readOnlyKinds = ['configMap', 'secret', 'projected', 'downwardAPI', 'image'];

/**
 * The server ends at start without the folder of the file, enabled or not (toolhive-registry-server:
 * internal/config/config.go, validateAudit), and if it can't open the file (internal/audit/logger.go). CEL does not see
 * into a pod template.
 */
const logFileCanBeWritten: Rule<JsonObject> = {
  check: (spec) => {
    const { auditConfig, podTemplateSpec } = spec;
    if (!isAudit.Check(auditConfig) || auditConfig.logFile === undefined) return [];
    // Other rules refuse a file whose path is not canonical.
    if (brokenRulesWithin(AuditConfig, auditConfig, '').length > 0) return [];
    if (hasWritableRoot(podTemplateSpec)) return [];
    const file = canonicalPath(auditConfig.logFile);
    return problemsOf(file, innermost(file, placesOf(spec)), mayMakeFolders(podTemplateSpec));
  },
};

function problemsOf(file: string, place: Place | undefined, foldersAreMade: boolean): Problem[] {
  const field = 'spec.auditConfig.logFile';
  if (!place?.writable) {
    const message = `must be where the server may write, found ${describe(file)}: use /data or /tmp, or mount a volume of your own there with spec.volumes and spec.volumeMounts`;
    return [{ field, message }];
  }
  if (file === place.path) {
    return place.part
      ? []
      : [
          {
            field,
            message: `must be a file, found ${describe(file)}, which is a folder: add the name of the file`,
          },
        ];
  }
  const folder = posix.dirname(file);
  return folder === place.path || !place.empty || foldersAreMade
    ? []
    : [
        {
          field,
          message: `must be directly in ${place.path}, which has no folder ${describe(folder)} when the server starts, found ${describe(file)}: leave the folder out, or make it with an init container`,
        },
      ];
}

/** The mounts of the server that are known to be there; one of the user's takes the place of ours. */
function placesOf({ volumes, volumeMounts, podTemplateSpec }: JsonObject): readonly Place[] {
  const { spec } = objectOf(podTemplateSpec);
  const kinds = new Map(
    [...objectsOf(volumes), ...objectsOf(objectOf(spec)['volumes'])].map((volume) => [
      volume['name'],
      volume,
    ]),
  );
  const mounts = [
    ...objectsOf(volumeMounts),
    ...serverContainers(podTemplateSpec).flatMap((container) => objectsOf(container['volumeMounts'])),
  ];
  const own = mounts.map((mount): Place => {
    const volume = kinds.get(mount['name']) ?? {};
    return {
      path: canonicalPath(textOf(mount['mountPath'])),
      writable: mount['readOnly'] !== true && !readOnlyKinds.some((kind) => kind in volume),
      empty: 'emptyDir' in volume,
      part: mount['subPath'] !== undefined || mount['subPathExpr'] !== undefined,
    };
  });
  return [...scratch, ...own];
}

/** The mount that a file is in: the one with the longest path, and of two equal ones the last. */
function innermost(file: string, places: readonly Place[]): Place | undefined {
  let found: Place | undefined;
  for (const place of places) {
    const isIn = file === place.path || file.startsWith(place.path === '/' ? '/' : `${place.path}/`);
    if (isIn && place.path.length >= (found?.path.length ?? 0)) found = place;
  }
  return found;
}

const hasWritableRoot = (podTemplateSpec: unknown): boolean =>
  serverContainers(podTemplateSpec).some(
    ({ securityContext }) => objectOf(securityContext)['readOnlyRootFilesystem'] === false,
  );

const mayMakeFolders = (podTemplateSpec: unknown): boolean =>
  listOf(objectOf(objectOf(podTemplateSpec)['spec'])['initContainers']).length > 0;

/** How the audit log and the pod template fit together. They are about the whole spec, of which nothing is known. */
export const auditAndPodRules: readonly Rule<JsonObject>[] = [logFileCanBeWritten];
