import type { ReactNode } from 'react';
import { keyLabel } from '../../lib/keys.ts';

/** The keys of the review of what learning found. */
export function LearningKeys(): ReactNode {
  return (
    <>
      <span className="row">
        <kbd>↑↓</kbd>move
      </span>
      <span className="row">
        <kbd>Space</kbd>tick
      </span>
      <span className="row">
        <kbd>W</kbd>widen to *.domain
      </span>
      <span className="row">
        <kbd>{keyLabel('submit')}</kbd>accept
      </span>
    </>
  );
}

/** The keys of the pages that show rules and decisions. */
export function DomainKeys(): ReactNode {
  return (
    <>
      <span className="row">
        <kbd>/</kbd>search
      </span>
      <span className="row wide">
        <kbd>↵</kbd>change
      </span>
      <span className="row">
        <kbd>⌫</kbd>remove, ends its connections
      </span>
      <span className="row wide">
        <kbd>{keyLabel('undo')}</kbd>undo
      </span>
      <span className="row wide">
        <kbd>Space</kbd>pause
      </span>
      <span className="row">
        <kbd>A</kbd>answer
      </span>
      <span className="end" />
      <span className="wide cut">Direct addresses, UDP and ICMP are refused too, but leave no record</span>
    </>
  );
}
