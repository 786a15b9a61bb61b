// connect-es against the HTTP door: every transport of its packages for node and for browsers calls, streams, cancels,
// runs into a deadline and reads error details. The service is described by a FileDescriptorSet on standard input.
import assert from 'node:assert/strict';
import { createFileRegistry, fromBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import * as node from '@connectrpc/connect-node';
import * as web from '@connectrpc/connect-web';

const baseUrl = process.argv[2];
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.concat(chunks)));
const service = registry.getService('onduty.v1.StatusService');
const errorInfo = registry.getMessage('google.rpc.ErrorInfo');
const badRequest = registry.getMessage('google.rpc.BadRequest');

const transports = {
  'node, Connect, JSON': node.createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  'node, Connect, binary': node.createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: true }),
  'node, Connect, GET': node.createConnectTransport({ baseUrl, httpVersion: '1.1', useHttpGet: true }),
  'node, Connect, gzip': node.createConnectTransport({
    baseUrl, httpVersion: '1.1', useBinaryFormat: true, sendCompression: node.compressionGzip, compressMinBytes: 1,
  }),
  'node, gRPC-Web': node.createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
  'node, gRPC-Web, gzip': node.createGrpcWebTransport({
    baseUrl, httpVersion: '1.1', sendCompression: node.compressionGzip, compressMinBytes: 1,
  }),
  'web, Connect, JSON': web.createConnectTransport({ baseUrl, useBinaryFormat: false }),
  'web, Connect, binary': web.createConnectTransport({ baseUrl, useBinaryFormat: true }),
  'web, Connect, GET': web.createConnectTransport({ baseUrl, useHttpGet: true, useBinaryFormat: true }),
  'web, gRPC-Web': web.createGrpcWebTransport({ baseUrl }),
};

async function refusal(call, code) {
  try {
    await call;
  } catch (error) {
    const refused = ConnectError.from(error);
    assert.equal(refused.code, code, refused.message);
    return refused;
  }
  assert.fail('not refused');
}

async function drive(client, account) {
  const user = { accountId: account, userId: 'zoë 100%' };
  const recorded = await client.recordActivity(user);
  assert.equal(recorded.userStatus.userId, user.userId);
  assert.equal(recorded.userStatus.available, true);
  const got = await client.getStatus(user);
  assert.deepEqual(got.userStatus, recorded.userStatus);

  const unknown = await refusal(client.getStatus({ ...user, userId: 'nobody' }), Code.NotFound);
  const [info] = unknown.findDetails(errorInfo);
  assert.deepEqual([info.domain, info.reason], ['onduty', 'USER_UNKNOWN']);
  const bad = await refusal(client.setStatus({ ...user, status: 99 }), Code.InvalidArgument);
  const [violations] = bad.findDetails(badRequest);
  assert.equal(violations.fieldViolations[0].field, 'status');
  assert.match(bad.rawMessage, /must be STATUS_ONLINE/);

  // A list that is long enough to be compressed.
  for (let number = 0; number < 60; number++) {
    await client.recordActivity({ accountId: account, userId: `user-${number}` });
  }
  const listed = await client.listStatuses({ accountId: account, pageSize: 100 });
  assert.equal(listed.userStatuses.length, 61);

  // A stream, cancelled by its reader.
  const leaving = new AbortController();
  const seen = [];
  try {
    for await (const message of client.watchStatuses({ accountId: account }, { signal: leaving.signal })) {
      assert.ok(message.resumeToken.length > 0);
      if (message.event.case === 'snapshot') {
        await client.setStatus({ ...user, status: 2, reason: 'lunch' });
      }
      seen.push(JSON.stringify(toJson(service.method.watchStatuses.output, message)));
      if (seen.at(-1).includes('lunch')) leaving.abort();
    }
    assert.fail('the stream ended by itself');
  } catch (error) {
    assert.equal(ConnectError.from(error).code, Code.Canceled, error);
  }
  assert.ok(seen.length >= 2);

  // A stream that is refused, and one that runs into its deadline.
  const watched = (request, options) => (async () => { for await (const _ of client.watchStatuses(request, options)); })();
  await refusal(watched({ accountId: '' }), Code.InvalidArgument);
  await refusal(watched({ accountId: account }, { timeoutMs: 100 }), Code.DeadlineExceeded);
}

for (const [name, transport] of Object.entries(transports)) {
  try {
    await drive(createClient(service, transport), name.replaceAll(', ', '-'));
  } catch (error) {
    console.error(name);
    throw error;
  }
}
console.log(`${Object.keys(transports).length} transports`);
process.exit(0);
