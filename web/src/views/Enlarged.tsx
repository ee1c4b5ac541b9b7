// What `Enlarge` opens: a dialog as large as its matrix, scrolled both ways where the screen is smaller.
import type { ComponentChildren } from 'preact';
import { Dialog } from './Dialog';

export default function Enlarged({
  title,
  close,
  children,
}: {
  title: string;
  close: () => void;
  children: ComponentChildren;
}) {
  return (
    <Dialog title={title} close={close} wide>
      <div class="enlarged-room" tabIndex={0} role="region" aria-label={title}>
        {children}
      </div>
    </Dialog>
  );
}
