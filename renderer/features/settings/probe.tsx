import { type ReactNode, useState } from 'react';
import type { EngineProbe } from '../../../shared/model/engines.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Icon } from '../../ui/icon.tsx';
import { fieldProblem } from './field-problem.ts';

export type Probe = { readonly run: (engine: string) => void; readonly busy: boolean; readonly answer: EngineProbe | null; readonly error: unknown };

/** One try to reach an engine, by its id or address. */
export function useProbe(): Probe {
  const client = useClient();
  const action = useAction();
  const [answer, setAnswer] = useState<EngineProbe | null>(null);
  function run(engine: string): void {
    setAnswer(null);
    void action.run(async () => setAnswer(await client.call('engines.probe', { engine })));
  }
  return { run, busy: action.busy, answer, error: action.error };
}

/** What the try told, in a sentence. */
export function ProbeAnswer({ probe }: { readonly probe: Probe }): ReactNode {
  const { answer, error } = probe;
  if (error) {
    return (
      <p className="sm bad selectable" role="alert">
        {fieldProblem(error)}
      </p>
    );
  }
  if (!answer) return null;
  if (answer.kind === 'fails') {
    return (
      <p className="sm bad selectable" role="alert">
        {answer.reason}
      </p>
    );
  }
  return (
    <p className="sm row" role="status">
      <Icon name="check" tone="ok" />
      <span className="selectable">
        It answers: Docker {answer.version}, API {answer.apiVersion}, {answer.os}
        {answer.rootless ? ', rootless' : ''}.
      </span>
    </p>
  );
}
