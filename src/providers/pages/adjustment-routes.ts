/** Rows of what people need to be able to read or hear what we tell them. */
import { z } from 'zod'
import { type Answer, fields, isLanguage, type Person, type Route, route, type View } from '#web/web.ts'
import {
  adjustmentReach,
  changeAdjustment,
  forgetAdjustment,
  reaches,
  reachesPlace,
  recordAdjustment,
  withHomes,
} from '../adjustments.ts'
import { adjustmentFormats, contactWays, findAdjustment, listAdjustments } from '../adjustments-store.ts'
import type { ProvidersDeps } from '../deps.ts'
import { adjustmentPage, adjustmentsPage, newAdjustmentPage } from './adjustment-pages.ts'
import { gone, slug } from './parts.ts'

const looking = {
  none: 'whoever writes to people looks this up before every letter; each change is written down',
}
const none: Answer = { notFound: 'There is no such entry, or you may not see it.' }

const needs = {
  name: fields.optionalText('the name', 120),
  formats: z.preprocess(
    (value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]),
    z.array(z.enum(adjustmentFormats, { error: () => 'Choose from the list' })).max(adjustmentFormats.length),
  ),
  language: z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null),
    z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/, 'Enter the language’s code, like pl or ur')
      .refine(isLanguage, 'No language has this code. It is like pl for Polish or ur for Urdu')
      .nullable(),
  ),
  contactWay: fields.choice('how to reach them', contactWays),
  contact: fields.optionalText('the address or number', 300),
  note: fields.optionalText('the note', 1000),
  home: fields.optionalText('the place', 200),
}

/** The place that was typed, if the person's role reaches it; nobody learns of places elsewhere. */
async function homeOf(
  deps: Pick<ProvidersDeps, 'placeNamed'>,
  reach: ReturnType<typeof adjustmentReach>,
  provider: string,
  typed: string | null,
): Promise<{ readonly homeSite: string | null } | null> {
  if (typed === null) return { homeSite: null }
  const place = (await deps.placeNamed?.(provider, typed)) ?? null
  return place !== null && reachesPlace(reach, provider, place.id, place) ? { homeSite: place.id } : null
}
const noHome = {
  field: 'home',
  message:
    'The register has no such place that your role reaches. Type its name as the register has it, or leave it empty',
}

const newOne = z.object({
  provider: z.preprocess((value) => value || null, slug.nullable()),
  area: fields.optionalText('the area', 100),
  reference: fields.text('their number', 60),
  ...needs,
})

