import path from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from './setup/paths.mjs';
import { findUnsteady, mostUnsteady } from './unsteady.mjs';

function report(...files: readonly (readonly [name: string, status: string])[]): string {
  return JSON.stringify({ testResults: files.map(([name, status]) => ({ name: path.join(projectFolder, name), status })) });
}

test('files that failed get another run, each once, whichever suites they failed in', () => {
  const found = findUnsteady(
    report(['tests/b.test.ts', 'failed'], ['tests/a.test.ts', 'passed'], ['tests/b.test.ts', 'failed'], ['tests/0.test.ts', 'failed']),
  );
  expect(found).toEqual(['tests/0.test.ts', 'tests/b.test.ts']);
});

test('many failed files get none: the change is broken', () => {
  const many = Array.from({ length: mostUnsteady + 1 }, (_, n) => [`tests/${n}.test.ts`, 'failed'] as const);
  expect(findUnsteady(report(...many.slice(1)))).toHaveLength(mostUnsteady);
  expect(findUnsteady(report(...many))).toBeNull();
});

test('a run that failed without a failed file gets none: nobody knows what to run', () => {
  expect(findUnsteady(report(['tests/a.test.ts', 'passed']))).toBeNull();
  expect(findUnsteady('{}')).toBeNull();
});
