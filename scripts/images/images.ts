import { Settings } from '../../src/settings/settings.ts';
import { version } from '../../src/version.ts';

/** An image that a cluster pulls, because of what is in this repository. */
export interface Image {
  /** For people; unique. */
  readonly name: string;
  /** With its registry, and a tag or a digest. */
  readonly image: string;
  /** What pulls it, for those who copy images to a registry of their own. */
  readonly for: string;
  /** Where another one is named, in words that stand in a table. */
  readonly change: string;
  /** Whether the chart can be the reason that it is pulled; examples are no part of it. */
  readonly chart: boolean;
}

/**
 * Every image named in manifests, chart and examples, and those that the settings have by default. Tests compare it with all of
 * them; the annotation of the chart and the table for clusters without Internet are made from it.
 */
export const images: readonly Image[] = [
  {
    name: 'mcpregistry-hook',
    image: `ghcr.io/mcpregistry-hook/mcpregistry-hook:v${version}`,
    for: 'the hook',
    change: '`images` of an overlay; `image.repository` and `image.digest` of the chart',
    chart: true,
  },
  {
    name: 'registry-server',
    image: Settings.properties.REGISTRY_API_IMAGE.default,
    for: 'each registry',
    change: '`REGISTRY_API_IMAGE`',
    chart: true,
  },
  {
    name: 'pgpass',
    image: Settings.properties.PGPASS_IMAGE.default,
    for: 'registries with `pgpassSecretRef`',
    change: '`PGPASS_IMAGE`',
    chart: true,
  },
  {
    name: 'metacontroller',
    image: 'ghcr.io/metacontroller/metacontroller:v4.17.2',
    for: 'the component `standalone`; otherwise the Metacontroller of the cluster',
    change: '`images` of an overlay; `metacontroller.standalone.image` of the chart',
    chart: true,
  },
  {
    name: 'postgres',
    image: 'docker.io/library/postgres:17.10',
    for: 'the example `quickstart`',
    change: '`images` of an overlay',
    chart: false,
  },
  {
    name: 'busybox',
    image: 'docker.io/library/busybox:1.37.0',
    for: 'the examples `pvc` and `everything`',
    change: '`images` of an overlay; in a `podTemplateSpec`, the spec',
    chart: false,
  },
];
