import { useEffect, useRef } from 'preact/hooks';
import { examples, groups, open } from '../state';

export function Gallery({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog ref={dialog} class="gallery" aria-label="Examples" onClose={close} onClick={(e) => { if (e.target === dialog.current) dialog.current?.close(); }}>
      <div class="panel-head"><h2>Examples</h2><button type="button" class="quiet" onClick={() => dialog.current?.close()}>Close</button></div>
      {groups.map((g) => (
        <section>
          <h3>{g}</h3>
          <ul>{examples.filter((e) => e.group === g).map((e) => (
            <li><button type="button" onClick={() => { open(e); dialog.current?.close(); }}><strong>{e.title}</strong><span>{e.description}</span></button></li>
          ))}</ul>
        </section>
      ))}
    </dialog>
  );
}
