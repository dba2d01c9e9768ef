import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { lastWords } from '../../../hooks/causes/words.ts';
import { serverLogFile, serverLogs } from '../../support/server-logs.ts';
import { keptLog } from '../pod/kept-log.ts';
import { startWorld } from '../world.ts';
import { endings, running } from './endings.ts';
import { ends } from './facts.ts';

/** Words without the numbers in them, which differ from run to run. */
const steady = (words: string | undefined) => words?.replaceAll(/\d+/g, '#');

test('each way to end has its words', async (t) => {
  t.strictSame(endings.map(({ name }) => name).sort(), serverLogs.map(({ name }) => name).sort());
});

test('server 1.5.1 ends with the words that a status quotes', async (t) => {
  for (const { name, reason, words } of serverLogs) {
    await t.test(reason, async (t) => {
      const world = await startWorld(t);
      const ending = endings.find((each) => each.name === name);
      if (!ending) throw new Error(`nothing in endings.ts ends a server with ${name}`);
      const pod = await ending.start(world, t);
      const { code } = await ends(pod);
      const log = keptLog(pod.log());
      if (process.env['UPDATE_GOLDEN']) writeFileSync(serverLogFile(name), log);
      t.strictSame({ code, words: steady(lastWords(log)) }, { code: 1, words: steady(words) });
    });
  }
});

test('server 1.5.1 goes on with these failures, so that no pod has its last words', async (t) => {
  for (const { name, start, logs, isReady } of running) {
    await t.test(name, async (t) => {
      const world = await startWorld(t);
      const pod = await start(world, t);
      await pod.logged(logs);
      t.equal(await Promise.race([pod.ended, sleep(2_000, 'goes on')]), 'goes on');
      t.equal(await pod.isReady(), isReady);
    });
  }
});