export function adjustmentRoutes(deps: ProvidersDeps): Route[] {
  const landlords = (reach: ReturnType<typeof adjustmentReach>) =>
    deps.providers.list().filter(({ slug: code }) => reach.some((r) => r.provider === code))
  const homeName = async ({ homeSite }: { readonly homeSite: string | null }): Promise<string> =>
    homeSite === null ? '' : ((await deps.placesById?.([homeSite]))?.get(homeSite)?.name ?? '')
  const reachOf = (person: Person) =>
    withHomes(
      deps.sql,
      adjustmentReach(deps.providers, person),
      async (ids) => (await deps.placesById?.(ids)) ?? new Map(),
    )
  return [
    route({
      method: 'GET',
      path: '/adjustments',
      permission: 'adjustment.keep',
      ledger: looking,
      input: z.object({ text: z.string().trim().max(100).catch('').default('') }),
      api: { summary: 'What people need to read or hear from us, within your reach' },
      async handler(ask) {
        const reach = await reachOf(ask.person!)
        const list = await listAdjustments(deps.sql, reach, ask.input.text)
        return { data: list, page: () => adjustmentsPage(list, ask.input.text) }
      },
    }),
    route({
      method: 'GET',
      path: '/adjustments/new',
      permission: 'adjustment.keep',
      ledger: looking,
      async handler(ask) {
        const reach = await reachOf(ask.person!)
        return { data: null, page: () => newAdjustmentPage(ask.view, landlords(reach)) }
      },
    }),
    route({
      method: 'POST',
      path: '/adjustments',
      permission: 'adjustment.keep',
      ledger: 'adjustment.recorded',
      input: newOne,
      api: { summary: 'Keep what a person needs to read or hear from us' },
      async form(ask) {
        return newAdjustmentPage(ask.view, landlords(adjustmentReach(deps.providers, ask.person!)))
      },
      async handler(ask) {
        const reach = await reachOf(ask.person!)
        const offered = landlords(reach)
        const again = (view: View) => newAdjustmentPage(view, offered)
        const provider = ask.input.provider ?? (offered.length === 1 ? offered[0]!.slug : null)
        if (provider === null)
          return { refusal: [{ field: 'provider', message: 'Choose the landlord' }], again }
        const { home: typed, ...given } = ask.input
        const home = await homeOf(deps, reach, provider, typed)
        if (home === null) return { refusal: [noHome], again }
        // Who lives at a place that the role reaches is reached by it, whatever area is typed.
        if (home.homeSite === null && !reaches(reach, provider, ask.input.area))
          return {
            refusal: [
              {
                field: 'area',
                message:
                  'Your role reaches some areas only. Enter one of them, or the place where they live, so that you can see the entry again.',
              },
            ],
            again,
          }
        const made = await recordAdjustment(
          deps,
          { ...given, ...home, provider },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        if (!made.ok)
          return { refusal: made.reasons.map(({ message }) => ({ field: 'reference', message })), again }
        return {
          data: { id: made.value },
          created: true,
          location: `/adjustments/${made.value}`,
          flash: 'It is kept, and used from now on.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/adjustments/:id',
      permission: 'adjustment.keep',
      ledger: looking,
      input: z.object({ id: fields.id('an entry') }),
      api: { summary: 'What one person needs' },
      async handler(ask) {
        const found = await findAdjustment(deps.sql, await reachOf(ask.person!), ask.input.id)
        if (found === null) return none
        const home = await homeName(found)
        return { data: found, page: () => adjustmentPage(ask.view, found, home) }
      },
    }),
    route({
      method: 'POST',
      path: '/adjustments/:id',
      permission: 'adjustment.keep',
      ledger: 'adjustment.changed',
      input: z.object({ id: fields.id('an entry'), seenMs: fields.whole('the time', 0, 10 ** 14), ...needs }),
      api: { summary: 'Change what one person needs' },
      async form(ask) {
        const reach = await reachOf(ask.person!)
        const found = await findAdjustment(deps.sql, reach, String(ask.input['id']))
        return found === null ? gone : adjustmentPage(ask.view, found, await homeName(found))
      },
      async handler(ask) {
        const reach = await reachOf(ask.person!)
        const found = await findAdjustment(deps.sql, reach, ask.input.id)
        if (found === null || found.endedMs !== null) return none
        const { id, seenMs, home: typed, ...given } = ask.input
        const shown = await homeName(found)
        const again = (view: View) => adjustmentPage(view, found, shown)
        const home = await homeOf(deps, reach, found.provider, typed)
        if (home === null) return { refusal: [noHome], again }
        const done = await changeAdjustment(
          deps,
          { ...found, changedMs: seenMs },
          { ...given, ...home },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        if (!done.ok) return { refusal: done.reasons, again }
        return { data: null, location: `/adjustments/${id}`, flash: 'Changed, and used from now on.' }
      },
    }),
    route({
      method: 'POST',
      path: '/adjustments/:id/erase',
      permission: 'adjustment.keep',
      ledger: 'adjustment.erased',
      input: z.object({ id: fields.id('an entry') }),
      api: { summary: 'Erase what is kept of one person’s needs' },
      async handler(ask) {
        const reach = await reachOf(ask.person!)
        const found = await findAdjustment(deps.sql, reach, ask.input.id)
        if (found === null) return none
        await forgetAdjustment(deps, found, { by: ask.person!.id, nowMs: ask.nowMs })
        return { data: null, location: '/adjustments', flash: 'Every word about this person is erased.' }
      },
    }),
  ]
}
