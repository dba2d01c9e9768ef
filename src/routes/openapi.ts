import type { FastifyPluginCallback } from 'fastify';
import type { Defaults } from '../../hooks/context.ts';
import { describeApi } from '../openapi/document.ts';

export interface OpenapiRoutesOptions {
  readonly defaults: Defaults;
}

/** `GET /openapi.json`: the description of all routes, written when it is first asked for. */
export const openapiRoutes: FastifyPluginCallback<OpenapiRoutesOptions> = (app, { defaults }, done) => {
  let text: string | undefined;
  app.get('/openapi.json', (_request, reply) => {
    text ??= JSON.stringify(describeApi(defaults));
    return reply.type('application/json; charset=utf-8').send(text);
  });
  done();
};
