import type { Defaults } from '../../hooks/context.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { registryDefaults } from '../settings/registry-defaults.ts';
import type { Settings } from '../settings/settings.ts';
import type { Io } from './io.ts';

/** The settings of the service that a decision depends on. Others, such as PORT, mean something else to other programs. */
export const decidingSettings: readonly (keyof Settings)[] = [
  'REGISTRY_API_IMAGE',
  'REGISTRY_API_HEALTH_PORT',
  'PGPASS_IMAGE',
  'IMAGE_PULL_SECRETS',
];

/**
 * What the spec of a registry leaves open, from the same environment variables as the service reads.
 *
 * @throws {SettingsError} if one of them is invalid
 */
export const defaultsFrom = ({ environment }: Pick<Io, 'environment'>): Defaults =>
  registryDefaults(
    loadSettings(Object.fromEntries(decidingSettings.map((name) => [name, environment[name]]))),
  );
