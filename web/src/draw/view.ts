/**
 * A view as it stands on the screen, as a stand-alone SVG: boxes, lines and texts where the browser has put them, in
 * the colours of the theme, also what is scrolled out of sight, without what is for the hand alone (class `on-screen`).
 * (Pictures made from the numbers alone are in picture.ts.)
 */
const escape = (s: string) =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const round = (x: number) => Math.round(x * 100) / 100;
const clear = (colour: string) => colour === 'transparent' || /,\s*0\)$|\/ 0\)$/.test(colour);
const shapes = 'path,line,rect,circle,ellipse,polygon,polyline,text,g';

class Drawing {
  parts: string[] = [];
  width = 0;
  height = 0;
  constructor(
    readonly left: number,
    readonly top: number,
  ) {}

  place(r: DOMRect): { x: number; y: number; w: number; h: number } {
    const x = round(r.left - this.left),
      y = round(r.top - this.top);
    this.width = Math.max(this.width, x + r.width);
    this.height = Math.max(this.height, y + r.height);
    return { x, y, w: round(r.width), h: round(r.height) };
  }

  /** `clip`: where what is cut off at its right ends. */
  element(e: Element, clip = Infinity): void {
    const s = getComputedStyle(e),
      r = e.getBoundingClientRect();
    if (e.matches('.on-screen, button.expander, select')) return;
    if (s.visibility === 'hidden' || s.opacity === '0' || !e.getClientRects().length) return;
    if (r.width <= 1 && r.height <= 1 && s.overflow !== 'visible') return; // for screen readers only
    if (e instanceof SVGSVGElement) return this.svg(e, r);
    if (e instanceof HTMLCanvasElement) {
      const { x, y, w, h } = this.place(r);
      if (e.width && e.height)
        this.parts.push(
          `<image x="${x}" y="${y}" width="${w}" height="${h}" preserveAspectRatio="none" image-rendering="pixelated" href="${e.toDataURL('image/png')}"/>`,
        );
      return;
    }
    this.box(s, r);
    if (e instanceof HTMLInputElement) {
      const { x, y, w, h } = this.place(r);
      if (e.type === 'checkbox')
        this.parts.push(
          `<rect x="${x + 1}" y="${y + 1}" width="${w - 2}" height="${h - 2}" rx="2" fill="${e.checked ? escape(s.color) : 'none'}" stroke="${escape(s.color)}"/>`,
        );
      return;
    }
    const inner =
      s.overflowX === 'hidden' || s.overflowX === 'clip' ? Math.min(clip, r.right - parseFloat(s.paddingRight)) : clip;
    for (const child of e.childNodes) {
      if (child instanceof Text) {
        if (s.writingMode.startsWith('vertical')) this.upright(child, e, s);
        else this.text(child, s, inner);
      } else if (child instanceof Element) this.element(child, inner);
    }
  }

  box(s: CSSStyleDeclaration, r: DOMRect): void {
    const line = parseFloat(s.borderTopWidth),
      whole = line > 0 && s.borderTopStyle !== 'none' && parseFloat(s.borderLeftWidth) > 0;
    const { x, y, w, h } = this.place(r);
    if (!clear(s.backgroundColor) || whole)
      this.parts.push(
        `<rect x="${round(x + line / 2)}" y="${round(y + line / 2)}" width="${round(Math.max(0, w - line))}" height="${round(Math.max(0, h - line))}" rx="${parseFloat(s.borderTopLeftRadius) || 0}" fill="${clear(s.backgroundColor) ? 'none' : s.backgroundColor}"${whole ? ` stroke="${s.borderTopColor}" stroke-width="${line}"${s.borderTopStyle === 'dashed' ? ' stroke-dasharray="4 3"' : ''}` : ''}/>`,
      );
    if (whole) return;
    for (const [width, style, colour, at] of [
      [s.borderTopWidth, s.borderTopStyle, s.borderTopColor, y],
      [s.borderBottomWidth, s.borderBottomStyle, s.borderBottomColor, y + h],
    ] as const)
      if (parseFloat(width) > 0 && style !== 'none' && !clear(colour))
        this.parts.push(
          `<line x1="${x}" x2="${round(x + w)}" y1="${round(at)}" y2="${round(at)}" stroke="${colour}" stroke-width="${parseFloat(width)}"/>`,
        );
  }

