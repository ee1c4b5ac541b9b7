/** Puts a text on the clipboard, and says whether that worked. */
import { useState } from 'preact/hooks';

export function Copy({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Select the text and copy it by hand'),
    );
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>
      <span role="status" class="hint">
        {said}
      </span>
    </>
  );
}
