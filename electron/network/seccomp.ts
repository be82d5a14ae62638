import { readFileSync } from 'node:fs';
import { z } from 'zod';
import ours from '../../resources/seccomp/agent.json' with { type: 'json' };
import { AppError } from '../../shared/errors.ts';

/** A profile as engines read it (moby, profiles/seccomp); which architectures it is for is not asked: ours are. */
const argSchema = z.object({ index: z.int(), value: z.int().nonnegative(), valueTwo: z.int().nonnegative().optional(), op: z.string() });
const whenSchema = z.object({ caps: z.array(z.string()).optional(), arches: z.array(z.string()).optional(), minKernel: z.string().optional() });
const ruleSchema = z.object({
  names: z.array(z.string()).optional(),
  name: z.string().optional(),
  action: z.string(),
  errnoRet: z.int().optional(),
  args: z.array(argSchema).nullish(),
  includes: whenSchema.nullish(),
  excludes: whenSchema.nullish(),
});
const profileSchema = z.object({ defaultAction: z.string(), defaultErrnoRet: z.int().optional(), syscalls: z.array(ruleSchema) });
type Arg = z.infer<typeof argSchema>;
/** One rule for one system call. */
type Rule = Omit<z.infer<typeof ruleSchema>, 'names' | 'name' | 'args'> & { readonly name: string; readonly args: readonly Arg[] };

const ALLOW = 'SCMP_ACT_ALLOW';
/** What a profile of the user's may do with a call that it does not allow. What logs, traces or asks lets the call through. */
const denials = new Set(['SCMP_ACT_ERRNO', 'SCMP_ACT_KILL', 'SCMP_ACT_KILL_THREAD', 'SCMP_ACT_KILL_PROCESS', 'SCMP_ACT_TRAP']);
/** What an agent container may have at most (`packageCapabilities`); rules for one that has more than that never hold. */
const capabilities = new Set(['CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER']);
const ourRules = flatten(profileSchema.parse(ours).syscalls).filter(holdsHere);

/** The profile for agent containers, JSON: our own, or what both it and the file at `path` allow. Throws `settings/seccomp-…` with the reason. */
export function seccompProfile(path: string): string {
  return path === '' ? JSON.stringify(ours) : composeSeccomp(readProfile(path), path);
}

function readProfile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('settings/seccomp-unreadable', `The seccomp profile ${path} cannot be read. Put it there, or clear the setting "seccompProfile".`, {
      cause,
    });
  }
}

/** Pure: `text` cut down to what ours allows too. Refused is what allows a call that the wall needs denied, and what cannot be compared. */
export function composeSeccomp(text: string, path: string): string {
  const theirs = parseProfile(text, path);
  const rules = flatten(theirs.syscalls).filter(holdsHere);
  const unknown = rules.find(({ action }) => action !== ALLOW && !denials.has(action));
  if (!denials.has(theirs.defaultAction) || unknown !== undefined)
    throw refuse(path, 'it lets calls through that it does not name, or only watches some. Deny by default');
  const allowed = new Set(rules.filter(({ action }) => action === ALLOW).map(({ name }) => name));
  const tooMuch = [...allowed].filter((name) => !ourRules.some((rule) => rule.name === name && rule.action === ALLOW));
  if (tooMuch.length > 0) throw refuse(path, `it allows what the wall needs denied: ${tooMuch.slice(0, 12).join(', ')}. Take these out`);
  const syscalls = [...new Set(rules.map(({ name }) => name))].flatMap((name) => {
    const [mine, other] = [ourRules, rules].map((all) => all.filter((rule) => rule.name === name)) as [Rule[], Rule[]];
    if (!allowed.has(name) || isOpen(mine)) return other;
    return narrow(mine, other, path);
  });
  const { defaultAction, defaultErrnoRet } = theirs;
  return JSON.stringify({
    defaultAction,
    ...(defaultErrnoRet !== undefined && { defaultErrnoRet }),
    archMap: ours.archMap,
    syscalls: syscalls.map(toProfileRule),
  });
}

function parseProfile(text: string, path: string): z.infer<typeof profileSchema> {
  try {
    return profileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError(
      'settings/seccomp-malformed',
      `${path} is no seccomp profile: JSON with "defaultAction" and "syscalls", as Docker takes it. Mend it, or clear the setting "seccompProfile".`,
      { cause },
    );
  }
}

