import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { Step } from '../../shared/model/step.ts';
import type { Tools } from '../agents/types.ts';
import type { Images } from '../engine/images.ts';
import { type Report, type StepDefinition, StepList } from './steps.ts';
import type { Log } from './types.ts';

export type PreparationOptions = {
  readonly images: Images;
  readonly tools: Pick<Tools, 'ensure'>;
  readonly agents: readonly { readonly agent: AgentType; readonly title: string }[];
  /** The steps under way, or failed; empty when all is ready. */
  readonly onChange: (steps: Step[]) => void;
  readonly log: Log;
};

/** Images and tools made ready ahead of the first workspace, all at once, so that it waits for none of them. */
export type Preparation = {
  /** Does nothing while it is under way, or when all was made ready before. What failed is tried again. */
  readonly begin: () => void;
  readonly close: () => Promise<void>;
};

export function createPreparation(options: PreparationOptions): Preparation {
  const controller = new AbortController();
  let work: Promise<boolean> | null = null;
  return {
    begin() {
      if (controller.signal.aborted) return;
      work ??= prepare(options, controller.signal).then((ready) => {
        if (!ready) work = null;
        return ready;
      });
    },
    async close() {
      controller.abort(new AppError('app/closing', 'Forgehold is closing.'));
      await work;
    },
  };
}

type Task = StepDefinition & { readonly run: (report: Report, signal: AbortSignal) => Promise<unknown> };

function listTasks({ images, tools, agents }: PreparationOptions): Task[] {
  return [
    { id: 'agent-image', label: 'Make the agent image ready', run: (report, signal) => images.ensure('agent', report, signal) },
    { id: 'gateway-image', label: 'Make the gateway image ready', run: (report, signal) => images.ensure('gateway', report, signal) },
    { id: 'node', label: 'Make Node ready', run: (report, signal) => tools.ensure('node', report, signal) },
    { id: 'npm', label: 'Make npm ready', run: (report, signal) => tools.ensure('npm', report, signal) },
    ...agents.map(({ agent, title }) => ({
      id: agent,
      label: `Make ${title} ready`,
      run: (report: Report, signal: AbortSignal) => tools.ensure(agent, report, signal),
    })),
  ];
}

async function prepare(options: PreparationOptions, signal: AbortSignal): Promise<boolean> {
  const tasks = listTasks(options);
  const steps = new StepList(tasks, (list) => options.onChange(list));
  const results = await Promise.allSettled(tasks.map((task) => steps.run(task.id, signal, (report) => task.run(report, signal))));
  steps.close();
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (signal.aborted) return false;
  for (const error of failures) options.log.warn({ error }, 'Something could not be made ready ahead of time; it is tried again when it is needed');
  if (failures.length === 0) options.onChange([]);
  return failures.length === 0;
}
