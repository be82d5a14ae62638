import type { ReactNode } from 'react';

export function Switch({ label, on, onChange }: { readonly label: string; readonly on: boolean; readonly onChange: (on: boolean) => void }): ReactNode {
  return <button type="button" className="switch" role="switch" aria-label={label} aria-checked={on} onClick={() => onChange(!on)} />;
}
