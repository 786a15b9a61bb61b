// The descriptors that the browser's client builds from literals, against those that the library makes of the contract.
// SCHEMA_SET names a FileDescriptorSet by protoc: the contract, and the files beside this one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { create, createFileRegistry, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { embedFileDesc } from '@bufbuild/protobuf/codegenv2';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { build } from 'esbuild';

import * as client from '../../../client/web/client/index.js';
import { file_onduty_v1_status as contract } from '../../../client/web/gen/onduty/v1/status_pb.js';
import { fileDesc } from '../../../client/web/schema/file_desc.js';
import { differences, literalOf } from '../../../scripts/console/descriptors.mjs';
import { randomInit, randomOf } from './random.mjs';

const ROUNDS = 60;
const set = fromBinary(FileDescriptorSetSchema, readFileSync(process.env.SCHEMA_SET));
const theirs = createFileRegistry(set);
const CONTRACT = 'onduty/v1/status.proto';

/** The descriptor of a file of the set, built from its literal, as are those of what it imports. */
function ours(name) {
  const { proto, dependencies } = theirs.getFile(name);
  return fileDesc(literalOf(proto), dependencies.map((each) => ours(each.proto.name)));
}

function pairs(file, theirFile) {
  const ofTheirs = new Map([...nestedTypes(theirFile)].map((type) => [type.typeName, type]));
  return [...nestedTypes(file)].filter((type) => type.kind === 'message').map((type) => [type, ofTheirs.get(type.typeName)]);
}

const everything = ours('everything.proto');
const messages = [...pairs(contract, theirs.getFile(CONTRACT)), ...pairs(everything, theirs.getFile('everything.proto'))];
for (const each of contract.dependencies) messages.push(...pairs(each, theirs.getFile(each.proto.name)));

test('the generated contract is described as the library describes it', () => {
  assert.deepEqual(differences(contract, theirs.getFile(CONTRACT)), []);
});

test('whatever proto3 has is described as the library describes it', () => {
  assert.deepEqual(differences(everything, theirs.getFile('everything.proto')), []);
  const kinds = new Set(messages.flatMap(([message]) => message.fields.map((field) => field.fieldKind)));
  assert.deepEqual([...kinds].sort(), ['enum', 'list', 'map', 'message', 'scalar']);
});

test('a difference is seen wherever it is', () => {
  const file = ours('everything.proto');
  const mixed = file.messages.find((each) => each.name === 'Mixed');
  for (const [desc, name] of [
    [file, 'edition'],
    [file.enums[0].values[2], 'localName'],
    [mixed.field.note, 'presence'],
    [mixed.oneofs[1].fields[1], 'number'],
    [mixed.nestedMessages[0].nestedMessages[0].field.kinds, 'mapKind'],
    [file.services[0].method.both, 'methodKind'],
  ]) {
    const was = desc[name];
    desc[name] = 'another';
    assert.match(differences(file, theirs.getFile('everything.proto')).join('\n'), new RegExp(`${name}: another instead of`));
    desc[name] = was;
  }
});

test('what would be encoded or named in another way is seen', () => {
  const lines = differences(ours('refused.proto'), theirs.getFile('refused.proto')).join('\n');
  for (const each of [/packed: true instead of false/, /jsonName: field instead of other/, /localName: constructor instead/, /longAsString/]) {
    assert.match(lines, each);
  }
  assert.match(differences(ours('refused_proto2.proto'), theirs.getFile('refused_proto2.proto')).join('\n'), /edition: 999 instead of 998/);
});

for (const [mine, other] of messages) {
  test(`random messages of ${mine.typeName} are the same to both`, () => {
    const random = randomOf(mine.typeName.length * 7919);
    let longest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const init = randomInit(other, random);
      const bytes = toBinary(other, create(other, init));
      assert.deepEqual(toBinary(mine, create(mine, init)), bytes);
      const read = fromBinary(mine, bytes);
      assert.deepEqual(read, fromBinary(other, bytes));
      assert.deepEqual(toBinary(mine, read), bytes);
      const unknown = withUnknownField(bytes, random);
      assert.deepEqual(toBinary(mine, fromBinary(mine, unknown)), unknown);
      assert.deepEqual(fromBinary(mine, unknown), fromBinary(other, unknown));
      longest = Math.max(longest, bytes.length);
    }
    assert.equal(longest > 0, other.fields.length > 0);
  });
}

