/** The QR codes in a photo, read in a process that has no network, may write no file and ends with the photo. */
import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure, runChild } from '#base/base.ts'

const child = join(import.meta.dirname, 'read-child.ts')
/** All that the child may read: this program and the packages it is made of, wherever they were installed. */
const readable = [
  realpathSync(resolve(import.meta.dirname, '../../..')),
  realpathSync(
    fileURLToPath(import.meta.resolve('node-av/api')).replace(/(.*[\\/]node_modules)[\\/].*/, '$1'),
  ),
]

/** 50 million points: more than phones give, and 50 MB when unpacked to grey. */
export const pointsMax = 50_000_000

/**
 * The texts of the QR codes found; empty when none could be read, a broken picture included.
 * @param photo JPEG or PNG, already bounded in bytes by `checkPicture`
 * @throws Failure `unavailable` when the reader could not be run at all
 */
export async function readPhotoCodes(photo: Buffer): Promise<readonly string[]> {
  const size = pictureSize(photo)
  if (size === null || size.width * size.height > pointsMax) return []
  try {
    const answer = await runChild(child, photo, {
      // Node's own permissions: no network, no child, no file but the program's own to be read.
      flags: [
        '--permission',
        '--allow-addons',
        ...readable.map((folder) => `--allow-fs-read=${join(folder, '/')}`),
        '--no-warnings',
      ],
      secondsMax: 90,
      outBytesMax: 64 * 1024,
    })
    const texts: unknown = JSON.parse(answer.toString('utf8'))
    return Array.isArray(texts) ? texts.filter((text) => typeof text === 'string') : []
  } catch (cause) {
    throw new Failure('unavailable', 'The photo could not be looked at.', cause)
  }
}

/** Width and height from the head of a PNG (§11.2.2) or JPEG (ITU T.81 B.2.2); null: neither, or cut short. */
export function pictureSize(bytes: Buffer): { readonly width: number; readonly height: number } | null {
  if (bytes.length > 24 && bytes.readUInt32BE(0) === 0x89504e47)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!
    // Start of frame, any coding but the tables that share its range.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}
