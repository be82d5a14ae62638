import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, type Row, format } from './measure.ts';

/** `npm run bench [NAME…]`: every `*.bench.ts` of this folder, one after the other, and one table. */
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const rows: Row[] = [];
for (const file of readdirSync(import.meta.dirname).sort()) {
  if (!file.endsWith('.bench.ts') || (wanted.length > 0 && !wanted.some((name) => file.startsWith(name)))) continue;
  console.log(`${file} …`);
  const module = (await import(join(import.meta.dirname, file))) as { readonly bench: Bench };
  rows.push(...(await module.bench()));
}
console.log(`\n${format(rows)}\n`);
