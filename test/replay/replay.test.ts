import { test } from 'tap';
import { folders, recordings } from '../fixtures/recordings.ts';
import { normalise } from './normalise.ts';
import { differences, Replay } from './replay.ts';
import { scripts } from './scripts.ts';

// The simulator earns its trust here: it reproduces the requests of a real Metacontroller on a real cluster.
for (const script of scripts) {
  test(`${script.folder}: the recorded answers and events give the recorded requests`, async (t) => {
    const { folder, begins: _, events: __, world: ___, ...limits } = script;
    if (script.stops) t.comment(`compared up to request ${script.stops.after}: ${script.stops.reason}`);
    const replay = new Replay(script);
    const failure = await replay.run();
    t.same(
      failure && { at: failure.step, ...limits, differs: differences(failure.wanted, failure.nearest) },
      undefined,
    );
    const asked = replay.cluster.calls.filter(({ hook }) => hook === 'customize');
    if (folder === 'customize')
      t.strictSame(
        asked.map(({ request }) => normalise(request)),
        recordings(folder)
          .filter(({ hook }) => hook === 'customize')
          .map(({ request }) => normalise(request)),
        'customize is called as often, with the same',
      );
    t.ok(
      replay.cluster.calls.length - asked.length >= replay.recorded.length,
      `${folder}: ${replay.recorded.length} requests`,
    );
  });
}

test('every folder of recordings is played', async (t) => {
  t.same(scripts.map(({ folder }) => folder).sort(), folders);
});
