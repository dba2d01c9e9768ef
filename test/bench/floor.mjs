// What the service is measured against: the least that any JSON webhook in Node has to do. node:http, JSON.parse of
// the body, JSON.stringify of an answer. Plain JavaScript, so that the process holds nothing but this.
//
// PORT=<port> node floor.mjs <file with an answer of the service>
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const answer = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    const text = JSON.stringify(answer);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

server.listen(Number(process.env['PORT']), '127.0.0.1');
