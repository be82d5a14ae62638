import type { Check } from '../../shared/model/doctor.ts';

/** What a look at one thing found. `why` for what is not ok: cause, effect, what to do. No secret is ever a fact. */
export type Finding = Pick<Check, 'state' | 'found' | 'why' | 'facts' | 'fix'>;

/** One thing Forgehold needs, how to look at it, and what can be done about it. */
export type Probe = Pick<Check, 'id' | 'group' | 'title'> & {
  /** The engine must answer first; until then the check waits. */
  readonly needsEngine?: true;
  /** Milliseconds; a look that takes longer is reported as such and holds up no other. Default 10,000. */
  readonly timeoutMs?: number;
  readonly look: (signal: AbortSignal) => Promise<Finding>;
  /** By the id that a finding's `fix` names. Throws an `AppError` whose message says what to do instead. */
  readonly fixes?: Readonly<Record<string, () => Promise<void>>>;
};

/** pino's shape. */
export type DoctorLog = { readonly warn: (facts: object, message: string) => void };
