/** What a pack sets about putting a camera up: consultation, sound, kinds of technology, and whether there is a short cut. */
import { z } from 'zod'
import { code, line, ruled, words } from './ruled.ts'

/** The consultation of those who would pay for a camera, where a placement has that gate. */
export const consultation = z.strictObject({
  /** Roles of which one states the result; nobody does where no placement has the gate. */
  resultBy: ruled(z.array(code).max(6)),
  /** Least civil days in which answers are taken, the first and the last counted. */
  daysOpenMin: ruled(z.int().min(1).max(365)),
  /** What the camera costs a year, and what of it each household pays, stand in it. */
  costShown: ruled(z.boolean()),
  /** How the running cost is paid back; the form offers no other basis. */
  chargeBasis: ruled(z.enum(['service-charge', 'landlord-pays'])),
  /** Placements that go without; `new-build` is proven by the first day of a tenancy, `temporary` by having an end. */
  exemptions: z.array(
    line({ code: z.enum(['new-build', 'temporary']), label: words, types: z.array(code).min(1) }),
  ),
})

/** Sound, where a placement's `audio` is `off-unless-approved`. */
export const sound = z.strictObject({
  /** Each approves once, each by another person, and never whoever asked. */
  approvals: z.array(line({ role: code })).max(4),
  /** Longest time in civil days, the first and the last counted. */
  daysMax: ruled(z.int().min(1).max(366)),
  /** The purposes of the pack that sound may serve. */
  purposes: ruled(z.array(code)),
})

/** No pack has a way round the gates, and Overt has none. */
export const urgentRoute = ruled(z.literal(false))

/** What a camera can do besides filming, that a proposal is asked about. A pack refuses some of it by clause. */
export const technologies: readonly { readonly code: string; readonly label: string }[] = [
  { code: 'facial-recognition', label: 'Recognises faces' },
  { code: 'number-plates', label: 'Reads number plates' },
  { code: 'biometric', label: 'Recognises people by their body or manner' },
  { code: 'drone', label: 'Flies (a drone)' },
  { code: 'body-worn', label: 'Is worn on the body' },
  { code: 'tracking', label: 'Follows a person or a car by itself' },
  { code: 'counting', label: 'Counts people or cars' },
  { code: 'movement', label: 'Notices movement' },
  { code: 'covert', label: 'Is hidden from the people whom it films' },
]

export type TechnologyAnswer = {
  readonly code: string
  readonly label: string
  readonly clause: string | null
  readonly route: string | null
}

/** Which of these the pack refuses, or Overt does not know; empty: none. */
export function refusedTechnologies(
  refused: readonly TechnologyAnswer[],
  used: readonly string[],
): TechnologyAnswer[] {
  const known = new Map([...technologies, ...refused].map((t) => [t.code, t.label]))
  return used.flatMap((one): TechnologyAnswer[] => {
    const rule = refused.find((r) => r.code === one)
    if (rule) return [{ code: one, label: rule.label, clause: rule.clause, route: rule.route }]
    return known.has(one) ? [] : [{ code: one, label: one, clause: null, route: null }]
  })
}
