import { expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { changeAll } from './pausing.ts';

it('tries every workspace, and says of each that failed why', async () => {
  const all = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'].map((workspaceId) => ({ workspaceId }) as Workspace);
  const tried: string[] = [];
  const answer = await changeAll(all, async (workspaceId) => {
    tried.push(workspaceId);
    if (workspaceId === 'bbbbbbbb') throw new AppError('engine/timeout', 'The engine did not answer.');
    return { workspaceId } as Workspace;
  });
  expect(tried).toEqual(['aaaaaaaa', 'bbbbbbbb', 'cccccccc']);
  expect(answer).toEqual({
    workspaces: [all[0], all[2]],
    failures: [{ workspaceId: 'bbbbbbbb', error: { code: 'engine/timeout', message: 'The engine did not answer.', details: {} } }],
  });
});
