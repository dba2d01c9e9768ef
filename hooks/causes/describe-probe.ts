import { isObject, type JsonObject } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';

/** What a probe does, with a space before it: ` (GET /readiness on port 8081)`. */
export function describeProbe({ httpGet, tcpSocket, grpc, exec }: JsonObject): string {
  const port = (action: JsonObject) => `on port ${foreignText(String(action['port']), 20)}`;
  if (isObject(httpGet)) return ` (GET ${foreignText(httpGet['path'], 100) || '/'} ${port(httpGet)})`;
  if (isObject(tcpSocket)) return ` (a connection ${port(tcpSocket)})`;
  if (isObject(grpc)) return ` (gRPC ${port(grpc)})`;
  return isObject(exec) ? ' (a command)' : '';
}
