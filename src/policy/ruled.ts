/** The forms in which a pack says a value: with the clause that sets it, or with why the document's silence means this. */
import { z } from 'zod'

/** A value with the clause that sets it, or, where the document is silent, why this value is used. */
export type Ruled<T> =
  | { readonly value: T; readonly silent: false; readonly clause: string; readonly why: string | null }
  | { readonly value: T; readonly silent: true; readonly clause: null; readonly why: string }

/** A sentence or two. */
export const words = z.string().trim().min(1).max(600)
export const code = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'a code has small letters, digits and hyphens')
export const clauseId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{1,79}$/, 'not a clause id')

/** In YAML: `{ value: 31, clause: progress-4.2.10-b }` or `{ silent: true, uses: 31, why: … }`. */
export function ruled<S extends z.ZodType>(schema: S) {
  const said = z.strictObject({ value: schema, clause: clauseId, why: words.optional() })
  const silent = z.strictObject({ silent: z.literal(true), uses: schema, why: words })
  return z.unknown().transform((given, context): Ruled<z.output<S>> => {
    if (typeof given !== 'object' || given === null || !('silent' in given || 'value' in given)) {
      context.addIssue({ code: 'custom', message: twoForms })
      return z.NEVER
    }
    const checked = 'silent' in given ? silent.safeParse(given) : said.safeParse(given)
    if (!checked.success) {
      for (const issue of checked.error.issues) context.issues.push(issue as unknown as z.core.$ZodRawIssue)
      return z.NEVER
    }
    const of = checked.data as { value?: z.output<S>; uses?: z.output<S>; clause?: string; why?: string }
    return of.clause === undefined
      ? { value: of.uses as z.output<S>, silent: true, clause: null, why: of.why as string }
      : { value: of.value as z.output<S>, silent: false, clause: of.clause, why: of.why ?? null }
  })
}

const twoForms =
  'give { value: …, clause: … } where the document says it, or { silent: true, uses: …, why: … } where it does not'

/** A line of a list with its clause, or `silent: <why>` where the document doesn't name it. */
const source = {
  clause: clauseId.nullable().default(null),
  silent: words.nullable().default(null),
}

export function line<S extends z.ZodRawShape>(shape: S) {
  const checked = z.strictObject({ ...shape, ...source }).superRefine((given, context) => {
    const { clause, silent } = given as unknown as Sourced
    if ((clause === null) === (silent === null)) context.addIssue({ code: 'custom', message: oneSource })
  })
  // Spreading a generic shape loses its types; this is what was spread.
  return checked as unknown as z.ZodObject<S & typeof source, z.core.$strict>
}

const oneSource =
  'give `clause: …` where the document says it, or `silent: …` with the reason where it does not'

/** A line of one of the pack's lists with where it comes from. */
export type Sourced = { readonly clause: string | null; readonly silent: string | null }
