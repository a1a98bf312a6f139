/** Rows of the library. */
import { z } from 'zod'
import { addDays, civilDay } from '#base/base.ts'
import { type Pack, paperKinds, stages } from '#policy/policy.ts'
import { type FieldError, fields, type Route, route, type Upload, type View } from '#web/web.ts'
import { belongs, landlord, mayKeep, mayNotKeep, notTheirs, type ProvidersDeps } from '../deps.ts'
import {
  addPaper,
  libraryLines,
  markDead,
  type PaperBody,
  renewPaper,
  retirePaper,
  reviewPaper,
} from '../library.ts'
import { fileOf, findPaper, papersOf, versionsOf } from '../library-store.ts'
import { libraryPage, newPaperPage, paperPage } from './library-pages.ts'
import { gone, shows, slug } from './parts.ts'

const one = z.object({ provider: slug })
const onePaper = one.extend({ id: fields.id('a paper') })
const fileBytesMax = 10 * 1024 * 1024
const uploads = {
  field: 'file',
  files: 1,
  bytesMax: fileBytesMax,
  mimes: ['application/pdf', 'text/plain', 'image/png', 'image/jpeg'],
} as const

const body = {
  edition: fields.text('its own date or edition', 60),
  url: z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null),
    z
      .url({ protocol: /^https$/, error: 'Enter an address that begins with https://' })
      .max(500, 'The address must be 500 characters or fewer')
      .nullable(),
  ),
  reviewOn: fields.day('when it is to be read again'),
}

const newPaper = one.extend({
  ...body,
  code: z.preprocess((value) => value || null, slug.nullable()),
  kind: fields.choice('what kind of paper it is', paperKinds),
  title: fields.text('what it is called', 160),
  stages: z.preprocess(
    (value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]),
    z.array(z.enum(stages, { error: () => 'Choose the steps from the list' })).max(stages.length),
  ),
  ownerRole: fields.code('who answers for it'),
})

/** One of the two: a file or a link. */
function bodyOf(url: string | null, file: Upload | undefined): PaperBody | FieldError {
  if (url !== null && file === undefined) return { url, file: null }
  if (url === null && file !== undefined) return { url: null, file }
  return { field: 'url', message: 'Give a link, or choose a file: one of the two.' }
}

const today = (at: { readonly provider: { readonly timeZone: string } }, nowMs: number) =>
  civilDay(nowMs, at.provider.timeZone)

/** A review never later than the policy's own (Progress 7.2 lets a procedure be sooner); five years where it has no rhythm. */
const reviewOver = (pack: Pack, reviewOn: string, from: string): FieldError | null => {
  const months = pack.values.upkeep.reviewMonths.value ?? 60
  const latest = Temporal.PlainDate.from(from).add({ months }).toString()
  if (reviewOn <= from) return { field: 'reviewOn', message: 'The day must be still to come.' }
  return reviewOn > latest
    ? {
        field: 'reviewOn',
        message: `A paper is read again at least as often as the policy itself: every ${months} months.`,
        clause: pack.values.upkeep.reviewMonths.clause,
      }
    : null
}

