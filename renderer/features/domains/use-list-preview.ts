import { useEffect, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { useClient } from '../../lib/core.tsx';

export type ListPreview = { readonly read: CallOutput<'domains.import'> | null; readonly error: unknown; readonly busy: boolean };

/** After so long without a key the text is read. Milliseconds. */
const settles = 200;
const nothing: ListPreview = { read: null, error: null, busy: false };

/** What a text would add, by the core's own reading of it; nothing changes. */
export function useListPreview(workspaceId: string | null, text: string): ListPreview {
  const client = useClient();
  const [preview, setPreview] = useState<ListPreview>(nothing);
  useEffect(() => {
    if (text.trim() === '') return setPreview(nothing);
    let current = true;
    setPreview((last) => ({ ...last, busy: true }));
    const timer = setTimeout(() => {
      client.call('domains.import', { ...(workspaceId !== null && { workspaceId }), text, dryRun: true }).then(
        (read) => current && setPreview({ read, error: null, busy: false }),
        (error: unknown) => current && setPreview({ read: null, error, busy: false }),
      );
    }, settles);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, workspaceId, text]);
  return preview;
}
