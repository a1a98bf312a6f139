/**
 * Letters as steps: made for a list of households, recorded as sent, and forgotten. Whoever makes or prints them may see
 * what people need; to everybody else a batch is a number of letters in each form.
 */
import { addDays, civilDay, newId, type Result, startOfDayMs } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import { inTransaction, type Query, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { adjustmentReach, needingAt, needsOfMany, withHomes } from '#providers/providers.ts'
import { placeOf, sitesById } from '#register/register.ts'
import { languageName, type Person } from '#web/web.ts'
import { aboutOf, act, type By, denied, no, reason, yes } from '../asking.ts'
import type { Standing } from '../evaluate.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { letterFacts, lettersBy } from './letter-facts.ts'
import { canAddress } from './letter-print.ts'
import type { LetterKind } from './letter-says.ts'
import {
  type Batch,
  batchesToErase,
  eraseAddresses,
  findBatch,
  insertBatch,
  markSent,
} from './letter-store.ts'
import { mayWrite } from './may-write.ts'
import { askForTranslation } from './translations.ts'
import {
  formCode,
  formFor,
  type Household,
  type LetterForm,
  pilesOf,
  readForm,
  readHouseholds,
  standardForm,
  withNumbers,
  withoutTypeface,
} from './who-gets.ts'

/** Somebody whose needs are kept where this writer doesn't reach: the letter waits for one who does. */
const outOfReach: LetterForm = {
  ...standardForm,
  byHand: ['as they need it, by somebody whose role reaches them'],
}

/** Who of a list has needs that are kept, and the form of each letter, in the order of the list. */
export async function formsFor(
  sql: Query,
  deps: AuthorisationDeps,
  person: Person,
  { file }: Pick<Standing, 'file'>,
  households: readonly Household[],
): Promise<{ readonly households: readonly Household[]; readonly forms: readonly LetterForm[] }> {
  const { provider } = file.deployment
  const reach = await writerReach(sql, deps, person)
  const known = withNumbers(households, await needingAt(sql, reach, provider, file.site.id))
  const needs = await needsOfMany(
    sql,
    reach,
    provider,
    known.flatMap((one) => one.reference ?? []),
  )
  const forms = known.map((one): LetterForm => {
    const seen = one.reference === null ? undefined : needs.get(one.reference.toLowerCase())
    const form = seen?.reach === false ? outOfReach : formFor(seen?.needs ?? null)
    return canAddress(one) ? form : withoutTypeface(form)
  })
  return { households: known, forms }
}

/** Whose needs this writer may see: by area, and whoever lives at a place that a role of theirs reaches. */
export const writerReach = (sql: Query, deps: Pick<AuthorisationDeps, 'packs'>, person: Person) =>
  withHomes(sql, adjustmentReach(deps.packs, person), (ids) => sitesById(sql, ids))

/** Makes a batch: what each household needs is looked up once, and stands with the batch. */
export function makeLetters(
  by: By & { readonly kind: LetterKind; readonly households: string },
): Promise<Result<{ batchId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayWrite(standing, by.person)
      if (!decision.allowed) return denied(decision.reasons)
      const told = await letterFacts(tx, by.deps, standing, by.kind, nowMs)
      if (!told.ok) return no(reason('letters', told.why))
      const read = readHouseholds(by.households)
      if (!read.ok) return no(...read.mistakes.map((mistake) => reason('households', mistake)))
      const { provider } = standing.file.deployment
      const { households, forms } = await formsFor(tx, by.deps, by.person, standing, read.households)
      const batchId = newId(nowMs)
      const piles = pilesOf(forms)
      await insertBatch(
        tx,
        {
          id: batchId,
          provider,
          deploymentId: standing.file.deployment.id,
          kind: by.kind,
          facts: told.facts,
          forms: piles.map(({ code, words, count }) => ({ code, words, count })),
          madeBy: by.person.id,
          madeMs: nowMs,
        },
        households.map((one, index) => ({ ...one, line: index + 1, form: formCode(forms[index]!) })),
      )
      const standard = piles.find((pile) => pile.code === 'standard')?.count ?? 0
      await append(tx, {
        kind: 'letters.made',
        actor: by.person.id,
        provider,
        about: { ...aboutOf(standing), letters: batchId },
        data: { kind: by.kind, letters: forms.length, standard, otherwise: forms.length - standard },
        atMs: nowMs,
      })
      const dueMs = lastDayMs(standing, by.kind, nowMs)
      for (const { code, form, count } of piles) {
        if (form.byHand.length > 0) await askForHand(tx, standing, batchId, { form, count, dueMs, nowMs })
        else if (form.language !== null)
          await askForTranslation(tx, standing, {
            batchId,
            facts: told.facts,
            form: code,
            count,
            dueMs,
            nowMs,
          })
      }
      return yes({ batchId })
    },
  })
}

/**
 * Until when letters of a kind are of use: the last day for answers, or the day from which the camera may record. What
 * is asked for on that day or later has till the end of the next one: nothing is late before anybody could do it.
 */
