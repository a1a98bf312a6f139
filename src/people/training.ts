/**
 * Training, licences, briefings and what has been read. A manager records for others and never for themselves; people
 * say for themselves what they have read. Each step is one entry of the ledger in its own transaction; a number of a
 * licence is personal and never in it.
 */
import { addDays, civilDay, newId, ok, type Result, refuse, startOfDayMs } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { type CourseWay, gatedActions, missingFor, qualificationsAt } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import { unlessRefused } from './parts.ts'
import { type Landlord, no, type TrainingParts } from './training-parts.ts'
import { remind } from './training-reminders.ts'
import { lastDayOf } from './training-state.ts'
import * as store from './training-store.ts'

export const evidenceBytesMax = 5 * 1024 * 1024
export const evidenceMimes = ['application/pdf', 'image/jpeg', 'image/png'] as const

/** The course or licence of a code: the policy's, or for training the landlord's own. */
export async function qualificationOf(
  parts: TrainingParts,
  landlord: Landlord,
  kind: store.Record['kind'],
  code: string,
): Promise<{ readonly title: string; readonly months: number | null } | null> {
  const { courses, licences } = landlord.pack.values.training
  if (kind === 'licence') {
    const licence = licences.find((one) => one.code === code)
    return licence === undefined ? null : { title: licence.title, months: null }
  }
  const course = courses.find((one) => one.code === code)
  if (course !== undefined) return { title: course.title, months: course.months.value }
  const own = (await store.ownCourses(parts.sql, landlord.slug)).find((one) => one.code === code)
  return own === undefined ? null : { title: own.title, months: own.months }
}

export type NewRecord = {
  readonly kind: store.Record['kind']
  readonly code: string
  readonly doneOn: string
  readonly givenBy: string | null
  readonly number: string | null
  /** Of a licence: its printed last day. Null for training: the course says how long it counts. */
  readonly lastDay: string | null
  readonly evidence: { readonly mime: string; readonly bytes: Buffer } | null
}

/** Records a training done or a licence held. */
export async function recordQualification(
  parts: TrainingParts,
  by: Person,
  landlord: Landlord,
  personId: string,
  made: NewRecord,
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  const zone = landlord.pack.values.provider.timeZone
  const today = civilDay(nowMs, zone)
  if (personId === by.id)
    return refuse(no('own-record', 'You cannot record your own training or licence. Ask another manager.'))
  const known = await qualificationOf(parts, landlord, made.kind, made.code)
  if (known === null) return refuse(no('code', 'Choose from the list.'))
  if (made.doneOn > today) return refuse(no('doneOn', 'The day cannot be in the future.'))
  if (made.doneOn < addDays(today, -365 * 40)) return refuse(no('doneOn', 'Check the year of the day.'))
  const lastDay = made.kind === 'licence' ? made.lastDay : lastDayOf(made.doneOn, known.months)
  if (made.kind === 'licence' && (lastDay === null || made.number === null))
    return refuse(no(lastDay === null ? 'lastDay' : 'number', 'Enter what is printed on the licence.'))
  if (lastDay !== null && lastDay < today && made.kind === 'licence')
    return refuse(no('lastDay', 'This licence has ended already. Record the new one.'))
  if (lastDay !== null && (lastDay < made.doneOn || lastDay > addDays(today, 365 * 20)))
    return refuse(no('lastDay', 'Check the year of the last day.'))
  return unlessRefused(parts.sql, async (tx) => {
    const [member] = await store.membersOf(tx, landlord.slug, nowMs, personId)
    if (member === undefined) return refuse(no('person', 'This person has no role here.'))
    const evidenceId = made.evidence === null ? null : newId(nowMs)
    if (made.evidence !== null && evidenceId !== null)
      await store.insertEvidence(tx, {
        id: evidenceId,
        provider: landlord.slug,
        ...made.evidence,
        by: by.id,
        nowMs,
      })
    const id = newId(nowMs)
    await store.insertRecord(tx, {
      id,
      personId,
      provider: landlord.slug,
      kind: made.kind,
      code: made.code,
      doneOn: made.doneOn,
      givenBy: made.givenBy,
      number: made.kind === 'licence' ? made.number : null,
      lastDay,
      untilMs: lastDay === null ? null : startOfDayMs(addDays(lastDay, 1), zone),
      evidenceId,
      recordedMs: nowMs,
      recordedBy: by.id,
    })
    await parts.record(tx, {
      kind: made.kind === 'licence' ? 'licence.recorded' : 'training.recorded',
      actor: by.id,
      provider: landlord.slug,
      about: { person: personId, qualification: id },
      data: { code: made.code, doneOn: made.doneOn, lastDay, evidence: evidenceId !== null },
      personal: { name: member.name },
      atMs: nowMs,
    })
    await remind(parts, tx, landlord, personId)
    return ok({ id })
  })
}

