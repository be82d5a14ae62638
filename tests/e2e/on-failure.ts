import { beforeEach } from 'vitest';
import { describePages, forgetPages } from './viewer.ts';

/** A spec that fails now and then is understood by what it saw. */
beforeEach(({ onTestFailed, task }) => {
  forgetPages();
  onTestFailed(async () => console.error([`“${task.name}” failed:`, ...(await describePages())].join('\n')));
});
