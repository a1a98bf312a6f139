/** Is a system safe from tampering and outsiders? Asked by the policy, answered with evidence, and asked again. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { Pack } from '#policy/policy.ts'
import {
  components as c,
  type FieldError,
  fields,
  html,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { chaseSystem } from '../chase.ts'
import {
  insertSecurityAnswer,
  type SecurityAnswerCode,
  securityAnswerLabels,
  securityAnswers,
  securityOf,
} from '../check-store.ts'
import { noteChanges } from '../history.ts'
import { type SecurityLine, securityLines } from '../lacks.ts'
import type { System } from '../system-store.ts'
import { gone, looking, noSystem, type RegisterDeps, ruleMark, systemFor } from './parts.ts'
import { securityTags } from './system-pages.ts'

export function securityRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const shown = async (person: Person, id: string, view: View, nowMs: number): Promise<Page | null> => {
    const found = await systemFor(deps, person, id, 'register.edit')
    if (found === null) return null
    const pack = packs.packOf(found.system.provider)
    const answers = (await securityOf(sql, [id]))(id)
    return securityPage(
      view,
      found.system,
      securityLines(pack, answers, civilDay(nowMs, found.site.timeZone)),
      pack,
    )
  }
  const text = z.string().max(1_200).optional()
  return [
    route({
      method: 'GET',
      path: '/systems/:id/security',
      permission: 'register.edit',
      ledger: looking,
      input: z.object({ id: fields.id('a system') }),
      async handler(ask) {
        const page = await shown(ask.person!, ask.input.id, ask.view, ask.nowMs)
        return page === null ? noSystem : { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/security',
      permission: 'register.edit',
      ledger: 'system.security-answered',
      // Questions are the pack's: `answer-CODE` and `evidence-CODE`, checked against its list below.
      input: z.object({ id: fields.id('a system') }).catchall(text),
      form: async (ask) =>
        (await shown(ask.person!, String(ask.input['id']), ask.view, ask.nowMs)) ??
        gone('There is no such system'),
      api: { summary: 'Answer security questions of a system: answer-CODE and evidence-CODE for each' },
      async handler(ask) {
        const found = await systemFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (found === null) return noSystem
        const { system, site } = found
        const pack = packs.packOf(system.provider)
        const { register } = pack.values
        const given = ask.input as Readonly<Record<string, string | undefined>>
        const wrong: FieldError[] = []
        const answers: { code: string; answer: SecurityAnswerCode; evidence: string }[] = []
        for (const { code } of register.security) {
          const chosen = given[`answer-${code}`] ?? ''
          const evidence = (given[`evidence-${code}`] ?? '').trim()
          if (chosen === '' && evidence === '') continue
          const answer = securityAnswers.find((known) => known === chosen)
          if (answer === undefined) wrong.push({ field: `answer-${code}`, message: 'Choose an answer' })
          else if (evidence === '')
            wrong.push({ field: `evidence-${code}`, message: 'Say what shows it: what you saw, and where' })
          else if (evidence.length > 1_000)
            wrong.push({ field: `evidence-${code}`, message: 'Use 1,000 characters or fewer' })
          else answers.push({ code, answer, evidence })
        }
        if (wrong.length > 0) return { refusal: wrong }
        const day = civilDay(ask.nowMs, site.timeZone)
        const before = (await securityOf(sql, [system.id]))(system.id)
        // What stands there already is not answered anew by pressing the button: only by other words, or when its day has passed.
        const fresh = answers.filter(({ code, answer, evidence }) => {
          const old = before.find((one) => one.code === code)
          return (
            old === undefined || old.answer !== answer || old.evidence !== evidence || old.recheckDay < day
          )
        })
        if (fresh.length === 0)
          return {
            refusal: [{ field: null, message: 'Nothing new was answered. Answer at least one question' }],
          }
        const by = ask.person!.id
        await inTransaction(sql, async (tx) => {
          const recheckDay = Temporal.PlainDate.from(day)
            .add({ months: register.securityMonths.value })
            .toString()
          for (const one of fresh)
            await insertSecurityAnswer(tx, {
              ...one,
              systemId: system.id,
              day,
              recheckDay,
              by,
              nowMs: ask.nowMs,
            })
          await noteChanges(
            tx,
            { what: 'system', id: system.id, provider: system.provider, by, atMs: ask.nowMs },
            fresh.map(({ code, answer }) => {
              const old = before.find((one) => one.code === code)
              const asked = register.security.find((one) => one.code === code)!.ask
              return [
                `Security: ${asked}`.slice(0, 100),
                old === undefined ? null : securityAnswerLabels[old.answer],
                securityAnswerLabels[answer],
              ]
            }),
          )
          await append(tx, {
            kind: 'system.security-answered',
            actor: by,
            provider: system.provider,
            about: { system: system.id },
            data: { answered: fresh.length, notMet: fresh.filter((one) => one.answer === 'not-met').length },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, system.id, ask.nowMs)
        })
        return { data: { answered: fresh.length }, location: `/systems/${system.id}`, flash: 'Answered.' }
      },
    }),
  ]
}

function securityPage(view: View, system: System, lines: readonly SecurityLine[], pack: Pack): Page {
  return {
    title: `Security of ${system.name}`,
    back: { href: `/systems/${system.id}`, text: system.name },
    body: html`${marks.heading({
      title: 'Is it safe from tampering and outsiders?',
      caption: system.name,
      lead: 'Answer what you have seen yourself. You can answer some now and the rest later.',
    })}${c.form({
      view,
      body: html`${lines.map(
        ({ code, ask, clause, answer, state }) =>
          html`${c.radios({
            name: `answer-${code}`,
            label: ask,
            labelSize: 's',
            hint: html`${securityTags[state]} ${ruleMark(pack, clause)}`,
            view,
            small: true,
            value: answer?.answer ?? '',
            choices: securityAnswers.map((value) => ({ value, text: securityAnswerLabels[value] })),
          })}${c.input({
            name: `evidence-${code}`,
            label: html`What shows it?<span class="govuk-visually-hidden"> ${ask}</span>`,
            view,
            value: answer?.evidence ?? '',
            width: 'full',
          })}`,
      )}${c.button({ text: 'Save the answers' })}`,
    })}`,
  }
}