/** Takes a record back: a mistake, or a licence that was revoked. From this instant it counts for nothing. */
export async function endQualification(
  parts: TrainingParts,
  by: Person,
  landlord: Landlord,
  record: store.Record,
  why: string,
): Promise<Result<null>> {
  const nowMs = parts.clock.nowMs()
  if (record.personId === by.id)
    return refuse(no('own-record', 'You cannot change your own records. Ask another manager.'))
  return unlessRefused(parts.sql, async (tx) => {
    if (!(await store.endRecord(tx, record.id, by.id, why, nowMs)))
      return refuse(no('ended', 'It was taken back already. Nothing more is needed.'))
    await parts.record(tx, {
      kind: 'qualification.ended',
      actor: by.id,
      provider: landlord.slug,
      about: { person: record.personId, qualification: record.id },
      data: { code: record.code, of: record.kind },
      personal: { reason: why },
      atMs: nowMs,
    })
    await remind(parts, tx, landlord, record.personId)
    return ok(null)
  })
}

/** Forgets the number of a licence; that it was held, and until when, stays. */
export async function forgetNumber(
  parts: TrainingParts,
  by: Person,
  landlord: Landlord,
  record: store.Record,
): Promise<void> {
  const nowMs = parts.clock.nowMs()
  await inTransaction(parts.sql, async (tx) => {
    if (!(await store.eraseNumber(tx, record.id))) return
    await parts.record(tx, {
      kind: 'licence.number-forgotten',
      actor: by.id,
      provider: landlord.slug,
      about: { person: record.personId, qualification: record.id },
      data: { code: record.code },
      atMs: nowMs,
    })
  })
}

export type NewCourse = {
  readonly title: string
  readonly way: CourseWay
  readonly roles: readonly string[]
  readonly months: number | null
  readonly dueDays: number
  readonly covers: string
}

/** The landlord's own course, beside those of its policy. */
export async function addCourse(
  parts: TrainingParts,
  by: Person,
  landlord: Landlord,
  course: NewCourse,
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  const known = new Set(landlord.pack.values.roles.map(({ code }) => code))
  if (course.roles.some((role) => !known.has(role))) return refuse(no('roles', 'Choose roles from the list.'))
  const plain = course.title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const id = newId(nowMs)
  const made = { id, provider: landlord.slug, code: `own-${plain || id.slice(-8)}`, madeMs: nowMs, ...course }
  return unlessRefused(parts.sql, async (tx) => {
    if ((await store.ownCourses(tx, landlord.slug)).length >= 50)
      return refuse(no('title', 'There are 50 courses of your own already. End one first.'))
    if (!(await store.insertCourse(tx, made, by.id)))
      return refuse(no('title', 'There is or was a course with this title. Choose another title.'))
    await parts.record(tx, {
      kind: 'course.added',
      actor: by.id,
      provider: landlord.slug,
      about: { course: id },
      data: { code: made.code, roles: [...course.roles], months: course.months },
      atMs: nowMs,
    })
    return ok({ id })
  })
}

/** False: it is not there any more. */
export async function endCourse(
  parts: TrainingParts,
  by: Person,
  landlord: Landlord,
  id: string,
): Promise<boolean> {
  const nowMs = parts.clock.nowMs()
  return inTransaction(parts.sql, async (tx) => {
    const course = await store.retireCourse(tx, landlord.slug, id, nowMs)
    if (course === null) return false
    await parts.record(tx, {
      kind: 'course.ended',
      actor: by.id,
      provider: landlord.slug,
      about: { course: id },
      data: { code: course.code },
      atMs: nowMs,
    })
    await parts.closeTask(tx, {
      kind: 'training.*',
      about: { provider: landlord.slug, code: course.code },
      by: by.id,
      nowMs,
    })
    return true
  })
}

/** What keeps this person from a picture or a decision here; empty when nothing does. */
export const standsInTheWay = (person: Person, landlord: Landlord) => {
  const held = qualificationsAt(person.qualifications, landlord.slug)
  return gatedActions
    .filter((action) =>
      person.roles.some(
        (role) =>
          role.provider === landlord.slug && landlord.pack.values.abilities[role.role]?.includes(action),
      ),
    )
    .map((action) => ({ action, missing: missingFor(landlord.pack.values.training, action, held) }))
    .filter(({ missing }) => missing.length > 0)
}
