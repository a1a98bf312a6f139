/**
 * Letters as steps: made for a list of households, recorded as sent, and forgotten. Whoever makes or prints them may see
 * what people need; to everybody else a batch is a number of letters in each form.
 */
import { civilDay, newId, type Result } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import { inTransaction, type Query, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { able } from '#policy/policy.ts'
import { adjustmentReach, needsOfMany } from '#providers/providers.ts'
import { placeOf } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { aboutOf, act, type By, denied, no, principalAt, reason, yes } from '../asking.ts'
import type { Standing } from '../evaluate.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { letterFacts, lettersBy } from './letter-facts.ts'
import { unprintableIn } from './letter-print.ts'
import type { LetterKind } from './letter-says.ts'
import {
  type Batch,
  batchesToErase,
  eraseAddresses,
  findBatch,
  insertBatch,
  markSent,
} from './letter-store.ts'
import {
  formCode,
  formFor,
  type Household,
  type LetterForm,
  pilesOf,
  readHouseholds,
  standardForm,
} from './who-gets.ts'

/** May this person see, at this place, what people need? Only then do they make or print letters. */
export function mayWrite({ file, pack }: Standing, person: Person): ReturnType<typeof able> {
  const { roles } = principalAt(person, file.deployment.provider, file.site)
  return able(pack, { roles: [...roles], administrator: false }, 'adjustment.keep')
}

/** Somebody whose needs are kept where this writer doesn't reach: the letter waits for one who does. */
const outOfReach: LetterForm = {
  ...standardForm,
  byHand: ['as they need it, by somebody whose role reaches them'],
}

/** The form of each letter, in the order of the list. */
export async function formsFor(
  sql: Query,
  deps: AuthorisationDeps,
  person: Person,
  provider: string,
  households: readonly Household[],
): Promise<readonly LetterForm[]> {
  const needs = await needsOfMany(
    sql,
    adjustmentReach(deps.packs, person),
    provider,
    households.flatMap((one) => one.reference ?? []),
  )
  return households.map(({ reference }) => {
    const seen = reference === null ? undefined : needs.get(reference.toLowerCase())
    return seen?.reach === false ? outOfReach : formFor(seen?.needs ?? null)
  })
}

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
      const forms = await formsFor(tx, by.deps, by.person, provider, read.households)
      const unprintable = unprintableIn(read.households)
      if (unprintable.length > 0)
        return no(
          reason(
            'households',
            `Our typeface lacks letters of the ${unprintable.length === 1 ? 'household' : 'households'} number ${unprintable.slice(0, 10).join(', ')}. Write them in Latin letters.`,
          ),
        )
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
        read.households.map((one, index) => ({ ...one, line: index + 1, form: formCode(forms[index]!) })),
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
      for (const { form, count } of piles)
        if (form.byHand.length > 0)
          await askForHand(tx, standing, batchId, { form, count, nowMs, kind: by.kind })
      return yes({ batchId })
    },
  })
}

/** What nothing here can make is somebody's task, without a name in it. */
async function askForHand(
  tx: Tx,
  { file, pack }: Standing,
  batchId: string,
  of: {
    readonly form: LetterForm
    readonly count: number
    readonly nowMs: number
    readonly kind: LetterKind
  },
): Promise<void> {
  const { deployment: d, site, consultation } = file
  const lastDay = of.kind === 'consultation' ? consultation?.closesOn : d.fromDay
  await openTask(tx, {
    kind: 'letters.by-hand',
    provider: d.provider,
    ...placeOf(site),
    title: `${of.count === 1 ? 'One letter' : `${of.count} letters`} about ${d.reference} must be made or said ${of.form.byHand.join(', ')}.`,
    roles: [...lettersBy(pack)],
    about: { deployment: d.id, letters: batchId, form: formCode(of.form) },
    dueMs:
      lastDay === undefined
        ? null
        : Temporal.PlainDate.from(lastDay).toZonedDateTime(d.timeZone).epochMilliseconds,
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
      if (batch === null || !batch.forms.some((one) => one.code === by.form && one.code.includes('hand(')))
        return gone
      await closeTask(tx, {
        kind: 'letters.by-hand',
        about: { letters: batch.id, form: by.form },
        by: by.person.id,
        nowMs,
      })
      await append(tx, {
        kind: 'letters.given-by-hand',
        actor: by.person.id,
        provider: batch.provider,
        about: { ...aboutOf(standing), letters: batch.id },
        data: { letters: batch.forms.find((one) => one.code === by.form)?.count ?? 0 },
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
