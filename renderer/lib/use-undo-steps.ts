import { useRef, useState } from 'react';

/** So many changes can be taken back. */
const mostSteps = 30;

export type UndoSteps<T> = {
  /** The last change, while it can be taken back. */
  readonly last: T | null;
  readonly push: (step: T) => void;
  /** One change after the other, and so taking one back: it can be seen, and answered, before it is done here. */
  readonly inTurn: (change: () => Promise<boolean>) => Promise<boolean>;
  readonly undo: () => Promise<boolean>;
};

/** Changes that can be taken back, the last one first. A step stays when `takeBack` answers false. */
export function useUndoSteps<T>(takeBack: (step: T) => Promise<boolean>): UndoSteps<T> {
  const steps = useRef<readonly T[]>([]);
  const running = useRef<Promise<unknown>>(Promise.resolve());
  const [last, setLast] = useState<T | null>(null);
  function keep(next: readonly T[]): void {
    steps.current = next.slice(-mostSteps);
    setLast(steps.current.at(-1) ?? null);
  }
  function inTurn(change: () => Promise<boolean>): Promise<boolean> {
    const done = running.current.then(change);
    running.current = done.catch(() => undefined);
    return done;
  }
  async function takeLast(): Promise<boolean> {
    const step = steps.current.at(-1);
    if (step === undefined || !(await takeBack(step))) return false;
    keep(steps.current.filter((other) => other !== step));
    return true;
  }
  return { last, push: (step) => keep([...steps.current, step]), inTurn, undo: () => inTurn(takeLast) };
}
