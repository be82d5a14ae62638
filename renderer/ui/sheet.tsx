import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import styles from './sheet.module.css';

type SheetProps = {
  readonly label: string;
  readonly onClose: () => void;
  /** A press beside the sheet; by default it closes too. */
  readonly onAside?: () => void;
  readonly busy?: boolean;
  readonly children: ReactNode;
};

/** Floats over the page, which is inert meanwhile (the frame sees to that). Escape closes; the focus goes back to where it was. */
export function Sheet({ label, onClose, onAside = onClose, busy, children }: SheetProps): ReactNode {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const sheet = ref.current;
    if (sheet && !sheet.contains(document.activeElement)) {
      (sheet.querySelector<HTMLElement>('[data-autofocus]') ?? sheet).focus();
    }
    return () => {
      if (before instanceof HTMLElement && before.isConnected) setTimeout(() => before.focus());
    };
  }, []);
  function close(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  }
  return (
    <>
      <div className={`scrim ${styles.scrim}`} onPointerDown={onAside} />
      <section
        ref={ref}
        className={`sheet over ${styles.sheet}`}
        role="dialog"
        aria-modal="true"
        aria-label={label}
        aria-busy={busy}
        tabIndex={-1}
        onKeyDown={close}
      >
        {children}
      </section>
    </>
  );
}
