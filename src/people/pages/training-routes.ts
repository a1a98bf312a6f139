/** Rows of training for whoever keeps the records; a person's own rows are in `my-training.ts`. */
import { z } from 'zod'
import {
  type Answer,
  type Ask,
  type FieldError,
  fields,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type Upload,
  type View,
} from '#web/web.ts'
import {
  endQualification,
  evidenceBytesMax,
  evidenceMimes,
  forgetNumber,
  type NewRecord,
  recordQualification,
} from '../training.ts'
import { keeps, type Landlord, type TrainingParts } from '../training-parts.ts'
import { standingNeeds } from '../training-reminders.ts'
import { evidenceOf, membersOf, type Record, recordById } from '../training-store.ts'
import { courseRoutes, pickLandlord } from './course-routes.ts'
import { myTrainingRoutes, plainNeed, signedIn } from './my-training.ts'
import { licencePage, overviewPage, personPage } from './training-pages.ts'

const looking = { none: 'shows who has learned what to whoever keeps the records; changes are in the ledger' }
const nobody = { notFound: 'There is no such person here, or your role does not reach them.' } as const
const noRecord = { notFound: 'There is no such record, or your role does not reach it.' } as const
const lost: Page = { title: 'Training', body: marks.paragraph(nobody.notFound) }
const at = z.object({ at: z.string().max(60).optional() })
const provider = fields.code('the landlord')
const byPerson = z.object({ id: fields.id('a person') })
const byId = z.object({ id: fields.id('a record') })
const uploads = { field: 'evidence', files: 1, bytesMax: evidenceBytesMax, mimes: evidenceMimes }

