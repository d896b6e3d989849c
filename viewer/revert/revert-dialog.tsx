import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

import { asRequestError } from '../api/use-get';
import type { RequestError } from '../api/request';
import type { Reverted } from '../api/types';
import { Text } from '../parts/text';

interface Props {
  readonly title: string;
  readonly confirm: string;
  /** Says what will happen. */
  readonly children: ComponentChildren;
  /** Does it; `force` overwrites what has been changed since. */
  readonly submit: (reason: string, force: boolean) => Promise<Reverted>;
  /** Whether the server knows `force` for it. */
  readonly canForce: boolean;
  readonly onDone: (done: Reverted) => void;
  readonly onClose: () => void;
}

/** Asks why before something is put back. The browser keeps the focus in it, and closes it on Escape. */
export function RevertDialog({ title, confirm, children, submit, canForce, onDone, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [force, setForce] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<RequestError | null>(null);

  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onDone(await submit(reason.trim(), force));
    } catch (failed) {
      setError(asRequestError(failed));
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby="revert-title" onClose={onClose}>
      <form method="dialog" class="panel" onSubmit={(event) => void onSubmit(event)}>
        <h2 id="revert-title">{title}</h2>
        {children}
        <label>
          Why? It is kept in the trail with your name.
          <textarea
            name="reason"
            rows={3}
            required
            maxLength={1000}
            value={reason}
            autofocus
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <div role="alert">
          {error && (
            <p class="form-error">
              <Text value={error.message} />
            </p>
          )}
        </div>
        {canForce && error?.status === 409 && (
          <label class="check">
            <input
              type="checkbox"
              checked={force}
              onChange={(event) => setForce(event.currentTarget.checked)}
            />
            Overwrite what has been changed since
          </label>
        )}
        <footer>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" disabled={busy || reason.trim() === ''} aria-busy={busy}>
            {confirm}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
