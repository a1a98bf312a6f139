/**
 * The keyring: where the private keys of camera-days live, and nowhere else. What it no longer holds can't be read by
 * anybody, whatever copies of reels or database exist; what it holds is shown only through a viewing or an exhibit.
 *
 * It promises that a public key is handed out only when its private half is durable in every copy; that a key goes
 * on its day or earlier and never later; that what was destroyed stays destroyed when an old copy comes back.
 * It never touches the database, never decides when to destroy, and never gives a private key out.
 *
 * Stays whole past 400 lines: one life under one lock, whose acts share what is in memory and must follow one order.
 */
import type { KeyObject } from 'node:crypto'
import { addDays, Failure, type Log, story } from '#base/base.ts'
import { fragmentKey, type ReelHead, unwrapReelKey } from '#formats/reel/reel.ts'
import { createCopies, type Destroyed } from './copies.ts'
import { prepareFolder, sweepTemporaries } from './folders.ts'
import {
  aboutEntry,
  type DayKey,
  type Entry,
  entryLine,
  type Group,
  groupKey,
  groupName,
  groupText,
  newDayKey,
  newGroup,
  type ReelRest,
  recordsMax,
  rekeyed,
  resealed,
} from './group-file.ts'
import { createHolds, type HoldAbout, type HoldPart } from './hold-file.ts'
import { lockKeyring } from './lock.ts'
import { copyMaster, createMaster, keyringIdIn, openMaster } from './master.ts'
import { seal, unseal } from './sealing.ts'
import { createStills } from './still-file.ts'

export type { HoldAbout, HoldPart } from './hold-file.ts'

export type PublicDayKey = { readonly day: string; readonly kid: string; readonly publicKey: string }

/** Gives the key of one record, or null where it is gone. Valid for one request: nobody keeps it. */
export type RecordKeys = { keyOf(sequence: number): Buffer | null }

export type DueGroup = {
  readonly name: string
  readonly goneBy: string
  readonly timeZone: string
  readonly landlord: string
  readonly goneByMs: number
  /** Camera-days whose keys (or the rest of them) are in it. */
  readonly cameraDays: readonly { readonly camera: string; readonly day: string; readonly kid: string }[]
}

