/** What every row under a deployment shares: its id in the address, who does it, where a step leads, and a refused form. */
import { z } from 'zod'
import { isId, type Result } from '#base/base.ts'
import { type Answer, type Ask, fields, marks, type Page, type Person, type View } from '#web/web.ts'
import { refusalAnswer, seen } from './asking.ts'
import type { Standing } from './evaluate.ts'
import type { AuthorisationDeps } from './parts.ts'

const notHere = 'There is no such deployment, or you may not see it'
export const missing: Answer = { notFound: `${notHere}.` }
export const ofDeployment = { id: fields.id('a deployment') }
export const withId = z.object(ofDeployment)

/** A page of one deployment, as this person may see it. */
export type Shower = (view: View, standing: Standing, person: Person) => Promise<Page>

/** The address of a deployment's page, or of one below it. */
export const at = (ask: { input: { id: string } }, more = ''): string => `/deployments/${ask.input.id}${more}`

/** What every step is told: who does it, and to which deployment. */
export const by = (deps: AuthorisationDeps) => (ask: { person: Person | null; input: { id: string } }) => ({
  deps,
  person: ask.person!,
  deploymentId: ask.input.id,
})

/** A step's answer: on to `location`, or its reasons beside the fields of `formFields`. */
export const done = (
  result: Result<unknown>,
  location: string,
  flash: string,
  formFields: readonly string[] = [],
): Answer => (result.ok ? { data: result.value, location, flash } : refusalAnswer(result, formFields))

/** A refused form shows its page again, with what was typed. */
export const again =
  (
    deps: AuthorisationDeps,
    show: Shower,
    find = (person: Person, id: string) => seen(deps.sql, deps, person, id),
  ) =>
  async (ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page> => {
    const id = ask.input['id']
    const standing = isId(id) ? await find(ask.person!, id) : null
    return standing
      ? show(ask.view, standing, ask.person!)
      : { title: 'Not found', body: marks.heading({ title: notHere }) }
  }
