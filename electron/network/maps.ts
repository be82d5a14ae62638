import type { Rule } from '../../shared/model/domain.ts';
import type { NetworkMode } from '../../shared/model/workspace.ts';

export const mapNames = ['exact.map', 'suffix.map', 'suffix-private.map', 'mode.map'] as const;
export type MapName = (typeof mapNames)[number];
/** What the gateway looks names up in; `haproxy.cfg` says what each is. */
export type Maps = Readonly<Record<MapName, ReadonlyMap<string, string>>>;

/** One command line of the runtime socket; the socket takes 16 kB (`tune.bufsize`). */
const LINE_BYTES = 8000;

export function buildMaps(rules: readonly Rule[], mode: NetworkMode, nonce: string): Maps {
  const exact = new Map<string, string>();
  const suffix = new Map<string, string>();
  const suffixPrivate = new Map<string, string>();
  for (const { pattern, allowPrivate } of rules) {
    if (!pattern.startsWith('*.')) exact.set(pattern, allowPrivate ? 'allow-private' : 'allow');
    else (allowPrivate ? suffixPrivate : suffix).set(pattern.slice(1), '1');
  }
  return {
    'exact.map': exact,
    'suffix.map': suffix,
    'suffix-private.map': suffixPrivate,
    'mode.map': new Map([
      ['mode', mode],
      ['nonce', nonce],
    ]),
  };
}

export function renderMap(map: ReadonlyMap<string, string>): string {
  return [...map].map(([key, value]) => `${key} ${value}\n`).join('');
}

/** What turns `before` into `after`, grouped into lines. What is taken away comes first: for no moment is more allowed than before or after. */
export function diffCommands(before: Maps, after: Maps): readonly string[] {
  const removals: string[] = [];
  const others: string[] = [];
  for (const name of mapNames) {
    const file = `/cfg/${name}`;
    for (const key of before[name].keys()) if (!after[name].has(key)) removals.push(`del map ${file} ${key}`);
    for (const [key, value] of after[name]) {
      const old = before[name].get(key);
      if (old === undefined) others.push(`add map ${file} ${key} ${value}`);
      else if (old !== value) others.push(`set map ${file} ${key} ${value}`);
    }
  }
  return group([...removals, ...others]);
}

function group(commands: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const command of commands) {
    if (line.length + command.length > LINE_BYTES) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? command : `;${command}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** The answer of `show map`: `<pointer> <key> <value>` a line. */
export function parseMap(answer: string): ReadonlyMap<string, string> {
  const entries = answer.split('\n').map((line) => line.trim().split(' '));
  return new Map(entries.flatMap(([pointer, key, value]) => (pointer?.startsWith('0x') && key && value ? [[key, value] as const] : [])));
}
