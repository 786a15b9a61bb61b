/** The envelopes in which a stream of the Connect protocol carries its messages: a byte of flags, a length, the data. */

const HEAD_BYTES = 5;
const COMPRESSED = 1;
const END = 2;
/** The longest message that is taken, so that no answer fills the memory. */
const MESSAGE_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Return a message in its envelope.
 * @param {Uint8Array} data
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function pack(data) {
  const packed = new Uint8Array(HEAD_BYTES + data.length);
  new DataView(packed.buffer).setUint32(1, data.length);
  packed.set(data, HEAD_BYTES);
  return packed;
}

/**
 * Yield the messages of a stream. Returns the parsed end of the stream, or undefined if it was cut before.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @returns {AsyncGenerator<Uint8Array, any, undefined>}
 */
export async function* unpack(reader) {
  /** @type {Uint8Array} */
  let buffer = new Uint8Array(0);
  for (;;) {
    while (buffer.length >= HEAD_BYTES) {
      const length = new DataView(buffer.buffer, buffer.byteOffset).getUint32(1);
      const flags = buffer[0];
      if (flags & COMPRESSED || length > MESSAGE_MAX_BYTES) throw new TypeError("an envelope that was not asked for");
      if (buffer.length < HEAD_BYTES + length) break;
      const data = buffer.subarray(HEAD_BYTES, HEAD_BYTES + length);
      buffer = buffer.subarray(HEAD_BYTES + length);
      if (flags & END) return JSON.parse(new TextDecoder().decode(data) || "{}");
      yield data;
    }
    const { value, done } = await reader.read();
    if (done) return undefined;
    buffer = joined(buffer, value);
  }
}

/**
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 */
function joined(first, second) {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
