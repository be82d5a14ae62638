import { plural } from '../../../shared/format.ts';
import type { Intent } from '../../../shared/model/shell.ts';
import { type AttentionItem, countOf } from './attention.ts';

/** A notification on the user's desktop. */
export type Shown = { readonly close: () => void };

export type NotifierOptions = {
  readonly show: (note: { readonly title: string; readonly body: string; readonly intent: Intent }) => Shown;
  /** Whether the user wants any, and does not look at the window. */
  readonly mayShow: () => boolean;
  /** Milliseconds. */
  readonly now?: () => number;
};

export type Notifier = {
  /** What waits now, and what has just come to an end. */
  readonly update: (waiting: readonly AttentionItem[], ended: readonly AttentionItem[]) => void;
  /** The user sees the window, or wants none: what is shown goes. */
  readonly clear: () => void;
};

/** More than so many within this time become one. Milliseconds. */
export const flood = { most: 3, within: 10_000 } as const;

/** One notification for each new matter, closed when the matter is answered or gone; a flood becomes a single one. */
export function createNotifier(options: NotifierOptions): Notifier {
  return new AttentionNotifier(options);
}

type Note = { readonly item: AttentionItem; readonly shown: Shown; readonly at: number };

class AttentionNotifier implements Notifier {
  readonly #options: NotifierOptions;
  readonly #now: () => number;
  /** What was there already is no news; null before the first look. */
  #known: ReadonlySet<string> | null = null;
  readonly #notes = new Map<string, Note>();
  #summary: { readonly items: ReadonlyMap<string, AttentionItem>; readonly shown: Shown } | null = null;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  update(waiting: readonly AttentionItem[], ended: readonly AttentionItem[]): void {
    const known = this.#known;
    const ids = new Set(waiting.map(({ id }) => id));
    this.#known = ids;
    this.#closeAnswered(ids);
    if (known === null || !this.#options.mayShow()) return;
    this.#renew(waiting);
    // What is left of many is no news: all of them were told as one.
    const isNew = ({ id, partOf }: AttentionItem): boolean => !known.has(id) && !(partOf !== undefined && known.has(partOf));
    const news = [...waiting.filter(isNew), ...ended];
    if (news.length > 0) this.#tell(news);
  }

  /** One that stands for far more by now is shown anew; not each time, since it comes forth each time. */
  #renew(waiting: readonly AttentionItem[]): void {
    for (const item of waiting) {
      const note = this.#notes.get(item.id);
      if (!note || item.count < note.item.count * 2) continue;
      note.shown.close();
      this.#notes.set(item.id, { ...note, item, shown: this.#options.show(item) });
    }
  }

  clear(): void {
    for (const { shown } of this.#notes.values()) shown.close();
    this.#notes.clear();
    this.#summary?.shown.close();
    this.#summary = null;
  }

  #tell(news: readonly AttentionItem[]): void {
    const at = this.#now();
    const recent = [...this.#notes.values()].filter((note) => at - note.at < flood.within);
    if (this.#summary || recent.length + news.length > flood.most) return this.#summarise([...recent.map(({ item }) => item), ...news]);
    for (const item of news) {
      this.#notes.get(item.id)?.shown.close();
      this.#notes.set(item.id, { item, at, shown: this.#options.show(item) });
    }
  }

  #summarise(news: readonly AttentionItem[]): void {
    const items = new Map([...(this.#summary?.items ?? []), ...news.map((item) => [item.id, item] as const)]);
    for (const { id } of news) {
      this.#notes.get(id)?.shown.close();
      this.#notes.delete(id);
    }
    this.#showSummary(items);
  }

  #showSummary(items: ReadonlyMap<string, AttentionItem>): void {
    this.#summary?.shown.close();
    const all = [...items.values()];
    const first = all.slice(0, 2).map(({ title }) => title);
    const title = `${plural(countOf(all), 'matter')} for you`;
    this.#summary = { items, shown: this.#options.show({ title, body: `${first.join('; ')} and more.`, intent: { kind: 'command', id: 'rail1' } }) };
  }

  /** What has come to an end stays until the user comes: it waits for no answer. */
  #closeAnswered(waiting: ReadonlySet<string>): void {
    const stays = ({ id, passing }: AttentionItem): boolean => passing === true || waiting.has(id);
    for (const [id, { item, shown }] of this.#notes) {
      if (stays(item)) continue;
      shown.close();
      this.#notes.delete(id);
    }
    if (!this.#summary || [...this.#summary.items.values()].some(stays)) return;
    this.#summary.shown.close();
    this.#summary = null;
  }
}
