import { useEffect, useEffectEvent, useState } from 'react';

/** State that survives a reload of this tab. `read` turns what was kept back into a value, or gives null when it does not fit. */
export function useSession<T extends string>(key: string, initial: T, read?: (text: string) => T | null): [T, (value: T) => void] {
  const understand = (text: string): T | null => (read ? read(text) : (text as T));
  const understandNew = useEffectEvent(understand);
  const [value, setValue] = useState<T>(() => {
    const kept = sessionStorage.getItem(key);
    return (kept === null ? null : understand(kept)) ?? initial;
  });
  useEffect(() => {
    function learn({ detail }: CustomEvent<string>): void {
      const next = understandNew(detail);
      if (next !== null) setValue(next);
    }
    addEventListener(`session:${key}`, learn as EventListener);
    return () => removeEventListener(`session:${key}`, learn as EventListener);
  }, [key]);
  return [value, (next) => setSession(key, next)];
}

/** Sets it from outside the component that shows it, which may not be there yet. */
export function setSession(key: string, value: string): void {
  sessionStorage.setItem(key, value);
  dispatchEvent(new CustomEvent(`session:${key}`, { detail: value }));
}
