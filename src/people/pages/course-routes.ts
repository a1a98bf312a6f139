/** Rows of courses and briefings, for whoever keeps the records. */
import { z } from 'zod'
import { courseWays } from '#policy/policy.ts'
import { fields, marks, type Page, type Person, type Route, route } from '#web/web.ts'
import { addCourse, endCourse } from '../training.ts'
import { keptBy, type Landlord, type TrainingParts } from '../training-parts.ts'
import { giveBriefing } from '../training-reading.ts'
import { signedIn } from './my-training.ts'
import { briefingsPage, coursesPage } from './training-pages.ts'

const nothing = 'You keep no training records there.'
const lost: Page = { title: 'Training', body: marks.paragraph(nothing) }
const at = z.object({ at: z.string().max(60).optional() })
const provider = fields.code('the landlord')
const byId = z.object({ id: fields.id('a course') })

const courseInput = z.object({
  provider,
  title: fields.text('what it is called', 200, 3),
  way: fields.choice('how people learn it', courseWays),
  roles: fields.codes('roles from the list', { max: 40 }),
  months: z.preprocess(
    (v) => (v === '' || v === undefined ? null : v),
    fields.whole('the months', 1, 120).nullable(),
  ),
  dueDays: fields.whole('the days', 1, 365),
  covers: fields.text('what it must cover', 1000, 3),
})
const briefingInput = z.object({
  provider,
  title: fields.text('what it is about', 200, 3),
  body: fields.text('what people should know', 8000, 10),
  roles: fields.codes('roles from the list', { max: 40 }),
  dueOn: fields.day('the day by which it is read'),
})

/** Of the landlords that this person keeps records for, the one asked for, else the first; null: none. */
export function pickLandlord(
  parts: TrainingParts,
  person: Person,
  slug: string | undefined,
): { readonly kept: readonly Landlord[]; readonly one: Landlord } | null {
  const kept = keptBy(parts, person)
  const one = slug === undefined ? kept[0] : kept.find((each) => each.slug === slug)
  return one === undefined ? null : { kept, one }
}

export function courseRoutes(parts: TrainingParts): readonly Route[] {
  const pick = (person: Person, slug: string | undefined) => pickLandlord(parts, person, slug)
  return [
    route({
      method: 'GET',
      path: '/training/courses',
      permission: 'training.manage',
      ledger: { none: 'courses by name, and nobody’s record' },
      input: at,
      async handler({ person, input, view }) {
        const found = pick(signedIn(person), input.at)
        if (found === null) return { notFound: 'You keep no training records there.' }
        const shown = await coursesPage(parts, view, found.kept, found.one)
        return { data: null, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/training/courses',
      permission: 'training.manage',
      ledger: 'course.added',
      api: { summary: 'Add a course of your own' },
      input: courseInput,
      async form({ person, input, view }) {
        const found = pick(signedIn(person), String(input['provider'] ?? ''))
        return found === null ? lost : coursesPage(parts, view, found.kept, found.one)
      },
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = pick(me, input.provider)
        if (found === null) return { notFound: 'You keep no training records there.' }
        const done = await addCourse(parts, me, found.one, input)
        if (!done.ok)
          return {
            refusal: done.reasons.map(({ code, message }) => ({ field: code, message })),
            again: (view) => coursesPage(parts, view, found.kept, found.one),
          }
        return {
          data: done.value,
          created: true,
          location: `/training/courses?at=${input.provider}`,
          flash: 'The course is added.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/training/courses/:id/end',
      permission: 'training.manage',
      ledger: 'course.ended',
      api: { summary: 'End a course of your own; what was recorded of it stays' },
      input: byId.extend({ provider }),
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = pick(me, input.provider)
        if (found === null || !(await endCourse(parts, me, found.one, input.id)))
          return { notFound: 'There is no such course.' }
        return {
          data: { ended: true },
          location: `/training/courses?at=${input.provider}`,
          flash: 'The course is ended.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/training/briefings',
      permission: 'training.manage',
      ledger: { none: 'briefings and how many have read them' },
      input: at,
      async handler({ person, input, view }) {
        const found = pick(signedIn(person), input.at)
        if (found === null) return { notFound: 'You keep no training records there.' }
        const shown = await briefingsPage(parts, view, found.kept, found.one)
        return { data: null, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/training/briefings',
      permission: 'training.manage',
      ledger: 'briefing.given',
      api: { summary: 'Give a briefing that each reader acknowledges' },
      input: briefingInput,
      async form({ person, input, view }) {
        const found = pick(signedIn(person), String(input['provider'] ?? ''))
        return found === null ? lost : briefingsPage(parts, view, found.kept, found.one)
      },
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = pick(me, input.provider)
        if (found === null) return { notFound: 'You keep no training records there.' }
        const done = await giveBriefing(parts, me, found.one, input)
        if (!done.ok)
          return {
            refusal: done.reasons.map(({ code, message }) => ({ field: code, message })),
            again: (view) => briefingsPage(parts, view, found.kept, found.one),
          }
        return {
          data: done.value,
          created: true,
          location: `/training/briefings?at=${input.provider}`,
          flash: 'The briefing is given.',
        }
      },
    }),
  ]
}
