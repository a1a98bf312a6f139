/**
 * The consultation of those who would pay for a camera: opened, answered, and after its last day a result that somebody
 * other than the asker states. Asked once for a system; each camera's own gate says whether it counts for it.
 */
import { z } from 'zod'
import { civilDay, daysBetween, type Result } from '#base/base.ts'
import { append } from '#ledger/ledger.ts'
import { fields } from '#web/web.ts'
import { aboutOf, act, ask, type By, denied, no, reason, yes } from './asking.ts'
import * as store from './consultation-store.ts'
import type { Standing } from './evaluate.ts'
import { allowedForAll, askersOf } from './whose.ts'

/** Pounds and pence as people type them, "1,250" or "£1,250.50", in pence. */
const money = (what: string) =>
  z.preprocess(
    (value) => {
      const text = typeof value === 'number' ? String(value) : value
      if (typeof text !== 'string') return text
      const plain = text.trim().replace(/^£\s*/, '').replaceAll(',', '')
      return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN
    },
    z.int({ error: () => `Enter ${what} in pounds, like 1,250 or 1,250.50` }).min(0),
  )

const lines = (what: string, max: number) =>
  z.preprocess(
    (value) =>
      (Array.isArray(value) ? value.map(String) : String(value ?? '').split('\n'))
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    z
      .array(z.string().max(500, 'Each question may have 500 characters'))
      .min(1, `Enter ${what}`)
      .max(max, `Enter ${max} at most`),
  )

const optionalLong = (what: string, max: number) => fields.optionalText(what, max)

export const consultationSchema = z.object({
  payers: fields.text('which addresses would pay', 2000),
  households: fields.whole('how many households that is', 1, 100_000),
  cameras: fields.whole('how many cameras it asks about', 1, 500),
  contacts: optionalLong('the list of people', 20_000),
  ways: z.preprocess(
    (value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]),
    z
      .array(z.enum(store.consultationWays), { error: () => 'Choose how people are asked' })
      .min(1, 'Choose how people are asked')
      .max(10),
  ),
  opensOn: fields.day('the first day'),
  closesOn: fields.day('the last day'),
  questions: lines('at least one question', 20),
  yearlyCost: money('what it costs to run for a year'),
})

export const answerSchema = z.object({
  stance: fields.choice('whether they are for it or against it', store.stances),
  cameOn: fields.day('the day on which it came'),
  way: fields.choice('how it came', store.consultationWays),
  who: fields.optionalText('who answered', 300),
  words: fields.optionalText('what they wrote', 4000),
})

const mayRun = (by: By, standing: Standing) =>
  ask(standing.pack, by.person, standing, 'consultation.run', {
    deploymentType: standing.file.deployment.type,
  })

const laterDay = (a: string, b: string): string => [a, b].toSorted()[1]!

const none = no(reason('consultation', 'No consultation is open about this camera.'))
const about = (standing: Standing, consultation: string) => ({ ...aboutOf(standing), consultation })

/** The consultation of this camera that nobody has stated the result of; null: none is open. */
const openOne = ({ file: { consultation } }: Standing) =>
  consultation !== null && consultation.result === null ? consultation : null

