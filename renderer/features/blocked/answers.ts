import type { Answer } from '../../../shared/model/domain.ts';

export type AnswerChoice = { readonly answer: Answer; /** As `pressedKey` tells it. */ readonly key: string; readonly label: string; readonly title: string };

/** The same answers, keys and words wherever a blocked name is shown. */
export const allowChoices: readonly AnswerChoice[] = [
  { answer: 'once', key: 'o', label: 'Once', title: 'Until a minute after its next connection' },
  { answer: 'session', key: 's', label: 'Session', title: 'In this workspace, until it stops' },
  { answer: 'project', key: 'p', label: 'Project', title: 'In every workspace of this project' },
  { answer: 'always', key: 'a', label: 'Always', title: 'In every workspace of every project' },
];
export const denyChoices: readonly AnswerChoice[] = [
  { answer: 'deny', key: 'd', label: 'Deny', title: 'In every workspace of this project; it does not ask again' },
  { answer: 'deny-silently', key: '⇧d', label: 'Deny silently', title: 'As Deny, and what it tries is shown only when you ask for it' },
];

/** The name of what was pressed: a letter in lower case, with ⇧ when that was held. */
export function pressedKey({ key, shiftKey }: { readonly key: string; readonly shiftKey: boolean }): string {
  if (key.length > 1) return key;
  return `${shiftKey ? '⇧' : ''}${key.toLowerCase()}`;
}

/** Letter to deed, for those that can be done. */
export function answerKeys(can: 'yes' | 'private' | 'no', give: (answer: Answer) => void): Readonly<Record<string, () => void>> {
  const choices = can === 'no' ? denyChoices : [...allowChoices, ...denyChoices];
  return Object.fromEntries(choices.map(({ key, answer }) => [key, () => give(answer)]));
}