/** Our rules for a call that we allow under conditions: those of them that theirs allow too. */
function narrow(mine: readonly Rule[], theirs: readonly Rule[], path: string): readonly Rule[] {
  const used = new Set<Rule>();
  function covers(one: Rule, rule: Rule): boolean {
    const isCovered = one.args.every((arg) => rule.args.some((own) => sameArg(own, arg) || holds(arg, own)));
    if (isCovered) used.add(one);
    return isCovered;
  }
  // All of them are asked: each that is of use is marked as such.
  const countCovering = (rules: readonly Rule[], rule: Rule): number => rules.filter((one) => covers(one, rule)).length;
  const [allows, denies] = [theirs.filter(({ action }) => action === ALLOW), theirs.filter(({ action }) => action !== ALLOW)];
  const kept = mine.filter((rule) => rule.action !== ALLOW || (countCovering(allows, rule) > 0 && countCovering(denies, rule) === 0));
  // What is used for nothing says something of the call that ours does not ask for: to leave it out could allow more, or less, than was meant.
  const left = [...allows, ...denies].find((one) => !used.has(one) && !isIdle(one, mine));
  if (left !== undefined)
    throw refuse(path, `its rule for ${left.name} cannot be joined with ours. Take the rules for ${left.name} from resources/seccomp/agent.json`);
  return kept;
}

/** A denial that is one of ours, or of what we never allow anyway. */
function isIdle(denial: Rule, mine: readonly Rule[]): boolean {
  if (denial.action === ALLOW) return false;
  if (mine.some(({ action, args }) => action !== ALLOW && args.length === denial.args.length && args.every((own, at) => sameArg(own, denial.args[at]!))))
    return true;
  return mine.every(({ action, args }) => action !== ALLOW || denial.args.some((arg) => args.some((own) => areApart(arg, own))));
}

/** Whether no call is both: `own` is an equality that `arg` does not hold for, or the other way round. */
function areApart(arg: Arg, own: Arg): boolean {
  if (own.index !== arg.index) return false;
  return (own.op === 'SCMP_CMP_EQ' && !holds(arg, own)) || (arg.op === 'SCMP_CMP_EQ' && !holds(own, arg));
}

/** Whether `arg` is true of every call of which `own`, an equality, is. */
function holds(arg: Arg, own: Arg): boolean {
  if (own.index !== arg.index || own.op !== 'SCMP_CMP_EQ') return false;
  const [value, other] = [BigInt(own.value), BigInt(arg.value)];
  switch (arg.op) {
    case 'SCMP_CMP_EQ':
      return value === other;
    case 'SCMP_CMP_NE':
      return value !== other;
    case 'SCMP_CMP_LT':
      return value < other;
    case 'SCMP_CMP_LE':
      return value <= other;
    case 'SCMP_CMP_GT':
      return value > other;
    case 'SCMP_CMP_GE':
      return value >= other;
    case 'SCMP_CMP_MASKED_EQ':
      return (value & other) === BigInt(arg.valueTwo ?? 0);
    default:
      return false;
  }
}

function sameArg(one: Arg, other: Arg): boolean {
  return one.index === other.index && one.op === other.op && one.value === other.value && (one.valueTwo ?? 0) === (other.valueTwo ?? 0);
}

function isOpen(rules: readonly Rule[]): boolean {
  return rules.length === 1 && rules[0]!.action === ALLOW && rules[0]!.args.length === 0;
}

function holdsHere({ includes }: Rule): boolean {
  return (includes?.caps ?? []).every((name) => capabilities.has(name));
}

function flatten(rules: readonly z.infer<typeof ruleSchema>[]): readonly Rule[] {
  return rules.flatMap(({ names = [], name, args, ...rest }) =>
    [...names, ...(name === undefined ? [] : [name])].map((one) => ({ ...rest, name: one, args: args ?? [] })),
  );
}

function toProfileRule({ name, args, ...rest }: Rule): object {
  return { ...rest, names: [name], ...(args.length > 0 && { args }) };
}

function refuse(path: string, reason: string): AppError {
  return new AppError('settings/seccomp-refused', `The seccomp profile ${path} cannot be used: ${reason}, or clear the setting "seccompProfile".`);
}
