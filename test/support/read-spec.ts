import { type ReadRegistry, readRegistry } from '../../hooks/registry/registry.ts';

/** The name of the registries of tests, where it does not matter. */
export const NAME = 'catalog';

/** Reads the spec of a registry of any name. */
export const readSpec = (spec: unknown): ReadRegistry => readRegistry(spec, NAME);
