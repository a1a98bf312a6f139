import { type KeyObject, randomBytes } from 'node:crypto'
import { Failure } from '#base/base.ts'
import type { Copies } from './copies.ts'
import { recordsMax } from './group-file.ts'
import type { RecordKeys } from './keyring.ts'
import { seal, unseal } from './sealing.ts'

/** The keys of records `from`…`to` (inclusive) of one reel, in order. */
export type HoldPart = {
  readonly reel: string
  readonly from: number
  readonly to: number
  readonly keys: readonly Buffer[]
}

/** What a hold is about, kept beside its keys: from it a database restored from before the hold learns of it again. */
export type HoldAbout = {
  readonly camera: string
  readonly provider: string
  readonly fromMs: number
  readonly toMs: number
  readonly owner: string
  readonly caseId: string | null
  readonly madeMs: number
  readonly endsMs: number
  readonly fragments: number
  readonly bytes: number
  /** Fragments by reel: first and last sequence. */
  readonly parts: readonly { readonly reel: string; readonly from: number; readonly to: number }[]
}

type Line = { readonly reel: string; readonly from: number; readonly to: number; readonly sealed: string }
type HoldFile = {
  readonly hold: string
  readonly about: HoldAbout
  readonly sealedKey: string
  readonly lines: readonly Line[]
}

const aboutHold = (hold: string): string => `overt hold 1 ${hold}`
const aboutLine = (hold: string, line: Omit<Line, 'sealed'>): string =>
  `overt held 1 ${hold} ${line.reel} ${line.from} ${line.to}`

/** Reads one hold's file: its own key sealed by the master key, then fragment keys sealed by its own key. */
function parse(hold: string, text: string): HoldFile {
  try {
    const [first, ...rest] = text.trimEnd().split('\n')
    const head = JSON.parse(first ?? '') as { v: number; hold: string; about: HoldAbout; sealedKey: string }
    if (head.v !== 1) throw new Failure('unsupported', `hold file of version ${head.v}`)
    if (head.hold !== hold) throw new Failure('data-loss', `the file calls itself ${head.hold}`)
    return {
      hold,
      about: head.about,
      sealedKey: head.sealedKey,
      lines: rest.map((line) => JSON.parse(line) as Line),
    }
  } catch (error) {
    throw new Failure('data-loss', `the keyring's hold ${hold} can't be read`, error)
  }
}

/** The holds of a keyring. A hold's keys live and die with its file, whatever happens to the camera-day. */
export function createHolds(master: KeyObject, copies: Copies) {
  const files = new Map(copies.holdTexts().map(([hold, text]) => [hold, parse(hold, text)]))

  return {
    async place(hold: string, parts: readonly HoldPart[], about: HoldAbout): Promise<void> {
      if (files.has(hold)) throw new Failure('conflict', `the hold ${hold} is placed already`)
      if (copies.isDestroyed({ what: 'hold', id: hold })) {
        throw new Failure('conflict', `the hold ${hold} has ended already`)
      }
      const key = randomBytes(32)
      const lines = parts.map(({ reel, from, to, keys }) => {
        if (keys.length !== to - from + 1 || keys.length > recordsMax || keys.some((k) => k.length !== 32)) {
          throw new RangeError(
            `records ${from} to ${to} of reel ${reel} need ${to - from + 1} keys of 32 bytes`,
          )
        }
        const where = { reel, from, to }
        const together = Buffer.concat(keys)
        const sealed = seal(key, together, aboutLine(hold, where))
        together.fill(0)
        return { ...where, sealed }
      })
      const sealedKey = seal(master, key, aboutHold(hold))
      key.fill(0)
      const text = [{ v: 1, hold, about, sealedKey }, ...lines]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join('')
      await copies.createHold(hold, text)
      files.set(hold, { hold, about, sealedKey, lines })
    },
    keysOf(hold: string, reel: string): RecordKeys | null {
      const file = files.get(hold)
      const lines = file?.lines.filter((line) => line.reel === reel) ?? []
      if (file === undefined || lines.length === 0) return null
      const key = unseal(master, file.sealedKey, aboutHold(hold))
      const opened = lines.map((line) => ({ ...line, keys: unseal(key, line.sealed, aboutLine(hold, line)) }))
      key.fill(0)
      return {
        keyOf(sequence) {
          const line = opened.find(({ from, to }) => sequence >= from && sequence <= to)
          if (line === undefined) return null
          const at = (sequence - line.from) * 32
          return Buffer.from(line.keys.subarray(at, at + 32))
        },
      }
    },
    list: (): readonly (HoldAbout & { readonly id: string })[] =>
      [...files.values()].map(({ hold, about }) => ({ ...about, id: hold })),
    /** Reels of which any hold has keys. */
    reels: (): ReadonlySet<string> =>
      new Set([...files.values()].flatMap((file) => file.lines.map((line) => line.reel))),
    async destroy(hold: string, nowMs: number): Promise<boolean> {
      await copies.noteDestroyed({ what: 'hold', id: hold, atMs: nowMs })
      const had = files.delete(hold)
      await copies.destroyHold(hold)
      return had
    },
  }
}
