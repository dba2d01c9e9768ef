import { createSocket } from 'node:dgram';

/** Sizes and bits of RFC 1035, 4.1.1. */
const HEADER_BYTES = 12;
const RESPONSE = 0x80;
const RECURSION_AVAILABLE = 0x80;
const NAME_ERROR = 3;

/**
 * Answers on port 53 that no name exists. Names that do exist are in `/etc/hosts` of the pods; without an answer,
 * the others would look like a network that is down.
 */
export function answerNames(address: string): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address: from }) => {
    if (question.length < HEADER_BYTES) return;
    const answer = Buffer.from(question);
    answer[2] = (answer[2] ?? 0) | RESPONSE;
    answer[3] = RECURSION_AVAILABLE | NAME_ERROR;
    // Only the question is repeated: no additional records.
    answer.fill(0, 6, HEADER_BYTES);
    socket.send(answer, port, from);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject).bind(53, address, resolve);
  });
}
