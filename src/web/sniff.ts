/** What a file is by its first bytes. What a browser or a filename claims is never believed. */

const starts = (bytes: Buffer, ...values: readonly number[]) =>
  bytes.length >= values.length && values.every((value, index) => bytes[index] === value)
const ascii = (bytes: Buffer, from: number, text: string) =>
  bytes.toString('latin1', from, from + text.length) === text

/** The media type, or null when it is none of those we take. */
export function sniffMime(bytes: Buffer): string | null {
  if (starts(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  if (ascii(bytes, 0, 'RIFF') && ascii(bytes, 8, 'WEBP')) return 'image/webp'
  if (ascii(bytes, 0, '%PDF-')) return 'application/pdf'
  // Pictures as newer telephones save them stand in the same box as films (ISO/IEC 23008-12, 23000-22).
  if (ascii(bytes, 4, 'ftyp'))
    return /^(hei[cmsx]|hev[cmsx]|mif1|msf1|avi[fs])$/.test(bytes.toString('latin1', 8, 12))
      ? 'image/heic'
      : 'video/mp4'
  if (starts(bytes, 0x50, 0x4b, 0x03, 0x04)) return 'application/zip'
  return textMime(bytes)
}

/** `text/x-legacy`: text as older spreadsheets write it (UTF-16 with its mark, or a Windows code page). */
function textMime(bytes: Buffer): 'text/plain' | 'text/x-legacy' | null {
  if (bytes.length === 0) return null
  if ((starts(bytes, 0xff, 0xfe) || starts(bytes, 0xfe, 0xff)) && bytes.length % 2 === 0)
    return 'text/x-legacy'
  for (const byte of bytes.subarray(0, 4096)) {
    if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return null
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'text/plain'
  } catch {
    // Not UTF-8: a route that can read older text says so in its list.
    return 'text/x-legacy'
  }
}

const words: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/heic': 'HEIC',
  'application/pdf': 'PDF',
  'video/mp4': 'MP4',
  'application/zip': 'ZIP',
  'text/plain': 'plain text',
  'text/x-legacy': 'plain text',
}

/** "JPEG, PNG or PDF". */
export function mimeWords(mimes: readonly string[]): string {
  const named = [...new Set(mimes.map((mime) => words[mime] ?? mime))]
  return named.length < 2 ? (named[0] ?? 'none') : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`
}
