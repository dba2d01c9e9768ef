import { textRule } from '../common-rules.ts';

/** Prometheus takes 0 for its own interval (prometheus: config/config.go, ScrapeConfig.Validate). */
export const longerThanZero = textRule(
  'must be longer than 0, such as 30s',
  "self.matches('[1-9]')",
  (text) => /[1-9]/.test(text),
);
