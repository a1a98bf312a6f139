/** What people do with a camera's signs: prove that they hang, vouch where a photo can't, say that one is gone. */
import type { Reason, Result } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { rolesFor } from '#policy/policy.ts'
import {
  answerSighting,
  checkPicture,
  insertSheet,
  insertSighting,
  insertSign,
  markSignMissing,
  placeOf,
  readSignAddress,
  removeSign,
  type Sign,
  type SignPlace,
  type SignSheet,
  type SignTrouble,
  seeSign,
  setGuarded,
  sheetByCode,
  sightingsOf,
  signLacks,
  signReference,
  storePicture,
} from '#register/register.ts'
import { aboutOf, act, ask, type By, denied, no, notHere, reason, seen, yes } from './asking.ts'
import type { Standing } from './evaluate.ts'
import { signClause } from './signs-in-line.ts'

const mayInstall = (by: By, standing: Standing) =>
  ask(standing.pack, by.person, standing, 'deployment.install', {
    deploymentType: standing.file.deployment.type,
  })

/** What was read in a photo of a sign, held against the sign that it should show. */
type Read =
  | { readonly kind: 'this'; readonly sheet: SignSheet }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'wrong'; readonly why: string }

/** A photo proves a sign by its code alone: place and version both. */
async function readAgainst(
  sql: Query,
  texts: readonly string[],
  wanted: readonly SignSheet[],
): Promise<Read> {
  if (texts.length === 0) return { kind: 'unreadable' }
  const addresses = texts.flatMap((text) => readSignAddress(text) ?? [])
  if (addresses.length === 0)
    return {
      kind: 'wrong',
      why: 'The code in this photo is not one of our signs. Photograph the sign that was printed for this camera.',
    }
  for (const sheet of wanted)
    if (addresses.some((a) => a.code === sheet.code && a.version === sheet.version))
      return { kind: 'this', sheet }
  for (const sheet of wanted) {
    const old = addresses.find((a) => a.code === sheet.code)
    if (old)
      return {
        kind: 'wrong',
        why: `This photo shows version ${old.version} of the sign. What it must say has changed since: print version ${sheet.version}, hang it, and photograph that.`,
      }
  }
  const other = await sheetByCode(sql, addresses[0]!.code)
  const own = other !== null && other.provider === wanted[0]?.provider
  return {
    kind: 'wrong',
    why: own
      ? `This photo shows sign ${signReference(other.code)}, which belongs to another place or camera. Photograph the sign that was printed for this one.`
      : 'The code in this photo is not one of our signs. Photograph the sign that was printed for this camera.',
  }
}

export type PlacedSign = { readonly signId: string; readonly proof: 'read' | 'waiting' }

/**
 * A sign hangs and here is its photo, for the first time or again. The code in the photo says which sign and which
 * version it is. Where it can't be read, a reason sends it to a second person; a wrong or old sign is refused.
 */
export async function placeSign(
  by: By & {
    readonly place: SignPlace
    readonly note: string
    readonly photo: Buffer | undefined
    /** Why the code can't be read in any photo; none: it should be. */
    readonly unreadable?: string | null
    /** This one of several at the same place; null: the code says which. */
    readonly sheetId?: string | null
  },
): Promise<Result<PlacedSign>> {
  // Looked at before the transaction: it takes about a second, and nothing waits for it.
  const before = await seen(by.deps.sql, by.deps, by.person, by.deploymentId)
  if (before === null) return notHere
  const allowed = mayInstall(by, before)
  if (!allowed.allowed) return denied(allowed.reasons)
  const picture = checkPicture(by.photo)
  if (!picture.ok) return no(...picture.reasons.map((r) => ({ ...r, code: 'photo' })))
  const texts = await by.deps.signs.readCodes(picture.value.bytes)
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { file } = standing
      const here = file.sheets.filter(
        (s) => s.place === by.place && (by.sheetId ? s.id === by.sheetId : true),
      )
      if (here.length === 0)
        return no(reason('place', 'The policy asks for no sign there. Choose another place.'))
      const lacks = signLacks(here[0]!.says)
      if (lacks.length > 0)
        return no(reason('photo', `No sign can be printed yet: the register lacks ${lacks.join(' and ')}.`))
      const read = await readAgainst(tx, texts, here)
      if (read.kind === 'wrong') return no(reason('photo', read.why))
      if (read.kind === 'unreadable' && !by.unreadable) return no(...unreadableWords)
      const sheet = read.kind === 'this' ? read.sheet : (here.find((s) => !proved(file.signs, s)) ?? here[0]!)
      const proof = read.kind === 'this' ? 'read' : 'waiting'
      const photoId = await storePicture(tx, {
        provider: sheet.provider,
        ...picture.value,
        by: by.person.id,
        nowMs,
      })
      const signId = await hang(tx, by, standing, { sheet, proof, photoId, nowMs })
      if (proof === 'waiting') await askSecondPerson(tx, standing, sheet, signId, nowMs)
      else await closeTask(tx, { kind: 'sign.vouch', about: { sign: signId }, by: by.person.id, nowMs })
      return yes({ signId, proof })
    },
  })
}

