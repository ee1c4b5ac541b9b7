/** CRC-32 of a text of ASCII characters, 8 hex digits. */
export function checksum(text: string): string;
