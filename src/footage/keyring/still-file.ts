import { type KeyObject, randomBytes } from 'node:crypto'
import { Failure } from '#base/base.ts'
import type { Copies } from './copies.ts'
import { seal, sealBytes, unseal, unsealBytes } from './sealing.ts'

/** The key of one reference picture. The picture itself lies elsewhere, sealed, and is gone with this file. */
type StillFile = { readonly sealedKey: string; readonly madeMs: number }

const aboutStill = (id: string): string => `overt still 1 ${id}`

function parse(id: string, text: string): StillFile {
  try {
    const file = JSON.parse(text) as StillFile & { v: number; still: string }
    if (file.v !== 1) throw new Failure('unsupported', `still file of version ${file.v}`)
    if (file.still !== id) throw new Failure('data-loss', `the file calls itself ${file.still}`)
    return { sealedKey: file.sealedKey, madeMs: file.madeMs }
  } catch (error) {
    throw new Failure('data-loss', `the keyring's still ${id} can't be read`, error)
  }
}

/** Keys of reference pictures, one file each: a key lives and dies with its file. */
export function createStills(master: KeyObject, copies: Copies) {
  const files = new Map(copies.stillTexts().map(([id, text]) => [id, parse(id, text)]))

  return {
    /** A new key, durable in every copy before anything sealed with it is given out. */
    async seal(id: string, clear: Buffer, nowMs: number): Promise<Buffer> {
      if (files.has(id) || copies.isDestroyed({ what: 'still', id }))
        throw new Failure('conflict', `the still ${id} has been sealed already`)
      const key = randomBytes(32)
      const file = { sealedKey: seal(master, key, aboutStill(id)), madeMs: nowMs }
      await copies.createStill(id, `${JSON.stringify({ v: 1, still: id, ...file })}\n`)
      files.set(id, file)
      const sealed = sealBytes(key, clear, aboutStill(id))
      key.fill(0)
      return sealed
    },
    /** Null: its key is gone. @throws Failure 'data-loss' when a byte was changed */
    open(id: string, sealed: Buffer): Buffer | null {
      const file = files.get(id)
      if (file === undefined) return null
      const key = unseal(master, file.sealedKey, aboutStill(id))
      try {
        return unsealBytes(key, sealed, aboutStill(id))
      } finally {
        key.fill(0)
      }
    },
    list: (): readonly { readonly id: string; readonly madeMs: number }[] =>
      [...files].map(([id, { madeMs }]) => ({ id, madeMs })),
    async destroy(id: string, nowMs: number): Promise<boolean> {
      await copies.noteDestroyed({ what: 'still', id, atMs: nowMs })
      const had = files.delete(id)
      await copies.destroyStill(id)
      return had
    },
  }
}
