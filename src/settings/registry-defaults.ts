import type { Defaults } from '../../hooks/context.ts';
import type { Settings } from './settings.ts';

/** The settings that apply to a registry whose spec does not set its own. */
export const registryDefaults = (settings: Settings): Defaults => ({
  image: settings.REGISTRY_API_IMAGE,
  healthPort: settings.REGISTRY_API_HEALTH_PORT,
  pgpassImage: settings.PGPASS_IMAGE,
  imagePullSecrets: [...new Set(settings.IMAGE_PULL_SECRETS?.split(',').map((name) => name.trim()))],
});
