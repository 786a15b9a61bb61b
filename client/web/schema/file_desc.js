/**
 * Builds the descriptors by which @bufbuild/protobuf encodes and decodes, from a proto3 file as an object literal.
 *
 * The library's own generated code carries each file in base64 and parses it, for which a browser has to load all of
 * descriptor.proto: that costs more than everything else of the library. What is built here is equal to what the library
 * builds: scripts/console/schema.mjs compares the two, and writes nothing that would differ.
 */

import { nestedTypes } from "@bufbuild/protobuf/reflect";

/** @import { DescFile, MessageInitShape } from "@bufbuild/protobuf" */
/** @import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt" */

/** @typedef {MessageInitShape<typeof FileDescriptorProtoSchema>} FileInit */
/** @typedef {NonNullable<FileInit["messageType"]>[number]} MessageInit */
/** @typedef {NonNullable<MessageInit["field"]>[number]} FieldInit */
/** @typedef {NonNullable<MessageInit["oneofDecl"]>[number]} OneofInit */
/** @typedef {NonNullable<FileInit["enumType"]>[number]} EnumInit */
/** @typedef {NonNullable<FileInit["service"]>[number]} ServiceInit */
/** @typedef {NonNullable<ServiceInit["method"]>[number]} MethodInit */

// The numbers of descriptor.proto, whose enums would bring it along.
const PROTO3 = 999;
const EXPLICIT = 1;
const IMPLICIT = 2;
const REPEATED = 3;
const STRING = 9;
const MESSAGE = 11;
const BYTES = 12;
const ENUM = 14;

/** By whether the client streams, and the server. */
const METHOD_KINDS = [
  ["unary", "server_streaming"],
  ["client_streaming", "bidi_streaming"],
];

/**
 * Return the descriptor of a file. Its `proto`, and those of what is in it, hold only what the literal says.
 * @param {FileInit} proto
 * @param {DescFile[]} [imports] the files that it takes types from
 * @returns {DescFile}
 */
export function fileDesc(proto, imports = []) {
  const file = desc("file", proto, {
    name: proto.name?.replace(/\.proto$/, ""),
    edition: PROTO3,
    dependencies: imports,
    enums: [],
    messages: [],
    extensions: [],
    services: [],
    toString: () => `file ${proto.name}`,
  });
  const scope = new Scope(file);
  proto.enumType?.forEach((each) => scope.addEnum(each));
  proto.messageType?.forEach((each) => scope.addMessage(each));
  scope.messages.forEach((each) => scope.addFields(each));
  proto.service?.forEach((each) => scope.addService(each));
  return file;
}

/** What can be named in a file: its types and those that it imports. */
class Scope {
  /** @param {any} file */
  constructor(file) {
    this.file = file;
    /** The messages of the file; the entries of a map come before the message that holds it. @type {any[]} */
    this.messages = [];
    /** @type {Map<string | undefined, any>} */
    this.types = new Map();
    for (const each of file.dependencies) for (const type of nestedTypes(each)) this.types.set(`.${type.typeName}`, type);
  }

  /**
   * @param {string} kind
   * @param {MessageInit | EnumInit | ServiceInit} proto
   * @param {any} parent
   * @param {object} more
   */
  type(kind, proto, parent, more) {
    const typeName = `${parent?.typeName ?? this.file.proto.package}.${proto.name}`;
    const toString = () => `${kind} ${typeName}`;
    const type = desc(kind, proto, { name: proto.name, typeName, file: this.file, ...more, toString });
    this.types.set(`.${typeName}`, type);
    return type;
  }

  /**
   * @param {EnumInit} proto
   * @param {any} [parent]
   */
  addEnum(proto, parent) {
    const values = proto.value ?? [];
    const prefix = `${snakeCase(proto.name)}_`;
    const prefixed = values.every(({ name = "" }) => name.toLowerCase().startsWith(prefix) && /^\D/.test(name.slice(prefix.length)));
    const sharedPrefix = prefixed ? prefix : undefined;
    const type = this.type("enum", proto, parent, { parent, open: true, value: {}, values: [], sharedPrefix });
    for (const each of values) {
      const { name = "", number = 0 } = each;
      const localName = name.slice(sharedPrefix?.length);
      const toString = () => `enum value ${type.typeName}.${name}`;
      const value = desc("enum_value", each, { parent: type, name, localName, number, jsonName: name, toString });
      type.values.push(value);
      type.value[number] ??= value;
    }
    (parent?.nestedEnums ?? this.file.enums).push(type);
  }

