// Fails when what the first page loads (the entry's JavaScript and CSS, gzipped) passes the budget.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);
if (!existsSync(dist)) {
  console.error("There is no build to weigh: run `npm run build` first.");
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function filesOf(name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  const chunk = manifest[name];
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((next) => filesOf(next, seen))];
}

const files = [...new Set(filesOf("index.html"))];
const sizes = files.map((file) => [file, gzipSync(readFileSync(new URL(file, dist))).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);

for (const [file, size] of sizes) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`);
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  of ${budget / 1024} KB`);
if (total > budget) {
  console.error("The entry is over its size budget.");
  process.exit(1);
}