export type Keyring = {
  readonly id: string
  readonly opensBy: 'passphrase' | 'key-file'
  /**
   * Public keys for a camera's days, made where they don't exist. A shorter retention moves existing keys forward.
   * `fresh` makes new ones in any case: an authority that begins anew must not share a key with one that ended, whose
   * overrun may still have to be destroyed.
   */
  publicKeysFor(
    camera: string,
    days: readonly string[],
    retentionDays: number,
    of: { readonly timeZone: string; readonly landlord: string },
    options?: { readonly fresh?: boolean },
  ): Promise<PublicDayKey[]>
  /** When a camera-day's keys are destroyed, or null when nothing of them is left. */
  goneBy(
    kid: string,
  ): { readonly goneBy: string; readonly timeZone: string; readonly goneByMs: number } | null
  /** The keys to one reel's records, or null when none is left. */
  keysOf(head: ReelHead): RecordKeys | null
  /**
   * The same for whoever would look, keep or hand over: none from the first instant of its day on, also while the
   * destruction of many days waits for a person's word (expiry.ts).
   */
  keysAt(head: ReelHead, nowMs: number): RecordKeys | null
  /** Moves a camera-day to an earlier day. A later one changes nothing: what is recorded is never kept longer. */
  shorten(kid: string, goneBy: string): Promise<boolean>
  /** The same for many, by their kids, each group of keys written once. Gives how many were moved. */
  shortenAll(goneBy: ReadonlyMap<string, string>): Promise<number>
  /** Were the keys that had to be gone by this day destroyed already? Nothing more can go with them. */
  isOver(of: Pick<Group, 'goneBy' | 'timeZone' | 'landlord'>): boolean
  /** Groups whose day has come, oldest first. */
  due(nowMs: number): DueGroup[]
  /** Destroys everything that must be gone on one day, in one act. */
  destroyGroup(name: string, nowMs: number): Promise<boolean>
  /** Destroys one camera-day alone. */
  destroyCameraDay(kid: string, nowMs: number): Promise<boolean>
  /** The same for many, each group of keys written once. */
  destroyCameraDays(kids: ReadonlySet<string>, nowMs: number): Promise<void>
  /**
   * Replaces a camera-day's key by only those keys that may live on: for each reel, the records `from`…`to`, or the
   * whole reel. After this nothing else that was sealed for the day can be opened.
   */
  narrow(kid: string, keep: readonly Kept[], nowMs: number): Promise<boolean>
  /** Copies the keys of exactly these records under a key of the hold's own. Throws when one of them is gone. */
  placeHold(hold: string, parts: readonly HoldPart[], about: HoldAbout): Promise<void>
  heldKeys(hold: string, reel: string): RecordKeys | null
  holds(): readonly (HoldAbout & { readonly id: string })[]
  /** Reels that some hold has keys for: their files must stay. */
  heldReels(): ReadonlySet<string>
  destroyHold(hold: string, nowMs: number): Promise<boolean>
  /** Seals a reference picture under a key of its own, which is durable in every copy before this returns. */
  sealStill(id: string, clear: Buffer, nowMs: number): Promise<Buffer>
  /** The picture again, or null when its key is gone. */
  openStill(id: string, sealed: Buffer): Buffer | null
  stills(): readonly { readonly id: string; readonly madeMs: number }[]
  destroyStill(id: string, nowMs: number): Promise<boolean>
  /** Brings the second copy in step again; says what is wrong with it, or null. */
  reconcile(): Promise<string | null>
  close(): Promise<void>
}

export type Kept =
  | { readonly head: ReelHead; readonly whole: true }
  | { readonly head: ReelHead; readonly from: number; readonly to: number }

export type KeyringOptions = {
  readonly folder: string
  readonly copy: string | null
  readonly passphrase: string | null
  /** Id of the keyring under which this installation has recorded, or null when it is new. */
  readonly expectedId: string | null
  /** Id of a lost keyring that somebody agreed to do without. */
  readonly acceptLossOf?: string | null
  readonly nowMs: number
  readonly log: Log
}

