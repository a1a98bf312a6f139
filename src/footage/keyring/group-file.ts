import { type KeyObject, randomBytes } from 'node:crypto'
import { Failure, startOfDayMs } from '#base/base.ts'
import { newDayKey as newPair } from '#formats/reel/reel.ts'
import { seal, unseal } from './sealing.ts'

/**
 * The keys that must be gone on one day, in one file of lines. The first line carries the group's own key, sealed by
 * the master key; every other line is sealed by the group key. So the file's end is the end of all of them, and a
 * single one is destroyed by writing the others again under a fresh group key.
 *
 * `generation` counts those re-writings: of two copies of a file the higher generation is right, and of two with the
 * same one, the longer (lines are only ever added within a generation).
 */
export type Group = {
  readonly name: string
  /** The civil day at whose first instant, at the site, the keys are destroyed. */
  readonly goneBy: string
  readonly timeZone: string
  /** Slug: a landlord's keys go in an act of their own, on that landlord's word. */
  readonly landlord: string
  readonly goneByMs: number
  readonly generation: number
  /** The group key, sealed by the master key. */
  readonly sealedKey: string
  readonly entries: readonly Entry[]
}

/** The private key of one camera's one day. */
export type DayKey = {
  readonly kind: 'camera-day'
  readonly camera: string
  readonly day: string
  /** base64url of the first 16 bytes of SHA-256 of the raw public key, as in the mandate and the reel's head. */
  readonly kid: string
  /** base64url of the raw X25519 public key. */
  readonly publicKey: string
  /** Counts the keys made for one camera-day: an authority that begins anew gets a fresh one. */
  readonly serial: number
  readonly sealed: string
}

/**
 * What is left of a camera-day whose own key had to go early: one reel's key, or only the keys of its records
 * `from`…`to` (both inclusive).
 */
export type ReelRest = {
  readonly kind: 'reel' | 'records'
  readonly camera: string
  readonly day: string
  readonly kid: string
  readonly reel: string
  readonly from: number
  readonly to: number
  readonly sealed: string
}

export type Entry = DayKey | ReelRest

export const recordsMax = 100_000

export const groupName = (goneBy: string, timeZone: string, landlord: string): string =>
  `${goneBy}_${timeZone.replaceAll('/', '~')}_${landlord}`

const aboutGroup = (name: string, generation: number): string => `overt group 1 ${name} ${generation}`

export const aboutEntry = (entry: Omit<DayKey, 'sealed'> | Omit<ReelRest, 'sealed'>): string =>
  entry.kind === 'camera-day'
    ? `overt camera-day 1 ${entry.camera} ${entry.day} ${entry.kid}`
    : `overt ${entry.kind} 1 ${entry.camera} ${entry.day} ${entry.kid} ${entry.reel} ${entry.from} ${entry.to}`

/** A group without entries, under a fresh key. */
export function newGroup(
  master: KeyObject,
  of: Pick<Group, 'goneBy' | 'timeZone' | 'landlord'>,
  generation: number,
): Group {
  const { goneBy, timeZone, landlord } = of
  const name = groupName(goneBy, timeZone, landlord)
  return {
    name,
    goneBy,
    timeZone,
    landlord,
    goneByMs: startOfDayMs(goneBy, timeZone),
    generation,
    sealedKey: seal(master, randomBytes(32), aboutGroup(name, generation)),
    entries: [],
  }
}

export function groupKey(master: KeyObject, group: Group): Buffer {
  return unseal(master, group.sealedKey, aboutGroup(group.name, group.generation))
}

/** A new X25519 pair for one camera-day; the private half exists only sealed once this returns. */
export function newDayKey(key: Buffer, camera: string, day: string, serial: number): DayKey {
  const pair = newPair()
  const entry = { kind: 'camera-day', camera, day, kid: pair.kid, publicKey: pair.publicKey, serial } as const
  const sealed = seal(key, pair.privateKey, aboutEntry(entry))
  pair.privateKey.fill(0)
  return { ...entry, sealed }
}

/** The same entries under a fresh group key: what was left out can't be read with any key that still exists. */
export function rekeyed(master: KeyObject, group: Group, entries: readonly Entry[]): Group {
  const oldKey = groupKey(master, group)
  const fresh = newGroup(master, group, group.generation + 1)
  const freshKey = groupKey(master, fresh)
  const moved = entries.map((entry) => resealed(entry, oldKey, freshKey))
  oldKey.fill(0)
  freshKey.fill(0)
  return { ...fresh, entries: moved }
}

export function resealed<T extends Entry>(entry: T, from: Buffer, to: Buffer): T {
  const secret = unseal(from, entry.sealed, aboutEntry(entry))
  const sealed = seal(to, secret, aboutEntry(entry))
  secret.fill(0)
  return { ...entry, sealed }
}

export const entryLine = (entry: Entry): string => `${JSON.stringify(entry)}\n`

export function groupText(group: Group): string {
  const { name, goneBy, timeZone, landlord, generation, sealedKey } = group
  return (
    `${JSON.stringify({ v: 1, group: name, goneBy, timeZone, landlord, generation, sealedKey })}\n` +
    group.entries.map(entryLine).join('')
  )
}

/** Reads a group's file. A last line cut short by a crash was never promised to anyone and is left out. */
export function parseGroup(name: string, text: string): { readonly group: Group; readonly torn: boolean } {
  const lines = text.split('\n')
  const torn = lines.pop() !== ''
  const [first, ...rest] = lines
  try {
    const head = JSON.parse(first ?? '') as {
      v: number
      group: string
      goneBy: string
      timeZone: string
      landlord: string
      generation: number
      sealedKey: string
    }
    if (head.v !== 1) throw new Failure('unsupported', `key group of version ${head.v}`)
    if (head.group !== name || groupName(head.goneBy, head.timeZone, head.landlord) !== name) {
      throw new Failure('data-loss', `the file calls itself ${head.group}`)
    }
    const { goneBy, timeZone, landlord, generation, sealedKey } = head
    const goneByMs = startOfDayMs(goneBy, timeZone)
    const entries = rest.map((line) => JSON.parse(line) as Entry)
    return { group: { name, goneBy, timeZone, landlord, goneByMs, generation, sealedKey, entries }, torn }
  } catch (error) {
    throw new Failure('data-loss', `the keyring's group ${name} can't be read`, error)
  }
}