export function libraryRoutes(deps: ProvidersDeps): Route[] {
  const keeping = (person: Parameters<typeof mayKeep>[0], provider: string) => {
    const at = landlord(deps, provider)
    if (at === null) return { answer: notTheirs } as const
    return mayKeep(person, at.pack) ? at : ({ answer: mayNotKeep(at.pack) } as const)
  }
  const withPaper = async (person: Parameters<typeof mayKeep>[0], provider: string, id: string) => {
    const at = keeping(person, provider)
    if ('answer' in at) return at
    const paper = await findPaper(deps.sql, provider, id)
    return paper === null ? ({ answer: notTheirs } as const) : { ...at, paper }
  }
  const showPaper = async (view: View, provider: string, id: string, keep: boolean, nowMs: number) => {
    const at = landlord(deps, provider)
    const paper = at === null ? null : await findPaper(deps.sql, provider, id)
    if (at === null || paper === null) return null
    const versions = await versionsOf(deps.sql, id)
    const names = await deps.named([...new Set(versions.flatMap((version) => version.by ?? []))])
    return paperPage(view, at.pack, { paper, versions, names, mayKeep: keep, today: today(at, nowMs) })
  }
  return [
    route({
      method: 'GET',
      path: '/policy/:provider/library',
      permission: 'policy.read',
      ledger: shows,
      input: one,
      api: { summary: 'The library: papers beside the policy, those that need somebody first' },
      async handler(ask) {
        const at = landlord(deps, ask.input.provider)
        if (at === null || !belongs(ask.person, ask.input.provider)) return notTheirs
        const lines = libraryLines(at.pack, await papersOf(deps.sql, at.pack.provider), today(at, ask.nowMs))
        return { data: lines, page: () => libraryPage(at.pack, lines, mayKeep(ask.person, at.pack)) }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/library/new',
      permission: 'policy.keep',
      ledger: shows,
      input: one.extend({ code: slug.optional().catch(undefined) }),
      async handler(ask) {
        const at = keeping(ask.person, ask.input.provider)
        if ('answer' in at) return at.answer
        const offered = addDays(today(at, ask.nowMs), 365)
        return { data: null, page: () => newPaperPage(ask.view, at.pack, ask.input.code ?? null, offered) }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/library',
      permission: 'policy.keep',
      ledger: 'library.added',
      uploads,
      input: newPaper,
      api: { summary: 'Put a paper into the library: a link, or a file' },
      async form(ask) {
        const at = landlord(deps, String(ask.input['provider']))
        if (at === null || !mayKeep(ask.person, at.pack)) return gone
        const code = typeof ask.input['code'] === 'string' ? ask.input['code'] : null
        return newPaperPage(ask.view, at.pack, code, addDays(today(at, ask.nowMs), 365))
      },
      async handler(ask) {
        const at = keeping(ask.person, ask.input.provider)
        if ('answer' in at) return at.answer
        const { input } = ask
        const again = (view: View) =>
          newPaperPage(view, at.pack, input.code, addDays(today(at, ask.nowMs), 365))
        const given = bodyOf(input.url, ask.files['file'])
        const wrong =
          'message' in given
            ? given
            : !at.pack.values.roles.some((role) => role.code === input.ownerRole)
              ? { field: 'ownerRole', message: 'Choose who answers for it' }
              : input.code !== null && !at.pack.values.papers.some((paper) => paper.code === input.code)
                ? { field: 'title', message: 'The policy names no such paper. Put it in as one of your own.' }
                : reviewOver(at.pack, input.reviewOn, today(at, ask.nowMs))
        if (wrong !== null || 'message' in given) return { refusal: [wrong as FieldError], again }
        const made = await addPaper(
          deps,
          at.pack,
          {
            code: input.code,
            kind: input.kind,
            title: input.title,
            stages: input.stages,
            ownerRole: input.ownerRole,
            reviewOn: input.reviewOn,
            edition: input.edition,
            body: given,
          },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        if (!made.ok) return { refusal: made.reasons, again }
        return {
          data: { id: made.value },
          created: true,
          location: `/policy/${at.pack.provider}/library/${made.value}`,
          flash: 'It is in the library, and shown at its steps.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/library/:id',
      permission: 'policy.read',
      ledger: shows,
      input: onePaper,
      api: { summary: 'A paper of the library with its versions' },
      async handler(ask) {
        const { provider, id } = ask.input
        const at = landlord(deps, provider)
        if (at === null || !belongs(ask.person, provider)) return notTheirs
        const page = await showPaper(ask.view, provider, id, mayKeep(ask.person, at.pack), ask.nowMs)
        if (page === null) return notTheirs
        return { data: await findPaper(deps.sql, provider, id), page: () => page }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/library/:id/file',
      permission: 'policy.read',
      ledger: shows,
      input: onePaper.extend({ number: z.coerce.number().int().min(1).max(100_000) }),
      async handler(ask) {
        const { provider, id, number } = ask.input
        if (landlord(deps, provider) === null || !belongs(ask.person, provider)) return notTheirs
        const file =
          (await findPaper(deps.sql, provider, id)) === null ? null : await fileOf(deps.sql, id, number)
        return file === null
          ? notTheirs
          : { file: { mime: file.mime, body: file.file, filename: file.filename } }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/library/:id/versions',
      permission: 'policy.keep',
      ledger: 'library.renewed',
      uploads,
      input: onePaper.extend(body),
      api: { summary: 'Add a newer version of a paper' },
      async form(ask) {
        const { provider, id } = ask.input as { provider: string; id: string }
        const at = await withPaper(ask.person, provider, id)
        return 'answer' in at ? gone : ((await showPaper(ask.view, provider, id, true, ask.nowMs)) ?? gone)
      },
      async handler(ask) {
        const at = await withPaper(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        const given = bodyOf(ask.input.url, ask.files['file'])
        const over = reviewOver(at.pack, ask.input.reviewOn, today(at, ask.nowMs))
        if ('message' in given || over !== null)
          return {
            refusal: ['message' in given ? given : (over as FieldError)],
            again: async (view) => (await showPaper(view, at.pack.provider, at.paper.id, true, ask.nowMs))!,
          }
        const number = await renewPaper(
          deps,
          at.pack,
          at.paper,
          { edition: ask.input.edition, reviewOn: ask.input.reviewOn, body: given },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        return {
          data: { number },
          created: true,
          location: `/policy/${at.pack.provider}/library/${at.paper.id}`,
          flash:
            'The newer version is the one that people open. A task asks whether the policy still agrees with it.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/library/:id/reviewed',
      permission: 'policy.keep',
      ledger: 'library.reviewed',
      input: onePaper.extend({ reviewOn: fields.day('when it is to be read again') }),
      api: { summary: 'A paper was read again and found right' },
      async form(ask) {
        const { provider, id } = ask.input as { provider: string; id: string }
        const at = await withPaper(ask.person, provider, id)
        return 'answer' in at ? gone : ((await showPaper(ask.view, provider, id, true, ask.nowMs)) ?? gone)
      },
      async handler(ask) {
        const at = await withPaper(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        const over = reviewOver(at.pack, ask.input.reviewOn, today(at, ask.nowMs))
        if (over !== null)
          return {
            refusal: [over],
            again: async (view) => (await showPaper(view, at.pack.provider, at.paper.id, true, ask.nowMs))!,
          }
        await reviewPaper(deps, at.pack, at.paper, ask.input.reviewOn, {
          by: ask.person!.id,
          nowMs: ask.nowMs,
        })
        return {
          data: null,
          location: `/policy/${at.pack.provider}/library/${at.paper.id}`,
          flash: 'Recorded.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/library/:id/dead',
      permission: 'policy.keep',
      ledger: 'library.link-dead',
      input: onePaper,
      api: { summary: 'The link of a paper leads nowhere' },
      async handler(ask) {
        const at = await withPaper(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        await markDead(deps, at.pack, at.paper, { by: ask.person!.id, nowMs: ask.nowMs })
        return {
          data: null,
          location: `/policy/${at.pack.provider}/library/${at.paper.id}`,
          flash: 'Steps no longer show it. A task asks for a new address.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/library/:id/end',
      permission: 'policy.keep',
      ledger: 'library.retired',
      input: onePaper,
      api: { summary: 'Take a paper out of the library' },
      async handler(ask) {
        const at = await withPaper(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        await retirePaper(deps, at.pack, at.paper, { by: ask.person!.id, nowMs: ask.nowMs })
        return {
          data: null,
          location: `/policy/${at.pack.provider}/library`,
          flash: 'It is out of the library.',
        }
      },
    }),
  ]
}
