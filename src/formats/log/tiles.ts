/** C2SP tlog-tiles: where tiles and entry bundles live, and how entries are packed. */
import { Failure } from '#base/base.ts'

export const tileWidth = 256

/** Tile index as path: groups of three digits, all but the last with an `x`: 1234067 → `x001/x234/067`. */
function indexPath(index: number): string {
  let path = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  return path
}

/** `tile/<level>/<index>[.p/<width>]`; `width` below 256 names a partial tile. */
export function tilePath(level: number, index: number, width: number = tileWidth): string {
  return `tile/${level}/${indexPath(index)}${width === tileWidth ? '' : `.p/${width}`}`
}

export function entriesPath(index: number, width: number = tileWidth): string {
  return `tile/entries/${indexPath(index)}${width === tileWidth ? '' : `.p/${width}`}`
}

/** Reads back what `tilePath` and `entriesPath` write (after `tile/`), or null. */
export function parseTilePath(
  path: string,
): { level: number | 'entries'; index: number; width: number } | null {
  const match =
    /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  if (match === null) return null
  const width = match[3] === undefined ? tileWidth : Number(match[3])
  const index = Number(match[2]!.replaceAll(/[x/]/g, ''))
  if (width > tileWidth || (match[3] !== undefined && width === tileWidth) || !Number.isSafeInteger(index))
    return null
  if (indexPath(index) !== match[2]) return null
  return { level: match[1] === 'entries' ? 'entries' : Number(match[1]), index, width }
}

export const entryBytesMax = 65_535

/** Entry bundle: each entry's length in 2 bytes, then the entry. */
export function encodeEntries(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.byteLength > entryBytesMax)
        throw new RangeError(`a log entry of ${entry.byteLength} bytes is too long`)
      const length = Buffer.allocUnsafe(2)
      length.writeUInt16BE(entry.byteLength)
      return [length, entry]
    }),
  )
}

/** Throws `Failure('data-loss')` when the bundle is cut short. */
export function decodeEntries(bundle: Uint8Array): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength)
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bundle.byteLength) {
    const end = at + 2 <= bundle.byteLength ? at + 2 + view.getUint16(at) : Number.POSITIVE_INFINITY
    if (end > bundle.byteLength) throw new Failure('data-loss', 'A bundle of log entries is cut short.')
    entries.push(bundle.subarray(at + 2, end))
    at = end
  }
  return entries
}
