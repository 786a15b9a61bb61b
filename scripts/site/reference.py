"""The reference of the API, from the contract's own comments: protoc keeps them in the descriptor with the source."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    MethodOptions,
    ServiceDescriptorProto,
)

from .markdown import Heading, Rendered
from .pages import CONTRACT, REFERENCE, Broken, between

_MESSAGE, _ENUM, _SERVICE = (
    FileDescriptorProto.DESCRIPTOR.fields_by_name[name].number for name in ("message_type", "enum_type", "service")
)
_NESTED = DescriptorProto.DESCRIPTOR.fields_by_name["nested_type"].number
_FIELD = DescriptorProto.DESCRIPTOR.fields_by_name["field"].number
_VALUE = EnumDescriptorProto.DESCRIPTOR.fields_by_name["value"].number
_METHOD = ServiceDescriptorProto.DESCRIPTOR.fields_by_name["method"].number
_SYNTAX = FileDescriptorProto.DESCRIPTOR.fields_by_name["syntax"].number

Path_ = tuple[int, ...]


def described(root: Path) -> FileDescriptorProto:
    """Compile the contract, comments included."""
    with tempfile.TemporaryDirectory() as place:
        written = Path(place) / "contract.binpb"
        contract = CONTRACT.removeprefix("proto/")
        command = [
            sys.executable, "-m", "grpc_tools.protoc", "--proto_path=proto", "--include_source_info",
            f"--descriptor_set_out={written}", contract,
        ]  # fmt: skip
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Broken(f"{CONTRACT}: {done.stderr}")
        (file,) = FileDescriptorSet.FromString(written.read_bytes()).file
        return file


class Reference:
    """Writes the reference of one file. Every service, method, message, field and value has to have a comment."""

    def __init__(self, file: FileDescriptorProto) -> None:
        """Take the descriptor, with its source."""
        self._file = file
        self._comments = {
            tuple(it.path): it.leading_comments or it.trailing_comments for it in file.source_code_info.location
        }
        self._headings: list[Heading] = []
        self._sections: dict[str, str] = {}
        self._anchors = dict(self._named())
        # Names of one word, as Status, are words of sentences too.
        long = [re.escape(name) for name in self._anchors if re.search(r"_|[a-z][A-Z]", name)]
        self._name = re.compile(rf"(?<![\w.])({'|'.join(sorted(long, key=len, reverse=True))})(?!\w)")

    def _named(self) -> Iterable[tuple[str, str]]:
        """Yield each name that a comment may use, with the anchor where it is described."""
        for service in self._file.service:
            yield service.name, service.name
            for method in service.method:
                yield method.name, method.name
        for enum in self._file.enum_type:
            yield enum.name, enum.name
            for value in enum.value:
                yield value.name, value.name
        for message in self._file.message_type:
            yield message.name, message.name
            for nested in message.nested_type:
                yield f"{message.name}.{nested.name}", f"{message.name}.{nested.name}"

    def rendered(self) -> Rendered:
        """Return the page."""
        package = self._file.package
        conventions = self._paragraphs((_SYNTAX,), package)
        parts = [
            "<h1>API reference</h1>\n",
            f'<p>The service <code>{escape(package)}</code>, as <a href="{between(REFERENCE, CONTRACT + ".html")}">'
            "the contract</a> describes it. It is called over gRPC, and over HTTP with Protobuf or JSON.</p>\n",
            self._heading(2, "Conventions", "conventions", conventions),
            conventions,
        ]
        for number, service in enumerate(self._file.service):
            parts.append(self._service(service, (_SERVICE, number)))
        parts.append(self._heading(2, "Messages", "messages", ""))
        parts += [self._message(it, (_MESSAGE, number), "") for number, it in enumerate(self._file.message_type)]
        parts.append(self._heading(2, "Enumerations", "enumerations", ""))
        parts += [self._enum(it, (_ENUM, number)) for number, it in enumerate(self._file.enum_type)]
        return Rendered(html="".join(parts), headings=self._headings, sections=self._sections)

    def _heading(self, level: int, text: str, anchor: str, words: str) -> str:
        self._headings.append(Heading(level=level, anchor=anchor, text=text))
        self._sections[anchor] = re.sub(r"<[^>]+>", " ", words)
        mark = f'<a class="mark" href="#{anchor}" aria-label="Link to this section">#</a>'
        return f'<h{level} id="{anchor}">{escape(text)} {mark}</h{level}>\n'

    def _paragraphs(self, path: Path_, name: str, own: str = "") -> str:
        comment = self._comments.get(path, "").strip()
        if not comment:
            raise Broken(f"{CONTRACT}: {name} has no comment")
        paragraphs = [" ".join(each.split()) for each in re.split(r"\n\s*\n", comment)]
        return "".join(f"<p>{self._linked(escape(each, quote=False), own)}</p>\n" for each in paragraphs)

    def _linked(self, text: str, own: str) -> str:
        """Make the names of what is described elsewhere on the page links."""
        return self._name.sub(
            lambda it: it[0] if it[0] == own else f'<a href="#{self._anchors[it[0]]}"><code>{it[0]}</code></a>', text
        )

    def _service(self, service: ServiceDescriptorProto, path: Path_) -> str:
        comment = self._paragraphs(path, service.name, service.name)
        parts = [self._heading(2, service.name, service.name, comment), comment]
        for number, method in enumerate(service.method):
            parts.append(self._method(method, (*path, _METHOD, number)))
        return "".join(parts)

    def _method(self, method: MethodDescriptorProto, path: Path_) -> str:
        comment = self._paragraphs(path, method.name, method.name)
        taken = f"{'stream of ' if method.client_streaming else ''}{self._type(method.input_type)}"
        given = f"{'stream of ' if method.server_streaming else ''}{self._type(method.output_type)}"
        safe = ""
        if method.options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS:
            safe = "; has no side effects"
        return (
            f"{self._heading(3, method.name, method.name, comment)}"
            f'<p class="signature">{taken} &rarr; {given}{safe}</p>\n{comment}'
        )

    def _type(self, name: str) -> str:
        short = name.removeprefix(f".{self._file.package}.")
        if short.startswith("."):
            return f"<code>{escape(short[1:])}</code>"
        return f'<a href="#{short}"><code>{escape(short)}</code></a>'

    def _message(self, message: DescriptorProto, path: Path_, within: str) -> str:
        name = f"{within}{message.name}"
        comment = self._paragraphs(path, name, name)
        rows = "".join(self._row(message, number, path, name) for number in range(len(message.field)))
        table = (
            '<div class="wide" tabindex="0"><table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>'
            f"<tbody>\n{rows}</tbody></table></div>\n"
        )
        nested = "".join(
            self._message(it, (*path, _NESTED, number), f"{name}.") for number, it in enumerate(message.nested_type)
        )
        return f"{self._heading(3, name, name, comment + rows)}{comment}{table if rows else ''}{nested}"

    def _row(self, message: DescriptorProto, number: int, path: Path_, name: str) -> str:
        field = message.field[number]
        comment = self._paragraphs((*path, _FIELD, number), f"{name}.{field.name}")
        kind = self._type(field.type_name) if field.type_name else f"<code>{_scalar(field)}</code>"
        if field.label == FieldDescriptorProto.LABEL_REPEATED:
            kind = f"repeated {kind}"
        elif field.proto3_optional:
            kind = f"optional {kind}"
        elif field.HasField("oneof_index"):
            kind = f"{kind}, one of <code>{escape(message.oneof_decl[field.oneof_index].name)}</code>"
        return f"<tr><td><code>{escape(field.name)}</code></td><td>{kind}</td><td>{comment}</td></tr>\n"

    def _enum(self, enum: EnumDescriptorProto, path: Path_) -> str:
        comment = self._paragraphs(path, enum.name, enum.name)
        rows = ""
        for number, value in enumerate(enum.value):
            meaning = self._paragraphs((*path, _VALUE, number), value.name, value.name)
            shown = f"<td><code>{value.name}</code></td><td>{value.number}</td><td>{meaning}</td>"
            rows += f'<tr id="{value.name}">{shown}</tr>\n'
        head = "<thead><tr><th>Value</th><th>Number</th><th>Meaning</th></tr></thead>"
        return (
            f"{self._heading(3, enum.name, enum.name, comment + rows)}{comment}"
            f'<div class="wide" tabindex="0"><table>{head}<tbody>\n{rows}</tbody></table></div>\n'
        )


def _scalar(field: FieldDescriptorProto) -> str:
    return FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
