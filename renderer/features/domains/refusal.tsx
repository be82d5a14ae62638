import type { ReactNode } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';

type Props = { readonly id: string; readonly error: unknown; readonly onSuggestion: (suggestion: string) => void };

/** What to type instead, where the core can tell. */
function suggestionOf(error: unknown): string | null {
  const suggestion = error instanceof AppError ? error.details?.['suggestion'] : undefined;
  return typeof suggestion === 'string' ? suggestion : null;
}

/** The core's sentence under a field, and what it would take instead. */
export function Refusal({ id, error, onSuggestion }: Props): ReactNode {
  const suggestion = error ? suggestionOf(error) : null;
  return (
    <p id={id} className="why" role={error ? 'alert' : undefined} hidden={!error}>
      {error ? problemText(error) : ''}{' '}
      {suggestion === null ? null : (
        <Button small onClick={() => onSuggestion(suggestion)}>
          Use <bdi className="mono">{suggestion}</bdi>
        </Button>
      )}
    </p>
  );
}
