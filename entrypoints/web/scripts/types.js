// Writes the types of the objects that the server sends, from its OpenAPI description on stdin.
// With --check it writes nothing, and fails where the file is not what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import * as prettier from "prettier";

const file = fileURLToPath(new URL("../src/shared/api/schema.ts", import.meta.url));
const described = JSON.parse(await text(process.stdin));
const objects = await openapiTS({ ...described, paths: {} }, { silent: true });
const options = { ...(await prettier.resolveConfig(file)), filepath: file };
const source = await prettier.format(COMMENT_HEADER + astToString(objects), options);

if (!process.argv.includes("--check")) writeFileSync(file, source);
else if (readFileSync(file, "utf8") !== source) {
  console.error("The server describes other objects than src/shared/api/schema.ts has: run `make types`.");
  process.exit(1);
}
