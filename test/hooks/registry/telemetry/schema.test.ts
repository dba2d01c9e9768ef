import { testRefusals, typed } from '../../../support/refusals.ts';

testRefusals([
  ...['0', '1.5', '-0.1', 'half', '0.0'].map((sampling) => ({
    spec: { ...typed, telemetryConfig: { tracing: { sampling } } },
    expected: `spec.telemetryConfig.tracing.sampling: must be a string that holds a number over 0 and up to 1, such as "0.05", found "${sampling}"`,
    reason: `sampling ${sampling}`,
  })),
]);
