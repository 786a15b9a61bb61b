// Random messages of any type, made from its descriptor alone, by a generator that gives the same ones for the same seed.
import { ScalarType } from '@bufbuild/protobuf';

const INT32 = [-(2 ** 31), 2 ** 31 - 1];
const UINT32 = [0, 2 ** 32 - 1];
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n];
const UINT64 = [0n, 2n ** 64n - 1n];
/** The least and the greatest integer of each type. */
const RANGES = {
  [ScalarType.INT32]: INT32,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.UINT32]: UINT32,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.INT64]: INT64,
  [ScalarType.SINT64]: INT64,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.FIXED64]: UINT64,
};
const TEXTS = ['', 'kim', 'zoë 100%', '\u202e<script>', '👩‍⚕️', 'ключ', '\u0000', 'x'.repeat(200)];
const DEPTH_MAX = 4;

/** Mulberry32: numbers from 0 to below 1. */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What `create` takes for a message of this type: about two thirds of the fields are set. */
export function randomInit(message, random, depth = 0) {
  const init = {};
  for (const member of message.members) {
    if (random() < 0.35) continue;
    const field = member.kind === 'oneof' ? pick(member.fields, random) : member;
    if (depth >= DEPTH_MAX && field.message) continue;
    const value = fieldValue(field, random, depth);
    init[member.localName] = member.kind === 'oneof' ? { case: field.localName, value } : value;
  }
  return init;
}

function fieldValue(field, random, depth) {
  const count = Math.floor(random() * 4);
  if (field.fieldKind === 'list') return Array.from({ length: count }, () => singular(field, field.listKind, random, depth));
  if (field.fieldKind !== 'map') return singular(field, field.fieldKind, random, depth);
  const entry = () => [String(scalar(field.mapKey, random)), singular(field, field.mapKind, random, depth)];
  return Object.fromEntries(Array.from({ length: count }, entry));
}

function singular(field, kind, random, depth) {
  if (kind === 'scalar') return scalar(field.scalar, random);
  // Now and then a number that the enum does not know.
  if (kind === 'enum') return random() < 0.2 ? 4711 : pick(field.enum.values, random).number;
  // A wrapper in a field of its own is written as what it wraps.
  const wrapper = field.fieldKind === 'message' && /^google\.protobuf\.\w+Value$/.test(field.message.typeName);
  return wrapper ? scalar(field.message.fields[0].scalar, random) : randomInit(field.message, random, depth + 1);
}

function scalar(type, random) {
  const range = RANGES[type];
  if (range) return pick([...range, integer(range, random), integer(range, random)], random);
  switch (type) {
    case ScalarType.BOOL:
      return random() < 0.5;
    case ScalarType.STRING:
      return pick(TEXTS, random);
    case ScalarType.BYTES:
      return Uint8Array.from({ length: Math.floor(random() * 6) }, () => Math.floor(random() * 256));
    case ScalarType.FLOAT:
      return Math.fround(pick([0, -0, 1.5, random() * 1e9, Infinity], random));
    case ScalarType.DOUBLE:
      return pick([0, -0, -1.25, random() * 1e300, -Infinity], random);
    default:
      throw new Error(`no values for scalar type ${type}`);
  }
}

function integer([least, most], random) {
  if (typeof least === 'number') return least + Math.floor(random() * (most - least));
  return least + (BigInt(Math.floor(random() * 2 ** 32)) << 32n) + BigInt(Math.floor(random() * 2 ** 32));
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}
