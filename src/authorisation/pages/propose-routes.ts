/** Rows for asking: drafts step by step, and the whole proposal in one piece for the API. */
import { z } from 'zod'
import { civilDay, isId } from '#base/base.ts'
import { withGuidance } from '#providers/providers.ts'
import { findSite, providersIn, reaches, reachOf, type Site, sitesToChoose } from '#register/register.ts'
import {
  type Answer,
  type Ask,
  fields,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { refusalAnswer, seen } from '../asking.ts'
import type { AuthorisationDeps } from '../parts.ts'
import {
  checkDates,
  checkIncident,
  checkMeans,
  checkPlace,
  checkScope,
  checkTechnologies,
  proposalSchema,
  type Step,
  stepOrder,
  steps,
} from '../proposal.ts'
import { answersFrom, propose } from '../propose.ts'
import * as store from '../store.ts'
import type { StepContext } from './propose-fields.ts'
import { checkPage, kindPage, stepAfter, stepPage, stepPath } from './propose-pages.ts'
import { labelOf, typeOf } from './words.ts'

const draftId = z.object({ id: fields.id('a draft') })
const noDraft: Answer = { notFound: 'This draft is gone: it was sent, or thrown away.' }

export function proposeRoutes(deps: AuthorisationDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/deployments/new',
      permission: 'deployment.propose',
      ledger: { none: 'an empty form says nothing about anybody' },
      async handler(ask) {
        const page = await kindOf(deps, ask.person!, ask.view)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/new',
      permission: 'deployment.propose',
      ledger: { none: 'a draft is its writer’s own until it is proposed' },
      input: z.object({ kind: fields.code('a kind of camera') }),
      form: (ask) => kindOf(deps, ask.person!, ask.view),
      async handler(ask) {
        const [provider, type] = ask.input.kind.split(':')
        const reach = reachOf(ask.person!, 'deployment.propose', deps.packs)
        const own = providersIn(reach, deps.packs).some((p) => p.slug === provider)
        if (!own || !typeOf(deps.packs.packOf(provider!), type ?? ''))
          return { refusal: [{ field: 'kind', message: 'Choose a kind of camera' }] }
        const drafts = await store.draftsOf(deps.sql, ask.person!.id)
        if (drafts.length >= store.draftsMax)
          return {
            refusal: [{ field: null, message: 'You have 20 drafts. Send one or throw one away first.' }],
          }
        const id = await store.insertDraft(deps.sql, {
          provider: provider!,
          personId: ask.person!.id,
          answers: { provider, type },
          extendsId: null,
          nowMs: ask.nowMs,
        })
        return { data: { id }, location: stepPath(id, 'place') }
      },
    }),
    ...stepOrder
      .filter((step): step is Exclude<Step, 'kind'> => step !== 'kind')
      .flatMap((step) => stepRoutes(deps, step)),
    route({
      method: 'GET',
      path: '/deployments/drafts/:id/check',
      permission: 'deployment.propose',
      ledger: { none: 'a draft is its writer’s own until it is proposed' },
      input: draftId,
      async handler(ask) {
        const page = await checkOf(deps, ask.person!, ask.input.id, ask.view)
        return page ? { data: null, page: () => page } : noDraft
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/drafts/:id/propose',
      permission: 'deployment.propose',
      ledger: 'deployment.proposed',
      input: draftId,
      form: async (ask) => (await checkOf(deps, ask.person!, idOf(ask), ask.view)) ?? gonePage,
      async handler(ask) {
        const draft = await store.findDraft(deps.sql, ask.input.id, ask.person!.id)
        if (!draft) return noDraft
        const parsed = proposalSchema.safeParse(draft.answers)
        if (!parsed.success)
          return {
            refusal: parsed.error.issues.map((issue) => ({ field: null, message: issue.message })),
          }
        const result = await propose(deps, ask.person!, parsed.data, draft.extendsId, draft.id)
        if (!result.ok)
          return (await store.findDraft(deps.sql, draft.id, ask.person!.id)) ? refusalAnswer(result) : noDraft
        return {
          data: result.value,
          created: true,
          location: `/deployments/${result.value.id}`,
          flash: `${result.value.reference} is asked for. Below is what has still to happen.`,
        }
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/drafts/:id/delete',
      permission: 'deployment.propose',
      ledger: { none: 'a draft is its writer’s own until it is proposed' },
      input: draftId,
      async handler(ask) {
        await store.deleteDraft(deps.sql, ask.input.id, ask.person!.id)
        return { data: null, location: '/deployments', flash: 'The draft is thrown away.' }
      },
    }),
    route({
      method: 'POST',
      path: '/deployments',
      permission: 'deployment.propose',
      ledger: 'deployment.proposed',
      input: proposalSchema.extend({
        extends: z.preprocess((v) => v ?? null, fields.id('a deployment').nullable()),
      }),
      api: { summary: 'Ask for a camera' },
      apiOnly: true,
      async handler(ask) {
        const { extends: extendsId, ...proposal } = ask.input
        if (extendsId !== null && !(await seen(deps.sql, deps, ask.person!, extendsId)))
          return { notFound: 'There is no such deployment, or you may not see it.' }
        const result = await propose(deps, ask.person!, proposal, extendsId)
        return result.ok
          ? { data: result.value, created: true, location: `/deployments/${result.value.id}` }
          : refusalAnswer(result, Object.keys(proposalSchema.shape))
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/extend',
      permission: 'deployment.propose',
      ledger: { none: 'a draft is its writer’s own until it is proposed' },
      input: draftId,
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        if (!standing) return { notFound: 'There is no such deployment, or you may not see it.' }
        const d = standing.file.deployment
        const id = await store.insertDraft(deps.sql, {
          provider: d.provider,
          personId: ask.person!.id,
          answers: await answersFrom(deps, d),
          extendsId: d.id,
          nowMs: ask.nowMs,
        })
        return { data: { id }, location: stepPath(id, 'purpose') }
      },
    }),
  ]
}

function stepRoutes(deps: AuthorisationDeps, step: Exclude<Step, 'kind'>): Route[] {
  const path = `/deployments/drafts/:id/${step}`
  const none = { none: 'a draft is its writer’s own until it is proposed' }
  const show = async (person: Person, id: string, view: View): Promise<Page | null> => {
    const draft = await store.findDraft(deps.sql, id, person.id)
    if (!draft) return null
    const page = stepPage(view, draft, step, await contextOf(deps, person, draft))
    return withGuidance(deps, draft.provider, 'proposal', page)
  }
  return [
    route({
      method: 'GET',
      path,
      permission: 'deployment.propose',
      ledger: none,
      input: draftId,
      async handler(ask) {
        const page = await show(ask.person!, ask.input.id, ask.view)
        return page ? { data: null, page: () => page } : noDraft
      },
    }),
    route({
      method: 'POST',
      path,
      permission: 'deployment.propose',
      ledger: none,
      input: (steps[step] as z.ZodObject).extend({ id: fields.id('a draft') }),
      form: async (ask) => (await show(ask.person!, idOf(ask), ask.view)) ?? gonePage,
      async handler(ask) {
        const { id, ...typed } = ask.input as { id: string } & Record<string, unknown>
        const draft = await store.findDraft(deps.sql, id, ask.person!.id)
        if (!draft) return noDraft
        // Kept even when it is refused: nobody types it twice.
        await store.saveDraft(deps.sql, id, ask.person!.id, typed, ask.nowMs)
        const context = await contextOf(deps, ask.person!, draft)
        const site = await siteOf(deps, ask.person!, typed['siteId'])
        const reasons =
          step === 'place'
            ? [
                ...checkPlace(context.type, typed as never, site),
                ...checkScope(context.pack, context.type, typed as never, site),
                ...checkTechnologies(context.pack, typed['technologies'] as string[]),
              ]
            : step === 'purpose'
              ? checkIncident(context.pack, typed as never)
              : step === 'means'
                ? checkMeans(context.type, typed as never)
                : step === 'dates'
                  ? checkDates(
                      context.type,
                      typed as never,
                      civilDay(ask.nowMs, context.pack.values.provider.timeZone),
                    )
                  : []
        if (reasons.length > 0) return refusalAnswer({ ok: false, reasons }, Object.keys(steps[step].shape))
        const next = stepAfter(step)
        const done = next !== 'check' && wasTyped(next, { ...draft.answers, ...typed })
        return { data: { id }, location: stepPath(id, done ? 'check' : next) }
      },
    }),
  ]
}

const gonePage: Page = {
  title: 'This draft is gone',
  body: marks.heading({ title: 'This draft is gone', lead: 'It was sent, or thrown away.' }),
}

/** Everything after this step is filled in already: somebody came back to change one thing. */
const wasTyped = (step: Step, answers: Readonly<Record<string, unknown>>): boolean =>
  stepOrder.slice(stepOrder.indexOf(step)).every((s) => steps[s].safeParse(answers).success)

const idOf = (ask: Ask<Readonly<Record<string, unknown>>>): string => {
  const id = ask.input['id']
  return isId(id) ? id : ''
}

async function siteOf(deps: AuthorisationDeps, person: Person, id: unknown): Promise<Site | null> {
  if (!isId(id)) return null
  const site = await findSite(deps.sql, id)
  const reach = reachOf(person, 'deployment.propose', deps.packs)
  return site && reaches(reach, site.provider, site.area, { siteId: site.id, patchId: site.patchId })
    ? site
    : null
}

async function contextOf(deps: AuthorisationDeps, person: Person, draft: store.Draft): Promise<StepContext> {
  const pack = deps.packs.packOf(draft.provider)
  const type = typeOf(pack, String(draft.answers['type'])) ?? pack.values.deploymentTypes[0]!
  const reach = reachOf(person, 'deployment.propose', deps.packs)
  const sites = await sitesToChoose(deps.sql, reach, draft.provider, type.place === 'home')
  return { pack, type, sites, nowMs: deps.clock.nowMs(), fixedPlace: draft.extendsId !== null }
}

async function kindOf(deps: AuthorisationDeps, person: Person, view: View): Promise<Page> {
  const reach = reachOf(person, 'deployment.propose', deps.packs)
  const drafts = await store.draftsOf(deps.sql, person.id)
  const providers = providersIn(reach, deps.packs).map((p) => ({ ...p, pack: deps.packs.packOf(p.slug) }))
  return kindPage(
    view,
    providers,
    drafts
      .filter((d) => providers.some((p) => p.slug === d.provider))
      .map((d) => ({
        id: d.id,
        words: String(
          d.answers['cameraLabel'] ??
            labelOf(deps.packs.packOf(d.provider).values.deploymentTypes, String(d.answers['type'])),
        ),
      })),
  )
}

async function checkOf(
  deps: AuthorisationDeps,
  person: Person,
  id: string,
  view: View,
): Promise<Page | null> {
  const draft = await store.findDraft(deps.sql, id, person.id)
  if (!draft) return null
  const missing = stepOrder.filter((step) => !steps[step].safeParse(draft.answers).success)
  const site = await siteOf(deps, person, draft.answers['siteId'])
  return checkPage(view, draft, await contextOf(deps, person, draft), site, missing)
}
