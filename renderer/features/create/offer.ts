import { createStore, useStore } from 'zustand';
import { navigate } from '../../lib/route.ts';

export type Offer = {
  readonly text: string;
  /** What the user should know about it. */
  readonly note?: string;
  /** Several folders at once, instead of a text. */
  readonly folders?: readonly string[];
};

/** `count` tells one offer from the next: the sheet that is open shows the newest. */
const store = createStore<{ readonly offer: Offer | null; readonly count: number }>()(() => ({ offer: null, count: 0 }));

/** Opens the sheet that adds a project with this text in its field: a pasted or dropped path or URL. */
export function offerToAdd(offer: Offer): void {
  store.setState(({ count }) => ({ offer, count: count + 1 }));
  navigate({ page: 'projects', sheet: { kind: 'add' } });
}

/** What was offered last; the sheet that shows it lets it go when it closes. */
export function currentOffer(): Offer | null {
  return store.getState().offer;
}

/** Changes with each offer. */
export function useOfferCount(): number {
  return useStore(store, ({ count }) => count);
}

export function endOffer(): void {
  store.setState({ offer: null });
}
