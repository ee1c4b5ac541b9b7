// Pictures one after the other as an animated GIF, which slides and mail show without a script. The encoder is loaded
// with this file alone.
import { GIFEncoder, applyPalette, quantize } from 'gifenc';
import { toCanvas } from './picture';

/** Longest side in pixels: a GIF that a slide shows sharply and that mail still takes. */
const most = 1600;

/**
 * `pictures` are SVG documents of one size; each stands for `seconds`, the last twice as long, and it begins again.
 * `tell` hears how many are done. One palette of 256 colours for all of them: of the middle one, where a step is lit,
 * and the last, where everything is drawn.
 */
export async function toGif(
  pictures: string[],
  seconds: number,
  tell: (done: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const gif = GIFEncoder(),
    pixels = async (svg: string) => {
      const canvas = await toCanvas(svg, 2, most);
      return {
        data: canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data,
        width: canvas.width,
        height: canvas.height,
      };
    };
  const [lit, last] = [(await pixels(pictures[pictures.length >> 1]!)).data, (await pixels(pictures.at(-1)!)).data];
  const both = new Uint8ClampedArray(lit.length + last.length);
  both.set(lit);
  both.set(last, lit.length);
  const palette = quantize(both, 256);
  for (const [i, svg] of pictures.entries()) {
    const { data, width, height } = await pixels(svg);
    gif.writeFrame(applyPalette(data, palette), width, height, {
      palette,
      delay: 1000 * seconds * (i === pictures.length - 1 ? 2 : 1),
    });
    tell(i + 1);
    await new Promise((resolve) => setTimeout(resolve)); // the page goes on
  }
  gif.finish();
  return gif.bytes();
}
