// A client of onduty made of nothing but its .proto files: calls as promises, and errors with their details decoded.
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const PROTOS = ['onduty/v1/status.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'];
const SERVICE = 'onduty.v1.StatusService';
const DEADLINE_MS = 10_000;

/** What a refused call rejects with: code and reason by name, and the fields at fault. */
export class Refusal extends Error {
  constructor(code, message, reason, domain, violations) {
    super(message);
    Object.assign(this, { code, reason, domain, violations });
  }
}

/** Connects to `target`; the folders are where the service's and Google's .proto files are. */
export function connect(target, protoFolders) {
  const definitions = protoLoader.loadSync(PROTOS, {
    includeDirs: protoFolders,
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
  });
  const service = definitions[SERVICE];
  const Client = grpc.makeGenericClientConstructor(service, SERVICE);
  const client = new Client(target, grpc.credentials.createInsecure());
  const called = new Set();

  function call(method, request, { actor } = {}) {
    called.add(method);
    const metadata = new grpc.Metadata();
    if (actor !== undefined) {
      metadata.set('onduty-actor-bin', Buffer.from(actor));
    }
    return new Promise((resolve, reject) => {
      client[method](request, metadata, { deadline: Date.now() + DEADLINE_MS }, (error, response) => {
        if (error) {
          reject(refusal(error, definitions));
        } else {
          resolve(response);
        }
      });
    });
  }

  /** Starts a stream; `request` is the one message of a watch, and left out for a stream of activities. */
  function open(method, request) {
    called.add(method);
    const options = { deadline: Date.now() + DEADLINE_MS };
    return request === undefined ? client[method](options) : client[method](request, options);
  }

  /** The next `count` messages of a stream; rejects as a call does. */
  function read(stream, count) {
    return new Promise((resolve, reject) => {
      const messages = [];
      stream.on('data', (message) => {
        messages.push(message);
        if (messages.length === count) {
          resolve(messages);
        }
      });
      stream.on('error', (error) => reject(refusal(error, definitions)));
    });
  }

  return { call, called, open, read, methods: Object.keys(service), close: () => client.close() };
}

/** The google.rpc.Status of the trailer, which must say what the call's own status says. */
function refusal(error, definitions) {
  const [encoded] = error.metadata.get('grpc-status-details-bin');
  if (encoded === undefined) {
    return error;
  }
  const status = definitions['google.rpc.Status'].deserialize(encoded);
  if (status.code !== error.code || status.message !== error.details) {
    return new Error(`the trailer says ${status.code} ${status.message}, the call ${error.code} ${error.details}`);
  }
  const details = Object.fromEntries(
    status.details.map(({ type_url, value }) => {
      const type = type_url.split('/').at(-1);
      return [type, definitions[type].deserialize(value)];
    }),
  );
  const info = details['google.rpc.ErrorInfo'];
  const violations = details['google.rpc.BadRequest']?.field_violations ?? [];
  return new Refusal(grpc.status[error.code], error.details, info?.reason, info?.domain, violations);
}
