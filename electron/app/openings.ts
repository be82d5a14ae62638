import { realpath, stat } from 'node:fs/promises';
import type { Intent } from '../../shared/model/shell.ts';
import type { Asked } from './arguments.ts';
import { readDeepLink } from './deep-links.ts';

export type OpeningsOptions = {
  readonly push: (intent: Intent) => void;
  /** Hands the return of a login to the session that waits for it; false when none does. */
  readonly returnLogin: (session: string, query: string) => boolean;
  /** Milliseconds, of a clock that only runs forward. */
  readonly now?: () => number;
};

/** Whatever is named to the app from outside becomes a place to lead to, or a sentence that says why not. */
export type Openings = { readonly open: (asked: Asked) => Promise<void> };

/** So many at once, and one more each second: enough for a person, too few for a page that floods the window. */
const burst = 10;
const refillMs = 1000;

export function createOpenings({ push, returnLogin, now = () => performance.now() }: OpeningsOptions): Openings {
  const isOneTooMany = createBrake(now);

  function openLink(text: string): void {
    const link = readDeepLink(text);
    if (link.kind === 'intent') push(link.intent);
    else if (!returnLogin(link.session, link.query)) push(refused('A login returned, but nothing waits for it any more. Begin it again in the terminal.'));
  }
  return {
    async open(asked) {
      const verdict = isOneTooMany();
      if (verdict === 'said') return;
      if (verdict === 'say') return push(refused('Too many links and folders were opened at once. The rest of them was left out.'));
      if (asked.kind === 'link') openLink(asked.text);
      else push(await readFolder(asked.path));
    },
  };
}

/** `say` for the first of a flood that is too many, `said` for those after it. */
function createBrake(now: () => number): () => 'let' | 'say' | 'said' {
  let left = burst;
  let at = now();
  let isSaid = false;
  return () => {
    const time = now();
    left = Math.min(burst, left + (time - at) / refillMs);
    at = time;
    if (left >= burst / 2) isSaid = false;
    if (left >= 1) {
      left -= 1;
      return 'let';
    }
    if (isSaid) return 'said';
    isSaid = true;
    return 'say';
  };
}

/** A folder of the host, links resolved as the core resolves them; it is added only when the user says so in the sheet. */
async function readFolder(path: string): Promise<Intent> {
  const shown = showPath(path);
  if (/\p{Cc}/u.test(path)) return refused(`The name of the folder ${shown} holds characters that cannot be shown. Rename it first.`);
  try {
    const place = await realpath(path);
    if (!(await stat(place)).isDirectory()) return refused(`${shown} is a file. Forgehold opens folders.`);
    return place.length > 4096 ? refused(`The path of ${shown} is too long.`) : { kind: 'add', place };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return refused(`There is no folder ${shown}.`);
    return refused(`The folder ${shown} cannot be opened: ${code ?? String(error)}.`);
  }
}

/** The end of a path tells folders apart; what cannot be seen is left out of the sentence. */
export function showPath(path: string): string {
  const visible = path.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return visible.length > 200 ? `…${visible.slice(-200)}` : visible;
}

function refused(message: string): Intent {
  return { kind: 'refused', message };
}
