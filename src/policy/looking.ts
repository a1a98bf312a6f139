/** What a pack says of looking that needs a second person: a colleague in the picture, and exceptions with an end. */
import { z } from 'zod'
import { code, ruled } from './ruled.ts'

/** Stands under `viewing` in policy.yaml. */
export const secondPerson = {
  /** Roles of whom one must agree before anybody looks for a colleague; empty: nobody is asked. */
  colleagueConsent: ruled(z.array(code).max(4)),
  /** How many hours a yes is good for. */
  consentHours: ruled(z.int().min(1).max(336)),
  exceptions: z.strictObject({
    /** Roles of whom one decides on an exception; empty: there are none. */
    decidedBy: ruled(z.array(code).max(4)),
    daysMax: ruled(z.int().min(1).max(90)),
  }),
}
