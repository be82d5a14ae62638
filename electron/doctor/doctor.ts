import { AppError } from '../../shared/errors.ts';
import type { Check } from '../../shared/model/doctor.ts';
import type { DoctorLog, Finding, Probe } from './types.ts';

const defaultTimeoutMs = 10_000;

export type Doctor = {
  /** All checks in their order, or the named ones. Never throws for what it finds: a check that breaks says so itself. */
  readonly run: (ids?: readonly string[]) => Promise<Check[]>;
  /** By the id of a check, or of the fix it offers. Throws `doctor/unknown`, `doctor/nothing-to-fix`, and what the fix throws. */
  readonly fix: (id: string) => Promise<Check>;
};

export type DoctorOptions = {
  /** A list may depend on what is there: it is asked anew for each run. */
  readonly probes: () => readonly Probe[];
  readonly engineAnswers: () => boolean;
  readonly log: DoctorLog;
};

/** Looks at everything at once; each look has its own time limit, so that one that hangs holds up no other. */
export function createDoctor({ probes, engineAnswers, log }: DoctorOptions): Doctor {
  async function check(probe: Probe): Promise<Check> {
    const { id, group, title } = probe;
    if (probe.needsEngine && !engineAnswers()) return { id, group, title, state: 'waiting', found: 'Waits for the container engine' };
    return { id, group, title, ...(await look(probe, log)) };
  }
  return {
    async run(ids) {
      const all = probes();
      const unknown = ids?.find((id) => !all.some((probe) => probe.id === id));
      if (unknown !== undefined) throw unknownCheck(unknown, all);
      return Promise.all(all.filter(({ id }) => ids?.includes(id) ?? true).map(check));
    },
    async fix(id) {
      const all = probes();
      const probe = all.find((one) => one.id === id || Object.hasOwn(one.fixes ?? {}, id));
      if (!probe) throw unknownCheck(id, all);
      const now = await check(probe);
      // Somebody, or time itself, was quicker.
      if (now.state === 'ok' && now.fix === undefined) return now;
      const fix = probe.fixes?.[now.fix?.id ?? ''];
      if (!fix) throw new AppError('doctor/nothing-to-fix', `There is no fix for "${probe.title}". ${now.why ?? now.found}`, { details: { id } });
      await fix();
      return check(probe);
    },
  };
}

async function look(probe: Probe, log: DoctorLog): Promise<Finding> {
  const { timeoutMs = defaultTimeoutMs } = probe;
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      controller.abort(new AppError('doctor/slow', 'The check took too long.'));
      const found = `No answer within ${Math.round(timeoutMs / 1000)} s`;
      resolve({ state: 'warn', found, why: 'What was asked hangs, or the machine is very busy. Check again later.' });
    }, timeoutMs);
  });
  const looked = probe.look(controller.signal).catch((error: unknown): Finding => {
    if (error instanceof AppError) return { state: 'warn', found: 'Could not be looked at', why: error.message, facts: { code: error.code } };
    log.warn({ error, check: probe.id }, 'A check of the doctor broke');
    return { state: 'warn', found: 'Could not be looked at', why: `${(error as Error).message} The log has the details.` };
  });
  return Promise.race([looked, late]).finally(() => clearTimeout(timer));
}

function unknownCheck(id: string, all: readonly Probe[]): AppError {
  return new AppError('doctor/unknown', `There is no check named "${id.slice(0, 64)}". There are: ${all.map((probe) => probe.id).join(', ')}.`);
}
