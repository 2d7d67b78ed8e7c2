/** What is said in place of content, or above it. */
import type { ComponentChildren } from 'preact';

export function Problem({ text, retry }: { text: string; retry?: () => void }) {
  return (
    <div class="notice is-problem" role="alert">
      <p>{text}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      Loading {what}…
    </p>
  );
}

/** The only way in: a link that is not stored anywhere but in the terminal and the home folder. */
export function Locked() {
  return (
    <main class="page" id="main" tabIndex={-1}>
      <Notice title="Open the link that the server printed">
        <p>
          This page needs the token in that link. It looks like{' '}
          <code>http://127.0.0.1:40123/#token=…</code> and is new with every start of{' '}
          <code>python-mcp serve</code>. Look for it in the terminal where that runs.
        </p>
      </Notice>
    </main>
  );
}
