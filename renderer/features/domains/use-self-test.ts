import { useState } from 'react';
import type { SelfTestReport } from '../../../shared/model/selftest.ts';
import type { WallState } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { useReading } from './use-reading.ts';

export type TestRun = {
  /** Of the last test, whoever asked for it; null before the first. */
  readonly report: SelfTestReport | null;
  readonly busy: boolean;
  readonly error: unknown;
  readonly open: boolean;
  readonly toggle: () => void;
  readonly run: () => void;
};

/** The last self-test, and another on request. The wall is tested by itself too: its state says when. */
export function useSelfTest(workspaceId: string, wall: WallState): TestRun {
  const client = useClient();
  const action = useAction();
  const [open, setOpen] = useState(false);
  const tested = wall.kind === 'standing' ? wall.testedAt : wall.kind;
  const { value } = useReading(`${workspaceId} ${tested}`, (from) => from.call('selftest.last', { workspaceId }));
  const [own, setOwn] = useState<SelfTestReport | null>(null);
  const report = own && (!value || own.endedAt >= value.endedAt) ? own : value;
  return {
    report,
    busy: action.busy,
    error: action.error,
    open: open || action.error !== null || action.busy,
    toggle: () => {
      setOpen(!open);
      action.clear();
    },
    run: () => {
      setOpen(true);
      void action.run(async () => setOwn(await client.call('selftest.run', { workspaceId })));
    },
  };
}
