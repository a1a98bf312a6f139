/**
 * What the register chases: each thing that a system or a supplier lacks is a task for those who may put it right, and
 * each procedure that somebody has not read is theirs. Looked at when something changes, and every hour for what time
 * brings about. Titles name no place: a system may stand in a home.
 */
import { addDays, type Clock, civilDay, type Log, startOfDayMs, story } from '#base/base.ts'
import { closeTask, openTask, tasksAbout } from '#casework/casework.ts'
import { inTransaction, type Jobs, type Sql, type Tx } from '#engine/engine.ts'
import { type Pack, rolesFor } from '#policy/policy.ts'
import { systemsOfSupplier } from './controller-store.ts'
import { type Device, dueDevices } from './device-store.ts'
import { systemFacts } from './facts.ts'
import {
  controlledElsewhere,
  type Lack,
  lacksInShort,
  mustAcknowledge,
  notAcknowledged,
  supplierLacks,
  systemLacks,
} from './lacks.ts'
import { type Packs, placeOf } from './reach.ts'
import { findSite, sitesById } from './site-store.ts'
import { auditsOf, findSupplier, proofsOf, type Supplier } from './supplier-store.ts'
import { findSystem, type System, systemsAfter } from './system-store.ts'
import { overdueVisits } from './visit-store.ts'

export type ChaseDeps = { readonly packs: Packs }

const chaseSeconds = 3_600
/** How long people have for what is missing, from when it began to be missing. */
const daysToPutRight = 14
const dayMs = 86_400_000

/** Looks at one system, in the transaction of what changed it. */
export async function chaseSystem(tx: Tx, deps: ChaseDeps, systemId: string, nowMs: number): Promise<void> {
  const system = await findSystem(tx, systemId)
  if (system !== null) await chaseSystems(tx, deps, [system], nowMs)
}

async function chaseSystems(
  tx: Tx,
  { packs }: ChaseDeps,
  systems: readonly System[],
  nowMs: number,
): Promise<void> {
  const here = systems.filter((system) => packs.find(system.provider) !== null)
  const factsOf = await systemFacts(tx, packs, here)
  const sites = await sitesById(tx, [...new Set(here.map((system) => system.siteId))])
  for (const system of here) {
    const facts = factsOf(system.id)
    const site = sites.get(system.siteId)!
    const pack = packs.packOf(system.provider)
    const today = civilDay(nowMs, site.timeZone)
    const lacks = systemLacks(pack, facts, today)
    const about = { system: system.id }
    if (lacks.length === 0) await closeTask(tx, { kind: 'register.system', about, nowMs })
    else
      await openTask(tx, {
        kind: 'register.system',
        provider: system.provider,
        ...placeOf(site),
        title: `A system lacks ${listWords(lacks.map((lack) => lack.words))}.`.slice(0, 300),
        roles: rolesFor(pack, 'register.edit'),
        about,
        dueMs: system.createdMs + daysToPutRight * dayMs,
        clause: ruleOf(lacks),
        nowMs,
      })
    const waiting =
      pack.values.register.procedure.value && !controlledElsewhere(pack, facts, today)
        ? notAcknowledged(facts)
        : []
    await chaseReaders(tx, pack, facts, new Set(waiting), site.area, nowMs)
  }
}

/** One task for each person who has not read the newest procedure; nobody else's stays open. */
async function chaseReaders(
  tx: Tx,
  pack: Pack,
  facts: Parameters<typeof notAcknowledged>[0],
  waiting: ReadonlySet<string>,
  area: string | null,
  nowMs: number,
): Promise<void> {
  const { system, procedure } = facts
  const kind = 'register.procedure'
  const open = (await tasksAbout(tx, { system: system.id })).filter((task) => task.kind === kind)
  for (const { personId } of open)
    if (personId !== null && !waiting.has(personId))
      await closeTask(tx, { kind, about: { system: system.id, reader: personId }, nowMs })
  for (const personId of mustAcknowledge(facts).filter((id) => waiting.has(id)))
    await openTask(tx, {
      kind,
      provider: system.provider,
      area,
      title: 'Read the procedure of a system that you run, and say that you know it.',
      roles: [],
      personId,
      about: { system: system.id, reader: personId },
      dueMs: (procedure?.writtenMs ?? nowMs) + daysToPutRight * dayMs,
      clause: pack.values.register.procedure.clause,
      nowMs,
    })
}

/** Looks at one supplier, in the transaction of what changed it. */
export async function chaseSupplier(tx: Tx, deps: ChaseDeps, id: string, nowMs: number): Promise<void> {
  const supplier = await findSupplier(tx, id)
  if (supplier === null || deps.packs.find(supplier.provider) === null) return
  const proofs = await proofsOf(tx, [id])
  const audits = await auditsOf(tx, [id])
  await chaseOneSupplier(tx, deps.packs.packOf(supplier.provider), supplier, proofs(id), audits(id), nowMs)
  await chaseSystems(tx, deps, await systemsOfSupplier(tx, id), nowMs)
}