/** Opens the keyring, making it at the very first start. Holds the lock until `close`. */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const { folder, copy, log } = options
  await prepareFolder(folder)
  const lock = lockKeyring(folder)
  try {
    await sweepTemporaries(folder)
    if (copy !== null) {
      await prepareFolder(copy)
      await sweepTemporaries(copy)
    }
    const master = await findMaster(options)
    const copies = createCopies(folder, copy, log)
    if (copy !== null) await copyMaster(folder, copy)
    const groups = await settle(master.key, await copies.load(), copies)
    return build(master.keyringId, master.opensBy, master.key, groups, copies, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function findMaster(options: KeyringOptions) {
  const { folder, copy, passphrase, expectedId, nowMs, log } = options
  let found = await keyringIdIn(folder)
  const inCopy = copy === null ? null : await keyringIdIn(copy)
  if (found === null && inCopy !== null && copy !== null) {
    log.warn({ folder, copy }, 'the keyring is missing; it is rebuilt from its second copy')
    await copyMaster(copy, folder)
    found = inCopy
  }
  if (found !== null && inCopy !== null && found !== inCopy) {
    throw new Failure(
      'conflict',
      `${folder} and ${copy} hold two different keyrings. One of the paths is wrong.`,
    )
  }
  const lossAccepted = expectedId !== null && options.acceptLossOf === expectedId
  if (expectedId !== null && found !== expectedId && !lossAccepted) {
    const what = found === null ? 'is empty' : 'holds another keyring'
    throw new Failure(
      'data-loss',
      `the keyring is lost: ${folder} ${what}, and this installation recorded under keyring ${expectedId}. ` +
        'Nothing recorded so far can be opened without it. Check OVERT_KEYRING, or put its copy in OVERT_KEYRING_COPY. ' +
        `If it is gone for good, start once with OVERT_KEYRING_LOST=${expectedId}: everything recorded until now stays unreadable for ever.`,
    )
  }
  return found === null ? createMaster(folder, passphrase, nowMs) : openMaster(folder, passphrase)
}

/** A camera-day found in two groups was being moved to the earlier one when the machine stopped: finish that. */
async function settle(
  master: KeyObject,
  groups: readonly Group[],
  copies: ReturnType<typeof createCopies>,
): Promise<Group[]> {
  const placed = new Set<string>()
  const settled: Group[] = []
  for (const group of groups.toSorted((a, b) => a.goneByMs - b.goneByMs)) {
    const entries = group.entries.filter((entry) => !placed.has(entry.kid))
    // Within one group a camera-day's key and its single reels' keys share the kid, so it counts as placed only now.
    for (const entry of entries) placed.add(entry.kid)
    if (entries.length === group.entries.length) {
      settled.push(group)
      continue
    }
    const left = rekeyed(master, group, entries)
    await copies.replaceGroup(left.name, groupText(left))
    settled.push(left)
  }
  return settled
}

type Slot = { readonly group: string; readonly entry: Entry }

function build(
  id: string,
  opensBy: Keyring['opensBy'],
  master: KeyObject,
  loaded: readonly Group[],
  copies: ReturnType<typeof createCopies>,
  lock: { release(): void },
): Keyring {
  const groups = new Map<string, Group>()
  const dayKeys = new Map<string, Slot & { entry: DayKey }>()
  const rests = new Map<string, (Slot & { entry: ReelRest })[]>()
  const byCameraDay = new Map<string, DayKey>()
  const holds = createHolds(master, copies)
  const stills = createStills(master, copies)

  function enter(group: Group): void {
    groups.set(group.name, group)
    for (const entry of group.entries) remember(group.name, entry)
  }
  function remember(group: string, entry: Entry): void {
    if (entry.kind === 'camera-day') {
      dayKeys.set(entry.kid, { group, entry })
      const cameraDay = `${entry.camera} ${entry.day}`
      if ((byCameraDay.get(cameraDay)?.serial ?? 0) <= entry.serial) byCameraDay.set(cameraDay, entry)
    } else {
      rests.set(entry.reel, [...(rests.get(entry.reel) ?? []), { group, entry }])
    }
  }
  function forget(group: Group): void {
    groups.delete(group.name)
    for (const entry of group.entries) {
      if (entry.kind !== 'camera-day') {
        const left = (rests.get(entry.reel) ?? []).filter((slot) => slot.group !== group.name)
        if (left.length === 0) rests.delete(entry.reel)
        else rests.set(entry.reel, left)
      } else if (dayKeys.get(entry.kid)?.group === group.name) {
        dayKeys.delete(entry.kid)
        const cameraDay = `${entry.camera} ${entry.day}`
        if (byCameraDay.get(cameraDay)?.kid === entry.kid) byCameraDay.delete(cameraDay)
      }
    }
  }
  for (const group of loaded) enter(group)

  // Everything that changes files goes one after the other.
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }

  async function replace(before: Group, after: Group): Promise<void> {
    await copies.replaceGroup(after.name, groupText(after))
    forget(before)
    enter(after)
  }

  /** Adds entries to a group, whose key already sealed them. Every copy has them before this returns. */
  async function add(name: string, entries: readonly Entry[]): Promise<void> {
    const group = groups.get(name)!
    const grown = { ...group, entries: [...group.entries, ...entries] }
    if (group.entries.length === 0) await copies.createGroup(name, groupText(grown))
    else await copies.appendGroup(name, entries.map(entryLine).join(''))
    groups.set(name, grown)
    for (const entry of entries) remember(name, entry)
  }

  function groupFor(of: Pick<Group, 'goneBy' | 'timeZone' | 'landlord'>): Group {
    const { goneBy, timeZone, landlord } = of
    const name = groupName(goneBy, timeZone, landlord)
    if (copies.isDestroyed({ what: 'group', id: name })) {
      throw new Failure(
        'conflict',
        `the keys that had to be gone by ${goneBy} (${timeZone}) are destroyed already`,
      )
    }
    const found = groups.get(name)
    if (found !== undefined) return found
    const made = newGroup(master, of, 1)
    groups.set(name, made)
    return made
  }

  /** Groups that hold something of these camera-days. */
  function holding(kids: Pick<ReadonlySet<string>, 'has'> & { keys(): Iterable<string> }): Group[] {
    const slots = [...kids.keys()].map((kid) => dayKeys.get(kid))
    // Of some only single reels are left, and those are kept by reel.
    return slots.includes(undefined)
      ? [...groups.values()].filter((group) => group.entries.some((entry) => kids.has(entry.kid)))
      : [...new Set(slots.map((slot) => slot!.group))].map((name) => groups.get(name)!)
  }

  async function shortenNow(wanted: ReadonlyMap<string, string>): Promise<number> {
    const moved = new Set<string>()
    for (const before of holding(wanted)) {
      const earlier = (kid: string) => {
        const goneBy = wanted.get(kid)
        return goneBy !== undefined && goneBy < before.goneBy ? goneBy : null
      }
      const going = before.entries.filter((entry) => earlier(entry.kid) !== null)
      if (going.length === 0) continue
      const from = groupKey(master, before)
      // First the earlier groups, then out of the later one: a crash between leaves both, and the earlier one counts.
      for (const [goneBy, entries] of Map.groupBy(going, (entry) => earlier(entry.kid)!)) {
        const target = groupFor({ ...before, goneBy })
        const to = groupKey(master, target)
        await add(
          target.name,
          entries.map((entry) => resealed(entry, from, to)),
        )
        to.fill(0)
      }
      from.fill(0)
      await replace(
        before,
        rekeyed(
          master,
          before,
          before.entries.filter((entry) => earlier(entry.kid) === null),
        ),
      )
      for (const { kid } of going) moved.add(kid)
    }
    return moved.size
  }

  async function destroyDays(kids: ReadonlySet<string>, nowMs: number): Promise<void> {
    const found = holding(kids)
    const gone = new Set(
      found.flatMap((group) => group.entries.map(({ kid }) => kid)).filter((kid) => kids.has(kid)),
    )
    // As for one alone: the list comes first, so that a crash finishes it.
    await copies.noteDestroyed(...[...gone].map((id) => ({ what: 'camera-day' as const, id, atMs: nowMs })))
    for (const before of found)
      await replace(
        before,
        rekeyed(
          master,
          before,
          before.entries.filter(({ kid }) => !kids.has(kid)),
        ),
      )
  }

  async function without(kid: string, nowMs: number, rest: readonly ReelRestPlan[] | null): Promise<boolean> {
    const slot = dayKeys.get(kid)
    const named = slot?.group ?? [...groups.values()].find((g) => g.entries.some((e) => e.kid === kid))?.name
    if (named === undefined) return false
    const before = groups.get(named)!
    const others = before.entries.filter((entry) => entry.kid !== kid)
    const after = rekeyed(master, before, others)
    const key = groupKey(master, after)
    const kept = (rest ?? []).map((plan) => ({
      ...plan.about,
      sealed: seal(key, plan.secret, aboutEntry(plan.about)),
    }))
    key.fill(0)
    const written = { ...after, entries: [...after.entries, ...kept] }
    // The list of what is destroyed comes first for a plain destruction, so that a crash finishes it; when some keys
    // live on, the new file comes first, so that a crash can't lose them.
    const gone: Destroyed = { what: rest === null ? 'camera-day' : 'key', id: kid, atMs: nowMs }
    if (rest === null) await copies.noteDestroyed(gone)
    await replace(before, written)
    if (rest !== null) await copies.noteDestroyed(gone)
    return true
  }

  function dayKeyOf(kid: string): Buffer | null {
    const slot = dayKeys.get(kid)
    if (slot === undefined) return null
    const key = groupKey(master, groups.get(slot.group)!)
    const secret = unseal(key, slot.entry.sealed, aboutEntry(slot.entry))
    key.fill(0)
    return secret
  }

  function reelKeyOf(head: ReelHead): Buffer | null {
    const secret = dayKeyOf(head.kid)
    if (secret !== null) {
      const reelKey = unwrapReelKey(head, secret)
      secret.fill(0)
      return reelKey
    }
    const rest = (rests.get(head.reel) ?? []).find((slot) => slot.entry.kind === 'reel')
    if (rest === undefined || rest.entry.kid !== head.kid) return null
    const key = groupKey(master, groups.get(rest.group)!)
    return unseal(key, rest.entry.sealed, aboutEntry(rest.entry))
  }

  const goneBy: Keyring['goneBy'] = (kid) => {
    const name =
      dayKeys.get(kid)?.group ?? [...rests.values()].flat().find((slot) => slot.entry.kid === kid)?.group
    const group = name === undefined ? undefined : groups.get(name)
    if (group === undefined) return null
    return { goneBy: group.goneBy, timeZone: group.timeZone, goneByMs: group.goneByMs }
  }

  function keysOf(head: ReelHead): RecordKeys | null {
    const reelKey = reelKeyOf(head)
    if (reelKey !== null) return { keyOf: (sequence) => fragmentKey(reelKey, sequence) }
    const left = (rests.get(head.reel) ?? []).filter((slot) => slot.entry.kid === head.kid)
    if (left.length === 0) return null
    const opened = left.map(({ group, entry }) => {
      const key = groupKey(master, groups.get(group)!)
      return { entry, secret: unseal(key, entry.sealed, aboutEntry(entry)) }
    })
    return {
      keyOf(sequence) {
        for (const { entry, secret } of opened) {
          if (sequence >= entry.from && sequence <= entry.to) {
            const at = (sequence - entry.from) * 32
            return Buffer.from(secret.subarray(at, at + 32))
          }
        }
        return null
      },
    }
  }

  type ReelRestPlan = { readonly about: Omit<ReelRest, 'sealed'>; readonly secret: Buffer }

  function planRest(kept: Kept): ReelRestPlan {
    const keys = keysOf(kept.head)
    if (keys === null) throw new Failure('data-loss', `the keys of reel ${kept.head.reel} are gone already`)
    const { camera, day, kid, reel } = kept.head
    if ('whole' in kept) {
      const secret = reelKeyOf(kept.head)
      if (secret === null) throw new Failure('data-loss', `the key of reel ${reel} is gone already`)
      return { about: { kind: 'reel', camera, day, kid, reel, from: 0, to: recordsMax - 1 }, secret }
    }
    const { from, to } = kept
    if (to < from || to - from >= recordsMax) throw new RangeError(`records ${from} to ${to} of reel ${reel}`)
    const list: Buffer[] = []
    for (let sequence = from; sequence <= to; sequence += 1) {
      const key = keys.keyOf(sequence)
      if (key === null)
        throw new Failure('data-loss', `the key of record ${sequence} of reel ${reel} is gone already`)
      list.push(key)
    }
    return { about: { kind: 'records', camera, day, kid, reel, from, to }, secret: Buffer.concat(list) }
  }

  return {
    id,
    opensBy,
    publicKeysFor: (camera, days, retentionDays, of, { fresh = false } = {}) =>
      inTurn(async () => {
        if (!Number.isSafeInteger(retentionDays) || retentionDays < 1 || retentionDays > 3660) {
          throw new RangeError(`a retention of ${retentionDays} days`)
        }
        const keys: PublicDayKey[] = []
        for (const day of days) {
          const goneBy = addDays(day, retentionDays)
          let found = byCameraDay.get(`${camera} ${day}`)
          if (found !== undefined && !fresh) {
            const late = goneBy < groups.get(dayKeys.get(found.kid)!.group)!.goneBy
            if (late && (await shortenNow(new Map([[found.kid, goneBy]]))) > 0)
              found = byCameraDay.get(`${camera} ${day}`)!
          } else {
            const group = groupFor({ ...of, goneBy })
            const key = groupKey(master, group)
            found = newDayKey(key, camera, day, (found?.serial ?? 0) + 1)
            key.fill(0)
            await add(group.name, [found])
          }
          keys.push({ day, kid: found.kid, publicKey: found.publicKey })
        }
        return keys
      }),
    goneBy,
    keysOf,
    keysAt(head, atMs) {
      const gone = goneBy(head.kid)
      return gone !== null && gone.goneByMs <= atMs ? null : keysOf(head)
    },
    shorten: (kid, goneBy) => inTurn(async () => (await shortenNow(new Map([[kid, goneBy]]))) > 0),
    shortenAll: (goneBy) => inTurn(() => shortenNow(goneBy)),
    isOver: ({ goneBy, timeZone, landlord }) =>
      copies.isDestroyed({ what: 'group', id: groupName(goneBy, timeZone, landlord) }),
    due: (nowMs) =>
      [...groups.values()]
        .filter((group) => group.goneByMs <= nowMs && group.entries.length > 0)
        .sort((a, b) => a.goneByMs - b.goneByMs || (a.name < b.name ? -1 : 1))
        .map(({ name, goneBy, timeZone, landlord, goneByMs, entries }) => ({
          name,
          goneBy,
          timeZone,
          landlord,
          goneByMs,
          cameraDays: cameraDaysOf(entries),
        })),
    destroyGroup: (name, nowMs) =>
      inTurn(async () => {
        const group = groups.get(name)
        await copies.noteDestroyed({ what: 'group', id: name, atMs: nowMs })
        if (group !== undefined) forget(group)
        await copies.destroyGroup(name)
        return group !== undefined
      }),
    destroyCameraDay: (kid, nowMs) => inTurn(() => without(kid, nowMs, null)),
    destroyCameraDays: (kids, nowMs) => inTurn(() => destroyDays(kids, nowMs)),
    narrow: (kid, keep, nowMs) =>
      inTurn(async () => {
        if (keep.length === 0) return without(kid, nowMs, null)
        for (const { head } of keep) {
          if (head.kid !== kid) throw new RangeError(`reel ${head.reel} is not sealed for ${kid}`)
        }
        const plans = keep.map(planRest)
        const done = await without(kid, nowMs, plans)
        for (const plan of plans) plan.secret.fill(0)
        return done
      }),
    placeHold: (hold, parts, about) => inTurn(() => holds.place(hold, parts, about)),
    heldKeys: holds.keysOf,
    holds: holds.list,
    heldReels: holds.reels,
    destroyHold: (hold, nowMs) => inTurn(() => holds.destroy(hold, nowMs)),
    sealStill: (id, clear, nowMs) => inTurn(() => stills.seal(id, clear, nowMs)),
    openStill: stills.open,
    stills: stills.list,
    destroyStill: (id, nowMs) => inTurn(() => stills.destroy(id, nowMs)),
    reconcile: () =>
      inTurn(async () => {
        try {
          return await copies.reconcile()
        } catch (error) {
          return story(error)
        }
      }),
    async close() {
      await turn
      lock.release()
    },
  }
}

function cameraDaysOf(entries: readonly Entry[]): { camera: string; day: string; kid: string }[] {
  const seen = new Map(entries.map(({ camera, day, kid }) => [kid, { camera, day, kid }]))
  return [...seen.values()]
}
