import { useEffect } from 'react';
import { takesText } from '../../lib/keys.ts';
import { offerToAdd } from '../create/offer.ts';
import { canBeAdded } from '../create/path-input.ts';

/** The first line of what is dragged or pasted that names something. A dragged link has its address in the list of URIs. */
function textOf(data: DataTransfer | null): string {
  const uri = (data?.getData('text/uri-list') ?? '').split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'));
  const text = uri ?? data?.getData('text/plain') ?? '';
  return text.startsWith('file:///') ? decodeURIComponent(new URL(text).pathname) : text;
}

/** A path or URL that is pasted where no text can be typed, or dropped anywhere, is offered to be added. */
export function useOffers(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    function paste(event: ClipboardEvent): void {
      const text = textOf(event.clipboardData);
      if (!takesText(event.target) && canBeAdded(text)) offerToAdd({ text: text.trim() });
    }
    function over(event: DragEvent): void {
      if (event.dataTransfer?.types.some((type) => type === 'text/plain' || type === 'text/uri-list')) event.preventDefault();
    }
    function drop(event: DragEvent): void {
      // Files and folders are the window's own matter (`drop-target.tsx`).
      if (event.defaultPrevented) return;
      event.preventDefault();
      const text = textOf(event.dataTransfer);
      if (canBeAdded(text)) offerToAdd({ text: text.trim() });
    }
    addEventListener('paste', paste);
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('paste', paste);
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, [on]);
}