const trainingInput = byPerson.extend({
  provider,
  code: fields.code('a training'),
  doneOn: fields.day('the day on which it was done'),
  givenBy: fields.text('who gave it', 200, 2),
})
const licenceInput = byPerson.extend({
  provider,
  code: fields.code('a licence'),
  number: fields.text('the number on the licence', 60, 4),
  doneOn: fields.day('the first day'),
  lastDay: fields.day('the last day'),
  givenBy: fields.optionalText('who issued it', 200),
})
export function trainingRoutes(parts: TrainingParts): readonly Route[] {
  const pick = (person: Person, slug: string | undefined) => pickLandlord(parts, person, slug)
  /** The landlord and person that this one keeps records for, or null. */
  async function reached(person: Person, slug: string | undefined, memberId: string) {
    const found = pick(person, slug)
    if (found === null) return null
    const [member] = await membersOf(parts.sql, found.one.slug, parts.clock.nowMs(), memberId)
    return member !== undefined && keeps(person, found.one, member) ? { ...found, member } : null
  }
  async function reachedRecord(
    person: Person,
    id: string,
  ): Promise<{ one: Landlord; record: Record } | null> {
    const record = await recordById(parts.sql, id)
    const found = record === null ? null : await reached(person, record.provider, record.personId)
    return record === null || found === null ? null : { one: found.one, record }
  }
  const formOf =
    (make: typeof personPage) =>
    async (
      ask: Pick<Ask<Readonly<{ [name: string]: unknown }>>, 'person' | 'view' | 'input'>,
    ): Promise<Page> => {
      const me = signedIn(ask.person)
      const found = pick(me, String(ask.input['provider'] ?? ''))
      if (found === null) return lost
      return (await make(parts, ask.view, me, found.one, String(ask.input['id']))) ?? lost
    }
  const evidence = (files: Readonly<{ [name: string]: Upload }>): NewRecord['evidence'] => {
    const file = files['evidence']
    return file === undefined || file.bytes.length === 0 ? null : { mime: file.mime, bytes: file.bytes }
  }
  async function store(
    ask: Pick<Ask<unknown>, 'person' | 'files'>,
    input: { readonly id: string; readonly provider: string },
    made: Omit<NewRecord, 'evidence'>,
    again: (view: View) => Promise<Page>,
  ): Promise<Answer> {
    const me = signedIn(ask.person)
    const found = await reached(me, input.provider, input.id)
    if (found === null) return nobody
    const done = await recordQualification(parts, me, found.one, input.id, {
      ...made,
      evidence: evidence(ask.files),
    })
    if (!done.ok)
      return {
        refusal: done.reasons.map(
          ({ code, message, clause }): FieldError => ({
            field: ['code', 'doneOn', 'lastDay', 'number'].includes(code) ? code : null,
            message,
            clause,
          }),
        ),
        again,
      }
    return {
      data: done.value,
      created: true,
      location: `/training/people/${input.id}?at=${input.provider}`,
      flash: 'It is recorded.',
    }
  }

  return [
    ...myTrainingRoutes(parts),
    route({
      method: 'GET',
      path: '/training',
      permission: 'training.manage',
      ledger: looking,
      input: at,
      api: { summary: 'Training, licences and reading of everybody whom your role reaches' },
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = pick(me, input.at)
        if (found === null) return { notFound: 'You keep no training records there.' }
        const all = (await standingNeeds(parts, parts.sql, found.one)).filter(({ member }) =>
          keeps(me, found.one, member),
        )
        return {
          data: {
            provider: found.one.slug,
            people: all.map(({ member, needs }) => ({
              id: member.id,
              name: member.name,
              roles: member.roles,
              needs: needs.map(plainNeed),
            })),
          },
          page: () => overviewPage(found.kept, found.one, all),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/training/people/:id',
      permission: 'training.manage',
      ledger: looking,
      input: byPerson.extend(at.shape),
      api: { summary: 'What is asked of one person, and where it stands' },
      async handler({ person, input, view }) {
        const me = signedIn(person)
        const found = await reached(me, input.at, input.id)
        const shown = found === null ? null : await personPage(parts, view, me, found.one, input.id)
        if (found === null || shown === null) return nobody
        const [standing] = await standingNeeds(parts, parts.sql, found.one, input.id)
        return {
          data: { id: input.id, name: found.member.name, needs: (standing?.needs ?? []).map(plainNeed) },
          page: () => shown,
        }
      },
    }),
    route({
      method: 'POST',
      path: '/training/people/:id',
      permission: 'training.manage',
      ledger: 'training.recorded',
      api: { summary: 'Record a training that somebody has done' },
      uploads,
      input: trainingInput,
      form: formOf(personPage),
      handler: (ask) =>
        store(
          ask,
          ask.input,
          {
            kind: 'training',
            code: ask.input.code,
            doneOn: ask.input.doneOn,
            givenBy: ask.input.givenBy,
            number: null,
            lastDay: null,
          },
          (view) => formOf(personPage)({ ...ask, view }),
        ),
    }),
    route({
      method: 'GET',
      path: '/training/people/:id/licence',
      permission: 'training.manage',
      ledger: looking,
      input: byPerson.extend(at.shape),
      async handler({ person, input, view }) {
        const me = signedIn(person)
        const found = await reached(me, input.at, input.id)
        const shown = found === null ? null : await licencePage(parts, view, me, found.one, input.id)
        return shown === null ? nobody : { data: null, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/training/people/:id/licence',
      permission: 'training.manage',
      ledger: 'licence.recorded',
      api: { summary: 'Record a licence that somebody holds' },
      uploads,
      input: licenceInput,
      form: formOf(licencePage),
      handler: (ask) =>
        store(
          ask,
          ask.input,
          {
            kind: 'licence',
            code: ask.input.code,
            doneOn: ask.input.doneOn,
            givenBy: ask.input.givenBy,
            number: ask.input.number,
            lastDay: ask.input.lastDay,
          },
          (view) => formOf(licencePage)({ ...ask, view }),
        ),
    }),
    route({
      method: 'GET',
      path: '/training/records/:id/evidence',
      permission: 'training.manage',
      ledger: looking,
      input: byId,
      async handler({ person, input }) {
        const found = await reachedRecord(signedIn(person), input.id)
        const file = found === null ? null : await evidenceOf(parts.sql, input.id)
        if (file === null) return noRecord
        return {
          file: {
            mime: file.mime,
            body: file.bytes,
            filename: `evidence.${{ 'application/pdf': 'pdf', 'image/jpeg': 'jpg' }[file.mime] ?? 'png'}`,
            headers: { 'cache-control': 'private, no-store' },
          },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/training/records/:id/end',
      permission: 'training.manage',
      ledger: 'qualification.ended',
      api: { summary: 'Take back a record: a mistake, or a licence that was revoked' },
      input: byId.extend({ why: fields.text('why', 500, 3) }),
      async form(ask) {
        const me = signedIn(ask.person)
        const found = await reachedRecord(me, String(ask.input['id']))
        const { one, record } = found ?? { one: null, record: null }
        return one === null ? lost : ((await personPage(parts, ask.view, me, one, record.personId)) ?? lost)
      },
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = await reachedRecord(me, input.id)
        if (found === null) return noRecord
        const done = await endQualification(parts, me, found.one, found.record, input.why)
        if (!done.ok) return { refusal: done.reasons }
        return {
          data: { ended: true },
          location: `/training/people/${found.record.personId}?at=${found.one.slug}`,
          flash: 'It is taken back, and counts for nothing from now on.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/training/records/:id/forget-number',
      permission: 'training.manage',
      ledger: 'licence.number-forgotten',
      api: { summary: 'Forget the number of a licence; that it was held stays' },
      input: byId,
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = await reachedRecord(me, input.id)
        if (found === null || found.record.kind !== 'licence') return noRecord
        await forgetNumber(parts, me, found.one, found.record)
        return {
          data: { forgotten: true },
          location: `/training/people/${found.record.personId}?at=${found.one.slug}`,
          flash: 'The number is forgotten.',
        }
      },
    }),
    ...courseRoutes(parts),
  ]
}
