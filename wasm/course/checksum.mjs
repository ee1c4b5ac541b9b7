// The checksum of links: CRC-32 (IEEE 802.3) of their characters as 8 hex digits, which no mail program cuts off. It
// finds every change of up to 32 bits in a row, so every changed, added or lost character; it is no protection against
// someone who wants to deceive.
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** Of a text of ASCII characters. */
export function checksum(text) {
  let c = 0xffffffff;
  for (let i = 0; i < text.length; ++i) c = table[(c ^ text.charCodeAt(i)) & 0xff] ^ (c >>> 8);
  return (~c >>> 0).toString(16).padStart(8, '0');
}