function lastDayMs(
  { file: { deployment: d, consultation } }: Standing,
  kind: LetterKind,
  nowMs: number,
): number {
  const lastDay = (kind === 'consultation' ? consultation?.closesOn : undefined) ?? d.fromDay
  const tomorrowOver = startOfDayMs(addDays(civilDay(nowMs, d.timeZone), 2), d.timeZone)
  return Math.max(startOfDayMs(lastDay, d.timeZone), tomorrowOver)
}

/** What nothing here can make is somebody's task, without a name in it. */
async function askForHand(
  tx: Tx,
  { file, pack }: Standing,
  batchId: string,
  of: {
    readonly form: LetterForm
    readonly count: number
    readonly dueMs: number | null
    readonly nowMs: number
  },
): Promise<void> {
  const { deployment: d, site } = file
  await openTask(tx, {
    kind: 'letters.by-hand',
    provider: d.provider,
    ...placeOf(site),
    title: `${of.count === 1 ? 'One letter' : `${of.count} letters`} about ${d.reference} must be made or said ${[...(of.form.language === null ? [] : [`in ${languageName(of.form.language)}`]), ...of.form.byHand].join(', ')}.`,
    roles: [...lettersBy(pack)],
    about: { deployment: d.id, letters: batchId, form: formCode(of.form) },
    dueMs: of.dueMs,
    clause: null,
    nowMs: of.nowMs,
  })
}

const gone = no(reason('not-found', 'There are no such letters, or you may not see them.'))

/** Records the day on which the letters went out. */
export function lettersSent(
  by: By & { readonly batchId: string; readonly day: string },
): Promise<Result<null>> {
  return act({
    ...by,
    afterEnd: true,
    async work(tx, standing, nowMs) {
      const decision = mayWrite(standing, by.person)
      if (!decision.allowed) return denied(decision.reasons)
      const { deployment: d } = standing.file
      const batch = await findBatch(tx, d.id, by.batchId)
      if (batch === null) return gone
      if (by.day > civilDay(nowMs, d.timeZone)) return no(reason('day', 'The day can’t be in the future'))
      if (by.day < civilDay(batch.madeMs, d.timeZone))
        return no(reason('day', 'The letters were made after that day'))
      if (!(await markSent(tx, batch.id, by.day, by.person.id)))
        return no(reason('sent', 'It is recorded already that they were sent.'))
      await append(tx, {
        kind: 'letters.sent',
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), letters: batch.id },
        data: { kind: batch.kind, letters: batch.letters, day: by.day },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** A pile that nothing here makes by itself. */
const isGivenByHand = (code: string): boolean => readForm(code).hand || readForm(code).language !== null

/** Somebody made or said what no program here can: the task is done for this pile. */
export function madeByHand(
  by: By & { readonly batchId: string; readonly form: string },
): Promise<Result<null>> {
  return act({
    ...by,
    afterEnd: true,
    async work(tx, standing, nowMs) {
      const decision = mayWrite(standing, by.person)
      if (!decision.allowed) return denied(decision.reasons)
      const batch = await findBatch(tx, standing.file.deployment.id, by.batchId)
      const form = batch?.forms.find((one) => one.code === by.form)
      if (batch === null || form === undefined || !isGivenByHand(form.code)) return gone
      await closeTask(tx, {
        kind: 'letters.*',
        about: { letters: batch.id, form: by.form },
        by: by.person.id,
        nowMs,
      })
      await append(tx, {
        kind: 'letters.given-by-hand',
        actor: by.person.id,
        provider: batch.provider,
        about: { ...aboutOf(standing), letters: batch.id },
        data: { letters: form.count },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** Deletes names and addresses of a batch (UK GDPR Art 17). */
export function forgetAddresses(by: By & { readonly batchId: string }): Promise<Result<null>> {
  return act({
    ...by,
    afterEnd: true,
    async work(tx, standing, nowMs) {
      const decision = mayWrite(standing, by.person)
      if (!decision.allowed) return denied(decision.reasons)
      const batch = await findBatch(tx, standing.file.deployment.id, by.batchId)
      if (batch === null) return gone
      if (!(await erase(tx, batch, by.person.id, nowMs))) return no(reason('erased', 'It is erased already.'))
      return yes(null)
    },
  })
}

async function erase(tx: Tx, batch: Batch, actor: string | null, nowMs: number): Promise<boolean> {
  if (!(await eraseAddresses(tx, batch.id, nowMs))) return false
  // Nobody knows any more who waits for one.
  await closeTask(tx, { kind: 'letters.*', about: { letters: batch.id }, by: actor, nowMs })
  await append(tx, {
    kind: 'letters.addresses-erased',
    actor,
    provider: batch.provider,
    about: { deployment: batch.deploymentId, letters: batch.id },
    atMs: nowMs,
  })
  return true
}

/** Names and addresses go by themselves after their days. */
export async function forgetOldAddresses(deps: Pick<AuthorisationDeps, 'sql' | 'clock'>): Promise<number> {
  const nowMs = deps.clock.nowMs()
  const old = await batchesToErase(deps.sql, nowMs)
  for (const batch of old) await inTransaction(deps.sql, (tx) => erase(tx, batch, null, nowMs))
  return old.length
}