const unreadableWords: readonly Reason[] = [
  reason(
    'photo',
    'No code can be read in this photo. Go closer, hold the telephone straight and keep glare off the sign. If no photo can show it, say why below: then a second person must confirm it.',
  ),
]

const proved = (signs: readonly Sign[], sheet: SignSheet): boolean =>
  signs.some(
    (s) => s.sheetId === sheet.id && s.version === sheet.version && s.proof !== 'waiting' && !s.missingMs,
  )

/** Records the photo: of what hangs already, or of what hangs from now on in its stead. */
async function hang(
  tx: Tx,
  by: Parameters<typeof placeSign>[0],
  standing: Standing,
  given: {
    readonly sheet: SignSheet
    readonly proof: 'read' | 'waiting'
    readonly photoId: string
    readonly nowMs: number
  },
): Promise<string> {
  const { sheet, proof, photoId, nowMs } = given
  const { file } = standing
  const own = file.signs.filter((s) => s.sheetId === sheet.id)
  const same = own.find((s) => s.version === sheet.version && s.missingMs === null)
  // Signs recorded before they were made from the record give way to the first that is.
  const replaced = file.signs.filter(
    (s) => s !== same && (s.sheetId === sheet.id || (s.sheetId === null && s.place === sheet.place)),
  )
  for (const old of replaced) {
    await removeSign(tx, old.id, nowMs)
    await closeTask(tx, { kind: 'sign.vouch', about: { sign: old.id }, nowMs })
  }
  const signId =
    same?.id ??
    (await insertSign(tx, {
      provider: sheet.provider,
      systemId: sheet.systemId,
      cameraId: sheet.cameraId,
      place: sheet.place,
      note: by.note,
      photoId,
      sheetId: sheet.id,
      version: sheet.version,
      proof,
      by: by.person.id,
      nowMs,
    }))
  if (same !== undefined && proof === 'read') await seeSign(tx, signId, { photoId, proof: 'read', nowMs })
  await insertSighting(
    tx,
    {
      signId,
      version: sheet.version,
      photoId,
      takenBy: by.person.id,
      proof,
      reason: by.unreadable ?? '',
    },
    nowMs,
  )
  await append(tx, {
    kind: same === undefined ? 'sign.placed' : 'sign.seen',
    actor: by.person.id,
    provider: sheet.provider,
    about: { ...aboutOf(standing), sign: signId, sheet: sheet.id },
    data: { place: sheet.place, version: sheet.version, proof },
    ...(by.unreadable ? { personal: { reason: by.unreadable } } : {}),
    atMs: nowMs,
  })
  return signId
}

async function askSecondPerson(
  tx: Tx,
  { file, pack }: Standing,
  sheet: SignSheet,
  signId: string,
  nowMs: number,
): Promise<void> {
  await openTask(tx, {
    kind: 'sign.vouch',
    provider: sheet.provider,
    ...placeOf(file.site),
    title: `Sign ${signReference(sheet.code)} of ${file.deployment.reference} can’t be read in its photo: somebody else must confirm that it hangs.`,
    roles: [...new Set([...rolesFor(pack, 'deployment.install'), ...rolesFor(pack, 'deployment.propose')])],
    about: { deployment: file.deployment.id, sign: signId, sheet: sheet.id },
    dueMs: nowMs + 7 * 86_400_000,
    clause: signClause(pack, file.deployment.type),
    nowMs,
  })
}

/**
 * The second person's word on a photo that couldn't be read. Anybody whose role installs or asks for cameras may give
 * it, but whoever took the photo.
 */