test('messages are the same as JSON, too', () => {
  // Times beyond the year 9999 have no JSON, so that this is asked of a message without them.
  for (const name of ['everything.Scalars', 'everything.Lists', 'everything.Optionals']) {
    const [mine, other] = messages.find(([{ typeName }]) => typeName === name);
    const random = randomOf(4242);
    for (let round = 0; round < ROUNDS; round++) {
      const init = randomInit(other, random);
      const json = toJson(other, create(other, init));
      assert.deepEqual(toJson(mine, create(mine, init)), json);
      assert.deepEqual(fromJson(mine, json), fromJson(other, json));
    }
  }
});

test('long integers are bigints, also those beyond the safe ones', () => {
  const schema = client.RecordActivitiesResponseSchema;
  const bytes = toBinary(schema, create(schema, { sequence: 2n ** 53n + 1n }));
  assert.equal(fromBinary(schema, bytes).sequence, 9007199254740993n);
});

test('the enums are those of the contract, in both directions', () => {
  for (const { name, values } of theirs.getFile(CONTRACT).enums) {
    for (const { localName, number } of values) {
      assert.equal(client[name][localName], number);
      assert.equal(client[name][number], localName);
    }
  }
  assert.equal(client.Status.ONLINE, 1);
});

test('a browser loads neither descriptor.proto nor what parses it, and no enum that it does not use', async () => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: 'import { createClient, Status } from "./index.js"; createClient({ baseUrl: "" }); console.log(Status.ONLINE);',
      resolveDir: fileURLToPath(new URL('../../../client/web/client', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const [output] = Object.values(metafile.outputs);
  const loaded = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  assert.ok(loaded.some((path) => path.endsWith('schema/file_desc.js')), loaded.join('\n'));
  assert.deepEqual(loaded.filter((path) => /descriptor_pb|base64-encoding|\/registry\.js|text-format/.test(path)), []);
  assert.match(outputFiles[0].text, /Status = .*tsEnum/);
  assert.doesNotMatch(outputFiles[0].text, /ErrorReason = /);
});

test('the generator refuses what protoc-gen-es would write in another way, or with what is not built here', () => {
  const root = mkdtempSync(join(tmpdir(), 'schema-'));
  try {
    writeFileSync(join(root, 'new_pb.js'), 'export const file_new = /*@__PURE__*/ fileDescOfTomorrow("Cg");');
    assert.match(generate(root), /file_new: protoc-gen-es writes descriptors in another way than it did/);
    rmSync(join(root, 'new_pb.js'));
    const refused = embedFileDesc(theirs.getFile('refused.proto').proto).base64();
    const source = `import { fileDesc } from "@bufbuild/protobuf/codegenv2";\nexport const file_refused = fileDesc("${refused}");\n`;
    writeFileSync(join(root, 'refused_pb.js'), source);
    assert.match(generate(root), /refused_pb.js needs what client\/web\/schema\/file_desc.js does not build/);
    assert.equal(readFileSync(join(root, 'refused_pb.js'), 'utf8'), source);
  } finally {
    rmSync(root, { recursive: true });
  }
});

/** What the generator says as it fails. */
function generate(root) {
  const script = fileURLToPath(new URL('../../../scripts/console/schema.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  assert.equal(status, 1, stderr);
  return stderr;
}

/** The bytes of a message, and after them a field that no type here has. */
function withUnknownField(bytes, random) {
  const writer = new BinaryWriter().raw(bytes);
  if (random() < 0.5) return writer.tag(18_999, WireType.Varint).uint32(Math.floor(random() * 1000)).finish();
  return writer.tag(18_998, WireType.LengthDelimited).string('from tomorrow').finish();
}
