import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

type State = { readonly error: unknown };

/** A bug in one screen leaves the rest of the app standing. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error ?? new Error('unknown') };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    reportError(new Error(`A screen failed: ${info.componentStack ?? ''}`, { cause: error }));
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <main className="main">
        <div className="center">
          <div className="tellings" role="alert">
            <h1 className="row">
              <Icon name="alert" tone="bad" /> This screen failed
            </h1>
            <p className="dim">That is a bug in Forgehold. Your agents are not touched by it.</p>
            <p className="mono faint selectable">{this.state.error instanceof Error ? this.state.error.message : JSON.stringify(this.state.error)}</p>
            <div className="row">
              <Button look="primary" icon="retry" onClick={() => this.setState({ error: null })}>
                Try again
              </Button>
              <Button onClick={() => location.reload()}>Reload</Button>
            </div>
          </div>
        </div>
      </main>
    );
  }
}
