/**
 * Brings a camera's signs in line with what is decided about it: a sheet for each place that the policy names, a new
 * version where its words are no longer true, and the tasks of whoever must hang or look at them. Part of `evaluate`;
 * run twice it changes nothing more.
 */
import { civilDay, startOfDayMs } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Pack, rolesFor } from '#policy/policy.ts'
import { isPublished, translationsOf } from '#providers/providers.ts'
import {
  findContact,
  insertSheet,
  isGuarded,
  placeOf,
  type SignSheet,
  setUnlisted,
  signReference,
  wordSheet,
} from '#register/register.ts'
import type { Standing } from './evaluate.ts'
import type { DeploymentFile } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import { isOutdated, olderWordsMs, saysOf } from './sign-facts.ts'

/** A sign is looked at once a month; the task comes a week before. */
const checkMonths = 1
const checkNoticeDays = 7

/** When a sign that was last proved at an instant must be looked at again: the same day next month, at the site. */
export function checkDueMs(seenMs: number, timeZone: string): number {
  const day = Temporal.PlainDate.from(civilDay(seenMs, timeZone)).add({ months: checkMonths })
  return startOfDayMs(day.add({ days: 1 }).toString(), timeZone)
}

/** Has the policy of this camera signs at all? */
const needsSigns = ({ pack, file }: Pick<Standing, 'pack' | 'file'>): boolean =>
  pack.values.deploymentTypes
    .find((t) => t.code === file.deployment.type)
    ?.gates.some((g) => g.code === 'signs') ?? false

/**
 * Makes and words the sheets. The caller holds the deployment's lock.
 * @returns whether anything was written: what was read before is old then
 */
export async function bringSignsInLine(
  tx: Tx,
  deps: Pick<AuthorisationDeps, 'packs'>,
  standing: Standing,
  nowMs: number,
): Promise<boolean> {
  if (!needsSigns(standing)) return false
  const { file, pack } = standing
  const { deployment: d } = file
  const kept = await findContact(tx, d.provider)
  const contact =
    kept === null
      ? null
      : { name: kept.name, phone: kept.phone, email: kept.email, web: kept.web, post: kept.post }
  const landlord = deps.packs.find(d.provider)?.name ?? pack.name
  const says = saysOf(pack, file, landlord, contact, await languagesOf(tx, d.provider))
  const unlisted = await isUnlisted(tx, pack, file)
  let written = false
  for (const { code: place } of pack.values.sign.places) {
    const here = file.sheets.filter((s) => s.place === place)
    if (here.length === 0) {
      await insertSheet(
        tx,
        { provider: d.provider, systemId: d.systemId, cameraId: d.cameraId, place, unlisted, says },
        nowMs,
      )
      written = true
    }
  }
  for (const sheet of file.sheets) {
    if (sheet.unlisted !== unlisted) {
      await setUnlisted(tx, sheet.id, unlisted)
      written = true
    }
    const change = await wordSheet(tx, sheet, says, nowMs)
    if (change === null) continue
    written = true
    await append(tx, {
      kind: 'sign.worded',
      actor: null,
      provider: d.provider,
      about: { deployment: d.id, camera: d.cameraId, system: d.systemId, sheet: sheet.id },
      data: { version: sheet.version + 1, change },
      atMs: nowMs,
    })
  }
  return written
}

/** In or beside a home, or marked for safety: nothing public says where it is, on a sign or in a letter. */
export const isUnlisted = async (
  sql: Query,
  pack: Pack,
  { deployment: d, site }: Pick<DeploymentFile, 'deployment' | 'site'>,
): Promise<boolean> =>
  site.kind === 'home' ||
  pack.values.deploymentTypes.find((t) => t.code === d.type)?.publicPage.value !== 'listed' ||
  (await isGuarded(sql, d.systemId))

/**
 * The clause that asks for signs at this kind of placement; null: the policy asks for them elsewhere only, or nowhere,
 * and Overt does. A clause about homes is not quoted over a shared hallway.
 */
export function signClause(pack: Pack, typeCode: string): string | null {
  const gate = pack.values.deploymentTypes
    .find((type) => type.code === typeCode)
    ?.gates.find((one) => one.code === 'signs')
  return gate === undefined ? pack.values.sign.needed.clause : gate.clause
}

/** The languages of a policy that stands on the landlord's website: behind the sign's code people find them. */
export async function languagesOf(tx: Query, provider: string): Promise<readonly string[]> {
  if (!(await isPublished(tx, provider, 'website'))) return []
  return [...new Set((await translationsOf(tx, provider)).map((t) => t.languageName))]
}

/** Opens and closes the tasks about what hangs. `gate.signs` asks for the first ones; these are about keeping them true. */
export async function bringSignTasksInLine(tx: Tx, standing: Standing, nowMs: number): Promise<void> {
  const { file, pack } = standing
  const { deployment: d, site } = file
  const over = d.ended !== null || !needsSigns(standing)
  const roles = rolesFor(pack, 'deployment.install')
  const task = (sheet: SignSheet, kind: string, title: string, dueMs: number) =>
    openTask(tx, {
      kind,
      provider: d.provider,
      ...placeOf(site),
      title,
      roles,
      about: { deployment: d.id, sheet: sheet.id },
      dueMs,
      clause: signClause(pack, d.type),
      nowMs,
    })
  if (over) {
    await closeTask(tx, { kind: 'sign.*', about: { deployment: d.id }, nowMs })
    return
  }
  for (const sheet of file.sheets) {
    const sign = file.signs.find((s) => s.sheetId === sheet.id)
    const name = `Sign ${signReference(sheet.code)} of ${d.reference}`
    // A gate that is open asks for it already.
    if (sign !== undefined && sign.version < sheet.version && !isOutdated(file, sign, nowMs))
      await task(
        sheet,
        'sign.renew',
        `${name} shows older words: print version ${sheet.version} and hang it.`,
        sheet.sinceMs + olderWordsMs,
      )
    else await closeTask(tx, { kind: 'sign.renew', about: { sheet: sheet.id }, nowMs })
    const dueMs = sign?.seenMs ? checkDueMs(sign.seenMs, d.timeZone) : null
    const soon = dueMs !== null && nowMs >= dueMs - checkNoticeDays * 86_400_000
    if (soon && sign?.missingMs === null && sign.version === sheet.version)
      await task(sheet, 'sign.check', `${name}: the monthly look, with a photo, is due.`, dueMs)
    else await closeTask(tx, { kind: 'sign.check', about: { sheet: sheet.id }, nowMs })
  }
}