async function chaseOneSupplier(
  tx: Tx,
  pack: Pack,
  supplier: Supplier,
  proofs: Parameters<typeof supplierLacks>[2],
  audits: Parameters<typeof supplierLacks>[3],
  nowMs: number,
): Promise<void> {
  const zone = pack.values.provider.timeZone
  const lacks = supplierLacks(pack, supplier, proofs, audits, civilDay(nowMs, zone))
  const about = { supplier: supplier.id }
  if (lacks.length === 0) {
    await closeTask(tx, { kind: 'register.supplier', about, nowMs })
    return
  }
  const now = lacks.filter((lack) => lack.from === null)
  const soon = lacks.flatMap((lack) => (lack.from === null ? [] : [lack.from])).sort()
  await openTask(tx, {
    kind: 'register.supplier',
    provider: supplier.provider,
    title:
      now.length > 0
        ? `A supplier lacks ${listWords(lacksInShort(now))}.`
        : 'A supplier’s papers run out soon.',
    roles: rolesFor(pack, 'register.edit'),
    about,
    // What still counts is due on its last day; what is missing, two weeks after the supplier came into the register.
    dueMs:
      now.length > 0
        ? supplierSinceMs(supplier.id) + daysToPutRight * dayMs
        : startOfDayMs(addDays(soon[0]!, 1), zone),
    clause: ruleOf(lacks),
    nowMs,
  })
}

/** An id of ours begins with the time at which it was made (RFC 9562, version 7). */
const supplierSinceMs = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16)

export type RegisterWork = ChaseDeps & {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Jobs
}

/** Starts the timed work of the register. */
export function startRegister(work: RegisterWork): void {
  work.jobs.every('register.chase', chaseSeconds, () => chaseAll(work))
}

/** Goes through everything. What fails for one batch doesn't hold up the others. */
export async function chaseAll(work: Omit<RegisterWork, 'jobs'>): Promise<void> {
  const { sql, clock, log } = work
  const nowMs = clock.nowMs()
  const guarded = async (what: (tx: Tx) => Promise<void>) => {
    try {
      await inTransaction(sql, what)
    } catch (error) {
      log.error({ why: story(error) }, 'the register couldn’t look at what is missing')
    }
  }
  let after: string | null = null
  for (;;) {
    const batch: readonly System[] = await systemsAfter(sql, after)
    if (batch.length === 0) break
    await guarded((tx) => chaseSystems(tx, work, batch, nowMs))
    after = batch.at(-1)!.id
  }
  const suppliers = await sql<{ id: string }[]>`select id from register.supplier order by id`
  for (const { id } of suppliers) await guarded((tx) => chaseSupplier(tx, work, id, nowMs))
  await guarded((tx) => chaseVisits(tx, work, nowMs))
  await guarded((tx) => chaseDevices(tx, work, nowMs))
}

async function chaseVisits(tx: Tx, { packs }: ChaseDeps, nowMs: number): Promise<void> {
  for (const visit of await overdueVisits(tx, nowMs)) {
    if (packs.find(visit.provider) === null) continue
    await openTask(tx, {
      kind: 'register.visit',
      provider: visit.provider,
      area: visit.area,
      title:
        visit.arrivedMs === null
          ? 'An engineer’s visit is over by its time. Did they come?'
          : 'An engineer’s visit is over by its time. Say when they left and what they touched.',
      roles: rolesFor(packs.packOf(visit.provider), 'register.edit'),
      personId: visit.supervisorId,
      about: { visit: visit.id },
      dueMs: visit.untilMs,
      clause: null,
      nowMs,
    })
  }
}

/** Declarations that have run out, and kit in store that may still hold pictures. */
async function chaseDevices(tx: Tx, { packs }: ChaseDeps, nowMs: number): Promise<void> {
  for (const device of await dueDevices(tx, civilDay(nowMs, 'Europe/London'))) {
    if (packs.find(device.provider) === null) continue
    const pack = packs.packOf(device.provider)
    if (device.owner === 'staff')
      await openTask(tx, {
        kind: 'register.declare',
        provider: device.provider,
        title: 'Declare your dash cam again, or say that you no longer use it at work.',
        roles: [],
        personId: device.holderId,
        about: { device: device.id },
        dueMs: startOfDayMs(addDays(device.declaredUntil!, 1), pack.values.provider.timeZone),
        clause: pack.values.register.dashCamMonths.clause,
        nowMs,
      })
    else await chaseWipe(tx, pack, device, device.area, nowMs)
  }
}

/** Opens the task to wipe what came back, or closes it. */
export async function chaseWipe(
  tx: Tx,
  pack: Pack,
  device: Pick<Device, 'id' | 'provider' | 'status' | 'unwiped'>,
  area: string | null,
  nowMs: number,
): Promise<void> {
  const about = { device: device.id }
  const kind = 'register.wipe'
  const open = (await tasksAbout(tx, about)).some((task) => task.kind === kind)
  if (device.status !== 'store' || !device.unwiped) {
    if (open) await closeTask(tx, { kind, about, nowMs })
  } else if (!open)
    await openTask(tx, {
      kind,
      provider: device.provider,
      area,
      title: 'Wipe a piece of equipment that came back: it may hold pictures.',
      roles: rolesFor(pack, 'register.edit'),
      about,
      dueMs: nowMs + 3 * dayMs,
      clause: null,
      nowMs,
    })
}

/** Where a site lies, for a task about something at it. */
export const areaOf = async (tx: Tx, siteId: string | null): Promise<string | null> =>
  siteId === null ? null : ((await findSite(tx, siteId))?.area ?? null)

const ruleOf = (lacks: readonly Lack[]): string | null =>
  lacks.find((lack) => lack.clause !== null)?.clause ?? null

const listWords = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
