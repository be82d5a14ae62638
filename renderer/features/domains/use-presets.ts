import { useCallback } from 'react';
import type { Client } from '../../../shared/contract/client.ts';
import type { Preset } from '../../../shared/model/domain.ts';
import { type Reading, useReading } from './use-reading.ts';

/** The presets, those first that the workspace's project seems to need; null: of no project. */
export function usePresets(workspaceId: string | null): Reading<Preset[]> {
  const read = useCallback((client: Client) => client.call('domains.presets', workspaceId === null ? {} : { workspaceId }), [workspaceId]);
  return useReading(workspaceId ?? 'all', read);
}
