#!/usr/bin/env node
// Which test files CI may give a second run, alone: `node build/unsteady.mjs <vitest's JSON report>` prints them, a line each, and says so on
// stderr. Ends with 1 when there is nothing that a second run could tell: no report, no failed file, or more than a busy machine explains.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectFolder } from './setup/paths.mjs';

/** More failed files than this are a broken change, not an unsteady test. */
export const mostUnsteady = 8;

/**
 * @param {string} report
 * @returns {readonly string[] | null} paths from the project's folder; null when a second run is no answer
 */
export function findUnsteady(report) {
  /** @type {{ readonly testResults?: readonly { readonly name: string, readonly status: string }[] }} */
  const { testResults = [] } = JSON.parse(report);
  const failed = new Set(testResults.filter(({ status }) => status === 'failed').map(({ name }) => path.relative(projectFolder, name)));
  return failed.size === 0 || failed.size > mostUnsteady ? null : [...failed].toSorted();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = findUnsteady(readFileSync(process.argv[2] ?? '', 'utf8'));
  if (files === null) process.exitCode = 1;
  else {
    console.error(`ci: run again, alone: ${files.join(' ')}. What passes now is unsteady all the same: a defect of the test or the product, to be found.`);
    console.log(files.join('\n'));
  }
}
