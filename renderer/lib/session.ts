import { useState } from 'react';

/** State that survives a reload of this tab. `read` turns what was kept back into a value, or gives null when it does not fit. */
export function useSession<T extends string>(key: string, initial: T, read: (text: string) => T | null = (text) => text as T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = sessionStorage.getItem(key);
    return (kept === null ? null : read(kept)) ?? initial;
  });
  function set(next: T): void {
    sessionStorage.setItem(key, next);
    setValue(next);
  }
  return [value, set];
}
