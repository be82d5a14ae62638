import type { Intent } from '../../shared/model/shell.ts';

/** Where outsiders want the page to go, until it takes them. */
export type Intents = {
  /** Brings the window forth; the page takes it as soon as it can. */
  readonly push: (intent: Intent) => void;
  readonly take: () => readonly Intent[];
};

/** More than a person asks for at once; a flood of links loses its oldest. */
const most = 20;

export function createIntents({ announce }: { readonly announce: () => void }): Intents {
  let waiting: readonly Intent[] = [];
  return {
    push(intent) {
      waiting = [...waiting, intent].slice(-most);
      announce();
    },
    take() {
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}
