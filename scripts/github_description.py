"""Cuts the operations that Patchferry uses out of GitHub's own API description.

    npm pack @octokit/openapi@23.0.2
    python scripts/github_description.py octokit-openapi-23.0.2.tgz

writes tests/data/github/description.json, against which the tests check every request and every answer. Its schemas
are JSON Schema 2020-12 and stricter than the description: an object may have no field that is not described.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMBER = "package/generated/api.github.com.json"
TARGET = Path(__file__).parent.parent / "tests" / "data" / "github" / "description.json"
OPERATIONS = """
    GET   /rate_limit
    GET   /user
    GET   /repos/{owner}/{repo}
    GET   /repos/{owner}/{repo}/branches/{branch}
    GET   /repos/{owner}/{repo}/collaborators/{username}/permission
    GET   /repos/{owner}/{repo}/commits/{ref}
    GET   /repos/{owner}/{repo}/compare/{basehead}
    GET   /repos/{owner}/{repo}/contents/{path}
    GET   /repos/{owner}/{repo}/git/matching-refs/{ref}
    GET   /repos/{owner}/{repo}/git/ref/{ref}
    GET   /repos/{owner}/{repo}/issues
    GET   /repos/{owner}/{repo}/issues/{issue_number}
    GET   /repos/{owner}/{repo}/issues/{issue_number}/comments
    POST  /repos/{owner}/{repo}/issues/{issue_number}/comments
    GET   /repos/{owner}/{repo}/issues/{issue_number}/labels
    GET   /repos/{owner}/{repo}/issues/{issue_number}/reactions
    POST  /repos/{owner}/{repo}/issues/{issue_number}/reactions
    GET   /repos/{owner}/{repo}/issues/comments/{comment_id}
    PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}
    GET   /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions
    POST  /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions
    GET   /repos/{owner}/{repo}/pulls
    POST  /repos/{owner}/{repo}/pulls
    GET   /repos/{owner}/{repo}/pulls/{pull_number}
    PATCH /repos/{owner}/{repo}/pulls/{pull_number}
    GET   /repos/{owner}/{repo}/pulls/{pull_number}/comments
    POST  /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies
    GET   /repos/{owner}/{repo}/pulls/{pull_number}/commits
    GET   /repos/{owner}/{repo}/pulls/{pull_number}/files
    GET   /repos/{owner}/{repo}/pulls/{pull_number}/reviews
    GET   /repos/{owner}/{repo}/pulls/comments/{comment_id}
    POST  /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions
"""
_KEPT = ("type", "format", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "required")
_REF = "#/components/schemas/"


class Extract:
    """Collects operations and, as it goes, the schemas that they refer to."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._components = description["components"]
        self._paths = description["paths"]
        self.schemas: dict[str, Any] = {}

    def operation(self, method: str, path: str) -> dict[str, Any]:
        item = self._paths[path]
        described = item[method.lower()]
        parameters = [self._resolve(one) for one in [*item.get("parameters", []), *described.get("parameters", [])]]
        body = described.get("requestBody")
        return {
            "pattern": _pattern(path, parameters),
            "query": {
                one["name"]: {"schema": self.schema(one["schema"]), "required": one.get("required", False)}
                for one in parameters
                if one["in"] == "query"
            },
            "body": self._content(self._resolve(body)) if body else None,
            "body_required": bool(body and body.get("required")),
            "answers": {status: self._content(self._resolve(one)) for status, one in described["responses"].items()},
        }

    def schema(self, described: dict[str, Any]) -> dict[str, Any]:
        """The JSON Schema of a description's schema; fields that are not described are refused."""
        if "$ref" in described:
            return {"$ref": self._reference(described["$ref"].removeprefix(_REF))}
        if unread := described.keys() & {"allOf", "not"}:
            raise NotImplementedError(f"{unread} must be translated before an operation that needs it can be added")
        schema: dict[str, Any] = {name: described[name] for name in _KEPT if name in described}
        if "properties" in described:
            schema["properties"] = {name: self.schema(one) for name, one in described["properties"].items()}
        if "items" in described:
            schema["items"] = self.schema(described["items"])
        for word in ("oneOf", "anyOf"):  # GitHub's oneOf are not exclusive: a value may fit two of them
            if word in described:
                schema["anyOf"] = [self.schema(one) for one in described[word]]
        extra = described.get("additionalProperties", "properties" not in described)
        if extra is not True:
            schema["additionalProperties"] = self.schema(extra) if isinstance(extra, dict) else False
        return {"anyOf": [schema, {"type": "null"}]} if described.get("nullable") else schema

    def _reference(self, name: str) -> str:
        if name not in self.schemas:
            self.schemas[name] = {}  # known before it is finished: schemas refer to themselves
            self.schemas[name] = self.schema(self._components["schemas"][name])
        return f"#/$defs/{name}"

    def _content(self, described: dict[str, Any]) -> dict[str, Any] | None:
        content = described.get("content", {}).get("application/json")
        return self.schema(content["schema"]) if content else None

    def _resolve(self, described: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in described:
            return described
        kind, name = described["$ref"].removeprefix("#/components/").split("/")
        return self._components[kind][name]  # type: ignore[no-any-return]


def _pattern(path: str, parameters: list[dict[str, Any]]) -> str:
    known = {one["name"]: one for one in parameters if one["in"] == "path"}

    def group(match: re.Match[str]) -> str:
        parameter = known[match[1]]
        if parameter.get("x-multi-segment"):
            return f"(?P<{match[1]}>.+)"
        kind = "[0-9]+" if parameter["schema"]["type"] == "integer" else "[^/]+"
        return f"(?P<{match[1]}>{kind})"

    return re.sub(r"\{(\w+)\}", group, path)


def _operations() -> Iterator[tuple[str, str]]:
    for line in OPERATIONS.split("\n"):
        if line.strip():
            method, path = line.split()
            yield method, path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="what `npm pack @octokit/openapi` fetched")
    package = parser.parse_args().package
    with tarfile.open(package) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            parser.error(f"{package} has no {MEMBER}")
        source = member.read()
    description = json.loads(source)
    extract = Extract(description)
    operations = {f"{method} {path}": extract.operation(method, path) for method, path in _operations()}
    for name in ("basic-error", "validation-error"):
        extract.schema({"$ref": _REF + name})
    about = {
        "package": f"@octokit/openapi {description['info']['version']}",
        "file": MEMBER,
        "sha256": hashlib.sha256(source).hexdigest(),
        "license": description["info"]["license"]["name"],
    }
    result = {"source": about, "operations": operations, "$defs": dict(sorted(extract.schemas.items()))}
    TARGET.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{TARGET}: {len(operations)} operations, {len(extract.schemas)} schemas, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
