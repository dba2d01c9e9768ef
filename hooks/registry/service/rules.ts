import type { Rule } from '../rule.ts';
import { INTERNAL_SERVICE_PORT, type Service } from './schema.ts';

const portsDiffer: Rule<Service> = {
  field: '.port',
  message: `must not be ${INTERNAL_SERVICE_PORT} with internalPort, which has that port: set another one, or remove internalPort`,
  cel: `!has(self.internalPort) || !self.internalPort || !has(self.port) || self.port != ${INTERNAL_SERVICE_PORT}`,
  check: ({ internalPort, port }) => !internalPort || port !== INTERNAL_SERVICE_PORT,
};

export const serviceRules: readonly Rule<Service>[] = [portsDiffer];
