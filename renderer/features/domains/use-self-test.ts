import { useState } from 'react';
import type { SelfTestReport } from '../../../shared/model/selftest.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';

export type TestRun = {
  readonly report: SelfTestReport | null;
  readonly busy: boolean;
  readonly error: unknown;
  readonly open: boolean;
  readonly toggle: () => void;
  readonly run: () => void;
};

/** Runs the self-test and keeps its report while the page is open. */
export function useSelfTest(workspaceId: string): TestRun {
  const client = useClient();
  const action = useAction();
  const [report, setReport] = useState<SelfTestReport | null>(null);
  const [open, setOpen] = useState(false);
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
      void action.run(async () => setReport(await client.call('selftest.run', { workspaceId })));
    },
  };
}
