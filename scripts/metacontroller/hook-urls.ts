/** The URL of a hook in a manifest, with or without a release. */
const hookUrl = /(^\s*url: https?:\/\/[^\s?]+\/(?:sync|finalize|customize))(?:\?v=\S*)?$/gm;

/** The manifests that have URLs of hooks, in the checkout. */
export const manifestsWithHookUrls = [
  'manifests/base/composite-controller.yaml',
  'manifests/components/explain/kustomization.yaml',
  'manifests/overlays/tls/composite-controller.yaml',
] as const;

/**
 * Writes the release into the URL of each hook of a manifest. The CompositeController then differs with each release, for
 * which Metacontroller calls for all registries (docs/design.md, "Upgrades").
 *
 * @param release as in package.json
 */
export const stampHookUrls = (manifest: string, release: string): string =>
  manifest.replace(hookUrl, (_, url: string) => `${url}?v=${encodeURIComponent(release)}`);
