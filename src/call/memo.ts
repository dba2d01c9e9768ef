import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** The bounds of a memory, and what its texts are like. */
export interface MemoOptions {
  readonly maxBytes: number;
  /** A text like those that are kept: what they share with it takes no room. */
  readonly sample: string;
  /** At least 0 and less than 1. */
  readonly random?: () => number;
}

/** What an entry takes besides its packed text, in bytes: its key, and the objects of the maps and of the buffer. */
const overhead = 512;

/** The size of zlib's buffers, in bytes: most compressed texts are smaller. */
const chunkSize = 2048;

/** Once the memory is full, one of so many new texts is kept. */
const admitOneOf = 8;

interface Entry {
  readonly key: string;
  /** The compressed text, outside the heap. */
  readonly packed: Buffer;
  /** Of the text, in bytes. */
  readonly length: number;
}

/**
 * Texts by a hash of their input, compressed, within a number of bytes.
 *
 * Once it is full, most new texts are not kept, and one of eight replaces others that are chosen at random. Registries
 * are called in turn: if the least recently used text went, then with one registry more than fit each text would go
 * shortly before it is needed. Chosen at random, nearly as many are found as fit, and those that are not needed any more
 * go as well.
 */
export class Memo {
  readonly #maxBytes: number;
  readonly #sample: Buffer;
  readonly #random: () => number;
  readonly #entries: Entry[] = [];
  /** Where the entry of a key is. */
  readonly #positions = new Map<string, number>();
  #bytes = 0;

  constructor({ maxBytes, sample, random = Math.random }: MemoOptions) {
    this.#maxBytes = maxBytes;
    this.#sample = Buffer.from(sample);
    this.#random = random;
  }

  /** How many bytes are in use. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): string | undefined {
    const position = this.#positions.get(key);
    const entry = position === undefined ? undefined : this.#entries[position];
    return entry && this.#unpack(entry);
  }

  /** Keeps a text for a key that has none, if there is room or by chance. */
  offer(key: string, text: string): void {
    // The length before compression: little room is left when the memory counts as full.
    const isFull = this.#bytes + text.length + overhead > this.#maxBytes;
    if (isFull && this.#random() * admitOneOf >= 1) return;
    const entry = { key, packed: this.#pack(text), length: Buffer.byteLength(text) };
    const size = sizeOf(entry);
    // A text that would take the place of very many others is not kept.
    if (size > this.#maxBytes / 8 || this.#positions.has(key)) return;
    while (this.#bytes + size > this.#maxBytes) this.#dropAny();
    this.#positions.set(key, this.#entries.length);
    this.#entries.push(entry);
    this.#bytes += size;
  }

  #pack(text: string): Buffer {
    // The fastest level takes half of the time of the default one, and a fifth more room.
    const compressed = deflateRawSync(text, { dictionary: this.#sample, level: 1, chunkSize });
    // What zlib returns is a part of a larger buffer, which would stay.
    const packed = Buffer.allocUnsafeSlow(compressed.length);
    compressed.copy(packed);
    return packed;
  }

  #unpack({ packed, length }: Entry): string {
    // With as much room as the text takes, one buffer is made, and it is not larger than needed.
    const options = { dictionary: this.#sample, chunkSize: length + chunkSize };
    return inflateRawSync(packed, options).toString();
  }

  /** Drops an entry that is chosen at random; the last one takes its position. */
  #dropAny(): void {
    const position = Math.floor(this.#random() * this.#entries.length);
    const dropped = this.#entries[position];
    const last = this.#entries.pop();
    if (dropped === undefined || last === undefined) return;
    this.#positions.set(last.key, position);
    this.#positions.delete(dropped.key);
    if (last !== dropped) this.#entries[position] = last;
    this.#bytes -= sizeOf(dropped);
  }
}

const sizeOf = ({ packed }: Entry): number => packed.length + overhead;

/** The key of an input: text and bytes with the same content have the same. */
export const keyOf = (content: string | Uint8Array): string => hash('sha256', content, 'hex');

/** Recognizes keys that were seen before, in 1 MiB: of 50,000 different ones in turn, four of five. */
export class SeenKeys {
  readonly #marks = new Uint32Array(2 ** 18);

  /** Notes a key, and returns whether it was noted before. Another key of the same slot takes its place. */
  note(key: string): boolean {
    const slot = Number.parseInt(key.slice(0, 8), 16) % this.#marks.length;
    const mark = Number.parseInt(key.slice(8, 16), 16);
    const known = this.#marks[slot] === mark;
    this.#marks[slot] = mark;
    return known;
  }
}
