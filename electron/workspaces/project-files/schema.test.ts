import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { projectFileSchema } from '../../../shared/model/project-file.ts';

const file = join(import.meta.dirname, '../../../docs/forgehold.schema.json');

/** To write it anew: UPDATE_SCHEMA=1 vitest run --project unit electron/workspaces/project-files/schema.test.ts */
test('the published schema of .forgehold.json is the one that files are read by', async () => {
  const schema = { title: '.forgehold.json', ...z.toJSONSchema(projectFileSchema, { io: 'input' }) };
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});
