import type { FastifyPluginCallback } from 'fastify';
import { describeApi } from '../openapi/document.ts';

/** `GET /openapi.json`: the description of all routes, written at the first request. */
export const openapiRoutes: FastifyPluginCallback = (app, _options, done) => {
  let text: string | undefined;
  app.get('/openapi.json', (_request, reply) => {
    text ??= JSON.stringify(describeApi());
    return reply.type('application/json; charset=utf-8').send(text);
  });
  done();
};
