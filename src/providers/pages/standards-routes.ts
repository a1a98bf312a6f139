/** Rows of the register of laws, codes, standards and registrations. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { standardKinds, standardStates } from '#policy/policy.ts'
import { type Ask, fields, type Route, route, type View } from '#web/web.ts'
import { belongs, landlord, mayKeep, mayNotKeep, notTheirs, type ProvidersDeps } from '../deps.ts'
import { changeStandard, checkStandard, type StandardLine, standardLines } from '../standards.ts'
import { changesOf, standardRows } from '../standards-store.ts'
import { gone, shows, slug } from './parts.ts'
import { standardFormPage, standardPage, standardsPage } from './standards-pages.ts'

const one = z.object({ provider: slug })
const oneStandard = one.extend({ code: slug })

const given = {
  kind: fields.choice('what it is', standardKinds),
  title: fields.text('what it is called', 200),
  edition: fields.optionalText('the edition', 60),
  dated: fields.optionalDay('the day of the edition'),
  ownerRole: fields.code('who answers for it'),
  expiresOn: fields.optionalDay('the day on which it runs out'),
  number: fields.optionalText('the number', 60),
  state: fields.choice('how it stands', standardStates),
  note: fields.optionalText('the note', 2000),
  controls: z.preprocess(
    (value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]),
    z.array(z.string().max(80)).max(12, 'Choose 12 at most'),
  ),
  what: fields.text('what changed', 2000),
}

export function standardsRoutes(deps: ProvidersDeps): Route[] {
  const linesAt = async (provider: string, nowMs: number) => {
    const at = landlord(deps, provider)
    if (at === null) return null
    const today = civilDay(nowMs, at.provider.timeZone)
    return { ...at, today, lines: standardLines(at.pack, await standardRows(deps.sql, provider), today) }
  }
  const keeping = async (person: Parameters<typeof mayKeep>[0], provider: string, nowMs: number) => {
    const at = await linesAt(provider, nowMs)
    if (at === null) return { answer: notTheirs } as const
    return mayKeep(person, at.pack) ? at : ({ answer: mayNotKeep(at.pack) } as const)
  }
  const formPage = async (
    { view, person, nowMs }: Pick<Ask<unknown>, 'view' | 'person' | 'nowMs'>,
    provider: string,
    code: string | null,
  ) => {
    const at = await keeping(person, provider, nowMs)
    if ('answer' in at) return gone
    return standardFormPage(view, at.pack, at.lines.find((line) => line.code === code) ?? null)
  }
  return [
    route({
      method: 'GET',
      path: '/policy/:provider/standards',
      permission: 'policy.read',
      ledger: shows,
      input: one,
      api: { summary: 'Laws, codes, standards and registrations with what answers each' },
      async handler(ask) {
        const at = await linesAt(ask.input.provider, ask.nowMs)
        if (at === null || !belongs(ask.person, ask.input.provider)) return notTheirs
        return { data: at.lines, page: () => standardsPage(at.pack, at.lines, mayKeep(ask.person, at.pack)) }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/standards/new',
      permission: 'policy.keep',
      ledger: shows,
      input: one,
      async handler(ask) {
        const at = await keeping(ask.person, ask.input.provider, ask.nowMs)
        if ('answer' in at) return at.answer
        return { data: null, page: () => standardFormPage(ask.view, at.pack, null) }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/standards',
      permission: 'policy.keep',
      ledger: 'standard.changed',
      input: one.extend(given),
      api: { summary: 'Add a law, code, standard or registration' },
      form: (ask) => formPage(ask, String(ask.input['provider']), null),
      async handler(ask) {
        const at = await keeping(ask.person, ask.input.provider, ask.nowMs)
        if ('answer' in at) return at.answer
        const { provider: _provider, what, ...rest } = ask.input
        const again = (view: View) => standardFormPage(view, at.pack, null)
        const code = codeOf(rest.title, at.lines)
        const role = at.pack.values.roles.some((known) => known.code === rest.ownerRole)
        if (!role) return { refusal: [{ field: 'ownerRole', message: 'Choose who answers for it' }], again }
        const done = await changeStandard(deps, at.pack, { ...rest, code }, what, {
          by: ask.person!.id,
          nowMs: ask.nowMs,
        })
        if (!done.ok) return { refusal: done.reasons, again }
        return {
          data: { code },
          created: true,
          location: `/policy/${at.pack.provider}/standards/${code}`,
          flash: 'It is in the register. A task asks whether the policy answers it.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/standards/:code',
      permission: 'policy.read',
      ledger: shows,
      input: oneStandard,
      api: { summary: 'One law, code, standard or registration with its changes' },
      async handler(ask) {
        const at = await linesAt(ask.input.provider, ask.nowMs)
        const line = at?.lines.find((known) => known.code === ask.input.code)
        if (at === null || line === undefined || !belongs(ask.person, ask.input.provider)) return notTheirs
        const changes = await changesOf(deps.sql, at.pack.provider, line.code)
        const names = await deps.named([...new Set(changes.flatMap((change) => change.by ?? []))])
        const keep = mayKeep(ask.person, at.pack)
        return {
          data: { ...line, changes },
          page: () => standardPage(ask.view, at.pack, { line, changes, names, mayKeep: keep }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/standards/:code/change',
      permission: 'policy.keep',
      ledger: shows,
      input: oneStandard,
      async handler(ask) {
        const at = await keeping(ask.person, ask.input.provider, ask.nowMs)
        if ('answer' in at) return at.answer
        const line = at.lines.find((known) => known.code === ask.input.code)
        return line === undefined
          ? notTheirs
          : { data: null, page: () => standardFormPage(ask.view, at.pack, line) }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/standards/:code',
      permission: 'policy.keep',
      ledger: 'standard.changed',
      input: oneStandard.extend(given),
      api: { summary: 'Change a law, code, standard or registration, and say what changed' },
      form: (ask) => formPage(ask, String(ask.input['provider']), String(ask.input['code'])),
      async handler(ask) {
        const at = await keeping(ask.person, ask.input.provider, ask.nowMs)
        if ('answer' in at) return at.answer
        const line = at.lines.find((known) => known.code === ask.input.code)
        if (line === undefined) return notTheirs
        const { provider: _provider, what, ...rest } = ask.input
        const again = (view: View) => standardFormPage(view, at.pack, line)
        const role = at.pack.values.roles.some((known) => known.code === rest.ownerRole)
        if (!role) return { refusal: [{ field: 'ownerRole', message: 'Choose who answers for it' }], again }
        const done = await changeStandard(deps, at.pack, rest, what, { by: ask.person!.id, nowMs: ask.nowMs })
        if (!done.ok) return { refusal: done.reasons, again }
        return {
          data: { code: line.code },
          location: `/policy/${at.pack.provider}/standards/${line.code}`,
          flash: 'Changed. A task asks whether the policy and its controls still answer it.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/standards/:code/checked',
      permission: 'policy.keep',
      ledger: 'standard.checked',
      input: oneStandard,
      api: { summary: 'Policy and controls were checked against it and fit' },
      async handler(ask) {
        const at = await keeping(ask.person, ask.input.provider, ask.nowMs)
        if ('answer' in at) return at.answer
        const line = at.lines.find((known) => known.code === ask.input.code)
        if (line === undefined) return notTheirs
        await checkStandard(deps, at.pack, line, at.today, { by: ask.person!.id, nowMs: ask.nowMs })
        return {
          data: null,
          location: `/policy/${at.pack.provider}/standards/${line.code}`,
          flash: 'Recorded.',
        }
      },
    }),
  ]
}

/** A code from the title, not taken yet. */
function codeOf(title: string, lines: readonly StandardLine[]): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 50)
  const taken = new Set(lines.map((line) => line.code))
  const base = plain === '' ? 'standard' : plain
  for (let n = 1; ; n += 1) {
    const code = n === 1 ? base : `${base}-${n}`
    // “new” is the address of the form.
    if (code !== 'new' && !taken.has(code)) return code
  }
}
