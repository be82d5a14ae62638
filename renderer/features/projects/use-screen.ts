import { useEffect, useState } from 'react';
import { useClient, useLive } from '../../lib/core.tsx';

/** How often the last lines are read while somebody looks at them. Milliseconds. */
const every = 1500;

/** The last lines of a terminal as plain text, trailing empty ones removed; empty until they are known. It stands still in a hidden page. */
export function useScreen(terminalId: string): readonly string[] {
  const client = useClient();
  const live = useLive((state) => state.status.kind === 'live');
  const [lines, setLines] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!live) return;
    let timer = 0;
    let current = true;
    async function read(): Promise<void> {
      // A terminal that ends between two reads is told by the live state; its last lines stay.
      const screen = document.hidden ? null : await client.call('terminals.screen', { terminalId }).catch(() => null);
      if (!current) return;
      if (screen) setLines(screen.lines.slice(0, screen.lines.findLastIndex((line) => line !== '') + 1));
      timer = window.setTimeout(() => void read(), every);
    }
    void read();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, terminalId, live]);
  return lines;
}