export function openConsultation(
  by: By & z.output<typeof consultationSchema>,
): Promise<Result<{ consultationId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayRun(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { pack, file } = standing
      const d = file.deployment
      const rules = pack.values.consultation
      const today = civilDay(nowMs, d.timeZone)
      const days = daysBetween(by.opensOn, by.closesOn) + 1
      const charged = rules.chargeBasis.value === 'service-charge'
      const wrong = [
        ...(by.opensOn < today ? [reason('opensOn', 'The first day can’t be in the past')] : []),
        ...(by.closesOn < by.opensOn ? [reason('closesOn', 'The last day is before the first')] : []),
        ...(days >= 1 && days < rules.daysOpenMin.value
          ? [
              reason(
                'closesOn',
                `People need at least ${rules.daysOpenMin.value} days to answer, the first and the last counted; these are ${days}`,
                rules.daysOpenMin.clause,
              ),
            ]
          : []),
        ...(daysBetween(today, by.closesOn) > 366
          ? [reason('closesOn', 'The last day is more than a year away')]
          : []),
        ...(charged && rules.costShown.value && by.yearlyCost === 0
          ? [reason('yearlyCost', 'Say what people would pay for', rules.costShown.clause)]
          : []),
      ]
      if (wrong.length > 0) return no(...wrong)
      const id = await store.insertConsultation(tx, {
        provider: d.provider,
        systemId: d.systemId,
        deploymentId: d.id,
        cameras: by.cameras,
        payers: by.payers,
        households: by.households,
        contacts: by.contacts,
        ways: by.ways,
        opensOn: by.opensOn,
        closesOn: by.closesOn,
        questions: by.questions,
        yearlyCostPence: by.yearlyCost,
        chargeBasis: rules.chargeBasis.value,
        // Rounded up: nobody may be charged more than they were told.
        householdPence: charged ? Math.ceil(by.yearlyCost / by.households) : 0,
        openedBy: by.person.id,
        openedMs: nowMs,
      })
      if (id === null)
        return no(reason('consultation', 'A consultation is open already for the cameras of this place.'))
      await append(tx, {
        kind: 'consultation.opened',
        actor: by.person.id,
        provider: d.provider,
        about: about(standing, id),
        data: {
          households: by.households,
          cameras: by.cameras,
          ways: by.ways,
          opensOn: by.opensOn,
          closesOn: by.closesOn,
          yearlyCostPence: by.yearlyCost,
          basis: rules.chargeBasis.value,
        },
        personal: { payers: by.payers },
        atMs: nowMs,
      })
      return yes({ consultationId: id })
    },
  })
}

export function recordAnswer(by: By & z.output<typeof answerSchema>): Promise<Result<{ answerId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayRun(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const open = openOne(standing)
      if (open === null) return none
      if (by.cameOn > civilDay(nowMs, standing.file.deployment.timeZone))
        return no(reason('cameOn', 'The day on which it came can’t be in the future'))
      if (by.cameOn < open.opensOn || by.cameOn > open.closesOn)
        return no(reason('cameOn', 'It came outside the days on which people could answer'))
      if (open.counts.for + open.counts.against + open.counts.comment >= store.answersMax)
        return no(reason('answers', `${store.answersMax} answers are recorded. That is the most.`))
      const { stance, cameOn, way, who, words } = by
      const answerId = await store.insertAnswer(tx, open.id, {
        stance,
        cameOn,
        way,
        who,
        words,
        recordedBy: by.person.id,
        recordedMs: nowMs,
      })
      await append(tx, {
        kind: 'consultation.answered',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: about(standing, open.id),
        data: { stance, cameOn, way },
        atMs: nowMs,
      })
      return yes({ answerId })
    },
  })
}