  /**
   * @param {MessageInit} proto
   * @param {any} [parent]
   */
  addMessage(proto, parent) {
    const lists = { fields: [], oneofs: [], members: [], nestedEnums: [], nestedMessages: [], nestedExtensions: [] };
    const type = this.type("message", proto, parent, { parent, field: {}, ...lists });
    if (!proto.options?.mapEntry) (parent?.nestedMessages ?? this.file.messages).push(type);
    proto.enumType?.forEach((each) => this.addEnum(each, type));
    proto.nestedType?.forEach((each) => this.addMessage(each, type));
    this.messages.push(type);
  }

  /** @param {any} message */
  addFields(message) {
    const oneofs = (message.proto.oneofDecl ?? []).map((/** @type {OneofInit} */ each) => oneofDesc(each, message));
    for (const proto of /** @type {FieldInit[]} */ (message.proto.field ?? [])) {
      // The oneof of an optional field exists in the descriptor only.
      const oneof = proto.proto3Optional ? undefined : oneofs[proto.oneofIndex ?? -1];
      const field = this.field(proto, (message.fields.at(-1)?.number ?? 0) + 1, message, oneof);
      message.fields.push(field);
      message.field[field.localName] = field;
      oneof?.fields.push(field);
      if (!message.members.includes(oneof ?? field)) message.members.push(oneof ?? field);
    }
    message.oneofs = oneofs.filter((/** @type {any} */ each) => each.fields.length);
  }

  /**
   * @param {FieldInit} proto
   * @param {number} next its number, if the literal says none
   * @param {any} parent
   * @param {any} oneof
   */
  field(proto, next, parent, oneof) {
    const { type = 0, name = "", number = next } = proto;
    const repeated = proto.label === REPEATED;
    const explicit = oneof || proto.proto3Optional || type === MESSAGE;
    const named = this.types.get(proto.typeName);
    const kind = type === MESSAGE ? "message" : type === ENUM ? "enum" : "scalar";
    const field = desc("field", proto, {
      name,
      number,
      parent,
      localName: camelCase(name),
      jsonName: camelCase(name),
      oneof,
      fieldKind: kind,
      listKind: undefined,
      mapKind: undefined,
      mapKey: undefined,
      scalar: kind === "scalar" ? type : undefined,
      message: kind === "message" ? named : undefined,
      enum: kind === "enum" ? named : undefined,
      presence: explicit && !repeated ? EXPLICIT : IMPLICIT,
      packed: undefined,
      delimitedEncoding: kind === "message" ? false : undefined,
      utf8Validation: true,
      longAsString: false,
      getDefaultValue: repeated ? undefined : () => undefined,
      toString: () => `field ${parent.typeName}.${name}`,
    });
    if (!repeated) return field;
    if (!named?.proto.options?.mapEntry) {
      const packed = ![STRING, BYTES, MESSAGE].includes(type);
      return Object.assign(field, { fieldKind: "list", listKind: kind, packed });
    }
    const [key, value] = named.fields;
    const { fieldKind: mapKind, message, enum: enumeration, scalar } = value;
    return Object.assign(field, { fieldKind: "map", mapKey: key.scalar, mapKind, message, enum: enumeration, scalar });
  }

  /** @param {ServiceInit} proto */
  addService(proto) {
    const service = this.type("service", proto, undefined, { methods: [], method: {} });
    for (const each of proto.method ?? []) {
      const method = this.method(each, service);
      service.methods.push(method);
      service.method[method.localName] = method;
    }
    this.file.services.push(service);
  }

  /**
   * @param {MethodInit} proto
   * @param {any} parent
   */
  method(proto, parent) {
    const { name = "", clientStreaming, serverStreaming } = proto;
    return desc("rpc", proto, {
      parent,
      name,
      localName: name[0].toLowerCase() + name.slice(1),
      methodKind: METHOD_KINDS[Number(!!clientStreaming)][Number(!!serverStreaming)],
      input: this.types.get(proto.inputType),
      output: this.types.get(proto.outputType),
      idempotency: proto.options?.idempotencyLevel ?? 0,
      toString: () => `rpc ${parent.typeName}.${name}`,
    });
  }
}

/**
 * @param {OneofInit} proto
 * @param {any} parent
 */
function oneofDesc(proto, parent) {
  const { name = "" } = proto;
  const toString = () => `oneof ${parent.typeName}.${name}`;
  return desc("oneof", proto, { parent, fields: [], name, localName: camelCase(name), toString });
}

/**
 * @param {string} kind
 * @param {any} proto
 * @param {object} more
 * @returns {any}
 */
function desc(kind, proto, more) {
  return { kind, proto, deprecated: proto.options?.deprecated ?? false, ...more };
}

/** Return a name as properties are written. @param {string} name as `account_id` */
function camelCase(name) {
  return name.replace(/_+(\D?)/g, (_, letter) => letter.toUpperCase());
}

/** @param {string | undefined} name as `ErrorReason` */
function snakeCase(name = "") {
  return name.replace(/(?!^)[A-Z]/g, "_$&").toLowerCase();
}
