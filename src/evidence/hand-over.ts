/**
 * A hand-over: decided by the policy, written into the ledger and told to the data protection officer in one transaction,
 * before the pack exists. The pack is then made by a job; nobody gets what was not decided and told.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, newId, removeDurably, story, syncFolder } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { append, type LedgerProof, proof } from '#ledger/ledger.ts'
import { findCamera } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { coverSheet } from './cover/cover-sheet.ts'
import type { EvidenceDeps } from './deps.ts'
import { ask, denied, type Outcome, wrong } from './exhibits.ts'
import { verifyPack, zipFolder } from './folder.ts'
import { type PackFacts, type ReelPart, writePackFolder } from './make-pack.ts'
import { offlinePage } from './offline-page.ts'
import {
  type Disclosure,
  type Exhibit,
  expiredPacks,
  findDisclosure,
  findExhibit,
  finishDisclosure,
  insertDisclosure,
  markRemoved,
  markSeen,
  type NewDisclosure,
  tellDisclosure,
  unfinishedPacks,
} from './store.ts'

export const packJob = 'evidence.pack'
/** A finished pack's file is kept this long; the row and its sums stay, and it can be made again while it is held. */
export const packDays = 14
/** The recorder closes the reel at once when asked; with the link down, within the hour. */
const waitMs = 1_500
const waitHoursMax = 3
const dayMs = 86_400_000
/** In which whoever answers for data protection looks at a hand-over; after that it is told to others. */
const daysToSee = 7

export type HandOverWanted = {
  readonly recipientKind: string
  readonly recipientName: string
  readonly basis: string
  readonly necessity: string
}

export async function handOver(
  deps: EvidenceDeps,
  person: Person,
  exhibit: Exhibit,
  wanted: HandOverWanted,
): Promise<Outcome<string>> {
  const nowMs = deps.clock.nowMs()
  if (exhibit.holdEndsMs <= nowMs)
    return wrong(
      'recipientName',
      'The footage of this exhibit is not kept any more, so it cannot be handed over.',
    )
  const pack = deps.packs.packOf(exhibit.provider)
  const decision = ask(pack, person, exhibit, { type: 'Exhibit', id: exhibit.id }, 'disclosure.make', {
    deploymentType: exhibit.deploymentType,
    caseReference: exhibit.caseReference ?? '',
    ...wanted,
    dpoTold: true,
    logged: true,
  })
  if (!decision.allowed) return denied(decision.reasons)
  const { disclosure: rules, dpoRole } = pack.values
  const kind = rules.recipients.find(({ code }) => code === wanted.recipientKind)
  const made: NewDisclosure = {
    id: newId(nowMs),
    exhibitId: exhibit.id,
    provider: exhibit.provider,
    ...wanted,
    policy: `${pack.provider}@${pack.version}`,
    madeMs: nowMs,
    madeBy: person.id,
  }
  await inTransaction(deps.sql, async (tx) => {
    const entry = await append(tx, {
      kind: 'disclosure.made',
      actor: person.id,
      provider: exhibit.provider,
      about: {
        disclosure: made.id,
        exhibit: exhibit.id,
        camera: exhibit.cameraId,
        ...(exhibit.caseId === null ? {} : { case: exhibit.caseId }),
      },
      data: {
        reference: exhibit.reference,
        recipientKind: made.recipientKind,
        basis: made.basis,
        policy: made.policy,
        fromMs: exhibit.fromMs,
        toMs: exhibit.toMs,
      },
      personal: { recipient: made.recipientName, necessity: made.necessity },
      atMs: nowMs,
    })
    await insertDisclosure(tx, made, entry)
    await openTask(tx, {
      kind: 'disclosure.see',
      provider: exhibit.provider,
      area: exhibit.area,
      patchId: exhibit.patchId,
      siteId: exhibit.siteId,
      title: `Footage was handed over: exhibit ${exhibit.reference}, ${kind?.label ?? made.recipientKind}`,
      roles: [dpoRole],
      about: { disclosure: made.id },
      dueMs: nowMs + daysToSee * dayMs,
      clause: rules.dpoTold.clause,
      nowMs,
    })
    await deps.jobs.send(tx, packJob, { disclosure: made.id })
  })
  return { ok: true, value: made.id }
}

/** Makes the pack of a hand-over again: after a failure, or when its file's time was over. */
export async function packAgain(deps: EvidenceDeps, disclosure: Disclosure): Promise<void> {
  await inTransaction(deps.sql, async (tx) => {
    await tellDisclosure(tx, disclosure.id, 'making', null)
    await deps.jobs.send(tx, packJob, { disclosure: disclosure.id })
  })
}

export const zipPathOf = (deps: EvidenceDeps, disclosureId: string): string =>
  join(deps.folder, `${disclosureId}.zip`)