/** Erases who answered and what they wrote, or (`answerId` null) whom it was sent to. That there was an answer stays. */
export function eraseFromConsultation(by: By & { readonly answerId: string | null }): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayRun(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { consultation } = standing.file
      if (consultation === null) return none
      const erased =
        by.answerId === null
          ? await store.eraseContacts(tx, consultation.id, nowMs)
          : await store.eraseAnswer(tx, consultation.id, by.answerId, nowMs)
      if (!erased) return no(reason('erased', 'It is erased already, or there was nothing to erase.'))
      await append(tx, {
        kind: by.answerId === null ? 'consultation.contacts-erased' : 'consultation.answer-erased',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: about(standing, consultation.id),
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

export function callOffConsultation(by: By): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayRun(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const open = openOne(standing)
      if (open === null || !(await store.callOff(tx, open.id, by.person.id, nowMs))) return none
      await append(tx, {
        kind: 'consultation.called-off',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: about(standing, open.id),
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** The result, with the counts that the decider had before them. */
export function stateResult(
  by: By & {
    readonly role: string
    readonly outcome: 'go-ahead' | 'no'
    readonly reason: string
    readonly counts: store.Counts
  },
): Promise<Result<{ outcome: 'go-ahead' | 'no' }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const d = standing.file.deployment
      const open = openOne(standing)
      const decision = allowedForAll(askersOf(d), (proposedBy) =>
        ask(standing.pack, by.person, standing, 'consultation.decide', {
          deploymentType: d.type,
          role: by.role,
          proposedBy,
          closed: open !== null && civilDay(nowMs, d.timeZone) > open.closesOn,
          counted: open !== null && store.stances.every((s) => open.counts[s] === by.counts[s]),
          reason: by.reason,
        }),
      )
      if (!decision.allowed && (open !== null || decision.reasons.some((r) => r.code === 'able')))
        return denied(decision.reasons)
      if (open === null) return none
      const result = { outcome: by.outcome, reason: by.reason, role: by.role, by: by.person.id, atMs: nowMs }
      if (!(await store.stateResult(tx, open.id, result, open.counts)))
        return no(reason('decided', 'Somebody has stated the result already.'))
      await append(tx, {
        kind: 'consultation.stated',
        actor: by.person.id,
        provider: d.provider,
        about: about(standing, open.id),
        data: { outcome: by.outcome, role: by.role, ...open.counts },
        personal: { reason: by.reason },
        atMs: nowMs,
      })
      return yes({ outcome: by.outcome })
    },
  })
}

/** Nobody lives there yet: proven by where the design has the camera and by the day of the first tenancy. */
export function recordNewBuild(
  by: By & { readonly design: string; readonly firstTenancyDay: string },
): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayRun(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { pack, file } = standing
      const d = file.deployment
      const exempt = pack.values.consultation.exemptions.find(
        (e) => e.code === 'new-build' && e.types.includes(d.type),
      )
      if (!exempt)
        return no(reason('newBuild', 'The policy lets no camera of this kind go without a consultation.'))
      const today = civilDay(nowMs, d.timeZone)
      const first = laterDay(d.fromDay, today)
      if (by.firstTenancyDay <= first)
        return no(
          reason(
            'firstTenancyDay',
            'People live there before the camera records, so those who would pay must be consulted',
            exempt.clause,
          ),
        )
      await store.saveNewBuild(tx, d.id, {
        design: by.design,
        firstTenancyDay: by.firstTenancyDay,
        recordedBy: by.person.id,
        recordedMs: nowMs,
      })
      await append(tx, {
        kind: 'consultation.new-build',
        actor: by.person.id,
        provider: d.provider,
        about: aboutOf(standing),
        data: { firstTenancyDay: by.firstTenancyDay },
        personal: { design: by.design },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** What finance gets once people have agreed: one line, as a spreadsheet reads it. Null: nothing is charged. */
export function chargeLine({ file }: Standing): string | null {
  const { consultation: c, site, system, deployment: d } = file
  if (!store.isCharged(c) || c.result === null) return null
  // A leading sign would be run as a formula by a spreadsheet.
  const cell = (value: string | number) =>
    `"${String(value)
      .replace(/^[=+\-@\t\r]/, "'$&")
      .replaceAll('"', '""')
      .replaceAll('\n', ' ')}"`
  const pounds = (pence: number) => (pence / 100).toFixed(2)
  const head = [
    'reference',
    'place',
    'system',
    'addresses',
    'households',
    'yearly cost (GBP)',
    'each household a year (GBP)',
    'basis',
    'agreed on',
  ]
  const row = [
    d.reference,
    site.name,
    system.name,
    c.payers,
    c.households,
    pounds(c.yearlyCostPence),
    pounds(c.householdPence),
    'service charge',
    civilDay(c.result.atMs, d.timeZone),
  ]
  return `${head.map(cell).join(',')}\r\n${row.map(cell).join(',')}\r\n`
}

export function handChargeOver(by: By): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayRun(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { consultation } = standing.file
      if (consultation === null || chargeLine(standing) === null)
        return no(reason('charge', 'There is no charge to hand over.'))
      if (!(await store.markChargeHanded(tx, consultation.id, by.person.id, nowMs)))
        return no(reason('charge', 'That finance has it is recorded already.'))
      await append(tx, {
        kind: 'consultation.charge-handed',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: about(standing, consultation.id),
        data: { householdPence: consultation.householdPence, yearlyCostPence: consultation.yearlyCostPence },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}
