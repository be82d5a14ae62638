import { powerMonitor } from 'electron';
import type { Link } from '../../shared/contract/link.ts';
import type { Logger } from '../lib/logger.ts';

/**
 * After a sleep nothing waits for its next turn: a connection that was lost is tried at once, and terminals heal with it. What was
 * not lost goes on; timeouts count waking time (`performance.now()` and timers stand still meanwhile on Linux).
 */
export function hearWaking(link: Link, log: Logger): void {
  powerMonitor.on('resume', () => {
    log.info({ link: link.status().kind }, 'The machine woke up');
    link.retryNow();
  });
}
