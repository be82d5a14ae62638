import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { refusedBy } from './refused.ts';

test('what the core refused stands at its field', () => {
  expect(refusedBy(new AppError('mount/refused', 'This folder holds keys.'))).toEqual({ mounts: 'This folder holds keys.' });
  expect(refusedBy(new AppError('workspace/two-keys', 'Two keys.'))).toEqual({ env: 'Two keys.' });
  expect(refusedBy(new AppError('engine/unreachable', 'No engine.'))).toEqual({});
  expect(refusedBy(new Error('x'))).toEqual({});
});
