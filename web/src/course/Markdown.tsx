/** Markdown from an untrusted file: no scripts, styles, forms, ids or foreign images; formulas become MathML. */
import DOMPurify, { type Config } from 'dompurify';
import { Marked, type TokenizerAndRendererExtension } from 'marked';
import { useEffect, useRef } from 'preact/hooks';

type Temml = { renderToString(tex: string, options: Record<string, unknown>): string };
let temml: Temml | null = null;

const escape = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const formula = (name: string, level: 'inline' | 'block', pattern: RegExp): TokenizerAndRendererExtension => ({
  name,
  level,
  // Where a block may interrupt a paragraph, an inline token a text.
  start: (source) => {
    const at = level === 'block' ? source.search(/^\$\$/m) : source.indexOf('$');
    return at < 0 ? undefined : at;
  },
  tokenizer(source) {
    const match = pattern.exec(source);
    return match ? { type: name, raw: match[0], text: match[1]!.trim() } : undefined;
  },
  renderer(token) {
    const tex = (token as unknown as { text: string }).text;
    if (!temml) return `<code>${escape(tex)}</code>`;
    try {
      return temml.renderToString(tex, {
        displayMode: level === 'block',
        throwOnError: true,
        trust: false,
        maxExpand: 100,
        maxSize: [20, 20],
      });
    } catch {
      return `<code>${escape(tex)}</code>`;
    }
  },
});

const marked = new Marked(
  { gfm: true, async: false },
  {
    extensions: [
      formula('blockFormula', 'block', /^\$\$([^$]{1,2000})\$\$(?:\n|$)/),
      formula('inlineFormula', 'inline', /^\$((?! )[^$\n]{1,500})\$(?!\d)/),
    ],
  },
);

const rules: Config & { RETURN_DOM_FRAGMENT: true } = {
  USE_PROFILES: { html: true, mathMl: true },
  RETURN_DOM_FRAGMENT: true,
  ALLOW_DATA_ATTR: false,
  FORBID_TAGS: [
    'style',
    'form',
    'input',
    'button',
    'textarea',
    'select',
    'option',
    'dialog',
    'audio',
    'video',
    'source',
    'picture',
    'map',
    'area',
  ],
  FORBID_ATTR: [
    'style',
    'id',
    'name',
    'class',
    'srcset',
    'autofocus',
    'tabindex',
    'accesskey',
    'contenteditable',
    'popover',
    'target',
  ],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#|data:image\/(?:png|jpeg|gif|webp);)/i,
};

let hooked = false;
function purifier() {
  if (!hooked) {
    hooked = true;
    DOMPurify.addHook('afterSanitizeAttributes', (node) => {
      if (node.nodeName === 'IMG' && !/^data:image\//i.test(node.getAttribute('src') ?? ''))
        node.removeAttribute('src');
      if (node.nodeName === 'A' && node.hasAttribute('href')) {
        node.setAttribute('target', '_blank');
        node.setAttribute('rel', 'noopener noreferrer');
      }
    });
  }
  return DOMPurify;
}

/** The sanitised document of a Markdown text. */
export function render(text: string): DocumentFragment {
  let html: string;
  try {
    html = marked.parse(text.slice(0, 60_000), { async: false });
  } catch {
    html = `<p>${escape(text)}</p>`;
  }
  return purifier().sanitize(html, rules);
}

export async function loadFormulas(text: string): Promise<boolean> {
  if (temml || !/\$[^$]+\$/.test(text)) return false;
  try {
    temml = ((await import('temml')) as unknown as { default: Temml }).default;
    return true;
  } catch {
    return false; // formulas stay as code
  }
}

export function Markdown({ text }: { text: string }) {
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let current = true;
    at.current?.replaceChildren(render(text));
    void loadFormulas(text).then((loaded) => {
      if (loaded && current) at.current?.replaceChildren(render(text));
    });
    return () => {
      current = false;
    };
  }, [text]);
  return <div class="course-text" ref={at} />;
}