export function answerForSign(
  by: By & { readonly sightingId: string; readonly hangs: boolean; readonly words: string },
): Promise<Result<{ proof: 'word' | 'refused' }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const { type } = file.deployment
      const installs = ask(pack, by.person, standing, 'deployment.install', { deploymentType: type })
      const asks = rolesFor(pack, 'deployment.propose').some((role) =>
        by.person.roles.some((r) => r.provider === file.deployment.provider && r.role === role),
      )
      if (!installs.allowed && !asks) return denied(installs.reasons)
      const sightings = (await Promise.all(file.sheets.map((s) => sightingsOf(tx, s.id)))).flat()
      const sighting = sightings.find((s) => s.id === by.sightingId && s.proof === 'waiting')
      if (sighting === undefined)
        return no(reason('sighting', 'This photo is answered already, or a readable one came after it.'))
      if (sighting.takenBy === by.person.id)
        return no(reason('own-photo', 'You took this photo. Somebody else must say that the sign hangs.'))
      const proof = by.hangs ? 'word' : 'refused'
      if (!(await answerSighting(tx, sighting.id, { proof, words: by.words, by: by.person.id, nowMs })))
        return no(reason('sighting', 'Somebody else has answered this meanwhile.'))
      const sign = file.signs.find((s) => s.id === sighting.signId)
      if (proof === 'word')
        await seeSign(tx, sighting.signId, { photoId: sighting.photoId, proof: 'word', nowMs })
      else if (sign?.proof === 'waiting') await removeSign(tx, sign.id, nowMs)
      else if (sign !== undefined) await markSignMissing(tx, sign.id, nowMs)
      await append(tx, {
        kind: proof === 'word' ? 'sign.vouched' : 'sign.doubted',
        actor: by.person.id,
        provider: file.deployment.provider,
        about: { ...aboutOf(standing), sign: sighting.signId },
        data: { version: sighting.version },
        personal: { reason: by.words },
        atMs: nowMs,
      })
      await closeTask(tx, { kind: 'sign.vouch', about: { sign: sighting.signId }, by: by.person.id, nowMs })
      return yes({ proof })
    },
  })
}

/** Anybody who works for the landlord can say that a sign is gone; the pack says how long that may last. */
export function reportSignMissing(
  by: By & { readonly signId: string; readonly trouble?: SignTrouble },
): Promise<Result<null>> {
  const trouble = by.trouble ?? 'missing'
  return act({
    ...by,
    sight: ({ file }) => by.person.roles.some((r) => r.provider === file.deployment.provider),
    async work(tx, standing, nowMs) {
      const own = standing.file.signs.some((s) => s.id === by.signId)
      if (!own || !(await markSignMissing(tx, by.signId, nowMs, trouble)))
        return no(reason('sign', 'This is known already, or the sign is not in the register any more.'))
      await append(tx, {
        kind: 'sign.missing',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: { ...aboutOf(standing), sign: by.signId },
        data: { trouble },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

export function takeSignAway(by: By & { readonly signId: string }): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      if (!standing.file.signs.some((s) => s.id === by.signId) || !(await removeSign(tx, by.signId, nowMs)))
        return no(reason('sign', 'This sign is not in the register any more.'))
      await closeTask(tx, { kind: 'sign.vouch', about: { sign: by.signId }, by: by.person.id, nowMs })
      await append(tx, {
        kind: 'sign.removed',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: { ...aboutOf(standing), sign: by.signId },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** A place of one camera may need many signs: one at each entry. */
const sheetsPerPlaceMax = 20

/** One more sign at a place that the policy names; it has a code of its own. */
export function addSign(by: By & { readonly place: SignPlace }): Promise<Result<{ sheetId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { file } = standing
      const here = file.sheets.filter((s) => s.place === by.place)
      if (here.length === 0)
        return no(reason('place', 'The policy asks for no sign there. Choose another place.'))
      if (here.length >= sheetsPerPlaceMax)
        return no(reason('place', `There are ${sheetsPerPlaceMax} signs there already, which is the most.`))
      const sheetId = await insertSheet(tx, here[0]!, nowMs)
      await append(tx, {
        kind: 'sign.added',
        actor: by.person.id,
        provider: file.deployment.provider,
        about: { ...aboutOf(standing), sheet: sheetId },
        data: { place: by.place },
        atMs: nowMs,
      })
      return yes({ sheetId })
    },
  })
}

/** Marks a system for safety, or takes the mark away: what is behind its signs' codes then gives nothing away. */
export function guardSigns(
  by: By & { readonly reason: string | null },
): Promise<Result<{ guarded: boolean }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { systemId, provider } = standing.file.deployment
      const guard = by.reason === null ? null : { reason: by.reason, by: by.person.id, nowMs }
      if (!(await setGuarded(tx, systemId, guard)))
        return no(reason('guarded', 'Somebody else has done this meanwhile.'))
      await append(tx, {
        kind: guard === null ? 'signs.unguarded' : 'signs.guarded',
        actor: by.person.id,
        provider,
        about: aboutOf(standing),
        ...(guard === null ? {} : { personal: { reason: guard.reason } }),
        atMs: nowMs,
      })
      return yes({ guarded: guard !== null })
    },
  })
}
