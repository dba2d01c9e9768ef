/** How many inputs each property is tried with: more with FUZZ_RUNS=20000 (scripts/fuzz.sh). */
const more = process.env['FUZZ_RUNS'];
export const numRuns = Number(more ?? 1000);

/** Tests use the same inputs every time, so that a failure is caused by a change; a search for more uses others. */
export const seed = more === undefined ? { seed: 7 } : {};
