/**
 * A newer version of the policy that keeps footage for a shorter time holds for what is recorded already, from its first
 * day on. The keys of each camera-day move to the day by which the new version wants them gone, never before its own
 * first day, and go there as all keys do (expiry.ts). Holds have keys of their own and stay. A version that keeps longer
 * moves nothing.
 */
import { addDays, civilDay, daysBetween } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { goneUnder, type Keeping, keepings } from '#providers/providers.ts'
import type { FootageDeps } from './deps.ts'
import { appliedVersions, kidsGone, markApplied, reelsGoneBy, tellApplied } from './kept-less-store.ts'
import type { DueGroup, Keyring } from './keyring/keyring.ts'

export type KeptLessParts = Pick<FootageDeps, 'sql' | 'clock' | 'keyring' | 'packs'>

/** The civil day to which a camera-day's keys go, and the version of the policy that says so. */
export type Move = { readonly goneBy: string; readonly version: string }

/** Where the keys of each camera-day that is kept too long are to go. Pure. */
export function movesOf(
  groups: readonly DueGroup[],
  list: readonly Keeping[],
  nowMs: number,
  isOver: Keyring['isOver'],
): Map<string, Move> {
  const moves = new Map<string, Move>()
  for (const group of groups) {
    const today = civilDay(nowMs, group.timeZone)
    for (const { kid, day } of group.cameraDays) {
      const under = goneUnder(list, day, today)
      if (under === null || under.goneBy >= group.goneBy) continue
      // A day's keys are destroyed in one act, so what comes after it goes with the next.
      const first = isOver({ ...group, goneBy: today }) ? addDays(today, 1) : today
      const goneBy = [under.goneBy, first].toSorted()[1]!
      if (goneBy < group.goneBy) moves.set(kid, { goneBy, version: under.version })
    }
  }
  return moves
}

/**
 * Carries out each version that has begun and wasn't carried out yet. Run twice it moves nothing more.
 * @param again also those that were carried out: an old copy of the keyring may have come back
 */
export async function keepLess(parts: KeptLessParts, again = false): Promise<number> {
  const { sql, clock, keyring, packs } = parts
  const nowMs = clock.nowMs()
  const applied = await appliedVersions(sql)
  let moved = 0
  for (const { slug, timeZone } of packs.list()) {
    const list = keepings(packs, slug)
    const today = civilDay(nowMs, timeZone)
    const fresh = list
      .filter((one, n) => n > 0 && one.fromDay <= today)
      .filter((one) => again || !applied.has(`${slug} ${one.version}`))
    if (fresh.length === 0) continue
    const groups = keyring.due(Number.MAX_SAFE_INTEGER).filter(({ landlord }) => landlord === slug)
    const moves = movesOf(groups, list, nowMs, keyring.isOver)
    const freshOnes = new Set(fresh.map(({ version }) => version))
    const newest = fresh.at(-1)!.version
    // Where several begin at once, each answers for what it shortens, and the newest for the rest.
    const said = Map.groupBy(moves.values(), ({ version }) => (freshOnes.has(version) ? version : newest))
    // Told first: no key may go of which no entry tells. A crash between leaves moves that the next run makes.
    await inTransaction(sql, async (tx) => {
      for (const [goneBy, some] of Map.groupBy(moves, ([, move]) => move.goneBy))
        await reelsGoneBy(
          tx,
          some.map(([kid]) => kid),
          goneBy,
        )
      for (const { version, days, clause } of fresh) {
        const cameraDays = said.get(version)?.length ?? 0
        const isNew = await tellApplied(tx, { provider: slug, version, cameraDays, nowMs })
        if (isNew && cameraDays > 0)
          await append(tx, {
            kind: 'footage.kept-less',
            actor: null,
            provider: slug,
            about: {},
            data: { version, days, cameraDays, clause },
            atMs: nowMs,
          })
      }
    })
    moved += await keyring.shortenAll(new Map([...moves].map(([kid, { goneBy }]) => [kid, goneBy])))
    await markApplied(
      sql,
      slug,
      fresh.map(({ version }) => version),
      nowMs,
    )
  }
  return moved
}

/**
 * What the database says was destroyed is destroyed again, where an old keyring has come back in which it was still to
 * be kept for longer. @returns camera-days destroyed
 */
export async function destroyAgain({ sql, clock, keyring }: KeptLessParts): Promise<number> {
  const kids = keyring
    .due(Number.MAX_SAFE_INTEGER)
    .flatMap(({ cameraDays }) => cameraDays.map(({ kid }) => kid))
  const gone = await kidsGone(sql, kids)
  if (gone.length > 0) await keyring.destroyCameraDays(new Set(gone), clock.nowMs())
  return gone.length
}

/** Lengths of time that footage was kept for under any version that has begun: what goes after them goes as usual. */
export const lengthsOf = (packs: FootageDeps['packs'], landlord: string): ReadonlySet<number> =>
  new Set(keepings(packs, landlord).map(({ days }) => days))

/** Was this camera-day brought forward by a newer version that keeps less? Gives that version. */
export function broughtForward(
  list: readonly Keeping[],
  group: Pick<DueGroup, 'goneBy'>,
  day: string,
): Keeping | null {
  const kept = daysBetween(day, group.goneBy)
  if (list.some(({ days }) => days === kept)) return null
  return list.findLast((one) => one.fromDay > day && one.fromDay <= group.goneBy && kept > one.days) ?? null
}