export async function startPacking(deps: EvidenceDeps): Promise<void> {
  await mkdir(deps.folder, { recursive: true, mode: 0o700 })
  await rm(join(deps.folder, 'making'), { recursive: true, force: true })
  // After a restart a hand-over may be in the queue twice; two at once would write into each other's folder.
  let before: Promise<void> = Promise.resolve()
  await deps.jobs.define(packJob, async (data) => {
    const mine = before.then(() => makePack(deps, String(data['disclosure'])))
    // One failure is its own job's to tell and doesn't stop those that wait.
    before = mine.catch(() => undefined)
    await mine
  })
  // A job that died with the program is given out again by the queue; one that was lost in a restored database isn't.
  for (const id of await unfinishedPacks(deps.sql))
    await deps.jobs.send(deps.sql, packJob, { disclosure: id })
  deps.jobs.every('evidence.packs', 3_600, () => removeExpiredPacks(deps))
}

export async function removeExpiredPacks(deps: EvidenceDeps): Promise<void> {
  for (const id of await expiredPacks(deps.sql, deps.clock.nowMs())) {
    await removeDurably(zipPathOf(deps, id))
    await markRemoved(deps.sql, id)
  }
}

/** What isn't there yet, and will be by itself. */
class NotYet extends Error {}

/** One try. Waiting and failing are told on the hand-over's page; only what nobody foresaw is thrown. */
export async function makePack(deps: EvidenceDeps, disclosureId: string): Promise<void> {
  const disclosure = await findDisclosure(deps.sql, disclosureId, null)
  if (disclosure === null || disclosure.state !== 'making') return
  const exhibit = await findExhibit(deps.sql, disclosure.exhibitId, null)
  if (exhibit === null) return
  const folder = join(deps.folder, 'making', disclosureId)
  try {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const sha256 = await fill(deps, folder, disclosure, exhibit)
    await finish(deps, folder, disclosure, exhibit, sha256)
  } catch (error) {
    const nowMs = deps.clock.nowMs()
    if (error instanceof NotYet && nowMs - disclosure.madeMs < waitHoursMax * 3_600_000) {
      await tellDisclosure(deps.sql, disclosureId, 'making', error.message)
      await deps.jobs.send(deps.sql, packJob, { disclosure: disclosureId }, { startAfterMs: nowMs + waitMs })
      return
    }
    deps.log.error({ disclosure: disclosureId, why: story(error) }, "couldn't make a pack")
    const known = error instanceof Failure || error instanceof NotYet
    await tellDisclosure(
      deps.sql,
      disclosureId,
      'failed',
      known
        ? (error as Error).message
        : 'Something went wrong. It is in the log under this hand-over’s number.',
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function fill(
  deps: EvidenceDeps,
  folder: string,
  disclosure: Disclosure,
  exhibit: Exhibit,
): Promise<string> {
  const held = await deps.footage.readHeld(exhibit.holdId)
  if (held === null) throw new Failure('not-found', 'The footage of this exhibit is not kept any more.')
  const proofs: LedgerProof[] = []
  for (const reel of held.reels) {
    if (reel.tailBytes === null || reel.chainHead === null || reel.ledgerEntry === null)
      throw new NotYet(
        'The recorder is still writing this part of the recording. The pack is made when it is closed.',
      )
    const found = await proof(deps.sql, reel.ledgerEntry)
    if (found === null) throw new NotYet('The ledger is about to sign the newest entries.')
    proofs.push(found)
  }
  const reels = async function* (): AsyncGenerator<ReelPart> {
    for (const [at, reel] of held.reels.entries()) {
      const mandate = await deps.mandate(reel.mandateId)
      if (mandate === null)
        throw new Failure('data-loss', 'The mandate of this recording is not in the database.')
      const { jws, certificate } = mandate
      yield {
        reelId: reel.reelId,
        mandateId: reel.mandateId,
        headBytes: reel.headBytes,
        tailBytes: reel.tailBytes!,
        chainHead: reel.chainHead!,
        records: reel.records,
        proof: proofs[at]!,
        mandate: { jws, certificate },
      }
    }
  }
  const { signer, certificate } = await deps.hub.signing()
  const made = await writePackFolder(folder, {
    facts: await factsOf(deps, disclosure, exhibit),
    reels: reels(),
    signer,
    certificate,
    rootKey: deps.hub.rootKey,
    ledgerKey: deps.hub.ledgerKey,
    coverSheet,
    page: await offlinePage(),
  })
  return made.sha256
}

async function factsOf(deps: EvidenceDeps, disclosure: Disclosure, exhibit: Exhibit): Promise<PackFacts> {
  const camera = await findCamera(deps.sql, exhibit.cameraId)
  const pack = deps.packs.packOf(exhibit.provider)
  const { recipients, bases } = pack.values.disclosure
  const basis = bases.find(({ code }) => code === disclosure.basis)
  const names = await deps.namesOf([disclosure.madeBy])
  const { gaps } = await deps.footage.spanOf({
    cameraId: exhibit.cameraId,
    fromMs: exhibit.fromMs,
    toMs: exhibit.toMs,
  })
  return {
    pack: disclosure.id,
    software: deps.software,
    madeMs: deps.clock.nowMs(),
    madeBy: names.get(disclosure.madeBy)?.name ?? 'not known any more',
    provider: {
      slug: exhibit.provider,
      name: deps.packs.find(exhibit.provider)?.name ?? exhibit.provider,
      policy: disclosure.policy,
    },
    exhibit: { id: exhibit.id, reference: exhibit.reference, description: exhibit.description },
    caseReference: exhibit.caseReference,
    camera: { id: exhibit.cameraId, name: camera?.label ?? 'Camera', place: camera?.siteName ?? '' },
    purpose:
      pack.values.viewing.purposes.find(({ code }) => code === exhibit.purpose)?.label ?? exhibit.purpose,
    recipient: {
      kind:
        recipients.find(({ code }) => code === disclosure.recipientKind)?.label ?? disclosure.recipientKind,
      name: disclosure.recipientName,
    },
    basis: {
      code: disclosure.basis,
      label: basis?.label ?? disclosure.basis,
      law: basis?.law ?? '',
      necessity: disclosure.necessity,
    },
    timeZone: camera?.timeZone ?? 'Europe/London',
    fromMs: exhibit.fromMs,
    toMs: exhibit.toMs,
    gaps: gaps.map((gap) => ({
      fromMs: gap.fromMs,
      toMs: gap.toMs ?? exhibit.toMs,
      cause: gap.cause,
    })),
  }
}

/** Zips, checks as a receiver would, and only then makes it known. */
async function finish(
  deps: EvidenceDeps,
  folder: string,
  disclosure: Disclosure,
  exhibit: Exhibit,
  statementSha256: string,
): Promise<void> {
  const fresh = `${folder}.zip`
  const path = zipPathOf(deps, disclosure.id)
  await rm(fresh, { force: true })
  const nowMs = deps.clock.nowMs()
  await zipFolder(folder, fresh, nowMs)
  const { rootKey, ledgerKey } = deps.hub
  const checked = await verifyPack(fresh, { rootKey, ledgerKey })
  if (!checked.ok) {
    await rm(fresh, { force: true })
    const { file, what } = checked.problems[0]!
    throw new Failure('data-loss', `The finished pack did not pass its own check (${file}: ${what})`)
  }
  const zipSha256 = await fileSum(fresh)
  const zipBytes = (await stat(fresh)).size
  await rename(fresh, path)
  await syncFolder(deps.folder)
  await inTransaction(deps.sql, async (tx) => {
    const expiresMs = nowMs + packDays * dayMs
    if (!(await finishDisclosure(tx, disclosure.id, { statementSha256, zipSha256, zipBytes, expiresMs })))
      return
    await append(tx, {
      kind: 'disclosure.packed',
      actor: null,
      provider: exhibit.provider,
      about: { disclosure: disclosure.id, exhibit: exhibit.id },
      data: { reference: exhibit.reference, statement: statementSha256, zip: zipSha256, bytes: zipBytes },
      atMs: nowMs,
    })
  })
}

async function fileSum(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer)
  return digest.digest('hex')
}

/** Every download is an entry of its own, written before the first byte leaves. */
export async function recordFetch(deps: EvidenceDeps, person: Person, disclosure: Disclosure): Promise<void> {
  await inTransaction(deps.sql, (tx) =>
    append(tx, {
      kind: 'disclosure.fetched',
      actor: person.id,
      provider: disclosure.provider,
      about: { disclosure: disclosure.id, exhibit: disclosure.exhibitId },
      data: { reference: disclosure.reference, zip: disclosure.zipSha256 ?? '' },
      atMs: deps.clock.nowMs(),
    }),
  )
}

/** The data protection officer has seen it: their task is done. */
export async function seeDisclosure(
  deps: EvidenceDeps,
  person: Person,
  disclosure: Disclosure,
): Promise<void> {
  const nowMs = deps.clock.nowMs()
  await inTransaction(deps.sql, async (tx) => {
    if (!(await markSeen(tx, disclosure.id, person.id, nowMs))) return
    await closeTask(tx, {
      kind: 'disclosure.see',
      about: { disclosure: disclosure.id },
      by: person.id,
      nowMs,
    })
    await append(tx, {
      kind: 'disclosure.seen',
      actor: person.id,
      provider: disclosure.provider,
      about: { disclosure: disclosure.id, exhibit: disclosure.exhibitId },
      data: { reference: disclosure.reference },
      atMs: nowMs,
    })
  })
}
