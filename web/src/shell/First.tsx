// The first picture, which stood in the document before any script came: it stays until the live one can take its
// place.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { firstExample } from '../state/examples';
import { source } from '../state/project';

let kept: ChildNode[] = [];

/** Empties the page's root, and keeps what the first picture consists of; nothing where it was not shown. */
export function takeFirst(root: HTMLElement) {
  const centre = root.querySelector('.prerendered .centre');
  if (centre && !document.documentElement.classList.contains('not-first')) kept = [...centre.childNodes];
  root.replaceChildren();
}

/** Is what stood there still the program of this page? */
export const standing = () => kept.length > 0 && source.value === firstExample.source;

export function First() {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    host.current!.append(...kept);
    return () => {
      kept = [];
    }; // once is enough
  }, []);
  return <div class="centre standing" inert ref={host} />;
}
