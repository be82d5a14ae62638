import { useEffect, useState } from 'react';
import { watchedScreenSchema } from '../../../shared/contract/terminals.ts';
import { useClient, useLive } from '../../lib/core.tsx';

/** The last lines of a terminal as plain text, trailing empty ones removed; empty until they are known. They follow its output; a quiet one, and a hidden page, cost nothing. */
export function useScreen(terminalId: string): readonly string[] {
  const client = useClient();
  const live = useLive((state) => state.status.kind === 'live');
  const visible = useVisible();
  const [lines, setLines] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!live || !visible) return;
    const channel = client.open('terminals.watch', { terminalId });
    channel.onData((bytes) => {
      const screen = watchedScreenSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      setLines(screen.lines.slice(0, screen.lines.findLastIndex((line) => line !== '') + 1));
    });
    // A terminal that ends meanwhile is told by the live state; its last lines stay.
    channel.closed.catch(() => {});
    return () => channel.end();
  }, [client, terminalId, live, visible]);
  return lines;
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(() => !document.hidden);
  useEffect(() => {
    const listen = (): void => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', listen);
    return () => document.removeEventListener('visibilitychange', listen);
  }, []);
  return visible;
}
