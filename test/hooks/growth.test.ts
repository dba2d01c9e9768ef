import { test } from 'tap';
import { at, growth, growthsOf, pathsIn, replaced, specs, withSpec } from '../support/growth.ts';

/** As many values as fit in the bounds of a spec beside what is there. */
const specValues = 6000;

for (const [form, spec] of Object.entries(specs)) {
  test(`a ${form} spec that is ten times as large takes about ten times as long`, {
    timeout: 600_000,
  }, async (t) => {
    const slow: string[] = [];
    for (const path of pathsIn(spec)) {
      const value = at(spec, path);
      for (const { how, of, size } of growthsOf(value, specValues, 90)) {
        const found = growth((each) => withSpec(replaced(spec, path, of(each))), size);
        if (found) slow.push(`${path.join('.')} with ${how}: ${found}`);
      }
    }
    t.strictSame(slow, []);
  });
}
