import { createHash } from 'node:crypto'
import { newId, ok, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { pictureSize } from './sign-sheet/read-photo.ts'

/** A telephone's photo of 12 to 50 million points fits; the database isn't a film store. */
export const pictureMegabytesMax = 12
export const pictureBytesMax = pictureMegabytesMax * 1024 * 1024
export const pictureMimes = ['image/jpeg', 'image/png'] as const
export type PictureMime = (typeof pictureMimes)[number]

/** What the bytes are, whatever the sender called them: the first bytes of JPEG (ITU T.81 B.1.1.3) and PNG (§5.2). */
export function pictureMime(bytes: Buffer): PictureMime | null {
  if (bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg'
  if (bytes.length > 8 && bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')))
    return 'image/png'
  return null
}

/** More points than telephones give; a few kilobytes can claim billions, and would fill whoever unpacks them. */
export const picturePointsMax = 100_000_000

/** Checks an uploaded picture: there, not too large in bytes and in points, and really a picture. */
export function checkPicture(bytes: Buffer | undefined): Result<{ bytes: Buffer; mime: PictureMime }> {
  const no = (message: string) => refuse({ code: 'picture', message, clause: null })
  if (!bytes || bytes.length === 0) return no('Choose a photo.')
  if (bytes.length > pictureBytesMax)
    return no(`The photo is larger than ${pictureMegabytesMax} MB. Choose a smaller one.`)
  const mime = pictureMime(bytes)
  if (mime === null) return no('This file is not a JPEG or PNG picture. Choose a photo.')
  const size = pictureSize(bytes)
  if (size !== null && size.width * size.height > picturePointsMax)
    return no('The picture is made of too many points. Make it smaller, or choose another.')
  return ok({ bytes, mime })
}

export async function storePicture(
  tx: Tx,
  given: {
    readonly provider: string
    readonly mime: PictureMime
    readonly bytes: Buffer
    readonly by: string | null
    readonly nowMs: number
    /** Where the bytes are sealed for an id that was chosen before. */
    readonly id?: string
  },
): Promise<string> {
  const id = given.id ?? newId(given.nowMs)
  await tx`
    insert into register.attachment (id, provider, mime, bytes, sha256, created_at, created_by)
    values (${id}, ${given.provider}, ${given.mime}, ${given.bytes},
            ${createHash('sha256').update(given.bytes).digest()}, ${given.nowMs}, ${given.by})`
  return id
}

/** The caller has decided that the person may see what the picture belongs to. */
export async function readPicture(
  sql: Query,
  id: string,
): Promise<{ readonly provider: string; readonly mime: PictureMime; readonly bytes: Buffer } | null> {
  const [row] = await sql<{ provider: string; mime: PictureMime; bytes: Buffer }[]>`
    select provider, mime, bytes from register.attachment where id = ${id}`
  return row ?? null
}
