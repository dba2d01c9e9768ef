import { git, source, testRefusals, typed } from '../../support/refusals.ts';

testRefusals([
  {
    spec: {},
    expected: 'spec: says nothing to serve: set configYAML, or sources and registries',
    reason: 'neither path',
  },
  {
    spec: { configYAML: '' },
    expected: 'spec: says nothing to serve: set configYAML, or sources and registries',
    reason: 'an empty text is no configuration',
  },
  {
    spec: { configYAML: 'a: 1', ...typed, databaseConfig: {} },
    expected:
      "spec.configYAML: can't be combined with spec.sources, spec.registries, spec.databaseConfig: keep either the whole configuration or the typed fields",
    reason: 'both paths',
  },
  {
    spec: { configYAML: 'a: 1', source: { type: 'git', git } },
    expected:
      "spec.configYAML: can't be combined with spec.source: keep either the whole configuration or the typed fields",
    reason: 'the one source beside a whole configuration',
  },
  {
    spec: { syncPolicy: { interval: '1h' }, filter: {}, defaultSource: true },
    expected: 'spec: says nothing to serve: set configYAML, or sources and registries',
    reason: 'what goes with a source, without one',
  },
  {
    spec: { sources: [source] },
    expected: 'spec.registries: is required: list at least one view of the sources',
    reason: 'sources that nothing serves',
  },
  {
    spec: { ...typed, registries: [] },
    expected: 'spec.registries: is required: list at least one view of the sources',
    reason: 'an empty list of views',
  },
]);
