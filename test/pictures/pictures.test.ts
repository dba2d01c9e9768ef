import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { panels } from '../../scripts/monitoring/dashboard.ts';
import { drawDashboard, type Results } from './dashboard.ts';
import { drawWatch } from './watch.ts';

const committed = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the picture of kubectl is what the simulated cluster prints today', async (t) => {
  t.equal(await drawWatch(), committed('watch.svg'), 'or else: npm run pictures -- --watch');
});

test('the picture of the dashboard has its panels, and nearly all have data', (t) => {
  const picture = committed('dashboard.svg');
  for (const { title } of panels) t.ok(picture.includes(`>${title}</text>`), title);
  t.equal(picture.match(/>No data</g)?.length, 1, 'without TLS, no certificate expires');
  t.ok(picture.length < 150 * 1024, 'it is small');
  t.end();
});

test('a panel is drawn from its lines', (t) => {
  const line = (name: string, ...numbers: number[]) => ({
    name,
    values: numbers.map((value, index) => [index, value] as const),
  });
  const results: Results = new Map([
    ['Registries by phase', [line('Running', 0, 1, 4), line('<b>&', 2, 2, 0)]],
    ['Calls by outcome', [line('settled', 1, 1, 1), line('waiting', 0, 1, 0)]],
    ['Time since the last call', [line('since the last call', 5, 12.345)]],
    ['Registries that are not running, by name', [line('a/b: Failed', 1)]],
  ]);
  const picture = drawDashboard(results);
  const cases = [
    { reason: 'a line that rises', text: '<path class="l0" d="M64 163L266 131.8L468 38"/>' },
    { reason: 'what is foreign is escaped', text: '>&lt;b&gt;&amp;</text>' },
    { reason: 'areas are stacked', text: '<path class="a1" d="M' },
    { reason: 'a number is short', text: '>12.3 s</text>' },
    { reason: 'rows of a table', text: '>a/b: Failed</text>' },
    { reason: 'a panel without results says so', text: '>No data</text>' },
  ];
  for (const { reason, text } of cases) t.ok(picture.includes(text), `${reason}: ${text}`);
  t.notOk(/NaN|undefined|Infinity/.test(picture));
  t.end();
});
