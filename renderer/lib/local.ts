import { useState } from 'react';

/** State that this browser keeps. `read` turns what was kept back into a value, or gives null when it does not fit. */
export function useLocal<T extends string>(key: string, initial: T, read: (text: string) => T | null): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = localStorage.getItem(key);
    return (kept === null ? null : read(kept)) ?? initial;
  });
  function set(next: T): void {
    localStorage.setItem(key, next);
    setValue(next);
  }
  return [value, set];
}
