import type { ReactNode } from 'react';

/** A host name as the container wrote it: plain text, isolated from our own writing direction, never cut at its right end, which says whose it is. */
export function Host({ host, port, className = '' }: { readonly host: string; readonly port?: number; readonly className?: string }): ReactNode {
  const shown = host || '(no name)';
  return (
    <span className={`mono cut host ${className}`} title={port === undefined ? shown : `${shown}:${port}`}>
      <bdi>
        {shown}
        {port === undefined || port === 443 ? null : <span className="faint">:{port}</span>}
      </bdi>
    </span>
  );
}