  /** One `<text>` for each line that the browser broke a text into. */
  text(node: Text, s: CSSStyleDeclaration, clip: number): void {
    const range = document.createRange(),
      lines: { from: number; to: number; rect: DOMRect }[] = [];
    const piece = (from: number, to: number, whole: boolean) => {
      range.setStart(node, from);
      range.setEnd(node, to);
      if (whole && range.getClientRects().length > 1) {
        // a word that is broken itself
        for (let i = from; i < to; ++i) piece(i, i + 1, false);
        return;
      }
      const rect = range.getBoundingClientRect(),
        last = lines.at(-1);
      if (!rect.width) return;
      if (last && Math.abs(last.rect.top - rect.top) < 2) last.to = to;
      else lines.push({ from, to, rect });
    };
    for (const word of node.data.matchAll(/\S+/g)) piece(word.index, word.index + word[0].length, true);
    const size = parseFloat(s.fontSize);
    for (const line of lines) {
      range.setStart(node, line.from);
      range.setEnd(node, line.to);
      const full = range.getBoundingClientRect(),
        cut = full.right > clip + 1;
      if (full.left >= clip) continue;
      let content = node.data.slice(line.from, line.to);
      if (cut)
        content = `${content.slice(0, Math.max(0, Math.floor((content.length * (clip - full.left)) / full.width) - 1))}…`;
      const { x, y, w, h } = this.place(cut ? new DOMRect(full.left, full.top, clip - full.left, full.height) : full);
      if (!s.whiteSpace.startsWith('pre')) content = content.replace(/\s+/g, ' ');
      if (s.textTransform === 'uppercase') content = content.toUpperCase();
      this.parts.push(
        `<text x="${x}" y="${round(y + h / 2 + 0.35 * size)}" textLength="${w}" lengthAdjust="spacingAndGlyphs" font-family="${escape(s.fontFamily)}" font-size="${size}"${s.fontWeight === '400' ? '' : ` font-weight="${s.fontWeight}"`}${s.fontStyle === 'italic' ? ' font-style="italic"' : ''} fill="${s.color}" xml:space="preserve">${escape(content)}</text>`,
      );
    }
  }

  /** Text that runs down, or up where it was turned by half a circle: one line. */
  upright(node: Text, e: Element, s: CSSStyleDeclaration): void {
    const range = document.createRange();
    range.selectNodeContents(node);
    const { x, y, w, h } = this.place(range.getBoundingClientRect()),
      size = parseFloat(s.fontSize),
      content = node.data.trim();
    if (!h || !content) return;
    const turned = new DOMMatrix(getComputedStyle(e).transform).a < 0;
    this.parts.push(
      `<text transform="translate(${round(x + w / 2)} ${round(y + h / 2)}) rotate(${turned ? -90 : 90})" y="${round(0.35 * size)}" text-anchor="middle" textLength="${h}" lengthAdjust="spacingAndGlyphs" font-family="${escape(s.fontFamily)}" font-size="${size}" fill="${s.color}" xml:space="preserve">${escape(content)}</text>`,
    );
  }

  /** A drawing within the view: its own shapes with the colours that the style sheet gives them. */
  svg(e: SVGSVGElement, r: DOMRect): void {
    const { x, y, w, h } = this.place(r),
      copy = e.cloneNode(true) as SVGSVGElement,
      originals = e.querySelectorAll<SVGElement>(shapes);
    copy.querySelectorAll<SVGElement>(shapes).forEach((shape, i) => {
      const s = getComputedStyle(originals[i]!);
      for (const key of [
        'fill',
        'stroke',
        'stroke-width',
        'stroke-dasharray',
        'opacity',
        'font-size',
        'font-family',
        'text-anchor',
      ])
        shape.setAttribute(key, s.getPropertyValue(key));
      if (s.display === 'none') shape.setAttribute('visibility', 'hidden');
    });
    for (const node of [copy, ...copy.querySelectorAll('*')])
      for (const name of ['class', 'style']) node.removeAttribute(name);
    for (const [key, value] of Object.entries({ x, y, width: w, height: h, overflow: 'visible' }))
      copy.setAttribute(key, String(value));
    this.parts.push(new XMLSerializer().serializeToString(copy));
  }
}

export function viewSvg(view: Element): string {
  const r = view.getBoundingClientRect(),
    margin = 8,
    drawing = new Drawing(r.left - margin, r.top - margin);
  drawing.element(view);
  let ground = '#fff';
  for (let e: Element | null = view; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (!clear(colour)) {
      ground = colour;
      break;
    }
  }
  const w = Math.ceil(drawing.width + margin),
    h = Math.ceil(drawing.height + margin);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><rect width="${w}" height="${h}" fill="${ground}"/>${drawing.parts.join('')}</svg>\n`;
}
